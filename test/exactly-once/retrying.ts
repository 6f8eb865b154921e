import { ApplicationFailure } from '@temporalio/common';

const attemptsMax = 20;
const waitMaxMs = 300;

/** Asks for an activity as Temporal would: again and again while its failure heals, after the time that it names. */
export async function retrying<T>(act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.nonRetryable === true || attempt === attemptsMax) throw error;
      const named = error.nextRetryDelay;
      await new Promise((wake) => { setTimeout(wake, Math.min(waitMaxMs, typeof named === 'number' ? named : 20)); });
    }
  }
}
