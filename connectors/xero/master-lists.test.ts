import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome } from '../../canonical/failure';
import { type MasterSide, type MasterWrite, type MasterWritten } from '../../canonical/master';
import { startXero } from '../../sandbox/xero/server';
import { createTokenSource, createXeroClient, xeroMasterSide } from './connector';
import { type XeroSettings, type XeroTokens } from './types';

function must<T>(outcome: Outcome<T> | undefined): T { if (!outcome?.ok) throw new Error(JSON.stringify(outcome)); return outcome.value; }

describe('tax rates, tracking options and currencies of Xero against the simulator', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-xero-lists-'));
  let xero: Awaited<ReturnType<typeof startXero>>;
  let side: MasterSide;
  let token = '';
  const control = async <T>(path: string, method: string, body?: object): Promise<T> => { const text = await (await fetch(`${xero.url}/_sandbox${path}`, { method, ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}) })).text(); return (text === '' ? undefined : JSON.parse(text)) as T; };
  const people = async (method: string, path: string, body: object): Promise<{ status: number }> => fetch(`${xero.url}/api.xro/2.0${path}`, { method, body: JSON.stringify(body), headers: { authorization: `Bearer ${token}`, 'xero-tenant-id': '3f8a2c1e-5b7d-4e9a-8c6f-1d2e3f4a5b6c', 'content-type': 'application/json' } });
  const write = async (...writes: MasterWrite[]): Promise<MasterWritten[]> => (await side.write(writes)).map(must);
  const calls = async (operation: string): Promise<number> => JSON.stringify(await control('/calls', 'GET')).split(`"operation":"${operation}"`).length - 1;
  const all = async (kind: 'tax' | 'tracking' | 'currency') => must(await side.changedSince({ kind, limit: 500 })).records;

  beforeAll(async () => {
    xero = await startXero({ port: 0, dataDir: dir });
    const settings: XeroSettings = { apiBaseUrl: `${xero.url}/api.xro/2.0`, identityBaseUrl: xero.url, connectionsUrl: `${xero.url}/connections`, clientId: 'tieout-sandbox', clientSecret: 'tieout-sandbox-secret', flow: 'authorization-code', tenantId: '3f8a2c1e-5b7d-4e9a-8c6f-1d2e3f4a5b6c', baseCurrency: 'USD', timeoutMs: 2_000 };
    const tokens: { tokens: XeroTokens; version: number } = { tokens: { refreshToken: 'sandbox-refresh-token' }, version: 1 };
    const store = { load: async () => tokens, save: async (next: XeroTokens) => { tokens.tokens = next; tokens.version += 1; return true; }, lease: async () => ({ release: async () => undefined }) };
    const source = createTokenSource({ settings, store });
    token = must(await source.accessToken());
    side = xeroMasterSide(createXeroClient({ settings, tokens: source, budget: { take: async () => ({ ok: true as const, value: { release: () => undefined } }), observe: async () => undefined } }));
    await people('PUT', '/TrackingCategories', { Name: 'Region' });
  });
  afterAll(async () => { await xero.close(); rmSync(dir, { recursive: true, force: true }); });
  afterEach(async () => { await control('/faults', 'DELETE'); });

  it('tax rates: its own are protected, new ones get a type of Xero, one rate is changed, one of several components is not', async () => {
    expect((await all('tax')).find((r) => r.id === 'OUTPUT')).toMatchObject({ fields: { code: 'OUTPUT', name: 'Tax on Sales', rate: '10' }, protected: expect.stringContaining('own tax rates') as string });
    const [made] = await write({ kind: 'tax', set: { name: 'City', rate: '2.375' } });
    expect(made).toMatchObject({ existed: false, record: { id: 'TAX002', state: 'active', fields: { code: 'TAX002', name: 'City', rate: '2.375' } } });
    expect(await write({ kind: 'tax', set: { name: 'City', rate: '2.375' } })).toMatchObject([{ existed: true, record: { id: 'TAX002' } }]);
    expect(await write({ kind: 'tax', id: 'TAX002', set: { rate: '2.5' } })).toMatchObject([{ existed: true, record: { fields: { name: 'City', rate: '2.5' } } }]);
    expect(await side.write([{ kind: 'tax', set: { name: 'city', rate: '9' } }])).toMatchObject([{ ok: false, failure: { code: 'duplicate-conflict' } }]);
    await people('PUT', '/TaxRates', { Name: 'Two parts', TaxComponents: [{ Name: 'a', Rate: 1 }, { Name: 'b', Rate: 2 }] });
    const two = (await all('tax')).find((r) => r.fields['name'] === 'Two parts')?.id ?? '';
    expect(await side.write([{ kind: 'tax', id: two, set: { rate: '4' } }])).toMatchObject([{ ok: false, failure: { code: 'value-unusable', field: 'rate', value: '4' } }]);
    expect(await write({ kind: 'tax', id: two, set: {}, state: 'archived' })).toMatchObject([{ record: { state: 'archived', fields: { rate: '3' } } }]);
  });

  it('tracking options: made in the category of their segment, renamed, archived; a category that Xero lacks is named', async () => {
    const [north] = await write({ kind: 'tracking', set: { category: 'region', name: 'North' } });
    expect(north).toMatchObject({ existed: false, record: { kind: 'tracking', state: 'active', fields: { category: 'Region', name: 'North' } } });
    const id = north?.record.id ?? '';
    expect(await write({ kind: 'tracking', id, set: { name: 'North East' } })).toMatchObject([{ existed: true, record: { id, fields: { name: 'North East' } } }]);
    expect(await write({ kind: 'tracking', id, set: {}, state: 'archived' })).toMatchObject([{ record: { id, state: 'archived' } }]);
    expect(must(await side.read('tracking', [id, 'nobody']))).toMatchObject([{ id, state: 'archived' }]);
    expect(await side.write([{ kind: 'tracking', set: { category: 'Cost centre', name: '100' } }, { kind: 'tracking', id: 'nobody', set: { name: 'x' } }, { kind: 'tracking', set: { category: 'Region', name: 'x'.repeat(101) } }])).toMatchObject([
      { ok: false, failure: { code: 'setup-missing', value: 'Cost centre' } }, { ok: false, failure: { code: 'document-missing', document: 'nobody' } }, { ok: false, failure: { system: 'xero' } },
    ]);
  });

  it('currencies are subscribed to once and never changed; terms have no list', async () => {
    expect(await write({ kind: 'currency', set: { code: 'NOK' } })).toMatchObject([{ existed: false, record: { id: 'NOK', fields: { code: 'NOK' } } }]);
    expect(await write({ kind: 'currency', set: { code: 'NOK' } })).toMatchObject([{ existed: true }]);
    expect(await side.write([{ kind: 'currency', id: 'NOK', set: {}, state: 'archived' }])).toMatchObject([{ ok: false, failure: { code: 'value-unusable' } }]);
    expect((await all('currency')).map((r) => r.id)).toEqual(expect.arrayContaining(['USD', 'NOK']));
    expect(await side.read('terms', ['Net 30'])).toMatchObject({ ok: false, failure: { code: 'setup-missing', value: 'terms' } });
  });

  const modes = ['timeout-after-commit', 'timeout-before-commit', 'error-502-after-commit', 'html-200-after-commit', 'cached-500-after-commit', 'reset-after-commit', 'reset-before-commit'];
  it.each(modes.flatMap((mode, n) => [[mode, 'PUT TrackingCategories', { kind: 'tracking', set: { category: 'Region', name: `Lost ${n}` } }], [mode, 'PUT TaxRates', { kind: 'tax', set: { name: `Lost ${n}`, rate: '1' } }]] as [string, string, MasterWrite][]))('a reply lost by %s of %s makes no second record, and loses none', async (mode, operation, ask) => {
    const before = await calls(operation);
    await control('/faults', 'POST', { mode, operation, times: 1 });
    let [outcome] = await side.write([ask]);
    if (!outcome?.ok) [outcome] = await side.write([ask]);
    must(outcome);
    expect((await all(ask.kind as 'tax')).filter((r) => r.fields['name'] === ask.set['name'])).toHaveLength(1);
    expect(await calls(operation) - before).toBeLessThanOrEqual(2);
  }, 20_000);
});
