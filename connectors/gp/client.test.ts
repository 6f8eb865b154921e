import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { money } from '../../canonical/money';
import { startGp } from '../../sandbox/gp/server';
import { createGpClient } from './client';
import { codingOf, line, orderOf, receiptOf, returnOf, tax } from './order.test-data';
import { type GpApplication, type GpClient, type GpOrderCoding, type GpReturn, type GpSettings } from './types';
import { createWebServices } from './web-services';

type Sandbox = Awaited<ReturnType<typeof startGp>>;
const usd = (text: string) => money(text, 'USD');
const today = new Date().toISOString().slice(0, 10);
let dir: string;
let gp: Sandbox;
let base: string;
let client: GpClient;
let serial = 0;

const settingsOf = (over: Partial<GpSettings> = {}): GpSettings => ({
  econnectUrl: `${base}/Microsoft/Dynamics/GP/eConnect/EntityOperations`, webServicesUrl: `${base}/DynamicsGPWebServices/DynamicsGPService.asmx`, auth: { kind: 'basic', user: 'tieout', password: 'tieout' },
  connectionString: 'data source=SQL;initial catalog=TWO;integrated security=SSPI', companyId: 2, baseCurrency: 'USD', timeoutMs: 1_500, ...over,
});
async function post(path: string, body: unknown = {}, method = 'POST'): Promise<unknown> {
  const reply = await fetch(`${base}/_sandbox${path}`, { method, headers: { 'content-type': 'application/json' }, ...(method === 'GET' ? {} : { body: JSON.stringify(body) }) });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text) as unknown;
}
const documents = async () => (await post('/documents', {}, 'GET')) as { orders: { number: string; status: string }[]; receipts: { number: string; status: string }[]; applies: { from: string; to: string; amount: string }[] };
const fault = (mode: string, times = 1) => post('/faults', { operation: 'CreateTransactionEntity', mode, times, delayMs: 3_000 });

function numbered(over: Partial<GpOrderCoding> = {}, lines = [line({ lineId: '1' })]) {
  serial += 1;
  const id = String(serial).padStart(6, '0');
  const order = orderOf(lines);
  const coding = codingOf(order, { number: `WO${id}` as GpOrderCoding['number'], orderKey: `SH-${id}` as GpOrderCoding['orderKey'], date: today, ...over });
  const receipt = receiptOf({ number: `WR${id}` as ReturnType<typeof receiptOf>['number'], description: `SH-${id}`, date: today });
  return { order, coding, receipt };
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tieout-gp-client-'));
  gp = await startGp({ port: 0, dataDir: dir, tickMs: 3_600_000 });
  base = `http://127.0.0.1:${gp.port}`;
  client = createGpClient(settingsOf());
});
afterAll(async () => { await gp.close(); rmSync(dir, { recursive: true, force: true }); });
beforeEach(async () => { await post('/faults', {}, 'DELETE'); });

describe('an invoice taken back', () => {
  it('is returned once, posted, and applied to its invoice, so that nothing is owed and the books balance', async () => {
    const { order, coding } = numbered();
    await client.createSalesOrder(order, coding);
    await post('/tick');
    await post('/tick');
    const state = await client.readOrder(coding.number, []);
    const invoice = state.ok ? state.value?.invoices[0] : undefined;
    if (!invoice) throw new Error('no invoice');
    const ret = { ...returnOf(), number: `WT${coding.number.slice(2)}` as GpReturn['number'], orderKey: coding.orderKey, date: today, invoice };
    expect(await client.createReturn(ret)).toMatchObject({ ok: true, value: { existed: false, total: usd('28') } });
    const ask = { returnNumber: ret.number, invoice: invoice.number, amount: invoice.total, date: today };
    expect(await client.applyReturn(ask)).toMatchObject({ ok: false, failure: { code: 'document-locked' } });
    await fault('reset-after-commit');
    expect(await client.createReturn(ret)).toMatchObject({ ok: true, value: { existed: true } });
    await post('/tick');
    await fault('reset-after-commit');
    expect(await client.applyReturn(ask)).toMatchObject({ ok: true });
    expect(await client.applyReturn(ask)).toMatchObject({ ok: true, value: { existed: true } });
    expect(await client.readOpenAmounts([invoice.number])).toEqual({ ok: true, value: { [invoice.number]: usd('0') } });
    const found = await client.findByOrderKeys([coding.orderKey]);
    expect(found.ok && found.value[coding.orderKey]?.map((o) => o.orderNumber)).toEqual([coding.number]);
    const books = (await post('/books', {}, 'GET')) as { balanced: boolean; receivables: { matches: boolean } };
    expect([books.balanced, books.receivables.matches]).toEqual([true, true]);
    expect(await client.createReturn({ ...ret, orderKey: 'SH-other' as GpReturn['orderKey'] })).toMatchObject({ ok: false, failure: { code: 'duplicate-conflict' } });
  });
});

describe('one order through GP', () => {
  it('order, invoice, receipt, application and journals as GP made them, by number and by key', async () => {
    const { order, coding, receipt } = numbered();
    expect(await client.createSalesOrder(order, coding)).toMatchObject({ ok: true, value: { number: coding.number, existed: false, total: usd('28') } });
    expect(await client.createSalesOrder(order, coding)).toMatchObject({ ok: true, value: { existed: true } });
    expect(await client.readOrder(coding.number, [])).toMatchObject({ ok: true, value: { status: 'open', invoices: [] } });
    expect(await client.createCashReceipt(receipt)).toMatchObject({ ok: true, value: { existed: false } });
    expect(await client.createCashReceipt(receipt)).toMatchObject({ ok: true, value: { existed: true } });
    const early: GpApplication = { receipt: receipt.number, invoice: 'STDINV9999999', amount: usd('28'), date: today };
    expect(await client.applyReceipt(early)).toMatchObject({ ok: false, failure: { code: 'document-locked' } });
    await post('/tick');
    await post('/tick');
    const state = await client.readOrder(coding.number, [receipt.number]);
    if (!state.ok || !state.value) throw new Error('no state');
    const [invoice] = state.value.invoices;
    expect(state.value).toMatchObject({ status: 'invoiced', receipts: [{ number: receipt.number, posted: true, unapplied: usd('28') }] });
    expect(invoice).toMatchObject({ orderNumber: coding.number, total: usd('28'), tax: usd('2'), freight: usd('5'), freightTax: usd('1'), posted: true, voided: false, rate: '1', lines: [{ net: usd('20'), tax: usd('2') }] });
    const number = invoice?.number ?? '';
    const application = { ...early, invoice: number };
    expect(await client.applyReceipt(application)).toEqual({ ok: true, value: { existed: false } });
    expect(await client.applyReceipt(application)).toEqual({ ok: true, value: { existed: true } });
    expect(await client.applyReceipt({ ...application, amount: usd('27') })).toMatchObject({ ok: false, failure: { code: 'duplicate-conflict' } });
    expect(await client.readOpenAmounts([number])).toEqual({ ok: true, value: { [number]: usd('0') } });
    const journals = await client.readJournals([number, receipt.number]);
    if (!journals.ok) throw new Error('no journals');
    const side = (of: 'debit' | 'credit') => journals.value.reduce((a, l) => a + BigInt(l[of].minor), 0n);
    expect(side('debit')).toBe(side('credit'));
    expect(new Set(journals.value.map((l) => l.document))).toEqual(new Set([number, receipt.number]));
    const found = await client.findByOrderKeys([coding.orderKey, 'SH-none']);
    expect(found).toMatchObject({ ok: true, value: { [coding.orderKey]: [{ orderNumber: coding.number, invoices: [{ number }], receipts: [{ number: receipt.number }] }], 'SH-none': [] } });
    expect(await client.readInvoices([number])).toMatchObject({ ok: true, value: [{ number }] });
    expect(await client.voidSalesOrder(coding.number)).toMatchObject({ ok: false, failure: { code: 'cannot-undo' } });
    expect(await client.voidCashReceipt(receipt.number, today)).toEqual({ ok: true, value: { existed: true } });
    expect(await client.readOpenAmounts([number])).toEqual({ ok: true, value: { [number]: usd('28') } });
    expect((await documents()).receipts.find((r) => r.number === receipt.number)?.status).toBe('voided');
  });
  it('an order is voided once; a missing one is success; its number is burned', async () => {
    const { order, coding } = numbered();
    await client.createSalesOrder(order, coding);
    expect(await client.voidSalesOrder(coding.number)).toEqual({ ok: true, value: { existed: true } });
    expect(await client.voidSalesOrder(coding.number)).toEqual({ ok: true, value: { existed: true } });
    expect(await client.voidSalesOrder('WO-NEVER')).toEqual({ ok: true, value: { existed: false } });
    expect(await client.createSalesOrder(order, coding)).toMatchObject({ ok: false, failure: { code: 'duplicate-conflict', message: expect.stringContaining('voided') } });
  });
  it('foreign money, markdowns, a tip on its own account and a receipt before its order', async () => {
    const eur = (text: string) => money(text, 'EUR');
    serial += 1;
    const order = orderOf([
      line({ lineId: '1', quantity: '3', discount: eur('1'), net: eur('29'), unitPrice: '10', taxes: [tax(eur('2.90'))] }, 'EUR'), line({ lineId: '2', kind: 'tip', sku: undefined, description: 'Tip', quantity: '1', unitPrice: '3', net: eur('3'), discount: eur('0'), taxes: [] }, 'EUR'),
    ], { currency: 'EUR', shipping: [] });
    const coding = codingOf(order, { number: 'WOEUR1' as GpOrderCoding['number'], orderKey: 'SH-EUR1' as GpOrderCoding['orderKey'], customerNumber: 'NEWEUR' as GpOrderCoding['customerNumber'], customerClass: 'WEB', rate: '0.92', date: today,
      lines: { 1: { item: 'TSHIRT-BLK-M', nonInventory: false }, 2: { item: 'TIP', nonInventory: true, salesAccount: '000-4130-00' } } });
    const receipt = receiptOf({ number: 'WREUR1' as ReturnType<typeof receiptOf>['number'], customerNumber: coding.customerNumber, amount: eur('34.90'), rate: '0.92', description: 'SH-EUR1', date: today });
    expect(await client.createCashReceipt(receipt)).toMatchObject({ ok: true, value: { existed: false, total: eur('34.90') } });
    expect(await client.createSalesOrder(order, coding)).toMatchObject({ ok: true, value: { total: eur('34.90') } });
    await post('/tick');
    await post('/tick');
    expect(await client.readOrder(coding.number, ['WREUR1'])).toMatchObject({ ok: true, value: { invoices: [{ currency: 'EUR', rate: '0.92', total: eur('34.90'), lines: [{ net: eur('29') }, { net: eur('3') }] }], receipts: [{ amount: eur('34.90') }] } });
  });
});

describe('a reply that does not come', () => {
  it.each(['timeout-after-commit', 'reset-after-commit', 'error-500-after-commit', 'truncated-after-commit', 'html-200-after-commit'])('%s: the order is found, not written twice', async (mode) => {
    const { order, coding } = numbered();
    await fault(mode);
    expect(await client.createSalesOrder(order, coding)).toMatchObject({ ok: true, value: { existed: true } });
    expect((await documents()).orders.filter((o) => o.number === coding.number)).toHaveLength(1);
  });
  it.each(['timeout-before-commit', 'reset-before-commit', 'error-500-before-commit', 'html-200-before-commit', 'unavailable-503'])('%s: the order is proven absent and written once', async (mode) => {
    const { order, coding } = numbered();
    await fault(mode);
    expect(await client.createSalesOrder(order, coding)).toMatchObject({ ok: true, value: { existed: false } });
    expect((await documents()).orders.filter((o) => o.number === coding.number)).toHaveLength(1);
  });
  it('a receipt and an application are found too; an application is not sent again in the same call', async () => {
    const { order, coding, receipt } = numbered();
    await client.createSalesOrder(order, coding);
    await fault('reset-after-commit');
    expect(await client.createCashReceipt(receipt)).toMatchObject({ ok: true, value: { existed: true } });
    await post('/tick');
    await post('/tick');
    const state = await client.readOrder(coding.number, []);
    const invoice = state.ok ? state.value?.invoices[0]?.number ?? '' : '';
    const half: GpApplication = { receipt: receipt.number, invoice, amount: usd('10'), date: today };
    await fault('reset-before-commit');
    expect(await client.applyReceipt(half)).toMatchObject({ ok: false, failure: { code: 'system-unavailable' } });
    await fault('truncated-after-commit');
    expect(await client.applyReceipt(half)).toEqual({ ok: true, value: { existed: true } });
    expect((await documents()).applies.filter((a) => a.from === receipt.number)).toEqual([expect.objectContaining({ amount: '10' })]);
  });
  it('is an unknown outcome when looking fails too', async () => {
    const { order, coding } = numbered();
    await fault('reset-after-commit');
    await post('/faults', { operation: 'GetEntity', mode: 'reset-before-commit', times: 2 });
    expect(await client.createSalesOrder(order, coding)).toMatchObject({ ok: false, failure: { code: 'outcome-unknown', document: coding.number } });
    expect(await client.createSalesOrder(order, coding)).toMatchObject({ ok: true, value: { existed: true } });
  });
});

describe('what GP refuses', () => {
  const code = async (over: Partial<GpOrderCoding>): Promise<string> => { const { order, coding } = numbered(over); const out = await client.createSalesOrder(order, coding); return out.ok ? 'ok' : out.failure.code; };
  it('becomes a code and a sentence', async () => {
    expect(await code({ lines: { 1: { item: 'NO-SUCH', nonInventory: false } } })).toBe('item-not-mapped');
    expect(await code({ documentId: 'NOPE' })).toBe('setup-missing');
    expect(await code({ taxDetails: { 'State tax': 'NOPE' } })).toBe('setup-missing');
    expect(await code({ site: 'NOPE' })).toBe('setup-missing');
    expect(await code({ currencyId: 'XXX' })).toBe('currency-not-configured');
    expect(await code({ lines: { 1: { item: 'X', nonInventory: true, salesAccount: '999' } } })).toBe('account-not-mapped');
    const { receipt } = numbered();
    expect(await client.createCashReceipt({ ...receipt, checkbook: 'NOPE' })).toMatchObject({ ok: false, failure: { code: 'setup-missing' } });
    expect(await client.createCashReceipt({ ...receipt, date: '2024-01-05' })).toMatchObject({ ok: false, failure: { code: 'period-closed' } });
  });
  it('a customer on hold is told unless the pair does not ask', async () => {
    const first = numbered();
    await client.createSalesOrder(first.order, first.coding);
    await post('/customers/WEB000001/hold');
    expect(await code({})).toBe('customer-on-hold');
    expect(await code({ respectHold: false })).toBe('ok');
    await post('/customers/WEB000001/hold?hold=0');
  });
  it('another document under our number is a conflict', async () => {
    const { order, coding } = numbered();
    await client.createSalesOrder(order, coding);
    expect(await client.createSalesOrder(order, { ...coding, orderKey: 'SH-other' as GpOrderCoding['orderKey'] })).toMatchObject({ ok: false, failure: { code: 'duplicate-conflict' } });
  });
});

describe('the company', () => {
  it('changes, periods and liveness', async () => {
    const { order, coding } = numbered();
    const since = new Date(Date.now() - 1).toISOString();
    await client.createSalesOrder(order, coding);
    const changes = await client.readChanges({ since, overlapMs: 0 });
    expect(changes).toMatchObject({ ok: true, value: { orders: [{ orderNumber: coding.number }] } });
    const periods = await client.readFiscalPeriods();
    expect(periods.ok && periods.value).toContainEqual({ year: 2026, period: 2, series: 'sales', from: '2026-02-01', to: '2026-02-28', closed: false });
    expect(await client.ping()).toEqual({ ok: true, value: { company: 'Fabrikam, Inc.' } });
    expect(await createGpClient(settingsOf({ webServicesUrl: undefined })).ping()).toEqual({ ok: true, value: { company: 'TWO' } });
    expect(await createWebServices(settingsOf()).getCustomerByKey('WEB000001')).toMatchObject({ ok: true, value: { onHold: false, name: 'Ada Lovelace' } });
    expect(await createWebServices(settingsOf()).getCustomerByKey('NOBODY')).toEqual({ ok: true, value: undefined });
  });
  it('wrong credentials, an address nobody answers and one that is no GP', async () => {
    const wrong = settingsOf({ auth: { kind: 'basic', user: 'tieout', password: 'wrong' } });
    const { order, coding } = numbered();
    expect(await createGpClient(wrong).createSalesOrder(order, coding)).toMatchObject({ ok: false, failure: { code: 'unauthorized' } });
    expect(await createGpClient(wrong).ping()).toMatchObject({ ok: false, failure: { code: 'unauthorized' } });
    expect(await createGpClient(settingsOf({ econnectUrl: 'http://127.0.0.1:1/eConnect' })).ping()).toMatchObject({ ok: false, failure: { code: 'system-unavailable' } });
    const dead = await createGpClient(settingsOf({ econnectUrl: 'http://127.0.0.1:1/eConnect' })).createSalesOrder(order, coding);
    expect(dead).toMatchObject({ ok: false, failure: { code: 'system-unavailable', message: expect.stringContaining('Nothing was sent') } });
    expect(await createGpClient(settingsOf({ econnectUrl: `${base}/nowhere` })).createSalesOrder(order, coding)).toMatchObject({ ok: false, failure: { code: 'setup-missing' } });
    expect(JSON.stringify(dead)).not.toContain('tieout');
  });
  it('the envelope is as the contract says', async () => {
    let seen = { action: '', body: '' };
    const server = createServer((req, res) => { let body = ''; req.on('data', (d: Buffer) => { body += d.toString(); }); req.on('end', () => { seen = { action: String(req.headers['soapaction']), body }; res.writeHead(200).end('<html/>'); }); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    await createGpClient(settingsOf({ econnectUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` })).readInvoices(['A']);
    await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
    expect(seen.action).toBe('"http://schemas.microsoft.com/dynamics/gp/2010/01/eConnect/GetEntity"');
    expect(seen.body).toMatch(/<(\w+:)?GetEntity [^>]*xmlns="?[^>]*><(\w+:)?connectionString>.*<(\w+:)?xml>&lt;eConnect&gt;/);
  });
});

/** A valid NTLM challenge (type 2): target info of five pairs and its terminator, 64 bytes at offset 56. */
function ntlmChallenge(): string {
  const pair = (id: number, value: Buffer): Buffer => Buffer.concat([Buffer.from([id, 0, value.length, 0]), value]);
  const info = Buffer.concat([...[2, 1, 4, 3].map((id) => pair(id, Buffer.from('TWO1', 'utf16le'))), pair(7, Buffer.alloc(8)), Buffer.alloc(4)]);
  const head = Buffer.alloc(56);
  head.write('NTLMSSP\0', 0, 'latin1');
  head.writeUInt32LE(2, 8);
  head.writeUInt32LE(56, 16);
  head.writeUInt32LE(0xa28a8205, 20);
  head.writeUInt16LE(info.length, 40);
  head.writeUInt16LE(info.length, 42);
  head.writeUInt32LE(56, 44);
  return `NTLM ${Buffer.concat([head, info]).toString('base64')}`;
}

/** As IIS does it: the handshake belongs to one socket; a type 3 on a socket that was not challenged is refused. */
function ntlmDoor(): ReturnType<typeof createServer> {
  const state = new WeakMap<object, 'challenged' | 'open'>();
  return createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => { chunks.push(chunk); });
    req.on('end', () => {
      const message = Buffer.from((req.headers.authorization ?? '').replace(/^NTLM /, ''), 'base64');
      const type = message.length >= 12 ? message.readUInt32LE(8) : 0;
      const user = type === 3 ? message.toString('latin1').replace(/\0/g, '').toLowerCase().includes('tieout') : false;
      if (type === 1) state.set(req.socket, 'challenged');
      if (type === 3 && user && state.get(req.socket) === 'challenged') state.set(req.socket, 'open');
      if (state.get(req.socket) !== 'open') { res.writeHead(401, { 'WWW-Authenticate': type === 1 ? ntlmChallenge() : 'NTLM' }).end(); return; }
      const headers = { 'content-type': 'text/xml', soapaction: String(req.headers['soapaction']), authorization: `Basic ${Buffer.from('tieout:tieout').toString('base64')}` };
      void fetch(`${base}${req.url ?? ''}`, { method: 'POST', headers, body: Buffer.concat(chunks) }).then(async (r) => { res.writeHead(r.status, { 'content-type': 'text/xml' }).end(await r.text()); });
    });
  });
}

describe('NTLM', () => {
  it('keeps each handshake on its own socket, for many calls at once, and reuses open sockets', async () => {
    const door = ntlmDoor();
    let sockets = 0;
    door.on('connection', () => { sockets += 1; });
    await new Promise<void>((resolve) => { door.listen(0, '127.0.0.1', resolve); });
    const at = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
    const settings = settingsOf({ econnectUrl: `${at}/Microsoft/Dynamics/GP/eConnect/EntityOperations`, webServicesUrl: `${at}/DynamicsGPWebServices/DynamicsGPService.asmx`, auth: { kind: 'ntlm', user: 'tieout', password: 'tieout', domain: 'CORP' } });
    const ntlm = createGpClient(settings);
    for (let round = 0; round < 3; round += 1) {
      const outcomes = await Promise.all(Array.from({ length: 6 }, () => { const { order, coding } = numbered(); return ntlm.createSalesOrder(order, coding); }));
      expect(outcomes.map((o) => (o.ok ? o.value.existed : o.failure))).toEqual([false, false, false, false, false, false]);
    }
    expect(sockets).toBe(6);
    expect(await ntlm.ping()).toEqual({ ok: true, value: { company: 'Fabrikam, Inc.' } });
    expect(await createGpClient({ ...settings, auth: { ...settings.auth, user: 'nobody' } }).readInvoices(['A'])).toMatchObject({ ok: false, failure: { code: 'unauthorized' } });
    await new Promise((resolve) => { door.close(resolve); door.closeAllConnections(); });
  });
});
