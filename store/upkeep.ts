import { Client } from 'pg';

const everyMs = 10_000;
const vacuumEveryMs = 10 * 60_000;
/** A table that grew by half since its statistics were taken has them taken anew; below so many bytes any plan will do. */
const growth = 1.5;
const smallBytes = 64 * 1024;

type Rhythm = { everyMs?: number; vacuumEveryMs?: number };
type Tended = { bytes: number; vacuumedAt: number };

/**
 * What autovacuum does in a PostgreSQL of its own, and nobody does in one that lives in this process: statistics, without which a plan reads whole
 * tables for each row, and the room of rows that were overwritten. One table at a time, so that others wait for milliseconds only; what fails (the
 * store closes, its disk is full) is done the next time. `url` is the store's own address.
 */
export function startUpkeep(url: string, { everyMs: every = everyMs, vacuumEveryMs: vacuumEvery = vacuumEveryMs }: Rhythm = {}): { stop(): void } {
  const tended = new Map<string, Tended>();
  const began = Date.now();
  let client: Client | undefined;
  let stopped = false;

  async function tend(db: Client): Promise<void> {
    const { rows } = await db.query<{ name: string; bytes: string }>(`select quote_ident(relname) as name, pg_relation_size(oid) as bytes from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`);
    for (const { name, bytes } of rows) {
      const last = tended.get(name) ?? { bytes: smallBytes, vacuumedAt: began };
      const vacuums = Date.now() - last.vacuumedAt >= vacuumEvery;
      if (stopped || (!vacuums && Number(bytes) < last.bytes * growth)) continue;
      await db.query(vacuums ? `vacuum (analyze) ${name}` : `analyze ${name}`);
      tended.set(name, { bytes: Math.max(smallBytes, Number(bytes)), vacuumedAt: vacuums ? Date.now() : last.vacuumedAt });
    }
  }
  async function round(): Promise<void> {
    try {
      if (!client) {
        client = new Client({ connectionString: url });
        client.on('error', () => { client = undefined; });
        await client.connect();
      }
      await tend(client);
    } catch { client = undefined; }
  }
  let turn: Promise<void> = Promise.resolve();
  const timer = setInterval(() => { turn = turn.then(() => (stopped ? undefined : round())); }, every);
  timer.unref();
  // A statement that waits for its turn ends with its socket: waiting for it here could be waiting for a transaction that nobody ends.
  return { stop() { stopped = true; clearInterval(timer); } };
}
