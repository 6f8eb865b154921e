import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome } from '../../canonical/failure';
import { type MasterRecord, type MasterSide, type MasterWrite } from '../../canonical/master';
import { startXero } from '../../sandbox/xero/server';
import { createTokenSource, createXeroClient, sideInClasses, xeroMasterSide } from './connector';
import { inClasses } from './master-groups';
import { type XeroSettings, type XeroTokens } from './types';

function must<T>(outcome: Outcome<T> | undefined): T { if (!outcome?.ok) throw new Error(JSON.stringify(outcome)); return outcome.value; }

describe('the class of a contact is the group of that name', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-xero-groups-'));
  const settings = (url: string): XeroSettings => ({ apiBaseUrl: `${url}/api.xro/2.0`, identityBaseUrl: url, connectionsUrl: `${url}/connections`, clientId: 'tieout-sandbox', clientSecret: 'tieout-sandbox-secret', flow: 'authorization-code', tenantId: '3f8a2c1e-5b7d-4e9a-8c6f-1d2e3f4a5b6c', baseCurrency: 'USD', timeoutMs: 700 });
  let xero: Awaited<ReturnType<typeof startXero>>;
  let raw: MasterSide;
  let side: MasterSide;
  let classes = new Set(['Retail', 'Wholesale']);
  const control = async (path: string, method: string, body?: object): Promise<unknown> => { const text = await (await fetch(`${xero.url}/_sandbox${path}`, { method, ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}) })).text(); return text === '' ? undefined : JSON.parse(text); };
  const token = async (): Promise<string> => ((await (await fetch(`${xero.url}/connect/token`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from('tieout-sandbox:tieout-sandbox-secret').toString('base64')}`, 'content-type': 'application/x-www-form-urlencoded' }, body: 'grant_type=refresh_token&refresh_token=sandbox-refresh-token' })).json()) as { access_token: string }).access_token;
  let access = '';
  /** As a person does in Xero's own windows. */
  const ask = async (method: string, path: string, body?: object): Promise<{ ContactGroups?: { ContactGroupID: string; Name: string }[] }> => (await (await fetch(`${xero.url}/api.xro/2.0${path}`, { method, headers: { authorization: `Bearer ${access}`, 'xero-tenant-id': settings('').tenantId, accept: 'application/json', 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) })).json().catch(() => ({}))) as { ContactGroups?: { ContactGroupID: string; Name: string }[] };
  const groups = new Map<string, string>();
  const calls = async (operation: string): Promise<number> => JSON.stringify(await control('/calls', 'GET')).split(`"operation":"${operation}"`).length - 1;
  const write = async (...writes: MasterWrite[]): Promise<MasterRecord[]> => (await side.write(writes)).map((o) => must(o).record);
  const held = async (id: string): Promise<string | undefined> => must(await raw.read('customer', [id]))[0]?.fields['class'];

  beforeAll(async () => {
    xero = await startXero({ port: 0, dataDir: dir });
    access = await token();
    const tokens: { tokens: XeroTokens; version: number } = { tokens: { refreshToken: 'sandbox-refresh-token', accessToken: access, expiresAt: new Date(Date.now() + 1_500_000).toISOString() } as XeroTokens, version: 1 };
    const store = { load: async () => tokens, save: async (next: XeroTokens) => { tokens.tokens = next; tokens.version += 1; return true; }, lease: async () => ({ release: async () => undefined }) };
    raw = xeroMasterSide(createXeroClient({ settings: settings(xero.url), tokens: createTokenSource({ settings: settings(xero.url), store }), budget: { take: async () => ({ ok: true as const, value: { release: () => undefined } }), observe: async () => undefined } }));
    side = sideInClasses(raw, async () => classes);
    for (const name of ['Retail', 'Wholesale', 'Newsletter']) groups.set(name, (await ask('PUT', '/ContactGroups', { ContactGroups: [{ Name: name }] })).ContactGroups?.[0]?.ContactGroupID ?? '');
  });
  afterAll(async () => { await xero.close(); rmSync(dir, { recursive: true, force: true }); });
  afterEach(async () => { await control('/faults', 'DELETE'); classes = new Set(['Retail', 'Wholesale']); });

  it('new contacts of one class join its group in one call; a change of class moves them, and groups of other purposes stay', async () => {
    const made = await write(...Array.from({ length: 30 }, (_, i): MasterWrite => ({ kind: 'customer', foreignId: `G${i}`, set: { name: `Grouped ${i}`, class: i < 20 ? 'Retail' : 'Wholesale' } })));
    expect([made[3]?.fields['class'], made[25]?.fields['class'], await calls('PUT ContactGroups')]).toEqual(['Retail', 'Wholesale', groups.size + 2]);
    const id = made[3]?.id ?? '';
    await ask('PUT', `/ContactGroups/${groups.get('Newsletter') ?? ''}/Contacts`, { Contacts: [{ ContactID: id }] });
    expect([must(await side.read('customer', [id]))[0]?.fields['class'], await held(id)]).toEqual(['Retail', 'Newsletter; Retail']);
    const before = await calls('POST Contacts');
    const [moved] = await write({ kind: 'customer', id, set: { class: 'Wholesale' }, before: { class: 'Retail' } });
    expect([moved?.fields['class'], await held(id), (await calls('POST Contacts')) - before]).toEqual(['Wholesale', 'Newsletter; Wholesale', 0]);
    const [both] = await write({ kind: 'customer', id, set: { phone: '1' }, clear: ['class'], before: { class: 'Wholesale', phone: '' } });
    expect([both?.fields['class'], both?.fields['phone'], await held(id)]).toEqual([undefined, '1', 'Newsletter']);
    // Once more is no change.
    const sent = await calls('PUT ContactGroups');
    await write({ kind: 'customer', id: made[4]?.id ?? '', set: { class: 'Retail' }, before: { class: '' } });
    expect(await calls('PUT ContactGroups')).toBe(sent);
  });

  it('a group that is not there is named with its fix, and everything else of the call is written', async () => {
    const [a, b] = await side.write([{ kind: 'customer', foreignId: 'G101', set: { name: 'Nowhere', class: 'Retial' } }, { kind: 'customer', foreignId: 'G102', set: { name: 'Somewhere', class: 'Retail' } }]);
    expect([a, b]).toMatchObject([{ ok: false, failure: { code: 'setup-missing', field: 'class', value: 'Retial', fix: expect.stringContaining('value table') as string } }, { ok: true, value: { record: { fields: { class: 'Retail' } } } }]);
  });

  it.each(['timeout-after-commit', 'error-502-after-commit', 'reset-after-commit', 'html-200-after-commit'])('a reply lost by %s leaves a contact in its one class', async (mode) => {
    const [made] = await write({ kind: 'customer', foreignId: `L-${mode}`, set: { name: `Lost ${mode}`, class: 'Retail' } });
    const change: MasterWrite = { kind: 'customer', id: made?.id ?? '', set: { class: 'Wholesale' }, before: { class: 'Retail' } };
    for (const operation of ['PUT ContactGroups', 'DELETE ContactGroups']) await control('/faults', 'POST', { mode, operation, times: 1 });
    const [first] = await side.write([change]);
    if (!first?.ok) must((await side.write([change]))[0]);
    expect(await held(made?.id ?? '')).toBe('Wholesale');
  }, 20_000);

  it('a person who moved the contact meanwhile is not written over', async () => {
    const [made] = await write({ kind: 'customer', foreignId: 'G201', set: { name: 'Moved', class: 'Retail' } });
    const id = made?.id ?? '';
    await ask('DELETE', `/ContactGroups/${groups.get('Retail') ?? ''}/Contacts/${id}`);
    const [late] = await side.write([{ kind: 'customer', id, set: { class: 'Wholesale' }, before: { class: 'Retail' } }]);
    expect([late, await held(id)]).toMatchObject([{ ok: true, value: { overtaken: true } }, undefined]);
  });

  it('without a value table a contact has no class, whatever groups it is in', async () => {
    classes = new Set();
    const page = must(await side.changedSince({ kind: 'customer', limit: 500 }));
    expect([page.records.length > 30, page.records.filter((r) => r.fields['class'] !== undefined)]).toEqual([true, []]);
    expect(inClasses({ fields: { class: 'A; B; C', name: 'n' } } as unknown as MasterRecord, new Set(['C', 'A'])).fields).toEqual({ class: 'A; C', name: 'n' });
  });
});
