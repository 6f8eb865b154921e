import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { done, failed, failureCatalogue, failureCodes } from '../canonical/failure';
import { type LedgerOrderState } from '../canonical/ledger';
import { type SourceClient } from '../connectors/source';
import { shippedMapping } from '../mapping/documents/shipped';
import { parsePair } from '../mapping/pair';
import { type MappingStore } from '../store/mapping-types';
import { type Store } from '../store/types';
import { orderBody } from '../test/support/order-body';
import { keepCalendar, readCalendar } from './calendar';
import { type SupplementAsk } from './contract';
import { type DeskDeps, type FeedDeps } from './deps';
import { acceptOrder } from './desk-accept';
import { orderKeyOf } from './desk-plan';
import { planSupplement } from './desk-supplement';
import { failureToThrow } from './failing';
import { actionable, createFeedActivities } from './feed';
import { createMappingBook } from './mapping-book';
import { createPairBook } from './pair-book';

const demo = JSON.parse(readFileSync(join(__dirname, '../config/pairs/demo.json'), 'utf8')) as unknown;
const pair = parsePair(demo);
const usd = (minor: string): { minor: string; currency: string } => ({ minor, currency: 'USD' });

const keepShipped: MappingStore['keepShipped'] = async ({ document }) => document.version;
type Intended = { key: string; number?: string };
/** A store in memory with what the desk uses. */
function memory(): { store: Store; documents: { key: string; number?: string }[]; bodies: Record<string, string> } {
  const facts = new Map<string, { value: unknown; readAt: string }>();
  const numbers = new Map<string, number>();
  const documents: { key: string; number?: string }[] = [];
  const bodies: Record<string, string> = {};
  const intend = async (all: Intended[]): Promise<void> => { for (const d of all) if (!documents.some((x) => x.key === d.key)) documents.push(d); };
  const store = {
    facts: { get: async (n: string) => facts.get(n), put: async (n: string, value: unknown) => { facts.set(n, { value, readAt: new Date().toISOString() }); } },
    numbers: { reserveAll: async (_pairId: string, asks: { series: string; key: string }[]) => asks.map(({ series, key }) => { const id = `${series}/${key}`; if (!numbers.has(id)) numbers.set(id, numbers.size + 1); return numbers.get(id); }), reserve: async (ask: { pairId: string; series: string; key: string; first: number }) => (await store.numbers.reserveAll(ask.pairId, [ask]))[0] },
    documents: { intendAll: intend, intendInLine: async (all: Intended[]) => { await intend(all); return {}; } },
    payments: { know: async () => undefined }, links: { get: async () => undefined }, master: { snapshot: { get: async () => [], sharing: async () => [] } }, copies: { keep: async () => undefined, activeEdit: async () => undefined, dropEdit: async () => undefined }, inbox: { get: async (id: string) => (bodies[id] === undefined ? undefined : { rawBody: Buffer.from(bodies[id] ?? '') }) }, pairs: { get: async (id: string) => (id === 'demo' ? demo : undefined) },
  } as unknown as Store;
  return { store, documents, bodies };
}

const period = (from: string, to: string, closed: boolean): { year: number; period: number; series: 'sales'; from: string; to: string; closed: boolean } => ({ year: 2026, period: 1, series: 'sales', from, to, closed });
async function desk(shop: SourceClient | undefined, periods = [period('2026-01-01', '2099-12-31', false)]): Promise<{ deps: DeskDeps; mem: ReturnType<typeof memory> }> {
  const mem = memory();
  await keepCalendar(mem.store, 'demo', { periods, organisation: { organisationId: 'o', name: 'n', baseCurrency: 'USD' } });
  return { mem, deps: { store: mem.store, pairs: createPairBook(mem.store.pairs), mappings: createMappingBook({ published: async () => ({}), get: async () => undefined, keepShipped }), source: () => shop, log: { info: () => undefined, warn: () => undefined, error: () => undefined }, tellTurn: async () => true, isRunning: async () => true, now: () => new Date() } };
}
const run = { pairId: 'demo', sourceId: 'shopify', runId: 'order-to-cash/demo/shopify/600', orderId: '600' };
const sale = (id: string, amount: string, authorization?: string): string => JSON.stringify({ transactions: [{ id: 1, order_id: Number(id), kind: 'sale', status: 'success', gateway: 'stripe', amount, currency: 'USD', processed_at: '2026-11-01T10:00:00Z', ...(authorization ? { authorization } : {}) }] });
const shopWith = (orderText: string, transactionsText: string): SourceClient => ({ readOrder: async () => done({ orderText, paymentsText: transactionsText }), listSince: async () => done({ orderTexts: [] }) });

describe('acceptOrder', () => {
  it('plans a paid order, and the same numbers every time it is asked', async () => {
    const { deps, mem } = await desk(shopWith(orderBody({ id: '600', gateway: 'stripe' }), sale('600', '20.00', 'pi_1')));
    const ask = { run, inboxIds: ['in'], payments: [] };
    const [a, b] = [await acceptOrder(ask, deps), await acceptOrder(ask, deps)];
    if (a.verdict !== 'go' || b.verdict !== 'go') throw new Error('should go');
    expect(a.plan).toMatchObject({ orderKey: 'SHP-600', gpQueue: 'gp-two', drafts: true, draft: { number: a.plan.coding.number, nodes: { taSopHdrIvcInsert: { INTEGRATIONID: 'SHP-600', DOCAMNT: '20.00' } } }, tenders: [{ payment: { paymentId: 'pi_1' }, receipt: { orderKey: 'SHP-600', nodes: { taRMCashReceiptInsert: { CHEKBKID: 'STRIPE' } } } }] });
    expect([b.plan.coding.number, b.plan.tenders[0]?.receipt.number]).toEqual([a.plan.coding.number, a.plan.tenders[0]?.receipt.number]);
    expect(mem.documents.map((d) => d.key)).toEqual(['SHP-600', 'SHP-600/pi_1']);
  });
  it('plans a prepayment of money that came before its invoice where the pair says so: in base currency, and not of a gift card', async () => {
    const own = (over: { policies?: object; xero?: object }): object => { const { policies, xero, ...rest } = demo as { policies: object; xero: object }; return { ...rest, policies: { ...policies, ...over.policies }, xero: { ...xero, ...over.xero } }; };
    expect(() => parsePair(own({ policies: { beforeInvoice: 'prepayment' } }))).toThrow(/xero\.prepaymentAccount/);
    const planned = async (over: Parameters<typeof own>[0], order: { gateway?: string; currency?: string } = {}): Promise<unknown[]> => {
      const { gateway = 'stripe', currency = 'USD' } = order;
      const body = orderBody({ id: '600', gateway, more: { currency } });
      const { deps } = await desk(shopWith(body, sale('600', '20.00', 'pi_1').replace('"stripe"', `"${gateway}"`).replace('"USD"', `"${currency}"`)));
      const result = await acceptOrder({ run, inboxIds: ['in'], payments: [] }, { ...deps, pairs: { ...deps.pairs, get: async () => parsePair(own(over)) } });
      if (result.verdict !== 'go') throw new Error(JSON.stringify(result));
      return [result.plan.prepayments, ...result.plan.tenders.map((t) => t.prepay)];
    };
    const account = { xero: { prepaymentAccount: '830' } };
    const wanted = { ...account, policies: { beforeInvoice: 'prepayment' } };
    expect([await planned({}), await planned(account), await planned(wanted), await planned(wanted, { gateway: ' Stripe ' })]).toEqual([[undefined, undefined], [true, undefined], [true, true], [true, true]]);
    expect([await planned(wanted, { gateway: 'gift_card' }), await planned(wanted, { currency: 'EUR' })]).toEqual([[true, undefined], [true, undefined]]);
  });
  it('takes the gateway\'s word and the shop\'s word on one movement once', async () => {
    const { deps } = await desk(shopWith(orderBody({ id: '600', gateway: 'stripe' }), sale('600', '20.00', 'pi_1')));
    const told = { paymentId: 'pi_1', aliases: ['ch_1'], gateway: 'stripe', amount: usd('2000'), paidAt: '2026-11-01T10:00:00Z' };
    const result = await acceptOrder({ run, inboxIds: [], payments: [told] }, deps);
    expect(result.verdict === 'go' && result.plan.tenders).toHaveLength(1);
  });
  it('uses the delivered copy when the shop is away, and says so; but only with money whose movements somebody named', async () => {
    const away: SourceClient = { readOrder: async () => failed({ code: 'system-unavailable', message: 'm', fix: 'f' }), listSince: async () => done({ orderTexts: [] }) };
    const { deps, mem } = await desk(away);
    mem.bodies['in'] = orderBody({ id: '600' });
    const told = { paymentId: 'pi_1', aliases: [], gateway: 'stripe', amount: usd('2000'), paidAt: '2026-11-01T10:00:00Z' };
    const result = await acceptOrder({ run, inboxIds: ['in'], payments: [told] }, deps);
    expect(result.verdict === 'go' && result.plan.warnings.join()).toContain('could not be asked again');
    for (const ask of [{ inboxIds: ['in'], payments: [] }, { inboxIds: [], payments: [] }]) await expect(acceptOrder({ run, ...ask }, deps)).rejects.toMatchObject({ type: 'system-unavailable', nonRetryable: false });
    const locked = await desk({ ...away, readOrder: async () => failed({ code: 'unauthorized', message: 'm', fix: 'f' }) });
    locked.mem.bodies['in'] = orderBody({ id: '600' });
    expect(await acceptOrder({ run, inboxIds: ['in'], payments: [] }, locked.deps)).toMatchObject({ verdict: 'park', failure: { code: 'unauthorized' } });
    const nobodyToAsk = await desk(undefined);
    nobodyToAsk.mem.bodies['in'] = orderBody({ id: '600' });
    expect(await acceptOrder({ run, inboxIds: ['in'], payments: [] }, nobodyToAsk.deps)).toMatchObject({ verdict: 'go', plan: { tenders: [{ payment: { paymentId: 'shopify-order-600' } }] } });
  });
  it('holds money above the order against it, but not what an edit took off after the invoice, where the pair corrects that by itself', async () => {
    const { deps } = await desk(shopWith(orderBody({ id: '600', gateway: 'stripe' }), sale('600', '30.00', 'pi_1')));
    const adjusts = { ...deps, pairs: { get: async () => ({ ...pair, policies: { ...pair.policies, editedAfterInvoice: 'adjust' as const } }) } };
    const ask = { run, inboxIds: [], payments: [] };
    const tooMuch = { verdict: 'park', failure: { code: 'payments-do-not-match' } };
    expect(await acceptOrder({ ...ask, invoiced: '3000' }, adjusts)).toMatchObject({ verdict: 'go', plan: { total: usd('2000'), tenders: [{ payment: { amount: usd('3000') } }] } });
    for (const invoiced of ['2999', '2000', '1000']) expect(await acceptOrder({ ...ask, invoiced }, adjusts)).toMatchObject(tooMuch);
    expect(await acceptOrder(ask, adjusts)).toMatchObject(tooMuch);
    expect(await acceptOrder({ ...ask, invoiced: '3000' }, deps)).toMatchObject(tooMuch);
  });
  it('plans what was added after the invoice as an order of its own: one number for one version, its hash kept for later runs; what was taken off too only where the pair takes back by itself', async () => {
    const edited = orderBody({ id: '600', gateway: 'stripe', quantity: 3 });
    const { deps, mem } = await desk(shopWith(edited, sale('600', '30.00', 'pi_1')));
    const accepted = await acceptOrder({ run, inboxIds: [], payments: [] }, deps);
    if (accepted.verdict !== 'go') throw new Error('should go');
    const { order: after, coding, tenders, orderKey } = accepted.plan;
    const zero = usd('0');
    const invoiced = (quantity: string, net: string): SupplementAsk['invoices'][number] => ({ number: 'INV1', orderNumber: coding.number, date: '2026-11-02', customerNumber: coding.customerNumber, currency: 'USD', rate: '1', freight: zero, freightTax: zero, misc: zero, tradeDiscount: zero, tax: zero, total: usd(net), posted: true, voided: false, changedAt: '2026-11-02T00:00:00Z',
      lines: [{ lineKey: '1', item: 'MUG-WHITE', description: 'Mug', unit: 'EACH', quantity, unitPrice: '10', net: usd(net), tax: zero }] });
    const ask: SupplementAsk = { run, orderKey, after, coding, tenders, invoices: [invoiced('2', '2000')], takenOff: 'hold' };
    const [a, b] = [await planSupplement(ask, deps), await planSupplement(ask, deps)];
    expect(a).toMatchObject({ takesBack: false, supplement: { key: `SHP-600/add/${after.version}`, order: { lines: [{ quantity: '1', net: usd('1000') }], totals: { total: usd('1000') } }, coding: { orderKey: 'SHP-600', lines: { 1: { item: 'MUG-WHITE' } } } } });
    expect([b, a.supplement?.coding.number === coding.number, mem.documents.map((d) => d.key)]).toEqual([a, false, ['SHP-600', 'SHP-600/pi_1', `SHP-600/add/${after.version}`]]);
    await expect(planSupplement({ ...ask, invoices: [invoiced('4', '4000')] }, deps)).rejects.toMatchObject({ type: 'order-edited' });
    expect(await planSupplement({ ...ask, invoices: [invoiced('4', '4000')], takenOff: 'adjust' }, deps)).toEqual({ takesBack: true });
  });
  it('waits for an order that nobody knows yet, and for its money', async () => {
    const { deps } = await desk({ readOrder: async () => done(undefined), listSince: async () => done({ orderTexts: [] }) });
    expect(await acceptOrder({ run, inboxIds: [], payments: [] }, deps)).toMatchObject({ verdict: 'wait-order', failure: { code: 'order-not-found' } });
    const unpaid = await desk(shopWith(orderBody({ id: '600', status: 'pending' }), '{"transactions":[]}'));
    expect(await acceptOrder({ run, inboxIds: [], payments: [] }, unpaid.deps)).toMatchObject({ verdict: 'wait-payment', failure: { code: 'order-unpaid' } });
  });
  it('keeps the mapping version that an order was taken with, and tells which; what cannot be mapped names document, rule, value and fix', async () => {
    const { deps, mem } = await desk(shopWith(orderBody({ id: '600', gateway: 'stripe', more: { note: 'north' } }), sale('600', '20.00', 'pi_1')));
    const name = 'shopify-order-to-sales-order';
    const shipped = shippedMapping(name);
    const versionOf = (version: number, rows: object[]): object => ({ ...shipped, version, lookups: { desks: { kind: 'static', match: 'exact', noMatch: { policy: 'error' }, rows } }, rules: [{ kind: 'lookup', id: 'desk', to: 'note', lookup: 'desks', key: 'note' }, ...shipped.rules.filter((r) => !('to' in r && r.to === 'note'))] });
    const versions = new Map<number, object>([[12, versionOf(12, [])], [13, versionOf(13, [{ key: 'north', value: 'Desk N' }])]]);
    let works = 0;
    const mappings = createMappingBook({ published: async (): Promise<Record<string, number>> => Object.fromEntries(works === 0 ? [] : [[name, works]]), keepShipped, get: async (_pair, asked, version) => { const document = asked === name ? versions.get(version ?? 0) : undefined; return document ? { document } as never : undefined; } }, 0);
    const ask = { run, inboxIds: [], payments: [] };
    const first = await acceptOrder(ask, { ...deps, mappings });
    expect(first).toMatchObject({ verdict: 'go', mappings: { [name]: shipped.version, 'sales-order-to-gp-order': shippedMapping('sales-order-to-gp-order').version }, plan: { order: { note: 'north' } } });
    works = 12;
    const kept = await acceptOrder({ ...ask, mappings: first.mappings ?? {} }, { ...deps, mappings });
    expect(kept).toMatchObject({ verdict: 'go', mappings: { [name]: shipped.version } });
    const fresh = await acceptOrder(ask, { ...deps, mappings });
    expect(fresh).toMatchObject({ verdict: 'park', mappings: { [name]: 12 }, orderName: '#600', failure: { code: 'lookup-no-match', document: name, value: 'north', causes: [expect.stringContaining('version 12, rule 1 (desk)')] } });
    works = 13;
    const waits = await acceptOrder({ ...ask, mappings: fresh.mappings ?? {} }, { ...deps, mappings });
    expect(waits).toMatchObject({ verdict: 'park', mappings: { [name]: 12 } });
    const corrected = await acceptOrder({ ...ask, mappings: { ...fresh.mappings, [name]: 13 } }, { ...deps, mappings });
    expect(corrected).toMatchObject({ verdict: 'go', plan: { order: { note: 'Desk N' } } });
    expect(await acceptOrder({ ...ask, mappings: { [name]: 99 } }, { ...deps, mappings })).toMatchObject({ verdict: 'park', failure: { code: 'mapping-invalid', document: name, value: '99' } });
    expect(mem.documents.map((d) => d.key)).toEqual(['SHP-600', 'SHP-600/pi_1']);
  });
  it('ignores a version older than the one it knows', async () => {
    const { deps } = await desk(shopWith(orderBody({ id: '600' }), '{"transactions":[]}'));
    expect((await acceptOrder({ run, inboxIds: [], payments: [], knownVersion: '2999-01-01T00:00:00.000Z' }, deps)).verdict).toBe('stale');
  });
  it('re-dates a payment of a closed period and warns', async () => {
    const { deps } = await desk(shopWith(orderBody({ id: '600', gateway: 'stripe' }), sale('600', '20.00')), [period('2026-01-01', '2026-11-30', true), period('2026-12-01', '2026-12-31', false)]);
    const result = await acceptOrder({ run, inboxIds: [], payments: [] }, deps);
    expect(result.verdict === 'go' && [result.plan.tenders[0]?.receipt.date, result.plan.warnings.join()]).toEqual(['2026-12-01', expect.stringContaining('2026-11-01')]);
  });
  it('dates nothing before both calendars were read', async () => {
    await expect(readCalendar(memory().store, pair)).rejects.toBeInstanceOf(ApplicationFailure);
  });
});

describe('the feed', () => {
  const invoice = { number: 'I', posted: false, voided: false, changedAt: '2026-11-01T00:00:00Z' } as LedgerOrderState['invoices'][0];
  const state = (over: Partial<LedgerOrderState> = {}): LedgerOrderState => ({ orderNumber: 'W', status: 'invoiced', invoices: [invoice], receipts: [], changedAt: '2026-11-01T00:00:00Z', ...over });
  const at = (seconds: number): Date => new Date(Date.parse('2026-11-01T00:00:00Z') + seconds * 1000);
  it('tells a run only what it can act on', () => {
    expect(actionable(state({ invoices: [] }), pair, at(99))).toBeUndefined();
    expect(actionable(state(), pair, at(pair.policies.draftAfterSeconds - 1))).toBeUndefined();
    expect(actionable(state(), pair, at(pair.policies.draftAfterSeconds))?.invoices).toHaveLength(1);
    expect(actionable(state({ invoices: [{ ...invoice, posted: true }, invoice] }), pair, at(0))).toMatchObject({ status: 'open', invoices: [{ posted: true }] });
    expect(actionable(state({ invoices: [], status: 'voided' }), pair, at(0))?.status).toBe('voided');
  });

  it('tells a run once per change, all GP orders of an edited one together, and keeps looking while something is unposted', async () => {
    const told: string[] = [];
    const last: Record<string, string> = {};
    const runOf: Record<string, string> = { W1: 'r1', 'W1-2': 'r1', W2: 'r2', W3: 'gone' };
    const store = {
      documents: { ordersOf: async (_p: string, numbers: string[]) => Object.fromEntries(numbers.flatMap((number) => (runOf[number] ? [[number, { runId: runOf[number] }]] : []))) },
      feed: { lastTold: async () => ({ ...last }), told: async (hashes: Record<string, string>) => { Object.assign(last, hashes); } }, facts: { put: async () => undefined }, watermarks: { set: async () => undefined },
    } as unknown as Store;
    const feed = createFeedActivities({ store, pairs: { get: async () => pair }, log: { info: () => undefined }, now: () => at(99), tellRun: async (runId: string, { orderNumber }: LedgerOrderState) => { told.push(`${runId} ${orderNumber}`); return runId !== 'gone'; } } as unknown as FeedDeps);
    const posted = { ...invoice, posted: true };
    const states = { K1: [state({ orderNumber: 'W1', status: 'voided', invoices: [] }), state({ orderNumber: 'W1-2', invoices: [posted] })], K2: [state({ orderNumber: 'W2', invoices: [posted, invoice] })], K3: [state({ orderNumber: 'W3', invoices: [posted] })], K4: [state({ orderNumber: 'nobody' })] };
    const look = (): Promise<{ pending: string[] }> => feed.deliverChanges({ pairId: 'demo', states, watermark: 'w', pending: ['K9'] });
    expect((await look()).pending).toEqual(['K9', 'K2', 'K4']);
    expect(told).toEqual(['r1 W1', 'r2 W2', 'gone W3', 'r1 W1-2']);
    await look();
    expect(told.slice(4)).toEqual(['gone W3']);
    states.K2 = [state({ orderNumber: 'W2', invoices: [posted, { ...invoice, posted: true }] })];
    expect((await look()).pending).toEqual(['K9', 'K4']);
    expect(told.slice(5).sort()).toEqual(['gone W3', 'r2 W2']);
  });
});

describe('failures', () => {
  it('are retried when time heals them, at the time named, and wait for a person otherwise', () => {
    for (const code of failureCodes) {
      const thrown = failureToThrow({ code, message: 'm', fix: 'f', retryAfterMs: 1_500 });
      expect([thrown.type, thrown.nonRetryable]).toEqual([code, !failureCatalogue[code].heals]);
      expect(thrown.nextRetryDelay === 1_500).toBe(failureCatalogue[code].heals);
    }
  });
  it('have codes that histories know for ever', () => {
    expect(failureCodes).toEqual(expect.arrayContaining(['order-unpaid', 'totals-do-not-add-up', 'outcome-unknown', 'ledgers-differ', 'customer-on-hold']));
    expect(failureCodes).toHaveLength(new Set(failureCodes).size);
  });
});

it('makes keys that GP and Xero can hold, different for different orders', () => {
  const source = pair.sources[0];
  if (!source) throw new Error('no source');
  const keys = ['1', '820982911946154508', 'x'.repeat(60), 'y'.repeat(60), 'a/b c'].map((id) => orderKeyOf(source, id));
  expect(new Set(keys).size).toBe(5);
  for (const key of keys) expect(key).toMatch(/^SHP-[A-Za-z0-9._-]{1,23}$/);
});
