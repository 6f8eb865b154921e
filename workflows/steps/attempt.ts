import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type { Failure } from '../../canonical/failure';

/** The failure an activity ended with; anything without a code of ours is a bug and says so. */
export function failureOf(error: unknown): Failure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const detail = cause.details?.[0] as Failure | undefined;
    if (detail && typeof detail.code === 'string' && typeof detail.message === 'string') return detail;
    return { code: 'bug', message: cause.message, fix: 'Look at the run in the Temporal UI and at the log of the worker; retry when the cause is mended.' };
  }
  return { code: 'bug', message: error instanceof Error ? error.message : String(error), fix: 'Look at the run in the Temporal UI and at the log of the worker; retry when the cause is mended.' };
}

/** A step that ends in a failure of its own leaves it in the state; cancellation goes through. */
export async function attempt<T>(act: () => Promise<T>): Promise<{ ok: true; value: T } | { ok: false; failure: Failure }> {
  try {
    return { ok: true, value: await act() };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { ok: false, failure: failureOf(error) };
  }
}
