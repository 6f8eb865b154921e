import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client as Postgres } from 'pg';
import { type SendAsk, type SendResult } from './ack-sender';
import { type Ask, atMost, type Bench, type Figures } from './bench';
import { type Installation, sleep, withInstallation } from './installation';
import { median, quantile, round } from './statistics';

const rates = [100, 500] as const;
const shop = 'tieout-demo.myshopify.com';
type Lap = { p50: number; p99: number; max: number; lost: number; notAcked: number; achieved: number };

/** Which of these deliveries stand in the inbox, asked of the database itself. */
async function inInbox(databaseUrl: string, ids: readonly string[]): Promise<Set<string>> {
  const db = new Postgres({ connectionString: databaseUrl });
  await db.connect();
  try {
    const { rows } = await db.query<{ delivery_id: string }>('select delivery_id from inbox where delivery_id = any($1)', [ids]);
    return new Set(rows.map((r) => r.delivery_id));
  } finally { await db.end(); }
}

async function send(ask: SendAsk): Promise<SendResult> {
  const child = fork(join(__dirname, 'ack-sender.js'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const failed = new Promise<never>((_done, fail) => { child.once('exit', (code) => { if (code !== 0) fail(new Error(`the sender ended with ${String(code)}`)); }); });
  failed.catch(() => undefined);
  child.send(ask);
  await Promise.race([once(child, 'message'), failed]);
  child.send('go');
  const [result] = (await Promise.race([once(child, 'message'), failed])) as [SendResult];
  return result;
}

async function lap(installation: Installation, numbers: { rate: number; seconds: number; seed: number }): Promise<Lap> {
  const { addresses, local, env } = installation.up;
  await sleep(2_000);
  const result = await send({ url: `${addresses.api}/webhooks/shopify/${shop}`, shop, secret: local.shopSecret, ...numbers });
  const stored = await inInbox(env['DATABASE_URL'] ?? '', result.ids);
  return {
    p50: quantile(result.ms, 0.5), p99: quantile(result.ms, 0.99), max: Math.max(...result.ms), achieved: result.achievedPerSecond,
    lost: result.ids.filter((id) => !stored.has(id)).length, notAcked: Object.values(result.refused).reduce((a, b) => a + b, 0),
  };
}

async function measure(ask: Ask): Promise<Figures> {
  const { seconds = 0, rounds = 0 } = ask.numbers;
  const laps: Record<string, Lap[]> = {};
  for (let n = 1; n <= rounds; n += 1) {
    for (const rate of rates) {
      const one = await withInstallation({ ...ask, say: () => undefined }, {}, (installation) => lap(installation, { rate, seconds, seed: 200 + n }));
      ask.say(`round ${n}, ${rate}/s: p50 ${round(one.p50)} ms, p99 ${round(one.p99)} ms, lost ${one.lost}, not acknowledged ${one.notAcked}`);
      laps[rate] = [...(laps[rate] ?? []), one];
    }
  }
  const middle = (rate: number, field: keyof Lap): number => round(median((laps[rate] ?? []).map((l) => l[field])));
  const worst = (rate: number, field: 'lost' | 'notAcked'): number => (laps[rate] ?? []).reduce((sum, l) => sum + l[field], 0);
  const ackMs = Object.fromEntries(rates.map((rate) => [rate, { p50: middle(rate, 'p50'), p99: middle(rate, 'p99'), max: middle(rate, 'max'), lost: worst(rate, 'lost'), notAcked: worst(rate, 'notAcked'), achievedPerSecond: middle(rate, 'achieved') }]));
  return {
    method: `${rounds} round(s) of a fresh installation per rate, everything running: whole signed orders at a steady rate for ${seconds} s from a process of its own, sent at their moment however late earlier answers are; each is answered after its row is durable, and goes on to be an order while the next ones come in; ms from sending to the whole answer; medians of the rounds; lost = sent, and not in the inbox afterwards (asked of the database), summed over the rounds.`,
    ackMs, seconds, rounds,
    targets: [atMost('ackMs.500.p99', middle(500, 'p99'), 50), atMost('ackMs.500.lost', worst(500, 'lost'), 0), atMost('ackMs.100.lost', worst(100, 'lost'), 0)],
  };
}

/** How long a webhook waits for its 200. */
export const ack: Bench = {
  summary: `webhook to 200 in ms at ${rates.join(' and ')} a second, durable before the answer; lost ones counted in the inbox`,
  flags: [
    { name: 'seconds', about: 'how long each rate is sent', fallback: 10, least: 1, most: 60, whole: true },
    { name: 'rounds', about: 'rounds, the median counts', fallback: 3, least: 1, most: 9, whole: true },
  ],
  run: measure,
};
