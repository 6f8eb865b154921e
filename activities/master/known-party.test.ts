import { randomBytes } from 'node:crypto';
import demo from '../../config/pairs/demo.json';
import { type MasterRecord } from '../../canonical/master';
import { parsePair } from '../../mapping/pair';
import { matchKeys } from '../../mapping/sync/match';
import { parseKeyRing } from '../../store/sealing';
import { createStore } from '../../store/store';
import { type Store } from '../../store/types';
import { storeServers } from '../../test/support/store-servers';
import { type Buyer, customerInGp, knownCustomer } from './known-party';

describe('a buyer whom master data knows', () => {
  let store: Store;
  let stop: () => Promise<void>;
  const pair = parsePair({ ...demo, sync: { customer: {} } });
  const { pairId } = pair;
  const record = (system: 'gp' | 'xero', id: string, fields: Record<string, string>, over: Partial<MasterRecord> = {}): MasterRecord => ({ kind: 'customer', system, id, fields, state: 'active', version: '2026-11-01T00:00:00.000Z', ...over });
  const keep = (...records: MasterRecord[]): Promise<number> => store.master.snapshot.keep(pairId, records.map((r) => ({ record: r, keys: matchKeys(r) })), { mark: true });
  const buyer = (name: string, email: string): Buyer => ({ customer: { name, email } }) as Buyer;
  const inGp = (who: Buyer, reserved: string, present = reserved): ReturnType<typeof customerInGp> => customerInGp(who, { pair, reserved, present }, store);

  beforeAll(async () => {
    const server = await (storeServers[0] as (typeof storeServers)[0])[1]();
    store = createStore({ databaseUrl: server.url, keyRing: parseKeyRing(`k1:${randomBytes(32).toString('base64')}`), poolMax: 2 });
    await store.migrate();
    await keep(record('gp', 'AARON', { name: 'Aaron Fitz', email: 'aaron@x.org' }), record('gp', 'TWIN1', { name: 'Twin', email: 't@x.org' }), record('gp', 'TWIN2', { name: 'Twin', email: 't@x.org' }), record('gp', 'OLD', { name: 'Gone Ltd', email: 'g@x.org' }, { state: 'archived' }),
      record('xero', 'X1', { name: 'Aaron Fitz', email: 'aaron@x.org' }), record('xero', 'X2', { name: 'Only in Xero', email: 'o@x.org' }));
    stop = async () => { await store.close(); await server.stop(); };
  }, 60_000);
  afterAll(() => stop());

  it('is found in GP, stays found, and keeps the name that GP has', async () => {
    expect(await inGp(buyer('Aaron Fitz', 'AARON@x.org'), 'WEB0000001')).toEqual({ number: 'AARON', keptName: 'Aaron Fitz' });
    expect(await store.links.get({ pairId, kind: 'customer', from: 'tieout', fromId: 'WEB0000001', to: 'gp' })).toBe('AARON');
    expect(await inGp(buyer('A. Fitz', 'other@x.org'), 'WEB0000001', 'AARON')).toEqual({ number: 'AARON', keptName: 'Aaron Fitz' });
  });
  it('a buyer who may be one of two, was archived, or is like nobody gets a number of our series', async () => {
    for (const who of [buyer('Twin', 't@x.org'), buyer('Gone Ltd', 'g@x.org'), buyer('Somebody New', 'n@x.org')]) expect(await inGp(who, 'WEB0000002')).toEqual({ number: 'WEB0000002' });
  });
  it('a customer that an order made is its own from then on, whoever looks like it', async () => {
    await keep(record('gp', 'WEB0000003', { name: 'Aaron Fitz', email: 'aaron@x.org' }));
    expect(await inGp(buyer('Aaron Fitz', 'aaron@x.org'), 'WEB0000003')).toEqual({ number: 'WEB0000003' });
  });
  it('a pair that keeps no customers in step asks nobody', async () => {
    expect(await customerInGp(buyer('Aaron Fitz', 'aaron@x.org'), { pair: parsePair({ ...demo, sync: {} }), reserved: 'WEB0000009', present: 'WEB0000009' }, {} as Store)).toEqual({ number: 'WEB0000009' });
  });
  it('in Xero only a contact that stands for nobody is taken', async () => {
    const inXero = (who: Buyer): Promise<MasterRecord | undefined> => knownCustomer(who, { pair, system: 'xero', number: 'WEB0000004', free: true }, store);
    expect((await inXero(buyer('Only in Xero', 'o@x.org')))?.id).toBe('X2');
    await store.master.links.link({ pairId, kind: 'customer', gpId: 'AARON', xeroId: 'X1', who: 'ann', reason: 'r' });
    expect(await inXero(buyer('Aaron Fitz', 'aaron@x.org'))).toBeUndefined();
  });
});
