import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MasterFields, type MasterRecord, type MasterSide, type MasterWrite, type MasterWritten } from '../../canonical/master';
import { startGp } from '../../sandbox/gp/server';
import { createGpClient } from './client';
import { gpMasterSide } from './master-side';

let dir: string;
let gp: Awaited<ReturnType<typeof startGp>>;
let base: string;
let side: MasterSide;
const xeroId = (n: number): string => `7f0c1e5a-0000-4000-8000-${String(n).padStart(12, '0')}`;

async function post(path: string, body: unknown = {}, method = 'POST'): Promise<unknown> {
  const reply = await fetch(`${base}/_sandbox${path}`, { method, headers: { 'content-type': 'application/json' }, ...(method === 'GET' ? {} : { body: JSON.stringify(body) }) });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text) as unknown;
}
async function write(w: MasterWrite): Promise<MasterWritten> {
  const [outcome] = await side.write([w]);
  if (!outcome?.ok) throw new Error(JSON.stringify(outcome));
  return outcome.value;
}
async function refused(w: MasterWrite): Promise<string> {
  const [outcome] = await side.write([w]);
  return outcome?.ok === false ? outcome.failure.code : 'written';
}
async function all(kind: MasterRecord['kind'], limit: number, since?: string): Promise<{ records: MasterRecord[]; pages: number; watermark: string }> {
  const records: MasterRecord[] = [];
  let cursor: string | undefined;
  for (let pages = 1; ; pages += 1) {
    const page = await side.changedSince({ kind, limit, ...(since === undefined ? {} : { since }), ...(cursor === undefined ? {} : { cursor }) });
    if (!page.ok) throw new Error(JSON.stringify(page));
    records.push(...page.value.records);
    cursor = page.value.next;
    if (cursor === undefined) return { records, pages, watermark: page.value.watermark };
  }
}
const calls = async (): Promise<number> => Object.values(((await post('/calls', {}, 'GET')) as { counts: Record<string, number> }).counts).reduce((a, b) => a + b, 0);
const writes = async (): Promise<number> => ((await post('/calls', {}, 'GET')) as { counts: Record<string, number> }).counts['CreateEntity'] ?? 0;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tieout-gp-masters-'));
  gp = await startGp({ port: 0, dataDir: dir, tickMs: 3_600_000 });
  base = `http://127.0.0.1:${gp.port}`;
  side = gpMasterSide(createGpClient({ econnectUrl: `${base}/Microsoft/Dynamics/GP/eConnect/EntityOperations`, auth: { kind: 'basic', user: 'tieout', password: 'tieout' }, connectionString: 'data source=SQL;initial catalog=TWO', companyId: 2, baseCurrency: 'USD', timeoutMs: 2_000 }));
});
afterEach(async () => { await gp.close(); rmSync(dir, { recursive: true, force: true }); });

const ann: MasterFields = {
  name: 'Ann & Søn Ltd', contactPerson: 'Ann Ø', email: 'ann@example.com', phone: '+47 22 33 44 55', mobile: '+47 900 00 000', fax: '1', taxNumber: 'NO 987 654 321', currency: 'EUR', terms: 'Net 30', class: 'WEB', taxCode: 'WEB', hold: 'false',
  'billing.line1': 'Storgata 1', 'billing.line2': '2nd floor', 'billing.line3': 'c/o Bob', 'billing.city': 'Oslo', 'billing.region': 'Oslo', 'billing.postalCode': '0155', 'billing.country': 'Norway',
  'delivery.attention': 'Kari', 'delivery.line1': 'Havnegata 2', 'delivery.city': 'Bergen', 'delivery.postalCode': '5003', 'delivery.country': 'Norway',
};
const parties: [MasterRecord['kind'], MasterFields][] = [['customer', { ...ann, creditLimit: '1500.5', priceLevel: 'RETAIL' }], ['vendor', { ...ann, class: 'USA-US-C', accountNumber: 'ACC-7' }]];

describe.each(parties)('a %s', (kind, fields) => {
  const made = (over: Partial<MasterWrite> = {}): Promise<Awaited<ReturnType<typeof write>>> => write({ kind, newId: 'NEW0001', foreignId: xeroId(1), set: fields, ...over });

  it('is made with all that GP can hold, and read as it was written', async () => {
    const { record, existed, warnings } = await made();
    expect({ existed, warnings }).toEqual({ existed: false, warnings: [] });
    expect(record).toMatchObject({ kind, system: 'gp', id: 'NEW0001', fields, state: 'active', ...(kind === 'customer' ? { foreignId: xeroId(1) } : {}) });
    expect(await side.read(kind, ['NEW0001', 'NOPE'])).toEqual({ ok: true, value: [record] });
  });
  it('asked for again is the same record, and nothing is sent', async () => {
    await made();
    const before = await writes();
    expect(await made({ newId: kind === 'customer' ? 'OTHER' : 'NEW0001' })).toMatchObject({ existed: true, record: { id: 'NEW0001' } });
    expect(await writes()).toBe(before);
  });
  it('under a number that somebody else has is a conflict', async () => {
    await made({ foreignId: xeroId(2), set: { name: 'Somebody' } });
    expect(await refused({ kind, newId: 'NEW0001', foreignId: xeroId(1), set: fields })).toBe('duplicate-conflict');
  });
  it('what a person changed after a write was planned is not written over; what holds the wanted value already is', async () => {
    const { record } = await made();
    const sent = await writes();
    const late = await write({ kind, id: record.id, set: { phone: '1 by us', 'billing.city': 'Moss' }, clear: ['fax'], before: { phone: '2 before', 'billing.city': 'Oslo', fax: '1' } });
    expect(late).toMatchObject({ overtaken: true, existed: true, record: { fields } });
    expect(await writes()).toBe(sent);
    // One field was written by an act that was cut off: the rest follows.
    const on = await write({ kind, id: record.id, set: { phone: '+47 22 33 44 55', 'billing.city': 'Moss' }, before: { phone: '2 before', 'billing.city': 'Oslo' } });
    expect([on.overtaken, on.record.fields['billing.city']]).toEqual([undefined, 'Moss']);
  });
  it('keeps what a change does not name, and blanks what it clears', async () => {
    await made();
    const { record } = await write({ kind, id: 'NEW0001', set: { 'billing.city': 'Moss', email: 'new@example.com' }, clear: ['phone', 'billing.line3', 'delivery.attention'] });
    const { phone: _p, 'billing.line3': _l, 'delivery.attention': _a, ...kept } = fields;
    expect(record.fields).toEqual({ ...kept, 'billing.city': 'Moss', email: 'new@example.com' });
    const { record: blankEmail } = await write({ kind, id: 'NEW0001', set: {}, clear: ['email'] });
    expect(blankEmail.fields['email']).toBeUndefined();
  });
  it('is archived by a hold and active without', async () => {
    await made();
    expect((await write({ kind, id: 'NEW0001', set: {}, state: 'archived' })).record).toMatchObject({ state: 'archived', fields: { hold: 'true' } });
    expect((await write({ kind, id: 'NEW0001', set: {}, state: 'active' })).record).toMatchObject({ state: 'active', fields: { hold: 'false' } });
  });
  it('that is gone is told, never made anew', async () => {
    expect(await refused({ kind, id: 'GONE', set: { name: 'x' } })).toBe('document-missing');
    expect((await all(kind, 10)).records).toEqual([]);
  });
  it.each([['terms', 'Net 99', 'setup-missing'], ['taxCode', 'NOPE', 'setup-missing'], ['currency', 'XXX', 'currency-not-configured']])('with a %s that GP does not have is refused', async (field, value, code) => {
    expect(await refused({ kind, newId: 'NEW0001', set: { name: 'x', [field]: value } })).toBe(code);
  });
  it('gets a delivery address of its own when it has none', async () => {
    await made({ set: { name: 'x', 'billing.city': 'Oslo' } });
    expect((await write({ kind, id: 'NEW0001', set: { 'delivery.city': 'Bergen' } })).record.fields).toMatchObject({ 'billing.city': 'Oslo', 'delivery.city': 'Bergen' });
  });
});

describe('reading', () => {
  it('all records come once, whatever the page, and however many there are', async () => {
    await side.write(Array.from({ length: 23 }, (_, n) => ({ kind: 'customer' as const, newId: `C${String(n * 7 % 23).padStart(3, '0')}`, foreignId: xeroId(n), set: { name: `Customer ${n}` } })));
    for (const limit of [1, 5, 22, 23, 500]) {
      const { records, pages } = await all('customer', limit);
      expect(records.map((r) => r.id).sort()).toEqual(Array.from({ length: 23 }, (_, n) => `C${String(n).padStart(3, '0')}`));
      expect(pages).toBe(Math.ceil(23 / limit));
    }
  });
  it('a change is seen in whichever table it was made, and told with the latest of their stamps', async () => {
    const { record } = await write({ kind: 'customer', newId: 'C1', set: { name: 'Ann' } });
    await write({ kind: 'customer', newId: 'C2', set: { name: 'Bob' } });
    const later = new Date(Date.parse((await all('customer', 10)).records.reduce((v, r) => (r.version > v ? r.version : v), '')) + 1).toISOString();
    expect((await all('customer', 10, later)).records).toEqual([]);
    await write({ kind: 'customer', id: 'C1', set: { 'delivery.city': 'Oslo' } });
    await write({ kind: 'customer', id: 'C2', set: { email: 'bob@example.com' } });
    const changed = await all('customer', 10, later);
    expect(changed.records.map((r) => [r.id, r.version > record.version])).toEqual([['C1', true], ['C2', true]]);
    expect((await all('customer', 10, new Date(Date.parse(changed.watermark) + 1).toISOString())).records).toEqual([]);
  });
  it('a watermark that is none, and a kind that GP has not, are named', async () => {
    expect(await side.changedSince({ kind: 'customer', since: 'yesterday', limit: 5 })).toMatchObject({ ok: false, failure: { code: 'bug', field: 'since' } });
  });
  it('a record that was combined is gone, and the one it went into stays', async () => {
    for (const id of ['C1', 'C2']) await write({ kind: 'customer', newId: id, set: { name: id } });
    await post('/customers/C1/combine?into=C2');
    expect(await side.read('customer', ['C1', 'C2'])).toMatchObject({ ok: true, value: [{ id: 'C2' }] });
    expect(await refused({ kind: 'customer', id: 'C1', set: { name: 'x' } })).toBe('document-missing');
  });
  it('a customer costs a look, a document and a read back', async () => {
    const before = await calls();
    await write({ kind: 'customer', newId: 'C1', set: { name: 'Ann' } });
    expect(await calls() - before).toBe(3);
  });
});

describe('items', () => {
  const mug: MasterFields = { code: 'MUG-NEW', name: 'Mug, new', price: '12.5', cost: '4.25', salesAccount: '000-4100-00', purchaseAccount: '000-4510-01', salesTax: 'GST', purchaseTax: 'GST', class: 'RTL-GOODS' };
  it('are made, changed and read with all that GP can hold', async () => {
    expect((await write({ kind: 'item', newId: 'MUG-NEW', set: { ...mug, description: 'Xero alone has a place for it' } })).record).toMatchObject({ id: 'MUG-NEW', fields: mug, state: 'active' });
    expect((await write({ kind: 'item', id: 'MUG-NEW', set: { price: '13' }, clear: ['cost', 'salesTax'] })).record.fields).toMatchObject({ price: '13', purchaseTax: 'GST' });
    expect((await side.read('item', ['MUG-NEW']))).toMatchObject({ ok: true, value: [{ fields: expect.not.objectContaining({ cost: '4.25' }) as object }] });
  });
  it('of the company are there, and a stocked one can be discontinued and taken up again', async () => {
    expect((await all('item', 4)).records.map((r) => r.id)).toContain('MUG-WHITE');
    expect((await write({ kind: 'item', id: 'MUG-WHITE', set: {}, state: 'archived' })).record.state).toBe('archived');
    expect((await write({ kind: 'item', id: 'MUG-WHITE', set: {}, state: 'active' })).record.state).toBe('active');
  });
  it('what eConnect cannot change is refused: a service that is to be discontinued, one that was made inactive in GP', async () => {
    await write({ kind: 'item', newId: 'HOURS', set: { code: 'HOURS', name: 'Hours' } });
    expect(await refused({ kind: 'item', id: 'HOURS', set: {}, state: 'archived' })).toBe('document-rejected');
    await post('/items/CAP-RED', { inactive: true });
    expect(await refused({ kind: 'item', id: 'CAP-RED', set: {}, state: 'active' })).toBe('document-rejected');
  });
  it('an account, a class or a schedule that GP has not is refused by name', async () => {
    for (const [field, value, code] of [['salesAccount', '000-9999-99', 'account-not-mapped'], ['class', 'NOPE', 'setup-missing'], ['salesTax', 'NOPE', 'setup-missing']] as const) expect(await refused({ kind: 'item', newId: 'X1', set: { code: 'X1', name: 'x', [field]: value } })).toBe(code);
  });
});

describe('accounts', () => {
  it('are made under the number and format of the company, with class and category', async () => {
    const { record, warnings } = await write({ kind: 'account', newId: '100-5200-01', set: { number: '100-5200-01', name: 'Advertising - Web', class: 'expense' } });
    expect(record).toMatchObject({ fields: { number: '100-5200-01', name: 'Advertising - Web', class: 'expense', category: 'Other Expenses' }, state: 'active' });
    expect(warnings).toHaveLength(1);
    expect((await write({ kind: 'account', id: '100-5200-01', set: { category: 'Selling Expense' }, state: 'archived' })).record).toMatchObject({ state: 'archived', fields: { category: 'Selling Expense', class: 'expense' } });
  });
  it.each([['200', 'value-unusable'], ['777-5200-01', 'setup-missing']])('the number %s is refused', async (number, code) => {
    expect(await refused({ kind: 'account', newId: number, set: { number, name: 'x', class: 'expense' } })).toBe(code);
  });
  it('of banks and of GP\'s own posting are protected', async () => {
    const { records } = await all('account', 6);
    const guarded = records.filter((r) => r.protected !== undefined).map((r) => r.id);
    expect(guarded).toEqual(expect.arrayContaining(['000-1100-00', '000-1105-00', '000-1200-00', '000-2100-00', '000-1300-01', '000-3030-00']));
    expect(guarded).not.toContain('000-4100-00');
    expect(await refused({ kind: 'account', id: '000-1100-00', set: { name: 'Mine' } })).toBe('document-rejected');
    expect(new Set(records.map((r) => r.fields['class']))).toEqual(new Set(['asset', 'liability', 'equity', 'revenue', 'expense']));
  });
});

describe('set-up that eConnect only shows', () => {
  it.each([
    ['tax', { id: 'GST-10', fields: { code: 'GST-10', name: 'GST-10', rate: '10', kind: 'sales' } }], ['tax', { id: 'schedule:VAT', fields: { code: 'VAT', name: 'VAT 20 %', rate: '20', kind: 'sales' } }], ['tax', { id: 'P-GST-10', fields: { code: 'P-GST-10', name: 'GST on purchases', rate: '10', kind: 'purchases' } }],
    ['terms', { id: '2% 10/Net 30', fields: { code: '2% 10/Net 30', dueType: 'net-days', dueDays: '30', discountPercent: '2', discountDays: '10' } }], ['terms', { id: 'EOM', fields: { code: 'EOM', dueType: 'end-of-month' } }],
    ['tracking', { id: '3/02', fields: { category: 'Department', code: '02', name: 'Project A' } }], ['currency', { id: 'EUR', fields: { code: 'EUR', name: 'Euros', symbol: '€' } }],
  ] as const)('%s is read and never written', async (kind, record) => {
    const { records } = await all(kind, 3);
    expect(records.find((r) => r.id === record.id)).toMatchObject({ system: 'gp', state: 'active', ...record });
    expect(new Set(records.map((r) => r.id)).size).toBe(records.length);
    expect(await side.read(kind, [record.id, 'NOPE'])).toMatchObject({ ok: true, value: [record] });
    expect(await refused({ kind, newId: 'NEW', set: { code: 'NEW', name: 'New' } })).toBe('document-rejected');
  });
  it('segments of the main account are no tracking', async () => { expect((await all('tracking', 50)).records.map((r) => r.id.split('/')[0])).not.toContain('2'); });
  it('without change stamps is read whole each time, and counts as older than everything', async () => {
    const { records } = await all('terms', 50, new Date().toISOString());
    expect(records.length).toBeGreaterThan(4);
    expect(new Set(records.map((r) => r.version))).toEqual(new Set(['1970-01-01T00:00:00.000Z']));
  });
});

it('what GP cannot hold is told on the record', async () => {
  const { record, warnings } = await write({ kind: 'customer', newId: 'C1', set: { name: 'Łódź 工房 & Co', phone: '+44 (0)20 7946 0958 - 0001', class: 'web', email: `${'x'.repeat(200)}@example.com` } });
  expect(record.fields).toMatchObject({ name: 'Lódz ? & Co', phone: '+44020794609580001', class: 'WEB' });
  expect(record.fields['email']).toBeUndefined();
  expect(warnings).toHaveLength(3);
});
