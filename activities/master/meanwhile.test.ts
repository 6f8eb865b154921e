import { type MasterKind } from '../../canonical/master';
import { type SyncTotals } from '../../store/master-types';
import { type Store } from '../../store/types';
import { pullPages, syncPages, writeTo } from './page-runner.test-data';
import { planMasters } from './plan';
import { rememberMasters } from './remember';
import { type Ledgers, synchronising } from './synchronising.test-data';

describe('while a page is on its way', () => {
  const ledgers = synchronising();
  let { store, pairId, gp, xero, deps } = {} as Ledgers;
  beforeEach(async () => { ({ store, pairId, gp, xero, deps } = await ledgers.fresh()); });
  const pull = (kind: MasterKind): Promise<void> => pullPages({ pairId, kind, deps, gp, xero });
  const sync = (): Promise<SyncTotals> => syncPages({ pairId, kind: 'customer', deps, gp, xero });
  const issues = (): ReturnType<Store['master']['issues']['list']> => store.master.issues.list({ pairId });

  it('a change that a person makes between plan and write is no part of what both agree on: it is carried over next', async () => {
    gp.put('customer', 'C1', { fields: { name: 'Adatum', email: 'a@x.org', terms: 'NET30' } });
    await sync();
    const id = xero.all('customer')[0]?.id ?? '';
    gp.edit('customer', 'C1', { fields: { terms: 'NET60' } });
    await pull('customer');
    const one = async (meanwhile: () => Promise<void>): Promise<void> => {
      const plan = await planMasters({ pairId, kind: 'customer', limit: 100 }, deps);
      await meanwhile();
      await rememberMasters({ pairId, kind: 'customer', planned: plan.planned, gp: await writeTo(gp, plan.gpWrites), xero: await writeTo(xero, plan.xeroWrites), totals: plan.totals }, deps);
    };
    // Seen only in what the write reads back.
    await one(async () => xero.edit('customer', id, { fields: { email: 'b@x.org' } }));
    await sync();
    expect(gp.get('customer', 'C1')?.fields).toMatchObject({ email: 'b@x.org', terms: 'NET60' });
    // Read by another look while this one was on its way.
    gp.edit('customer', 'C1', { fields: { terms: 'NET90' } });
    await pull('customer');
    await one(async () => { xero.edit('customer', id, { fields: { email: 'c@x.org' } }); await pull('customer'); });
    await sync();
    expect([gp.get('customer', 'C1')?.fields, await issues()]).toEqual([expect.objectContaining({ email: 'c@x.org', terms: 'NET90' }), []]);
    // The very field that is on its way, which either side may change: not written over, and a question to a person.
    gp.edit('customer', 'C1', { fields: { phone: '1' } });
    await pull('customer');
    await one(async () => xero.edit('customer', id, { fields: { phone: '2' } }));
    expect(xero.get('customer', id)?.fields['phone']).toBe('2');
    await sync();
    expect([gp.get('customer', 'C1')?.fields['phone'], xero.get('customer', id)?.fields['phone'], await issues()]).toEqual(['1', '2', [expect.objectContaining({ type: 'conflict', subject: 'gp/C1' })]]);
    gp.edit('customer', 'C1', { fields: { phone: '2' } });
    await sync();
    expect(await issues()).toEqual([]);
    // While it is made.
    gp.put('customer', 'C2', { fields: { name: 'Contoso', phone: '1' } });
    await pull('customer');
    await one(async () => { gp.edit('customer', 'C2', { fields: { phone: '2' } }); await pull('customer'); });
    await sync();
    expect([xero.all('customer').find((r) => r.foreignId === 'C2')?.fields['phone'], await issues()]).toEqual(['2', []]);
  });
});
