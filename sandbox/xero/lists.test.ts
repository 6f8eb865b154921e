import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startXero } from './server';
import { tenantId } from './seeds';

type Json = Record<string, unknown>;
type Rows = Json[];

describe('set-up lists of the Xero organisation', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-xl-'));
  let xero: Awaited<ReturnType<typeof startXero>>;
  let token = '';
  const ask = async (method: string, path: string, body?: Json): Promise<{ status: number; body: Json }> => {
    const reply = await fetch(`${xero.url}/api.xro/2.0${path}`, { method, headers: { authorization: `Bearer ${token}`, 'xero-tenant-id': tenantId, 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await reply.text();
    return { status: reply.status, body: text === '' ? {} : JSON.parse(text) as Json };
  };
  const list = async (path: string): Promise<Rows> => ((await ask('GET', path)).body[path.slice(1).split(/[?/]/)[0] ?? ''] ?? []) as Rows;
  const control = async (path: string, body?: Json): Promise<number> => (await fetch(`${xero.url}/_sandbox${path}`, { method: body ? 'PATCH' : 'POST', headers: { 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) })).status;
  const contact = async (over: Json): Promise<Json> => (((await ask('PUT', '/Contacts', { Contacts: [over] })).body['Contacts'] as Rows)[0] ?? {});
  const refusal = async (method: string, path: string, body: Json): Promise<string> => { const { status, body: answer } = await ask(method, path, body); expect(status).toBe(400); return JSON.stringify(answer['Elements']); };

  beforeAll(async () => {
    xero = await startXero({ port: 0, dataDir: dir });
    const reply = await fetch(`${xero.url}/connect/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'sandbox-refresh-token' }), headers: { authorization: `Basic ${Buffer.from('tieout-sandbox:tieout-sandbox-secret').toString('base64')}` } });
    token = String(((await reply.json()) as Json)['access_token']);
  });
  afterAll(async () => { await xero.close(); rmSync(dir, { recursive: true, force: true }); });

  it('numbers a new tax rate, adds up its components, changes it by its type, and leaves its own alone', async () => {
    const [made] = (await ask('PUT', '/TaxRates', { TaxRates: [{ Name: 'State and city', TaxComponents: [{ Name: 'State', Rate: 6.25 }, { Name: 'City', Rate: 1.5 }] }] })).body['TaxRates'] as Rows;
    expect(made).toMatchObject({ TaxType: 'TAX002', EffectiveRate: 7.75, Status: 'ACTIVE' });
    await ask('POST', '/TaxRates', { TaxRates: [{ TaxType: 'TAX002', Name: 'State', TaxComponents: [{ Name: 'State', Rate: 6.25 }] }] });
    expect((await list('/TaxRates')).find((r) => r['TaxType'] === 'TAX002')).toMatchObject({ Name: 'State', EffectiveRate: 6.25 });
    expect(await refusal('PUT', '/TaxRates', { TaxRates: [{ Name: 'state', TaxComponents: [{ Name: 'x', Rate: 1 }] }] })).toMatch(/already exists/);
    expect(await refusal('PUT', '/TaxRates', { TaxRates: [{ Name: 'Odd', TaxComponents: [{ Name: 'x', Rate: 101 }] }] })).toMatch(/between 0 and 100/);
    expect(await refusal('POST', '/TaxRates', { TaxRates: [{ TaxType: 'OUTPUT', Name: 'Mine now' }] })).toMatch(/System tax rates/);
  });

  it('keeps two tracking categories in use, their options unique, archived ones out of sight', async () => {
    const make = async (Name: string): Promise<Json> => ((await ask('PUT', '/TrackingCategories', { Name })).body['TrackingCategories'] as Rows)[0] ?? {};
    const region = await make('Region');
    await make('Department');
    expect(await refusal('PUT', '/TrackingCategories', { Name: 'Third' })).toMatch(/Maximum number/);
    const path = `/TrackingCategories/${String(region['TrackingCategoryID'])}/Options`;
    const [north] = (await ask('PUT', path, { Name: 'North' })).body['Options'] as Rows;
    expect(await refusal('PUT', path, { Name: 'NORTH' })).toMatch(/already exists/);
    expect(await refusal('PUT', path, { Name: 'x'.repeat(101) })).toMatch(/100 characters/);
    await ask('POST', `${path}/${String(north?.['TrackingOptionID'])}`, { Name: 'North East', Status: 'ARCHIVED' });
    const options = async (query: string): Promise<unknown> => (await list(`/TrackingCategories${query}`))[0]?.['Options'];
    expect([await options(''), await options('?includeArchived=true')]).toMatchObject([[], [{ Name: 'North East', Status: 'ARCHIVED' }]]);
    expect((await ask('DELETE', `${path}/${String(north?.['TrackingOptionID'])}`)).status).toBe(200);
    expect((await ask('POST', `${path}/${String(north?.['TrackingOptionID'])}`, { Name: 'Again' })).status).toBe(404);
  });

  it('takes options of two categories on a line, by name or id, gives them back with both, and refuses any other', async () => {
    const categories = await list('/TrackingCategories');
    const [region, department] = ['Region', 'Department'].map((name) => categories.find((c) => c['Name'] === name));
    const option = async (category: Json | undefined, Name: string): Promise<Json> => ((await ask('PUT', `/TrackingCategories/${String(category?.['TrackingCategoryID'])}/Options`, { Name })).body['Options'] as Rows)[0] ?? {};
    const [west, retail] = [await option(region, 'West'), await option(department, 'Retail')];
    await ask('POST', '/Items', { Items: [{ Code: 'TRACKED' }] });
    const { ContactID } = await contact({ Name: 'Tracked' });
    const line = (over: Json): Json => ({ Description: 'x', Quantity: 1, UnitAmount: 10, AccountCode: '200', TaxType: 'NONE', ...over });
    const invoice = (over: Json, type = 'ACCREC'): Json => ({ Type: type, Contact: { ContactID }, Date: '2026-11-20', DueDate: '2026-12-01', Status: 'AUTHORISED', LineItems: [line(over)] });
    const both = [{ Name: 'region', Option: 'WEST' }, { TrackingCategoryID: department?.['TrackingCategoryID'], TrackingOptionID: retail['TrackingOptionID'] }];
    const given = [{ Name: 'Region', Option: 'West', TrackingCategoryID: region?.['TrackingCategoryID'], TrackingOptionID: west['TrackingOptionID'] }, { Name: 'Department', Option: 'Retail' }];
    const [made] = (await ask('PUT', '/Invoices', { Invoices: [invoice({ Tracking: both, ItemCode: 'TRACKED' })] })).body['Invoices'] as Rows;
    expect(((await list(`/Invoices/${String(made?.['InvoiceID'])}`))[0]?.['LineItems'] as Rows)[0]).toMatchObject({ Tracking: given, ItemCode: 'TRACKED' });
    const [note] = (await ask('PUT', '/CreditNotes', { CreditNotes: [invoice({ Tracking: both }, 'ACCRECCREDIT')] })).body['CreditNotes'] as Rows;
    expect((note?.['LineItems'] as Rows)[0]).toMatchObject({ Tracking: given });
    const refused = (over: Json): Promise<string> => refusal('PUT', '/Invoices', { Invoices: [invoice(over)] });
    expect(await refused({ Tracking: [{ Name: 'Region', Option: 'South' }] })).toMatch(/option 'South' does not exist/);
    expect(await refused({ Tracking: [{ Name: 'Project', Option: 'West' }] })).toMatch(/no ACTIVE tracking category with the name 'Project'/);
    expect(await refused({ Tracking: [...both, { Name: 'Region', Option: 'West' }] })).toMatch(/maximum of 2/);
    expect(await refused({ Tracking: [{ Name: 'Region', Option: 'West' }, { Name: 'Region', Option: 'West' }] })).toMatch(/once only/);
    expect(await refused({ ItemCode: 'NOPE' })).toMatch(/Item code 'NOPE' is not valid/);
    await ask('POST', `/TrackingCategories/${String(region?.['TrackingCategoryID'])}/Options/${String(west['TrackingOptionID'])}`, { Name: 'West', Status: 'ARCHIVED' });
    expect(await refused({ Tracking: [{ Name: 'Region', Option: 'West' }] })).toMatch(/does not exist/);
  });

  it('subscribes to one more currency, once', async () => {
    expect((await ask('PUT', '/Currencies', { Code: 'NOK' })).status).toBe(200);
    expect((await list('/Currencies')).map((c) => c['Code'])).toContain('NOK');
    expect(await refusal('PUT', '/Currencies', { Code: 'NOK' })).toMatch(/already in use/);
    expect(await refusal('PUT', '/Currencies', { Code: 'kroner' })).toMatch(/not a valid currency/);
  });

  it('puts contacts into groups and takes them out', async () => {
    const { ContactID } = await contact({ Name: 'Grouped', ContactNumber: 'G1' });
    const [group] = (await ask('PUT', '/ContactGroups', { ContactGroups: [{ Name: 'Wholesale' }] })).body['ContactGroups'] as Rows;
    const id = String(group?.['ContactGroupID']);
    await ask('PUT', `/ContactGroups/${id}/Contacts`, { Contacts: [{ ContactID }] });
    expect((await list(`/Contacts/${String(ContactID)}`))[0]?.['ContactGroups']).toMatchObject([{ Name: 'Wholesale' }]);
    expect((await ask('PUT', `/ContactGroups/${id}/Contacts`, { Contacts: [{ ContactID: 'nobody' }] })).status).toBe(404);
    expect((await ask('DELETE', `/ContactGroups/${id}/Contacts/${String(ContactID)}`)).status).toBe(204);
    expect((await list(`/ContactGroups/${id}`))[0]?.['Contacts']).toEqual([]);
    expect(await refusal('PUT', '/ContactGroups', { Name: 'wholesale' })).toMatch(/already exists/);
  });

  it('forgets a person, and takes no change of one that was forgotten', async () => {
    const { ContactID } = await contact({ Name: 'Private Person', ContactNumber: 'G2', EmailAddress: 'p@example.org' });
    expect(await control('/contacts/G2/forget')).toBe(200);
    const [gone] = await list(`/Contacts/${String(ContactID)}`);
    expect(gone).toMatchObject({ ContactStatus: 'GDPRREQUEST', EmailAddress: '' });
    expect(JSON.stringify(gone)).not.toContain('Private Person');
    expect((await list('/Contacts')).map((c) => c['ContactID'])).not.toContain(ContactID);
    expect(await refusal('POST', '/Contacts', { ContactID, EmailAddress: 'x@example.org' })).toMatch(/archived contact/);
    expect((await contact({ Name: 'Private Person', ContactNumber: 'G3' }))['Name']).toBe('Private Person');
  });

  it('is asked for what changed since, archived or not, and pages as it is told', async () => {
    await Promise.all(Array.from({ length: 5 }, (_, i) => contact({ Name: `Paged ${i}`, ContactNumber: `P${i}` })));
    await control('/contacts/P1/archive');
    const first = await ask('GET', '/Contacts?page=1&pageSize=2&includeArchived=true');
    expect([(first.body['Contacts'] as Rows).length, first.body['pagination']]).toMatchObject([2, { page: 1, pageSize: 2 }]);
    const numbers = async (query: string): Promise<unknown[]> => (await list(`/Contacts${query}`)).map((c) => c['ContactNumber']);
    expect([(await numbers('?page=1')).includes('P1'), (await numbers('?page=1&includeArchived=true')).includes('P1')]).toEqual([false, true]);
  });

  it('tells of every change by a signed delivery; what is dropped leaves a hole in the numbers', async () => {
    const got: { firstEventSequence: number; lastEventSequence: number; entropy: string; events: Json[] }[] = [];
    const server: Server = createServer((req, res) => { let text = ''; req.on('data', (c: Buffer) => { text += c.toString(); }); req.on('end', () => { got.push(JSON.parse(text) as (typeof got)[0]); res.end(); }); }).listen(0, '127.0.0.1');
    await new Promise((up) => server.once('listening', up));
    await control('/settings', { webhook: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: 'k' } });
    const until = async (n: number): Promise<void> => { for (let i = 0; i < 100 && got.length < n; i += 1) await new Promise((wake) => setTimeout(wake, 50)); };
    await contact({ Name: 'Told', ContactNumber: 'W1' });
    await until(1);
    await control('/settings', { webhookMode: { drop: true } });
    await control('/contacts/W1/archive');
    await new Promise((wake) => setTimeout(wake, 500));
    await control('/settings', { webhookMode: { drop: false, duplicate: true } });
    await control('/contacts/W1/restore');
    await until(3);
    await control('/settings', { webhook: { url: '', key: '' } });
    server.close();
    expect(got.map((d) => d.events.map((e) => e['eventType']).join())).toEqual(['CREATE', 'UPDATE', 'UPDATE']);
    expect((got[1]?.firstEventSequence ?? 0) - (got[0]?.lastEventSequence ?? 0)).toBe(2);
    expect(got[1]).toEqual(got[2]);
  });

  it('knows items that people deleted no more', async () => {
    await ask('PUT', '/Items', { Items: [{ Code: 'GONE', Name: 'Gone' }] });
    expect(await control('/items/GONE/delete')).toBe(200);
    expect((await list('/Items')).map((i) => i['Code'])).not.toContain('GONE');
    expect(await control('/items/GONE/delete')).toBe(404);
  });
});
