import { Context } from '@temporalio/activity';
import { type Life } from '../activities/gate';

const beatMs = 4_000;
/** How seldom beats go to the server: a third of the heartbeat timeout, so that two may be late (the default would be four fifths of it). */
export const maxHeartbeatThrottleInterval = '4s';

/** Beats the heartbeat of every activity while it runs: the server learns within seconds when this process died, however long a call may wait. */
export function beating<T extends object>(activities: T): T {
  const beats = Object.entries(activities).map(([name, act]) => [name, async (...input: unknown[]): Promise<unknown> => {
    const context = Context.current();
    const timer = setInterval(() => context.heartbeat(), beatMs);
    try { return await (act as (...args: unknown[]) => Promise<unknown>)(...input); } finally { clearInterval(timer); }
  }]);
  return Object.fromEntries(beats) as T;
}

/** The running activity's life, as a gate needs it. */
export const lifeOfActivity = (): Life => {
  const context = Context.current();
  return { beat: () => context.heartbeat(), cancelled: context.cancellationSignal };
};
