import { ApplicationFailure } from '@temporalio/common';
import { type Failure, type Outcome, heals } from '../canonical/failure';

/**
 * The one place where a failure becomes Temporal's: type = our code, details = the whole failure (no secrets in it). Codes that heal are
 * retried, after `retryAfterMs` where the other system named a time; all others go to the workflow, which waits for a person.
 */
export function failureToThrow(failure: Failure): ApplicationFailure {
  const healing = heals(failure.code);
  return ApplicationFailure.create({
    type: failure.code, message: failure.message, nonRetryable: !healing, details: [failure],
    ...(healing && failure.retryAfterMs !== undefined ? { nextRetryDelay: failure.retryAfterMs } : {}),
  });
}

/** Value of an outcome, or the failure thrown at the activity's edge. */
export function valueOrThrow<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw failureToThrow(outcome.failure);
}

/** The failure of ours that an activity's act threw and that no retry heals; `undefined` for anything else. */
export function lastingFailure(error: unknown): Failure | undefined {
  const told = error instanceof ApplicationFailure && error.nonRetryable ? (error.details?.[0] as Failure | undefined) : undefined;
  return typeof told?.code === 'string' ? told : undefined;
}
