import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePair } from '../../mapping/pair';
import { type Holds } from '../../mapping/sync/plan';
import { parseKeyRing } from '../../store/sealing';
import { createStore } from '../../store/store';
import { type Store } from '../../store/types';
import { storeServers } from '../../test/support/store-servers';
import { createPairBook } from '../pair-book';
import { type MasterDeps } from './deps';
import { FakeSide } from './fake-side.test-data';

const demo = JSON.parse(readFileSync(join(__dirname, '../../config/pairs/demo.json'), 'utf8')) as object;
const holds: Holds = (_kind, field, value) => (field === 'name' && value.length > 30 ? { value: value.slice(0, 30), warning: 'shortened' } : { value });

export type Ledgers = { store: Store; pairId: string; gp: FakeSide; xero: FakeSide; deps: MasterDeps; /** The pair's rules of synchronisation. */ use(sync: object): Promise<void> };

/** A real store, and two ledgers in memory, fresh ones and a pair of its own for each test. GP holds thirty letters of a name. */
export function synchronising(): { fresh(): Promise<Ledgers> } {
  const [, start] = storeServers[0] ?? [];
  let server: { url: string; stop(): Promise<void> };
  let store: Store;
  let pairs = 0;
  beforeAll(async () => {
    if (!start) throw new Error('no store');
    server = await start();
    store = createStore({ databaseUrl: server.url, keyRing: parseKeyRing(`k1:${randomBytes(32).toString('base64')}`), poolMax: 2 });
    await store.migrate();
  }, 90_000);
  afterAll(async () => { await store.close(); await server.stop(); });
  return {
    async fresh() {
      pairs += 1;
      const pairId = `pair-${pairs}`;
      const use = (sync: object): Promise<void> => store.pairs.put(pairId, parsePair({ ...demo, pairId, sync }));
      await use({ customer: {} });
      const deps: MasterDeps = { store, pairs: createPairBook(store.pairs, 0), holds: { gp: holds, xero: (_k, _f, value) => ({ value }) }, log: { info: () => undefined, warn: () => undefined, error: () => undefined }, now: () => new Date() };
      return { store, pairId, gp: new FakeSide('gp'), xero: new FakeSide('xero'), deps, use };
    },
  };
}
