import { Stack } from './support/stack';

/** The full size is TIEOUT_SYNC_FULL=1: 2,000 customers, 500 items, 300 accounts. */
const full = process.env['TIEOUT_SYNC_FULL'] === '1';
const size = full ? { customers: 2_000, items: 500, accounts: 300, edits: 300, conflicts: 25, limitMs: 900_000 } : { customers: 120, items: 30, accounts: 20, edits: 40, conflicts: 6, limitMs: 120_000 };
jest.setTimeout(full ? 1_800_000 : 240_000);

type GpCustomer = { number: string; name: string; addresses: Record<string, Record<string, string>>; internet?: Record<string, Record<string, string>>; fields: Record<string, string> };
type XeroContact = { id: string; name: string; number: string; email: string; status: string; phones: { PhoneType: string; PhoneNumber: string }[]; more?: { PaymentTerms?: { Sales?: { Day: number } } } };
type Held = { gp: { customers: GpCustomer[]; items: { item: string; description: string; card?: Record<string, string> }[] }; xero: { contacts: XeroContact[]; items: { code: string; fields: { Name?: string; SalesDetails?: { UnitPrice?: number } } }[]; accounts: { code: string; name: string }[] } };
type Batch = { id: string; state: string; totals: Record<string, { created: number; matched: number; issues: number; failed: number; updated: number }>; note?: string };
type Question = { id: string; type: string; kind: string; gpId?: string; title: string };

const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));
/** Two programs that throw the same dice. */
function dice(seed: number): (n: number) => number { let x = seed; return (n) => { x = (x * 1664525 + 1013904223) % 4294967296; return Math.floor((x / 4294967296) * n); }; }
const chunks = <T>(list: T[], n: number): T[][] => Array.from({ length: Math.ceil(list.length / n) }, (_, i) => list.slice(i * n, (i + 1) * n));

describe('master data on the whole installation', () => {
  let stack: Stack;
  const gpNumber = (i: number): string => `CUST${String(i).padStart(5, '0')}`;
  const terms = ['Net 30', 'Net 14', '20th'];
  const days: Record<string, number> = { 'Net 30': 30, 'Net 14': 14, '20th': 20 };

  const enter = async (which: 'gp' | 'xero', list: string, rows: object[]): Promise<string[]> => {
    const ids: string[] = [];
    for (const some of chunks(rows, 500)) ids.push(...(((await stack.tell(which, `/entries/${list}`, some)) as { ids?: string[] } | undefined)?.ids ?? []));
    return ids;
  };
  const held = async (): Promise<Held> => ({ gp: (await stack.gp()) as unknown as Held['gp'], xero: (await stack.xero()) as unknown as Held['xero'] });
  const until = async (what: () => Promise<boolean>, limitMs = size.limitMs): Promise<void> => { for (const end = Date.now() + limitMs; !(await what().catch(() => false)); await pause(500)) if (Date.now() > end) throw new Error('not in time'); };
  const start = async (body: object): Promise<Batch> => { const reply = await stack.post('/sync', { pairId: 'demo', ...body }, 'operator'); if (!reply.ok) throw new Error(await reply.text()); return (await reply.json()) as Batch; };
  const ended = async (id: string): Promise<Batch> => { let batch: Batch = { id, state: 'running', totals: {} }; await until(async () => { batch = await stack.get<Batch>(`/sync/${id}`); return batch.state !== 'running'; }); return batch; };
  const questions = async (): Promise<Question[]> => (await stack.get<{ questions: Question[] }>('/sync/questions?limit=500', 'operator')).questions;
  const phoneOf = (c: XeroContact): string => c.phones.find((p) => p.PhoneType === 'DEFAULT')?.PhoneNumber ?? '';
  const gpPhone = (c: GpCustomer): string => c.addresses['PRIMARY']?.['PHNUMBR1'] ?? '';
  /** Every linked pair, both ways. */
  const pairsOf = async (): Promise<{ gp: GpCustomer; xero: XeroContact }[]> => {
    const { gp, xero } = await held();
    const [byNumber, byId] = [new Map(gp.customers.map((c) => [c.number, c])), new Map(xero.contacts.map((c) => [c.id, c]))];
    const found: { gp: GpCustomer; xero: XeroContact }[] = [];
    for (let after = ''; ;) {
      const page = await stack.get<{ links: { gpId: string; xeroId: string }[]; next?: string }>(`/sync/links?pairId=demo&kind=customer&limit=500${after ? `&after=${encodeURIComponent(after)}` : ''}`);
      for (const l of page.links) { const [g, x] = [byNumber.get(l.gpId), byId.get(l.xeroId)]; if (!g || !x) throw new Error(`a link to nothing: ${JSON.stringify(l)}`); found.push({ gp: g, xero: x }); }
      if (page.next === undefined) return found;
      after = page.next;
    }
  };

  beforeAll(async () => { stack = await Stack.up({ policies: { syncSeconds: 5, syncGpSeconds: 2 } }); });
  afterAll(async () => { await stack?.down(); });

  it('a preview tells what a first load would do and writes nothing; the load does it, with worker and agent killed on the way', async () => {
    const half = Math.floor(size.customers / 2);
    await enter('gp', 'customers', Array.from({ length: half * 2 - 20 }, (_, i) => ({ CUSTNMBR: gpNumber(i), columns: { CUSTNAME: `Party ${i} Ltd`, INET1: `party${i}@example.com`, PYMTRMID: terms[i % 3] ?? '', PHNUMBR1: `555${String(i).padStart(7, '0')}`, CITY: 'Oslo' } })));
    // Twenty stand on both sides already, under a name written otherwise; twenty are in Xero alone.
    await enter('xero', 'contacts', [...Array.from({ length: 20 }, (_, i) => ({ Name: `PARTY ${i}`, EmailAddress: `party${i}@example.com` })), ...Array.from({ length: 20 }, (_, i) => ({ Name: `Only in Xero ${i}`, EmailAddress: `only${i}@example.com` }))]);
    await enter('gp', 'items', Array.from({ length: size.items }, (_, i) => ({ ITEMNMBR: `SKU-${i}`, ITEMDESC: `Thing number ${i}`, columns: { LISTPRCE: `${i + 1}.50` } })));
    await enter('xero', 'accounts', Array.from({ length: size.accounts }, (_, i) => ({ Code: `5${String(i).padStart(3, '0')}0`, Name: `Old name ${i}`, Type: 'EXPENSE' })));
    await enter('gp', 'accounts', Array.from({ length: size.accounts }, (_, i) => ({ ACTNUMST: `5${String(i).padStart(3, '0')}0`, ACTDESCR: `Expense ${i}`, CATEGORY: 'Administrative Expense' })));

    const before = await held();
    const told = await ended((await start({ mode: 'preview' })).id);
    expect(told).toMatchObject({ state: 'done', totals: { customer: { matched: 20, issues: 0 } } });
    expect((await held()).xero.contacts.length).toBe(before.xero.contacts.length);
    expect((await stack.get<{ links: object[] }>('/sync/links?pairId=demo')).links).toEqual([]);

    const { id } = await start({ mode: 'full' });
    for (const name of ['worker', 'gp-agent', 'worker']) { await pause(full ? 6_000 : 2_500); stack.kill(name); }
    const load = await ended(id);
    expect([load.state, load.note ?? '', load.totals['customer']?.failed, load.totals['item']?.failed]).toEqual(['done', '', 0, 0]);
    await until(async () => (await pairsOf()).length >= half * 2);
    const { gp, xero } = await held();
    const active = xero.contacts.filter((c) => c.status === 'ACTIVE');
    expect([active.length, new Set(active.map((c) => c.name.toLowerCase())).size]).toEqual([gp.customers.length, active.length]);
    expect(gp.customers.filter((c) => c.name.startsWith('Only in Xero')).length).toBe(20);
    const byCode = new Map(xero.items.map((i) => [i.code, i.fields]));
    for (let i = 0; i < size.items; i += 1) expect([byCode.get(`SKU-${i}`)?.Name, byCode.get(`SKU-${i}`)?.SalesDetails?.UnitPrice]).toEqual([`Thing number ${i}`, i + 1.5]);
    expect(xero.accounts.filter((a) => a.name.startsWith('Expense ')).length).toBe(size.accounts);
  });

  it('random edits on both sides, webhooks told twice, shuffled or never, processes killed: at the end both agree by ownership, and the conflicts are those planted', async () => {
    const roll = dice(7);
    const known = await pairsOf();
    await stack.settings('xero', { webhookMode: { duplicate: true, shuffle: true } });
    const planted = new Set(Array.from({ length: size.conflicts }, (_, i) => known[i * 3]?.gp.number ?? ''));
    const free = known.filter((p) => !planted.has(p.gp.number));
    const wanted = new Map<string, { email?: string; terms?: string; phone?: string }>();
    const gpEdits: object[] = [];
    const xeroEdits: object[] = [];
    for (let i = 0; i < size.edits; i += 1) {
      const pair = free[roll(free.length)];
      if (!pair) continue;
      const want = wanted.get(pair.gp.number) ?? {};
      const word = `${i}x${roll(1_000)}`;
      if (roll(2) === 0) { want.terms = terms[roll(3)] ?? 'Net 30'; gpEdits.push({ CUSTNMBR: pair.gp.number, columns: { PYMTRMID: want.terms } }); } else { want.email = `new${word}@example.com`; xeroEdits.push({ ContactID: pair.xero.id, Name: pair.xero.name, EmailAddress: want.email }); }
      if (roll(3) === 0 && want.phone === undefined) { want.phone = `44${String(i).padStart(8, '0')}`; xeroEdits.push({ ContactID: pair.xero.id, Name: pair.xero.name, Phones: [{ PhoneType: 'DEFAULT', PhoneNumber: want.phone }] }); }
      wanted.set(pair.gp.number, want);
    }
    // Both sides of these change what either may change, before anybody looks.
    await stack.settings('xero', { webhookMode: { drop: true } });
    await Promise.all([enter('gp', 'customers', [...planted].map((CUSTNMBR, i) => ({ CUSTNMBR, columns: { PHNUMBR1: `1${String(i).padStart(9, '0')}` } }))), enter('xero', 'contacts', known.filter((p) => planted.has(p.gp.number)).map((p, i) => ({ ContactID: p.xero.id, Name: p.xero.name, Phones: [{ PhoneType: 'DEFAULT', PhoneNumber: `2${String(i).padStart(9, '0')}` }] })))]);
    const kills = ['gp-agent', 'worker', 'gp-agent'];
    const rounds = 6;
    for (let r = 0; r < rounds; r += 1) {
      await stack.settings('xero', { webhookMode: { drop: r % 2 === 0 } });
      const part = <T>(list: T[]): T[] => list.slice(Math.floor((list.length * r) / rounds), Math.floor((list.length * (r + 1)) / rounds));
      await Promise.all([enter('gp', 'customers', part(gpEdits)), enter('xero', 'contacts', part(xeroEdits))]);
      if (r % 2 === 1) stack.kill(kills[(r - 1) / 2] ?? '');
      await pause(1_000);
    }
    await stack.settings('xero', { webhookMode: { drop: false } });
    const differing = async (): Promise<string[]> => (await pairsOf()).filter(({ gp, xero }) => {
      const want = wanted.get(gp.number);
      const email = gp.internet?.['PRIMARY']?.['INET1'] ?? '';
      const wrong = (want?.email !== undefined && (xero.email !== want.email)) || email !== xero.email || (want?.terms !== undefined && gp.fields['PYMTRMID'] !== want.terms) || (days[gp.fields['PYMTRMID'] ?? ''] ?? 0) !== (xero.more?.PaymentTerms?.Sales?.Day ?? 0) || (!planted.has(gp.number) && gpPhone(gp) !== phoneOf(xero));
      return wrong;
    }).map(({ gp, xero }) => `${gp.number}: ${JSON.stringify([gp.internet, gp.fields['PYMTRMID'], gpPhone(gp), xero.email, xero.more?.PaymentTerms, phoneOf(xero), wanted.get(gp.number)])}`);
    try { await until(async () => (await differing()).length === 0); } catch { expect((await differing()).slice(0, 5)).toEqual([]); }
    await until(async () => (await questions()).length >= planted.size, 30_000);
    expect((await questions()).map((q) => [q.type, q.gpId]).sort()).toEqual([...planted].sort().map((n) => ['conflict', n]));
    const { gp, xero } = await held();
    const active = xero.contacts.filter((c) => c.status === 'ACTIVE');
    expect([active.length, new Set(active.map((c) => c.name.toLowerCase())).size]).toEqual([gp.customers.length, active.length]);
  });

  it('a person decides on the command line, and both sides agree; the cross-reference is found by either id, with its history', async () => {
    const [first, second] = await questions();
    const shown = stack.command('sync', 'conflicts', 'show', first?.id ?? '');
    expect([shown.code, shown.out]).toEqual([0, expect.stringMatching(/Both versions[\s\S]*both changed it[\s\S]*--take gp\|xero/)]);
    expect(stack.command('sync', 'conflicts', 'decide', first?.id ?? '', '--take', 'xero', '--reason', 'letterhead')).toMatchObject({ code: 0 });
    expect(stack.command('sync', 'conflicts', 'decide', second?.id ?? '', '--leave', '--reason', 'both are right')).toMatchObject({ code: 0 });
    await until(async () => (await questions()).length === size.conflicts - 2, 30_000);
    const pair = (await pairsOf()).find((p) => p.gp.number === first?.gpId);
    expect(gpPhone(pair?.gp as GpCustomer)).toBe(phoneOf(pair?.xero as XeroContact));
    const found = stack.command('sync', 'links', 'find', pair?.xero.id ?? '', '--json');
    expect((JSON.parse(found.out) as { links: object[] }).links).toMatchObject([{ kind: 'customer', gpId: first?.gpId }]);
    expect(stack.command('sync', 'links', 'history', 'customer', first?.gpId ?? '').out).toMatch(/linked/);
    for (const words of [['sync'], ['sync', 'status'], ['sync', 'watch'], ['sync', 'conflicts', 'list'], ['sync', 'links', 'list', '--kind', 'item', '--limit', '2']]) expect([words, stack.command(...words).code]).toEqual([words, 0]);
    expect((await stack.get<{ entries: { action: string; detail?: { reason?: string } }[] }>(`/audit?about=${encodeURIComponent(`sync/demo/customer/gp/${first?.gpId ?? ''}`)}`, 'admin')).entries).toMatchObject([{ action: 'sync:take', detail: { reason: 'letterhead' } }]);
  });

  it('a buyer whom both ledgers know gets no second record from an order; a new one stands in one link', async () => {
    const before = await held();
    const orders = [{ id: 'buyer-known', email: 'party7@example.com', name: ['Party', '7 Ltd'] }, { id: 'buyer-new', email: 'fresh@example.com', name: ['Fresh', 'Face'] }];
    const { orderBody } = await import('./support/order-body');
    const ids = orders.map((_, i) => String(7_700_000_000_001 + i));
    for (const [i, o] of orders.entries()) {
      const body = JSON.parse(orderBody({ id: ids[i] ?? '' })) as { email: string; customer: { id: number; email: string; first_name: string; last_name: string }; contact_email?: string };
      await stack.sendOrder(JSON.stringify({ ...body, email: o.email, contact_email: o.email, customer: { ...body.customer, id: 880_000 + i, email: o.email, first_name: o.name[0], last_name: o.name[1] } }));
    }
    await stack.reaches(ids, 'tied-out', 90_000);
    await until(async () => (await pairsOf()).some((p) => p.gp.name === 'Fresh Face'), 60_000);
    const { gp, xero } = await held();
    expect([gp.customers.length, xero.contacts.filter((c) => c.status === 'ACTIVE').length]).toEqual([before.gp.customers.length + 1, before.xero.contacts.filter((c) => c.status === 'ACTIVE').length + 1]);
    expect((await pairsOf()).filter((p) => p.gp.name === 'Fresh Face').length).toBe(1);
    expect(await questions()).toHaveLength(size.conflicts - 2);
  });
});
