import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startChild } from '../test/support/child';

const until = async (what: () => Promise<boolean>): Promise<void> => { for (const end = Date.now() + 15_000; !(await what()); await new Promise((wake) => setTimeout(wake, 50))) if (Date.now() > end) throw new Error('not in time'); };

jest.setTimeout(60_000);

describe('upkeep of the embedded store', () => {
  it('takes statistics of a table that grew, and frees what was overwritten', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'tieout-upkeep-'));
    const store = await startChild<{ url: string }>('cli/store-main.js', ['--data', dir, '--upkeep-ms', '50', '--vacuum-ms', '1000']);
    const db = new Client({ connectionString: store.ready.url });
    await db.connect();
    const number = async (query: string): Promise<number> => Number(Object.values((await db.query<Record<string, unknown>>(query)).rows[0] ?? {})[0]);
    await db.query(`create table small (a int); insert into small values (1)`);
    await db.query(`create table "grows" (a int primary key, b text); insert into grows select n, repeat('x', 100) from generate_series(1, 3000) n`);
    await until(async () => await number(`select reltuples from pg_class where relname = 'grows'`) === 3_000);
    expect(await number(`select reltuples from pg_class where relname = 'small'`)).toBe(-1);
    for (let i = 0; i < 3; i += 1) await db.query(`update grows set b = repeat('y', 100)`);
    const size = (): Promise<number> => number(`select pg_relation_size('grows')`);
    await until(async () => await number(`select reltuples from pg_class where relname = 'small'`) === 1);
    const full = await size();
    for (let i = 0; i < 3; i += 1) { await db.query(`update grows set b = repeat('z', 100)`); await new Promise((wake) => setTimeout(wake, 1_300)); }
    expect(await size()).toBeLessThan(full * 1.5);
    await db.end();
    await store.kill();
    rmSync(dir, { recursive: true, force: true });
  });
});
