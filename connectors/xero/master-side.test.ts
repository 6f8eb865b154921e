import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Outcome } from '../../canonical/failure';
import { masterFields, type MasterSide, type MasterWrite, type MasterWritten } from '../../canonical/master';
import { startXero } from '../../sandbox/xero/server';
import { createTokenSource, createXeroClient, xeroHolds, xeroMasterSide } from './connector';
import { type XeroSettings, type XeroTokens } from './types';

function must<T>(outcome: Outcome<T> | undefined): T { if (!outcome?.ok) throw new Error(JSON.stringify(outcome)); return outcome.value; }
const customer = (n: number, over: Partial<MasterWrite> = {}): MasterWrite => ({ kind: 'customer', foreignId: `C${n}`, set: { name: `Party ${n}`, email: `p${n}@example.org` }, ...over });

describe('master data of Xero against the simulator', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-xero-masters-'));
  let xero: Awaited<ReturnType<typeof startXero>>;
  let side: MasterSide;
  const control = async (path: string, method: string, body?: object): Promise<unknown> => { const text = await (await fetch(`${xero.url}/_sandbox${path}`, { method, ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}) })).text(); return text === '' ? undefined : JSON.parse(text); };
  const contacts = async (): Promise<{ name: string; number: string; status: string }[]> => ((await control('/documents', 'GET')) as { contacts: [] }).contacts;
  const calls = async (operation: string): Promise<number> => JSON.stringify(await control('/calls', 'GET')).split(`"operation":"${operation}"`).length - 1;
  const write = async (...writes: MasterWrite[]): Promise<MasterWritten[]> => (await side.write(writes)).map(must);

  beforeAll(async () => {
    xero = await startXero({ port: 0, dataDir: dir });
    const settings: XeroSettings = { apiBaseUrl: `${xero.url}/api.xro/2.0`, identityBaseUrl: xero.url, connectionsUrl: `${xero.url}/connections`, clientId: 'tieout-sandbox', clientSecret: 'tieout-sandbox-secret', flow: 'authorization-code', tenantId: '3f8a2c1e-5b7d-4e9a-8c6f-1d2e3f4a5b6c', baseCurrency: 'USD', timeoutMs: 700 };
    const tokens: { tokens: XeroTokens; version: number } = { tokens: { refreshToken: 'sandbox-refresh-token' }, version: 1 };
    const store = { load: async () => tokens, save: async (next: XeroTokens) => { tokens.tokens = next; tokens.version += 1; return true; }, lease: async () => ({ release: async () => undefined }) };
    side = xeroMasterSide(createXeroClient({ settings, tokens: createTokenSource({ settings, store }), budget: { take: async () => ({ ok: true as const, value: { release: () => undefined } }), observe: async () => undefined } }));
  });
  afterAll(async () => { await xero.close(); rmSync(dir, { recursive: true, force: true }); });
  afterEach(async () => { await control('/faults', 'DELETE'); });

  it('makes fifty contacts in one call, and reads every field back as it was written', async () => {
    const set = { name: 'Full Party', contactPerson: 'Ann van Lee', email: 'ann@example.org', phone: '+47 22 33', mobile: '900 1', fax: '44', taxNumber: 'NO 1', accountNumber: 'A-1', currency: 'EUR', terms: '30 DAYSAFTERBILLDATE', taxCode: 'OUTPUT', 'billing.line1': 'Main 1', 'billing.city': 'Oslo', 'billing.country': 'Norway', 'delivery.line1': 'Dock 2', 'delivery.postalCode': '0150' };
    const made = await write(...Array.from({ length: 49 }, (_, i) => customer(i)), customer(99, { foreignId: 'FULL', set }));
    expect([made.length, await calls('PUT Contacts')]).toEqual([50, 1]);
    expect(made[49]).toMatchObject({ existed: false, record: { kind: 'customer', system: 'xero', foreignId: 'FULL', state: 'active', fields: set } });
    const id = made[49]?.record.id ?? '';
    expect(must(await side.read('customer', [id]))).toEqual([made[49]?.record]);
    const [changed] = await write({ kind: 'customer', id, set: { phone: '1', 'billing.city': 'Bergen' }, clear: ['fax', 'taxNumber'] });
    const { fax: _fax, taxNumber: _tax, ...rest } = set;
    expect(changed?.record.fields).toEqual({ ...rest, phone: '1', 'billing.city': 'Bergen' });
  });

  it('pages everything, and only what changed since', async () => {
    const all = must(await side.changedSince({ kind: 'customer', limit: 500 }));
    expect([all.records.length, all.next]).toEqual([50, undefined]);
    await new Promise((wake) => setTimeout(wake, 1_100));
    const since = new Date().toISOString();
    const id = all.records[3]?.id ?? '';
    await write({ kind: 'customer', id, set: { email: 'later@example.org' } });
    expect(must(await side.changedSince({ kind: 'customer', since, limit: 500 })).records.map((r) => r.id)).toEqual([id]);
  });

  it('never takes over whoever bears the name: the second one gets a visible suffix', async () => {
    await control('/entries/contacts', 'POST', [{ Name: 'Same Name' }]);
    const [made] = await write(customer(200, { set: { name: 'same name' } }));
    expect(made?.record.fields['name']).toBe('same name (C200)');
    expect((await contacts()).filter((c) => c.name.toLowerCase().startsWith('same name')).length).toBe(2);
    const [other] = await write(customer(202));
    expect((await write({ kind: 'customer', id: other?.record.id ?? '', set: { name: 'Same Name' } }))[0]?.record.fields['name']).toBe('Same Name (C202)');
    const [refused] = await side.write([customer(201, { set: { name: 'Bad mail', email: 'umläut@example.org' } })]);
    expect(refused).toMatchObject({ ok: false, failure: { code: 'text-unusable' } });
  });

  it.each(['timeout-after-commit', 'timeout-before-commit', 'error-502-after-commit', 'html-200-after-commit', 'cached-500-after-commit', 'reset-after-commit'])('a reply lost by %s makes no second contact, and loses none', async (mode) => {
    const n = 300 + Math.floor(Math.random() * 1e6);
    await control('/faults', 'POST', { mode, operation: 'PUT Contacts', times: 1 });
    let [outcome] = await side.write([customer(n)]);
    if (!outcome?.ok) [outcome] = await side.write([customer(n)]);
    must(outcome);
    expect((await contacts()).filter((c) => c.number === `C${n}`)).toHaveLength(1);
  }, 20_000);

  it('a merged contact says where it went, an archived one is archived, one that is not there is told', async () => {
    const [a, b] = await write(customer(401), customer(402));
    await control('/contacts/C401/merge?into=C402', 'POST');
    expect(must(await side.read('customer', [a?.record.id ?? '']))).toMatchObject([{ state: 'archived', mergedInto: b?.record.id }]);
    const [archived] = await write({ kind: 'customer', id: b?.record.id ?? '', set: {}, state: 'archived' });
    expect(archived?.record.state).toBe('archived');
    expect(await side.write([{ kind: 'customer', id: '00000000-0000-4000-8000-000000000001', set: { name: 'x' } }])).toMatchObject([{ ok: false, failure: { code: 'document-missing' } }]);
  });

  it('items go by code, many in one call; accounts one by one; bank and system accounts are protected', async () => {
    const items = await write(...Array.from({ length: 30 }, (_, i): MasterWrite => ({ kind: 'item', set: { code: `SKU-${i}`, name: `Thing ${i}`, price: `${i}.5` } })));
    expect([items.length, await calls('POST Items'), items[2]?.record.fields['price']]).toEqual([30, 1, '2.5']);
    const [item] = await write({ kind: 'item', id: items[2]?.record.id ?? '', set: { price: '9.9999' } });
    expect(item?.record.fields).toMatchObject({ code: 'SKU-2', name: 'Thing 2', price: '9.9999' });
    const [account] = await write({ kind: 'account', set: { number: '5555', name: 'Postage', class: 'expense' } });
    expect(account).toMatchObject({ existed: false, record: { fields: { number: '5555', name: 'Postage', class: 'expense', type: 'EXPENSE' } } });
    expect((await write({ kind: 'account', set: { number: '5555', name: 'Postage', class: 'expense' } }))[0]?.existed).toBe(true);
    expect((await write({ kind: 'account', id: account?.record.id ?? '', set: { name: 'Stamps' } }))[0]?.record.fields['name']).toBe('Stamps');
    const all = must(await side.changedSince({ kind: 'account', limit: 500 })).records;
    expect(all.filter((r) => r.protected !== undefined).map((r) => r.fields['number']).sort()).toEqual(['090', '091', '092', '093', '094', '610', '820', '860']);
    expect(await side.changedSince({ kind: 'terms', limit: 1 })).toMatchObject({ ok: false, failure: { code: 'setup-missing' } });
  });

  it('what a person changed after a write was planned is not written over, in any kind; what holds the wanted value already is written on', async () => {
    const [party] = await write(customer(501));
    const [item] = await write({ kind: 'item', set: { code: 'SKU-501', name: 'Old', price: '1' } });
    const [account] = await write({ kind: 'account', set: { number: '5501', name: 'Old', class: 'expense' } });
    const cases: [MasterWritten | undefined, string, string][] = [[party, 'phone', ''], [item, 'name', 'Old'], [account, 'name', 'Old']];
    for (const [made, field, held] of cases) {
      const { kind, id } = made?.record ?? { kind: 'customer' as const, id: '' };
      await write({ kind, id, set: { [field]: 'by a person' } });
      const [late] = await write({ kind, id, set: { [field]: 'by us' }, before: { [field]: held } });
      expect([kind, late]).toMatchObject([kind, { overtaken: true, existed: true, record: { id, fields: { [field]: 'by a person' } } }]);
      expect(must(await side.read(kind, [id]))[0]?.fields[field]).toBe('by a person');
      const [again] = await write({ kind, id, set: { [field]: 'by us' }, before: { [field]: 'by a person' } });
      expect([again?.overtaken, again?.record.fields[field]]).toEqual([undefined, 'by us']);
      const [twice] = await write({ kind, id, set: { [field]: 'by us' }, before: { [field]: 'by a person' } });
      expect([twice?.overtaken, twice?.record.fields[field]]).toEqual([undefined, 'by us']);
    }
    // The others of the call are written.
    const [other] = await write(customer(502));
    const both = await write({ kind: 'customer', id: party?.record.id ?? '', set: { phone: '7' }, before: { phone: 'stale' } }, { kind: 'customer', id: other?.record.id ?? '', set: { phone: '8' }, before: { phone: '' } });
    expect(both.map((w) => [w.overtaken, w.record.fields['phone']])).toEqual([[true, 'by us'], [undefined, '8']]);
  });
});

describe('what Xero can hold', () => {
  it('holds again what it gave, and is silent only where nothing is lost', () => {
    const kinds = ['customer', 'vendor', 'item', 'account', 'tax', 'tracking', 'currency'] as const;
    const asks = kinds.flatMap((kind) => Object.keys(masterFields[kind]).map((field) => ({ kind, field })));
    fc.assert(fc.property(fc.constantFrom(...asks), fc.oneof(fc.string({ unit: 'grapheme', maxLength: 700 }), fc.string({ maxLength: 60 }), fc.integer().map(String)), ({ kind, field }, value) => {
      const once = xeroHolds(kind, field, value);
      if (once.value === undefined) return;
      expect(xeroHolds(kind, field, once.value)).toEqual({ value: once.value });
    }), { numRuns: 1_500 });
  });
  it.each([['account', 'number', '000-4100-00', '000410000'], ['item', 'price', '10.00', '10'], ['customer', 'billing.country', 'U.S.A. 1', 'U.S.A.'], ['customer', 'name', '  Two  <b> blanks ', 'Two b blanks'], ['customer', 'terms', 'Net 30', undefined], ['customer', 'creditLimit', '5', undefined], ['item', 'code', 'x'.repeat(31), undefined]] as const)('%s %s "%s" is %p', (kind, field, value, held) => expect(xeroHolds(kind, field, value).value).toBe(held));
});
