import { type MasterKind, type MasterSystem } from '../../canonical/master';
import { type SyncTotals } from '../../store/master-types';
import { type Store } from '../../store/types';
import { type PlanInput } from './contract';
import { pullPages, syncPages } from './page-runner.test-data';
import { planMasters } from './plan';
import { rememberMasters } from './remember';
import { type Ledgers, synchronising } from './synchronising.test-data';

/** Enough pages to see what a page costs; the figure for ten thousand is the same per page. */
const COUNT = 2_000;

describe('synchronising', () => {
  const ledgers = synchronising();
  let { store, pairId, gp, xero, deps, use } = {} as Ledgers;
  beforeEach(async () => { ({ store, pairId, gp, xero, deps, use } = await ledgers.fresh()); });
  const pull = (kind: MasterKind): Promise<void> => pullPages({ pairId, kind, deps, gp, xero });
  const sync = (kind: MasterKind = 'customer', more: Partial<PlanInput> = {}): Promise<SyncTotals> => syncPages({ pairId, kind, deps, gp, xero, more });
  const issues = (): ReturnType<Store['master']['issues']['list']> => store.master.issues.list({ pairId });

  it('makes what only one side has, once, links it, and hears no echo of itself', async () => {
    gp.put('customer', 'C1', { fields: { name: 'Adatum', email: 'a@x.org', terms: 'NET30' } });
    xero.put('customer', 'X9', { fields: { name: 'Contoso with a name far beyond thirty letters', email: 'c@x.org' } });
    expect(await sync()).toMatchObject({ created: 2, issues: 0, failed: 0 });
    const made = xero.all('customer').find((r) => r.foreignId === 'C1');
    expect(made?.fields).toEqual({ name: 'Adatum', email: 'a@x.org', terms: 'NET30' });
    expect(gp.all('customer').find((r) => r.foreignId === 'X9')).toMatchObject({ id: 'WEB0000001', fields: { name: 'Contoso with a name far beyond' } });
    const calls = [gp.calls, xero.calls];
    expect(await sync()).toMatchObject({ writes: 0, looked: 0 });
    expect([gp.calls, xero.calls]).toEqual(calls);
    expect((await store.master.links.list(pairId, {})).length).toBe(2);
  });

  it('carries each field from its owner, both ways in one go', async () => {
    gp.put('customer', 'C1', { fields: { name: 'Adatum', email: 'old@x.org', terms: 'NET30' } });
    await sync();
    const id = xero.all('customer')[0]?.id ?? '';
    gp.edit('customer', 'C1', { fields: { terms: 'NET60' } });
    xero.edit('customer', id, { fields: { email: 'new@x.org', creditLimit: '1', terms: 'PUT BACK' } });
    expect(await sync()).toMatchObject({ updated: 1, looked: 1 });
    expect([gp.get('customer', 'C1')?.fields, xero.get('customer', id)?.fields]).toEqual(Array(2).fill({ name: 'Adatum', email: 'new@x.org', terms: 'NET60', creditLimit: '1' }));
  });

  it('both sides changed a shared field: a person sees it, everything else goes on, the word of the person settles it', async () => {
    gp.put('customer', 'C1', { fields: { name: 'Adatum', phone: '1' } });
    await sync();
    const id = xero.all('customer')[0]?.id ?? '';
    gp.edit('customer', 'C1', { fields: { phone: '2', terms: 'NET60' } });
    xero.edit('customer', id, { fields: { phone: '3' } });
    await sync();
    expect(xero.get('customer', id)?.fields).toMatchObject({ terms: 'NET60', phone: '3' });
    expect(await issues()).toMatchObject([{ type: 'conflict', subject: 'gp/C1', detail: { conflicts: [{ field: 'phone', gp: '2', xero: '3' }] } }]);
    await sync();
    expect(await issues()).toHaveLength(1);
    await sync('customer', { refs: [{ system: 'gp', id: 'C1' }], choice: { by: 'ann', reason: 'called them', fields: { phone: 'xero' } } });
    expect([gp.get('customer', 'C1')?.fields['phone'], await issues()]).toEqual(['3', []]);
  });

  it('never makes two of one or one of two: twins wait for a person, whose choice links; a second claim is refused', async () => {
    gp.put('customer', 'C1', { fields: { name: 'Adatum', email: 'a@x.org' } });
    xero.put('customer', 'X1', { fields: { name: 'Adatum', email: 'a@x.org' } });
    xero.put('customer', 'X2', { fields: { name: 'Adatum', email: 'a@x.org' } });
    await use({ customer: { createIn: [] } });
    await sync();
    expect((await issues()).map((i) => [i.type, i.subject]).sort()).toEqual([['match', 'gp/C1'], ['match', 'xero/X1'], ['match', 'xero/X2']]);
    const left = (await issues()).find((i) => i.subject === 'xero/X1');
    await sync('customer', { refs: [{ system: 'xero', id: 'X1' }], choice: { by: 'ann', reason: 'nobody of ours', issueId: left?.id ?? '', decision: 'leave', counterpart: 'leave' } });
    await store.master.snapshot.markAll(pairId, 'customer');
    await sync();
    expect((await issues()).map((i) => i.subject).sort()).toEqual(['gp/C1', 'xero/X2']);
    await sync('customer', { refs: [{ system: 'gp', id: 'C1' }], choice: { by: 'ann', reason: 'X2 it is', counterpart: { id: 'X2' } } });
    expect(await store.master.links.list(pairId, {})).toMatchObject([{ gpId: 'C1', xeroId: 'X2' }]);
    gp.put('customer', 'C2', { fields: { name: 'Adatum', email: 'a@x.org' } });
    await sync('customer', { refs: [{ system: 'gp', id: 'C2' }], choice: { by: 'ann', reason: 'wrong', counterpart: { id: 'X2' } } });
    expect((await store.master.links.list(pairId, {})).length).toBe(1);
  });

  it('follows a merge in the cross-reference; a survivor that stands for another one, and a record that is gone, are asked about and never made again', async () => {
    for (const [c, n] of [['C1', 'Adatum'], ['C2', 'Contoso'], ['C3', 'Fabrikam'], ['C4', 'Tailspin']] as const) gp.put('customer', c, { fields: { name: n, email: `${n}@x.org` } });
    await sync();
    const of = (c: string): string => xero.all('customer').find((r) => r.foreignId === c)?.id ?? '';
    xero.put('customer', 'X-new', { fields: { name: 'Adatum group' } });
    xero.edit('customer', of('C1'), { state: 'archived', mergedInto: 'X-new' });
    xero.edit('customer', of('C2'), { state: 'archived', mergedInto: of('C3') });
    xero.edit('customer', of('C4'), { state: 'deleted' });
    await use({ customer: { createIn: ['xero'] } });
    const before = xero.records.size;
    await sync();
    expect((await store.master.links.find(pairId, 'customer', [{ system: 'gp', id: 'C1' }]))[0]?.xeroId).toBe('X-new');
    expect((await issues()).map((i) => [i.type, i.subject]).sort()).toEqual([['deleted', 'gp/C4'], ['merged', 'gp/C2']]);
    expect(xero.records.size).toBe(before);
  });

  it('a name that Xero holds with the number behind it, because somebody else bears it, is no difference', async () => {
    gp.put('customer', 'C1', { fields: { name: 'Eve Low', terms: 'NET30' } });
    xero.put('customer', 'X1', { fields: { name: 'Eve Low (C1)', terms: 'NET30' }, foreignId: 'C1' });
    expect(await sync()).toMatchObject({ matched: 1, writes: 0 });
    gp.edit('customer', 'C1', { fields: { terms: 'NET60' } });
    await sync();
    expect(xero.get('customer', 'X1')?.fields).toEqual({ name: 'Eve Low (C1)', terms: 'NET60' });
    gp.edit('customer', 'C1', { fields: { name: 'Eve High' } });
    await sync();
    expect(xero.get('customer', 'X1')?.fields['name']).toBe('Eve High');
  });

  it('archives with the other side, or asks; protected records are never written', async () => {
    gp.put('customer', 'C1', { fields: { name: 'Adatum' } });
    await sync();
    const id = xero.all('customer')[0]?.id ?? '';
    gp.edit('customer', 'C1', { state: 'archived' });
    await sync();
    expect(xero.get('customer', id)?.state).toBe('archived');
    await use({ account: {} });
    gp.put('account', '000-1100-00', { fields: { number: '1100', name: 'Bank', class: 'asset' } });
    xero.put('account', 'A1', { fields: { number: '1100', name: 'Operating bank', class: 'asset' }, protected: 'a bank account' });
    expect(await sync('account')).toMatchObject({ matched: 1, writes: 0 });
    expect(xero.get('account', 'A1')?.fields['name']).toBe('Operating bank');
  });

  it('a write that is refused becomes a question with the reason; the others go on; corrected, it closes itself', async () => {
    for (const [c, n] of [['C1', 'Adatum'], ['C2', 'Bad name'], ['C3', 'Contoso']] as const) gp.put('customer', c, { fields: { name: n } });
    xero.refuse.add('Bad name');
    expect(await sync()).toMatchObject({ failed: 1 });
    expect(xero.all('customer').map((r) => r.fields['name']).sort()).toEqual(['Adatum', 'Contoso']);
    expect(await issues()).toMatchObject([{ type: 'refused', subject: 'gp/C2' }]);
    gp.edit('customer', 'C2', { fields: { name: 'Good name' } });
    await sync();
    expect([xero.all('customer').length, await issues()]).toEqual([3, []]);
  });

  it('trouble on the way is no question: the record is tried again', async () => {
    gp.put('customer', 'C1', { fields: { name: 'Adatum' } });
    await pull('customer');
    const plan = await planMasters({ pairId, kind: 'customer', limit: 100 }, deps);
    const away = plan.xeroWrites.map(() => ({ ok: false as const, failure: { code: 'reconnect-needed' as const, message: 'm', fix: 'f' } }));
    expect(await rememberMasters({ pairId, kind: 'customer', planned: plan.planned, gp: [], xero: away, totals: plan.totals }, deps)).toMatchObject({ failed: 1 });
    expect(await issues()).toEqual([]);
    expect(await sync()).toMatchObject({ created: 1, failed: 0 });
  });

  it('a contact that an order made waits for its customer in GP to be read, and is never made there again', async () => {
    xero.put('customer', 'X1', { fields: { name: 'Adatum' }, foreignId: 'WEB0000012' });
    xero.put('customer', 'X2', { fields: { name: 'Contoso' }, foreignId: 'CUST-77' });
    expect(await sync()).toMatchObject({ created: 1 });
    expect(gp.all('customer').map((r) => r.foreignId)).toEqual(['X2']);
    gp.put('customer', 'WEB0000012', { fields: { name: 'Adatum' } });
    expect(await sync()).toMatchObject({ matched: 1, created: 0 });
    expect(await store.master.links.find(pairId, 'customer', [{ system: 'gp', id: 'WEB0000012' }])).toMatchObject([{ xeroId: 'X1' }]);
  });

  it('a person answers for what is gone: made again, archived too, or left; a second answer to one question counts for nothing', async () => {
    for (const c of ['C1', 'C2', 'C3']) gp.put('customer', c, { fields: { name: `Party ${c}` } });
    await sync();
    const of = (c: string): string => xero.all('customer').find((r) => r.foreignId === c)?.id ?? '';
    const ids = ['C1', 'C2', 'C3'].map(of);
    for (const id of ids) xero.edit('customer', id, { state: 'deleted' });
    await sync();
    const asked = await issues();
    expect(asked.map((i) => i.type)).toEqual(['deleted', 'deleted', 'deleted']);
    const decide = (n: number, choice: object): Promise<SyncTotals> => sync('customer', { refs: [{ system: 'xero', id: ids[n] ?? '' }], choice: { by: 'ann', reason: 'because', issueId: asked.find((i) => i.gpId === `C${n + 1}`)?.id ?? '', ...choice } });
    await decide(0, { decision: 'create', counterpart: 'create' });
    await decide(1, { decision: 'take', fields: { '~state': 'xero' } });
    await decide(2, { decision: 'leave', counterpart: 'leave' });
    expect(await issues()).toEqual([]);
    expect((await sync('customer', { refs: [{ system: 'xero', id: ids[2] ?? '' }], choice: { by: 'bob', reason: 'late', issueId: asked.find((i) => i.gpId === 'C3')?.id ?? '', decision: 'create', counterpart: 'create' } })).looked).toBe(0);
    await sync();
    expect(xero.all('customer').filter((r) => r.state === 'active').map((r) => r.fields['name'])).toEqual(['Party C1']);
    expect(['C1', 'C2', 'C3'].map((c) => gp.get('customer', c)?.state)).toEqual(['active', 'archived', 'active']);
    expect((await store.master.issues.list({ pairId, open: false })).map((i) => [i.by, i.decision, i.reason])).toContainEqual(['ann', 'create', 'because']);
  });

  it('a preview tells counts, samples and writes, and changes nothing', async () => {
    gp.put('customer', 'C1', { fields: { name: 'Adatum', email: 'a@x.org', terms: 'NET30' } });
    gp.put('customer', 'C2', { fields: { name: 'Contoso' } });
    xero.put('customer', 'X1', { fields: { name: 'Adatum', email: 'a@x.org', terms: 'NET60' } });
    await pull('customer');
    const plan = await planMasters({ pairId, kind: 'customer', limit: 100, preview: true }, deps);
    expect(plan.totals).toMatchObject({ looked: 2, matched: 1, created: 1, updated: 1, writes: 2 });
    expect(plan.next).toBe('xero:');
    const rest = await planMasters({ pairId, kind: 'customer', limit: 100, preview: true, after: plan.next }, deps);
    expect([rest.totals.looked, rest.totals.matched, rest.samples, rest.next]).toEqual([0, 0, [], undefined]);
    expect(plan.samples.map((s) => [s.does, s.subject])).toEqual([['link', 'gp/C1'], ['update', 'gp/C1'], ['create', 'gp/C2']]);
    expect([await store.master.links.list(pairId, {}), await issues(), gp.calls + xero.calls]).toEqual([[], [], 0]);
    expect(await planMasters({ pairId, kind: 'customer', limit: 100, preview: true }, deps)).toEqual(plan);
  });

  it('what one side holds only in part stays with the link, is counted, and is foreseen by a preview; it goes once it is whole', async () => {
    const long = 'Contoso with a name far beyond thirty letters';
    xero.put('customer', 'X9', { fields: { name: long, email: 'c@x.org' } });
    gp.put('customer', 'C1', { fields: { name: 'Adatum', email: 'a@x.org' } });
    gp.put('customer', 'C2', { fields: { name: 'Adatum', email: 'b@x.org' } });
    await pull('customer');
    const told = await planMasters({ pairId, kind: 'customer', limit: 100, preview: true }, deps);
    const rest = await planMasters({ pairId, kind: 'customer', limit: 100, preview: true, after: told.next ?? '' }, deps);
    expect([told, rest].flatMap((p) => p.samples.filter((s) => s.does === 'partly').map((s) => [s.subject, s.to, s.fields]))).toEqual([['gp/C2', 'xero', [{ field: 'name', before: 'Adatum', after: 'Adatum (C2)' }]], ['xero/X9', 'gp', [{ field: 'name', before: long, after: long.slice(0, 30) }]]]);
    expect([told.totals.partly, rest.totals.partly]).toEqual([1, 1]);
    expect(await sync()).toMatchObject({ created: 3, partly: 1 });
    const [link] = await store.master.links.list(pairId, { partly: true });
    expect([link?.xeroId, link?.held]).toEqual(['X9', [{ field: 'name', label: 'name', system: 'gp', how: 'shortened', full: long, held: long.slice(0, 30), says: 'shortened' }]]);
    expect((await store.master.links.list(pairId, {})).length).toBe(3);
    xero.edit('customer', 'X9', { fields: { name: 'Contoso' } });
    gp.edit('customer', link?.gpId ?? '', { fields: { name: 'Contoso' } });
    await sync();
    expect(await store.master.links.list(pairId, { partly: true })).toEqual([]);
  });

  it('many changed customers cost one write for fifty of them', async () => {
    for (let i = 0; i < COUNT; i += 1) gp.put('customer', `C${i}`, { fields: { name: `Customer ${i} of many`, email: `c${i}@x.org` } });
    const began = Date.now();
    expect(await sync()).toMatchObject({ created: COUNT, issues: 0, failed: 0 });
    expect(xero.calls).toBeLessThanOrEqual(Math.ceil((1.1 * COUNT) / 50));
    expect(new Set(xero.all('customer').map((r) => r.foreignId)).size).toBe(COUNT);
    process.stderr.write(`${COUNT} customers: ${((Date.now() - began) / 1000).toFixed(1)} s\n`);
  }, 300_000);

  it.each(Array.from({ length: 6 }, (_, i) => i + 1))('random edits on both sides end in agreement by ownership, nothing doubled (seed %i)', async (seed) => {
    let x = seed * 2654435761 % 4294967296;
    const random = (n: number): number => { x = (x * 1664525 + 1013904223) % 4294967296; return Math.floor((x / 4294967296) * n); };
    const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
    for (let i = 0; i < 12; i += 1) pick([gp, xero]).put('customer', `${seed}-${i}`, { fields: { name: `Party ${i}`, email: `p${i}@x.org` } });
    await sync();
    const owned: [MasterSystem, string][] = [['gp', 'terms'], ['xero', 'email'], ['gp', 'name']];
    for (let round = 0; round < 5; round += 1) {
      for (let i = 0; i < 10; i += 1) { const side = pick([gp, xero]); const r = pick(side.all('customer')); side.edit('customer', r.id, { fields: { [pick(owned)[1]]: `v${random(100)} ${r.id}` } }); }
      if (random(2) === 0) await sync();
    }
    await sync();
    await sync();
    expect(gp.all('customer').length).toBe(12);
    expect(xero.all('customer').length).toBe(12);
    for (const link of await store.master.links.list(pairId, {})) {
      const [g, xr] = [gp.get('customer', link.gpId)?.fields, xero.get('customer', link.xeroId)?.fields];
      expect(g).toEqual(xr);
    }
    expect(await issues()).toEqual([]);
  });
});
