import { type Log } from '../activities/deps';
import { lookForNotices } from '../activities/notices';
import { type NoticeChannel, sendNotices } from '../activities/notice-sender';
import { type NotifyAccess } from '../config/notify-env';
import { spoolMail } from '../connectors/notify/mail';
import { sendNotifyWebhook } from '../connectors/notify/webhook';
import { type Pair } from '../mapping/pair';
import { type Store } from '../store/types';

/** Two that look at once write the same: the lease saves work only, and one that died with it is not waited for long. */
const leaseMs = 5_000;

function channelsOf(pair: Pair, { webhook, mailFolder }: NotifyAccess): NoticeChannel[] {
  const mail = pair.notify?.mail;
  return [
    ...(webhook ? [{ name: 'webhook', send: (notice: Parameters<NoticeChannel['send']>[0]) => sendNotifyWebhook(notice, webhook) }] : []),
    ...(mail && mailFolder !== undefined ? [{ name: 'mail', send: (notice: Parameters<NoticeChannel['send']>[0]) => spoolMail(notice, { folder: mailFolder, ...mail }) }] : []),
  ];
}

/** Looks for news of each pair that tells people, and tells them. One process at a time looks; all may send. Answers how to stop. */
export function startNotices(pairs: readonly Pair[], { store, access, log }: { store: Store; access: ReadonlyMap<string, NotifyAccess>; log: Log }): () => Promise<void> {
  let stopped = false;
  const wakes = new Set<() => void>();
  const pause = (ms: number): Promise<void> => new Promise((resolve) => { const go = (): void => { clearTimeout(timer); wakes.delete(go); resolve(); }; const timer = setTimeout(go, ms); wakes.add(go); });
  const loop = async (pair: Pair, channels: NoticeChannel[]): Promise<void> => {
    const rules = pair.notify;
    for (let troubled = false; !stopped && rules;) {
      try {
        const lease = await store.leases.acquire(`notices/${pair.pairId}`, leaseMs);
        if (lease) {
          try { await lookForNotices({ pairId: pair.pairId, rules, channels: channels.map((c) => c.name), now: new Date() }, store); } finally { await lease.release(); }
        }
        while (!stopped && await sendNotices({ pairId: pair.pairId, channels }, { notices: store.notices, log }) > 0);
        troubled = false;
      } catch (error) {
        if (!troubled) log.warn({ pairId: pair.pairId, why: error instanceof Error ? error.message : '' }, 'notices cannot be looked for; it is tried again');
        troubled = true;
      }
      if (!stopped) await pause(rules.lookSeconds * 1000);
    }
  };
  const loops = pairs.map((pair) => { const way = access.get(pair.pairId); return way ? loop(pair, channelsOf(pair, way)) : Promise.resolve(); });
  return async () => { stopped = true; for (const wake of [...wakes]) wake(); await Promise.all(loops); };
}
