import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { money } from '../../canonical/money';
import { startGp } from '../../sandbox/gp/server';
import { createGpClient } from './client';
import { parsePair } from '../../mapping/pair';
import { applicationDraftOf, demoPair, orderDraftOf, receiptDraftOf, returnDraftOf, withFields } from '../../test/support/gp-drafts';
import { line, orderOf, tax } from './order.test-data';
import { type GpClient, type GpOrderDraft, type GpReceiptDraft, type GpRow, type GpSettings } from './types';
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

type Numbered = { draft: GpOrderDraft; receipt: GpReceiptDraft };
async function numbered(): Promise<Numbered> {
  serial += 1;
  const id = String(serial).padStart(6, '0');
  const orderKey = `SH-${id}` as GpOrderDraft['orderKey'];
  return {
    draft: await orderDraftOf(orderOf([line({ lineId: '1' })]), { number: `WO${id}` as GpOrderDraft['number'], orderKey, date: today }), receipt: await receiptDraftOf({ number: `WR${id}` as GpReceiptDraft['number'], orderKey, date: today }),
  };
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
    const { draft } = await numbered();
    await client.createSalesOrder(draft);
    await post('/tick');
    await post('/tick');
    const state = await client.readOrder(draft.number, []);
    const invoice = state.ok ? state.value?.invoices[0] : undefined;
    if (!invoice) throw new Error('no invoice');
    const ret = await returnDraftOf(invoice, { number: `WT${draft.number.slice(2)}` as GpOrderDraft['number'], orderKey: draft.orderKey, date: today });
    expect(await client.createReturn(ret)).toMatchObject({ ok: true, value: { existed: false, total: usd('28') } });
    const ask = await applicationDraftOf({ receipt: ret.number, invoice: invoice.number, amount: invoice.total, date: today }, 8);
    expect(await client.applyReturn(ask)).toMatchObject({ ok: false, failure: { code: 'document-locked' } });
    await fault('reset-after-commit');
    expect(await client.createReturn(ret)).toMatchObject({ ok: true, value: { existed: true } });
    await post('/tick');
    await fault('reset-after-commit');
    expect(await client.applyReturn(ask)).toMatchObject({ ok: true });
    expect(await client.applyReturn(ask)).toMatchObject({ ok: true, value: { existed: true } });
    expect(await client.readOpenAmounts([invoice.number])).toEqual({ ok: true, value: { [invoice.number]: usd('0') } });
    const found = await client.findByOrderKeys([draft.orderKey]);
    expect(found.ok && found.value[draft.orderKey]?.map((o) => o.orderNumber)).toEqual([draft.number]);
    const books = (await post('/books', {}, 'GET')) as { balanced: boolean; receivables: { matches: boolean } };
    expect([books.balanced, books.receivables.matches]).toEqual([true, true]);
    expect(await client.createReturn({ ...withFields(ret, 'taSopHdrIvcInsert', { INTEGRATIONID: 'SH-other' }), orderKey: 'SH-other' as GpOrderDraft['orderKey'] })).toMatchObject({ ok: false, failure: { code: 'duplicate-conflict' } });
  });
});

describe('one order through GP', () => {
  it('order, invoice, receipt, application and journals as GP made them, by number and by key', async () => {
    const { draft, receipt } = await numbered();
    expect(await client.createSalesOrder(draft)).toMatchObject({ ok: true, value: { number: draft.number, existed: false, total: usd('28') } });
    expect(await client.createSalesOrder(draft)).toMatchObject({ ok: true, value: { existed: true } });
    expect(await client.readOrder(draft.number, [])).toMatchObject({ ok: true, value: { status: 'open', invoices: [] } });
    expect(await client.createCashReceipt(receipt)).toMatchObject({ ok: true, value: { existed: false } });
    expect(await client.createCashReceipt(receipt)).toMatchObject({ ok: true, value: { existed: true } });
    const early = { receipt: receipt.number, invoice: 'STDINV9999999', amount: usd('28'), date: today };
    expect(await client.applyReceipt(await applicationDraftOf(early))).toMatchObject({ ok: false, failure: { code: 'document-locked' } });
    await post('/tick');
    await post('/tick');
    const state = await client.readOrder(draft.number, [receipt.number]);
    if (!state.ok || !state.value) throw new Error('no state');
    const [invoice] = state.value.invoices;
    expect(state.value).toMatchObject({ status: 'invoiced', receipts: [{ number: receipt.number, posted: true, unapplied: usd('28') }] });
    expect(invoice).toMatchObject({ orderNumber: draft.number, total: usd('28'), tax: usd('2'), freight: usd('5'), freightTax: usd('1'), posted: true, voided: false, rate: '1', lines: [{ net: usd('20'), tax: usd('2') }] });
    const number = invoice?.number ?? '';
    const application = { ...early, invoice: number };
    expect(await client.applyReceipt(await applicationDraftOf(application))).toEqual({ ok: true, value: { existed: false } });
    expect(await client.applyReceipt(await applicationDraftOf(application))).toEqual({ ok: true, value: { existed: true } });
    expect(await client.applyReceipt(await applicationDraftOf({ ...application, amount: usd('27') }))).toMatchObject({ ok: false, failure: { code: 'duplicate-conflict' } });
    expect(await client.readOpenAmounts([number])).toEqual({ ok: true, value: { [number]: usd('0') } });
    const journals = await client.readJournals([number, receipt.number]);
    if (!journals.ok) throw new Error('no journals');
    const side = (of: 'debit' | 'credit') => journals.value.reduce((a, l) => a + BigInt(l[of].minor), 0n);
    expect(side('debit')).toBe(side('credit'));
    expect(new Set(journals.value.map((l) => l.document))).toEqual(new Set([number, receipt.number]));
    const found = await client.findByOrderKeys([draft.orderKey, 'SH-none']);
    expect(found).toMatchObject({ ok: true, value: { [draft.orderKey]: [{ orderNumber: draft.number, invoices: [{ number }], receipts: [{ number: receipt.number }] }], 'SH-none': [] } });
    expect(await client.readInvoices([number])).toMatchObject({ ok: true, value: [{ number }] });
    expect(await client.voidSalesOrder(draft.number)).toMatchObject({ ok: false, failure: { code: 'cannot-undo' } });
    expect(await client.voidCashReceipt(receipt.number, today)).toEqual({ ok: true, value: { existed: true } });
    expect(await client.readOpenAmounts([number])).toEqual({ ok: true, value: { [number]: usd('28') } });
    expect((await documents()).receipts.find((r) => r.number === receipt.number)?.status).toBe('voided');
  });
  it('an order is voided once; a missing one is success; its number is burned', async () => {
    const { draft } = await numbered();
    await client.createSalesOrder(draft);
    expect(await client.voidSalesOrder(draft.number)).toEqual({ ok: true, value: { existed: true } });
    expect(await client.voidSalesOrder(draft.number)).toEqual({ ok: true, value: { existed: true } });
    expect(await client.voidSalesOrder('WO-NEVER')).toEqual({ ok: true, value: { existed: false } });
    expect(await client.createSalesOrder(draft)).toMatchObject({ ok: false, failure: { code: 'duplicate-conflict', message: expect.stringContaining('voided') } });
  });
  it('foreign money, markdowns, a tip on its own account and a receipt before its order', async () => {
    const eur = (text: string) => money(text, 'EUR');
    serial += 1;
    const order = orderOf([
      line({ lineId: '1', quantity: '3', discount: eur('1'), net: eur('29'), unitPrice: '10', taxes: [tax(eur('2.90'))] }, 'EUR'), line({ lineId: '2', kind: 'tip', sku: undefined, description: 'Tip', quantity: '1', unitPrice: '3', net: eur('3'), discount: eur('0'), taxes: [] }, 'EUR'),
    ], { currency: 'EUR', shipping: [] });
    const [orderKey, customerNumber] = ['SH-EUR1' as GpOrderDraft['orderKey'], 'NEWEUR' as GpOrderDraft['customerNumber']];
    const draft = withFields(await orderDraftOf(order, { number: 'WOEUR1' as GpOrderDraft['number'], orderKey, customerNumber, rate: '0.92', date: today }), 'taUpdateCreateCustomerRcd', { CUSTCLAS: 'WEB', UseCustomerClass: 1 });
    const receipt = await receiptDraftOf({ number: 'WREUR1' as GpReceiptDraft['number'], orderKey, customerNumber, amount: eur('34.90'), rate: '0.92', date: today });
    expect(await client.createCashReceipt(receipt)).toMatchObject({ ok: true, value: { existed: false, total: eur('34.90') } });
    expect(await client.createSalesOrder(draft)).toMatchObject({ ok: true, value: { total: eur('34.90') } });
    await post('/tick');
    await post('/tick');
    expect(await client.readOrder(draft.number, ['WREUR1'])).toMatchObject({ ok: true, value: { invoices: [{ currency: 'EUR', rate: '0.92', total: eur('34.90'), lines: [{ net: eur('29') }, { net: eur('3') }] }], receipts: [{ amount: eur('34.90') }] } });
  });
});

describe('a reply that does not come', () => {
  it.each(['timeout-after-commit', 'reset-after-commit', 'error-500-after-commit', 'truncated-after-commit', 'html-200-after-commit'])('%s: the order is found, not written twice', async (mode) => {
    const { draft } = await numbered();
    await fault(mode);
    expect(await client.createSalesOrder(draft)).toMatchObject({ ok: true, value: { existed: true } });
    expect((await documents()).orders.filter((o) => o.number === draft.number)).toHaveLength(1);
  });
  it.each(['timeout-before-commit', 'reset-before-commit', 'error-500-before-commit', 'html-200-before-commit', 'unavailable-503'])('%s: the order is proven absent and written once', async (mode) => {
    const { draft } = await numbered();
    await fault(mode);
    expect(await client.createSalesOrder(draft)).toMatchObject({ ok: true, value: { existed: false } });
    expect((await documents()).orders.filter((o) => o.number === draft.number)).toHaveLength(1);
  });
  it('a receipt and an application are found too; an application is not sent again in the same call', async () => {
    const { draft, receipt } = await numbered();
    await client.createSalesOrder(draft);
    await fault('reset-after-commit');
    expect(await client.createCashReceipt(receipt)).toMatchObject({ ok: true, value: { existed: true } });
    await post('/tick');
    await post('/tick');
    const state = await client.readOrder(draft.number, []);
    const invoice = state.ok ? state.value?.invoices[0]?.number ?? '' : '';
    const half = await applicationDraftOf({ receipt: receipt.number, invoice, amount: usd('10'), date: today });
    await fault('reset-before-commit');
    expect(await client.applyReceipt(half)).toMatchObject({ ok: false, failure: { code: 'system-unavailable' } });
    await fault('truncated-after-commit');
    expect(await client.applyReceipt(half)).toEqual({ ok: true, value: { existed: true } });
    expect((await documents()).applies.filter((a) => a.from === receipt.number)).toEqual([expect.objectContaining({ amount: '10' })]);
  });
  it('is an unknown outcome when looking fails too', async () => {
    const { draft } = await numbered();
    await fault('reset-after-commit');
    await post('/faults', { operation: 'GetEntity', mode: 'reset-before-commit', times: 2 });
    expect(await client.createSalesOrder(draft)).toMatchObject({ ok: false, failure: { code: 'outcome-unknown', document: draft.number } });
    expect(await client.createSalesOrder(draft)).toMatchObject({ ok: true, value: { existed: true } });
  });
});

describe('what GP refuses', () => {
  const code = async (fields: Record<string, GpRow> = {}, options: { waived?: boolean } = {}): Promise<string> => {
    const { draft } = await numbered();
    const out = await client.createSalesOrder(Object.entries(fields).reduce((d, [node, row]) => withFields(d, node, row), draft), options);
    return out.ok ? 'ok' : out.failure.code;
  };
  const [header, lines] = ['taSopHdrIvcInsert', 'taSopLineIvcInsert_Items'];
  it('becomes a code and a sentence', async () => {
    expect(await code({ [lines]: { ITEMNMBR: 'NO-SUCH' } })).toBe('item-not-mapped');
    expect(await code({ [header]: { DOCID: 'NOPE' } })).toBe('setup-missing');
    expect(await code({ taSopLineIvcTaxInsert_Items: { TAXDTLID: 'NOPE' } })).toBe('setup-missing');
    expect(await code({ [header]: { LOCNCODE: 'NOPE' } })).toBe('setup-missing');
    expect(await code({ [header]: { CURNCYID: 'XXX' }, [lines]: { CURNCYID: 'XXX' } })).toBe('currency-not-configured');
    expect(await code({ [lines]: { NONINVEN: 1, SLSINDX: '999' } })).toBe('account-not-mapped');
    const { receipt } = await numbered();
    expect(await client.createCashReceipt(withFields(receipt, 'taRMCashReceiptInsert', { CHEKBKID: 'NOPE' }))).toMatchObject({ ok: false, failure: { code: 'setup-missing' } });
    expect(await client.createCashReceipt(withFields(receipt, 'taRMCashReceiptInsert', { DOCDATE: '2024-01-05', GLPOSTDT: '2024-01-05' }))).toMatchObject({ ok: false, failure: { code: 'period-closed' } });
  });
  it('a customer on hold is told unless a person let it pass', async () => {
    await client.createSalesOrder((await numbered()).draft);
    await post('/customers/WEB000001/hold');
    expect(await code()).toBe('customer-on-hold');
    expect(await code({}, { waived: true })).toBe('ok');
    await post('/customers/WEB000001/hold?hold=0');
  });
  it('the class of a customer goes with a new one only: GP keeps what it has', async () => {
    const classOf = async (): Promise<unknown> => ((await documents()) as unknown as { customers: { number: string; fields: Record<string, string> }[] }).customers.find((c) => c.number === 'CLASSED')?.fields['CUSTCLAS'];
    const write = async (customerClass: string): Promise<void> => {
      serial += 1;
      const draft = await orderDraftOf(orderOf([line({ lineId: '1' })]), { number: `WO${String(serial).padStart(6, '0')}` as GpOrderDraft['number'], customerNumber: 'CLASSED' as GpOrderDraft['customerNumber'], date: today });
      expect(await client.createSalesOrder(withFields(draft, 'taUpdateCreateCustomerRcd', { CUSTCLAS: customerClass }))).toMatchObject({ ok: true });
    };
    await write('WEB');
    await write('RETAIL');
    expect(await classOf()).toBe('WEB');
  });
  it('salesperson and territory stand on the order, its invoice and its lines as GP keeps them; of the customer\'s card they are a new customer\'s only', async () => {
    const own = parsePair({ ...demoPair, gp: { ...demoPair.gp, salespersons: { wholesale: 'PAUL W.', '*': 'GREG E.' }, territories: { IL: 'TERRITORY 2' }, fields: { customer: { SLPRSNID: 'SANDRA M.' }, address: { SHIPMTHD: 'GROUND' } } } });
    const write = async (over: object, pair = own): Promise<string> => {
      serial += 1;
      const number = `WO${String(serial).padStart(6, '0')}` as GpOrderDraft['number'];
      expect(await client.createSalesOrder(await orderDraftOf(orderOf([line({ lineId: '1' })], over), { number, customerNumber: 'SOLDTO' as GpOrderDraft['customerNumber'], date: today }, pair))).toMatchObject({ ok: true });
      await post('/tick');
      return number;
    };
    const number = await write({ tags: ['Wholesale'] });
    expect(await client.readOrder(number, [])).toMatchObject({ ok: true, value: { invoices: [{ salesperson: 'PAUL W.', territory: 'TERRITORY 2', lines: [{ salesperson: 'PAUL W.', territory: 'TERRITORY 2' }] }] } });
    // GP has the customer now: its card is GP's, and an order without a word of its own is the card's.
    const card = parsePair({ ...demoPair, gp: { ...demoPair.gp, fields: { customer: { SLPRSNID: 'GREG E.' }, address: { SHIPMTHD: 'PICKUP' } } } });
    expect(await client.readOrder(await write({ tags: [] }, card), [])).toMatchObject({ ok: true, value: { invoices: [{ salesperson: 'SANDRA M.' }] } });
    expect(((await documents()) as unknown as { customers: { number: string; fields: Record<string, string> }[] }).customers.find((c) => c.number === 'SOLDTO')?.fields['SLPRSNID']).toBe('SANDRA M.');
    serial += 1;
    const nobody = parsePair({ ...demoPair, gp: { ...demoPair.gp, salespersons: { '*': 'NOBODY' } } });
    expect(await client.createSalesOrder(await orderDraftOf(orderOf([line({ lineId: '1' })]), { number: `WO${String(serial).padStart(6, '0')}` as GpOrderDraft['number'], date: today }, nobody))).toMatchObject({ ok: false, failure: { code: 'setup-missing', message: expect.stringContaining('RM00301') } });
  });
  it('a receipt by card is one of the card that GP has for its gateway, with no more of its number than four digits', async () => {
    const carded = parsePair({ ...demoPair, gp: { ...demoPair.gp, cardNumbers: 'masked' }, gateways: { ...demoPair.gateways, stripe: { ...demoPair.gateways['stripe'], gpCards: { visa: 'STRIPE VISA' } } } });
    const made = await receiptDraftOf({ card: { type: 'visa', lastDigits: '4242' }, number: 'WRCARD1' as GpReceiptDraft['number'], date: today }, carded);
    expect(await client.createCashReceipt(made)).toMatchObject({ ok: true, value: { existed: false } });
    expect(((await documents()) as unknown as { receipts: Record<string, unknown>[] }).receipts.find((r) => r['number'] === 'WRCARD1')).toMatchObject({ kind: 2, card: 'STRIPE VISA', checkNumber: '************4242', checkbook: 'STRIPE' });
    const unknown = parsePair({ ...demoPair, gateways: { ...demoPair.gateways, stripe: { ...demoPair.gateways['stripe'], gpCards: { '*': 'DINERS' } } } });
    expect(await client.createCashReceipt(await receiptDraftOf({ card: { type: 'visa' }, number: 'WRCARD2' as GpReceiptDraft['number'], date: today }, unknown))).toMatchObject({ ok: false, failure: { code: 'setup-missing', message: expect.stringContaining('SY03100') } });
  });
  it('another document under our number is a conflict', async () => {
    const { draft } = await numbered();
    await client.createSalesOrder(draft);
    expect(await client.createSalesOrder({ ...withFields(draft, 'taSopHdrIvcInsert', { INTEGRATIONID: 'SH-other' }), orderKey: 'SH-other' as GpOrderDraft['orderKey'] })).toMatchObject({ ok: false, failure: { code: 'duplicate-conflict' } });
  });
});

describe('the company', () => {
  it('changes, periods and liveness', async () => {
    const { draft } = await numbered();
    const since = new Date(Date.now() - 1).toISOString();
    await client.createSalesOrder(draft);
    const changes = await client.readChanges({ since, overlapMs: 0 });
    expect(changes).toMatchObject({ ok: true, value: { orders: [{ orderNumber: draft.number }] } });
    const periods = await client.readFiscalPeriods();
    expect(periods.ok && periods.value).toContainEqual({ year: 2026, period: 2, series: 'sales', from: '2026-02-01', to: '2026-02-28', closed: false });
    expect(await client.ping()).toEqual({ ok: true, value: { company: 'Fabrikam, Inc.' } });
    expect(await createGpClient(settingsOf({ webServicesUrl: undefined })).ping()).toEqual({ ok: true, value: { company: 'TWO' } });
    expect(await createWebServices(settingsOf()).getCustomerByKey('WEB000001')).toMatchObject({ ok: true, value: { onHold: false, name: 'Ada Lovelace' } });
    expect(await createWebServices(settingsOf()).getCustomerByKey('NOBODY')).toEqual({ ok: true, value: undefined });
  });
  it('wrong credentials, an address nobody answers and one that is no GP', async () => {
    const wrong = settingsOf({ auth: { kind: 'basic', user: 'tieout', password: 'wrong' } });
    const { draft } = await numbered();
    expect(await createGpClient(wrong).createSalesOrder(draft)).toMatchObject({ ok: false, failure: { code: 'unauthorized' } });
    expect(await createGpClient(wrong).ping()).toMatchObject({ ok: false, failure: { code: 'unauthorized' } });
    expect(await createGpClient(settingsOf({ econnectUrl: 'http://127.0.0.1:1/eConnect' })).ping()).toMatchObject({ ok: false, failure: { code: 'system-unavailable' } });
    const dead = await createGpClient(settingsOf({ econnectUrl: 'http://127.0.0.1:1/eConnect' })).createSalesOrder(draft);
    expect(dead).toMatchObject({ ok: false, failure: { code: 'system-unavailable', message: expect.stringContaining('Nothing was sent') } });
    expect(await createGpClient(settingsOf({ econnectUrl: `${base}/nowhere` })).createSalesOrder(draft)).toMatchObject({ ok: false, failure: { code: 'setup-missing' } });
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
