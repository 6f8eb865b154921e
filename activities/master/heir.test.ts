import { type SyncTotals } from '../../store/master-types';
import { syncPages } from './page-runner.test-data';
import { type Ledgers, synchronising } from './synchronising.test-data';

const ledgers = synchronising();

describe('a customer that bears another number in GP', () => {
  let at: Ledgers;
  beforeEach(async () => { at = await ledgers.fresh(); });
  const sync = (more: Parameters<typeof syncPages>[0]['more'] = {}): Promise<SyncTotals> => syncPages({ ...at, kind: 'customer', more });
  const rename = (from: string, to: string): void => {
    const record = at.gp.get('customer', from);
    at.gp.records.delete(`customer/${from}`);
    at.gp.put('customer', to, { fields: record?.fields ?? {} });
  };
  const links = async (): Promise<string[]> => (await at.store.master.links.list(at.pairId, {})).map((l) => `${l.gpId} = ${l.xeroId}`);
  const issues = (): Promise<{ type: string; subject: string; id: string }[]> => at.store.master.issues.list({ pairId: at.pairId });

  it('keeps its contact: the cross-reference follows, its history tells, and nothing is made again', async () => {
    for (const n of [1, 2]) at.gp.put('customer', `C${n}`, { fields: { name: `Adatum ${n} Works`, email: `a${n}@x.org`, terms: 'NET30' } });
    await sync();
    const [x1, x2] = ['C1', 'C2'].map((n) => at.xero.all('customer').find((r) => r.foreignId === n)?.id ?? '');
    rename('C1', 'NEW1');
    expect(await sync()).toMatchObject({ linked: 1, created: 0, issues: 0 });
    expect([await links(), at.xero.records.size, await issues()]).toEqual([[`C2 = ${x2}`, `NEW1 = ${x1}`], 2, []]);
    expect((await at.store.master.links.history(at.pairId, 'customer', { system: 'xero', id: x1 ?? '' })).map((h) => h.reason).pop()).toMatch(/GP no longer has C1 → NEW1/);
    at.gp.edit('customer', 'NEW1', { fields: { terms: 'NET60' } });
    await sync();
    expect(at.xero.get('customer', x1 ?? '')?.fields['terms']).toBe('NET60');
    expect(await sync()).toMatchObject({ created: 0, writes: 0 });
  });

  it('when a full compare asked about the old number first, its question is closed', async () => {
    at.gp.put('customer', 'C1', { fields: { name: 'Adatum Works', email: 'a@x.org' } });
    await sync();
    const gone = at.gp.get('customer', 'C1');
    at.gp.edit('customer', 'C1', { state: 'deleted' });
    await sync();
    expect(await issues()).toMatchObject([{ type: 'deleted', subject: 'gp/C1' }]);
    at.gp.put('customer', 'NEW1', { fields: gone?.fields ?? {} });
    await sync();
    expect([(await links()).length, at.xero.records.size, await issues()]).toEqual([1, 1, []]);
  });

  it('another customer of the same name and e-mail, whose namesake GP still has, is a party of its own', async () => {
    at.gp.put('customer', 'C1', { fields: { name: 'Adatum Works', email: 'a@x.org' } });
    await sync();
    at.gp.put('customer', 'C2', { fields: { name: 'Adatum Works', email: 'a@x.org' } });
    expect(await sync()).toMatchObject({ created: 1, linked: 0, issues: 0 });
    expect(at.xero.records.size).toBe(2);
  });

  it('where only the name is the same a person is asked, and the answer takes the link along', async () => {
    at.gp.put('customer', 'C1', { fields: { name: 'Adatum Works' } });
    await sync();
    const [contact] = at.xero.all('customer');
    rename('C1', 'NEW1');
    expect(await sync()).toMatchObject({ created: 0, issues: 2 });
    const question = (await issues()).find((i) => i.type === 'match');
    expect([question?.subject, (await issues()).map((i) => i.type).sort(), at.xero.records.size]).toEqual(['gp/NEW1', ['deleted', 'match'], 1]);
    await sync({ refs: [{ system: 'gp', id: 'NEW1' }], choice: { by: 'ann', reason: 'the same', issueId: question?.id ?? '', decision: 'link', counterpart: { id: contact?.id ?? '' } } });
    expect([await links(), at.xero.records.size, await issues()]).toEqual([[`NEW1 = ${contact?.id}`], 1, []]);
  });
});
