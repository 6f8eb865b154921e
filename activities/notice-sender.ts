import { type Outcome } from '../canonical/failure';
import { type Notice } from '../canonical/notice';
import { type NoticeStore } from '../store/notice-types';
import { type Log } from './deps';

/** One way to people: `webhook` or `mail`. */
export type NoticeChannel = { name: string; send(notice: Notice): Promise<Outcome<void>> };

/** One at a time: a process that dies holds up one notice, and that not for long. A channel answers within ten seconds. */
const claimMs = 20_000;
const firstMs = 2_000;
const longestMs = 9 * 60_000;
/** About three days of trying. */
const attemptsMax = 500;

/**
 * Tells what is due, oldest first. A notice is claimed, told, and then marked: a process that dies in between tells it once more under the same id.
 * What a channel does not take waits longer each time; another channel is not kept waiting by it. Answers how many were due: at none it is done.
 */
export async function sendNotices({ pairId, channels }: { pairId: string; channels: readonly NoticeChannel[] }, { notices, log }: { notices: NoticeStore; log: Log }): Promise<number> {
  const due = await notices.claimDue({ pairId, channels: channels.map((c) => c.name), limit: 1, claimMs });
  for (const row of due) {
    const outcome = await channels.find((c) => c.name === row.channel)?.send(row.notice);
    if (outcome?.ok) { await notices.sent(row); continue; }
    const why = outcome ? outcome.failure.message : 'the channel is gone';
    const tries = row.attempts + 1;
    await notices.defer(row, why, tries >= attemptsMax ? undefined : Math.min(longestMs, firstMs * 2 ** Math.min(row.attempts, 10)));
    if (tries === 1 || tries === attemptsMax) log.warn({ pairId, notice: row.notice.id, channel: row.channel, tries, why }, tries === 1 ? 'a notice is not taken; it is tried again' : 'a notice was never taken and is given up');
  }
  return due.length;
}
