import { done, failed, type Outcome } from '../canonical/failure';
import { type GpNodes, type GpOrderDraft, type GpRow } from '../connectors/gp/types';
import { invoiceOf, line, orderOf } from '../connectors/gp/order.test-data';
import { money } from '../canonical/money';
import { shippedMapping } from '../mapping/documents/shipped';
import { type MappingStore } from '../store/mapping-types';
import { demoPair, orderDraftOf, paymentOf, receiptDraftOf, returnDraftOf } from '../test/support/gp-drafts';
import { type AgentMapping } from './contract';
import { type GpDeps } from './deps';
import { createGpActivities } from './gp';
import { gpApplication } from './gp-application';
import { agentMapping, gpOrder, gpReceipt, gpReturn, gpReturnApplication } from './gp-documents';
import { createMappingBook, type MappingBook } from './mapping-book';
import { xeroPayment } from './xero-documents';

type Shipped = ReturnType<typeof shippedMapping>;
/** Rules put into one node of a document, before those that ship. */
const into = (document: Shipped, node: string, rules: object[]): object => ({ ...document, version: 2, tests: [], rules: document.rules.map((r) => ('to' in r && r.to === node && 'rules' in r ? { ...r, rules: [...rules, ...r.rules] } : r)) });
/** A book in which version 2 of these documents is published. */
const bookWith = (documents: Record<string, object>): MappingBook => createMappingBook({
  published: async () => Object.fromEntries(Object.keys(documents).map((name) => [name, 2])), keepShipped: async ({ document }) => document.version,
  get: async (_pair, name, version) => (version === 2 && documents[name] ? { document: documents[name] } as never : undefined),
});
const of = (documents: Record<string, object>) => ({ pair: demoPair, pins: undefined, mappings: bookWith(documents) });
const usd = (text: string) => money(text, 'USD');
const ask = { orderKey: 'SHP-1' as GpOrderDraft['orderKey'], number: 'WO0000001' as GpOrderDraft['number'], customerNumber: 'WEB0000001' as GpOrderDraft['customerNumber'], batch: 'TO261102', date: '2026-11-02', rate: '1', sharedName: undefined };
const order = orderOf([line({ lineId: '1' }), line({ lineId: '2', sku: 'MUG-WHITE' })], { channel: 'pos', note: 'Ring twice' });
const nodesOf = (made: Outcome<{ draft: { nodes: GpNodes } }>): Record<string, GpRow> => { if (!made.ok) throw new Error(made.failure.message); return made.value.draft.nodes as Record<string, GpRow>; };

describe('a version of the pair\'s own decides what reaches GP', () => {
  it('in every field of order and customer that it names, in the order that eConnect takes', async () => {
    const shipped = shippedMapping('sales-order-to-gp-order');
    const own = into(shipped, 'taSopHdrIvcInsert', [{ kind: 'table', to: 'SLPRSNID', rows: [{ when: { field: '$doc.channel', is: 'pos' }, value: 'NANCY' }] }, { kind: 'constant', to: 'SALSTERR', value: 'TERRITORY 1' }, { kind: 'constant', to: 'LOCNCODE', value: 'NORTH' }]);
    const more = { ...own, rules: [{ kind: 'object', to: 'taSopUserDefined', rules: [{ kind: 'constant', to: 'SOPTYPE', value: 2 }, { kind: 'direct', to: 'SOPNUMBE', from: '$params.number' }, { kind: 'direct', to: 'USERDEF1', from: 'channel' }] }, ...(own as { rules: object[] }).rules] };
    const customer = into(shippedMapping('sales-order-to-gp-customer'), 'taUpdateCreateCustomerRcd', [{ kind: 'constant', to: 'COMMENT1', value: 'met in the shop' }]);
    const made = await gpOrder(order, ask, of({ 'sales-order-to-gp-order': more, 'sales-order-to-gp-customer': customer }));
    const nodes = nodesOf(made);
    expect(nodes['taSopHdrIvcInsert']).toMatchObject({ SLPRSNID: 'NANCY', SALSTERR: 'TERRITORY 1', LOCNCODE: 'NORTH', DOCAMNT: '50.00' });
    expect([nodes['taSopUserDefined'], nodes['taUpdateCreateCustomerRcd']]).toMatchObject([{ USERDEF1: 'pos' }, { COMMENT1: 'met in the shop', CUSTNAME: 'Ada Lovelace' }]);
    expect(Object.keys(nodes)).toEqual(['taUpdateCreateCustomerRcd', 'taCreateCustomerAddress_Items', 'taSopLineIvcInsert_Items', 'taSopLineIvcTaxInsert_Items', 'taSopUserDefined', 'taSopHdrIvcInsert']);
    const fields = Object.keys(nodes['taSopHdrIvcInsert'] ?? {});
    expect([fields.indexOf('LOCNCODE') > fields.indexOf('TAXAMNT'), fields.indexOf('SALSTERR') > fields.indexOf('DOCAMNT'), fields.indexOf('SLPRSNID') < fields.indexOf('BACHNUMB')]).toEqual([true, true, true]);
  });
  it('an item rule too; an edit after the invoice is compared by what was written', async () => {
    const shipped = shippedMapping('sales-order-to-gp-order');
    const own = into(shipped, '$coded', [{ kind: 'expression', to: 'item', expression: '"W-" & sku' }]);
    const made = await gpOrder(order, ask, of({ 'sales-order-to-gp-order': own }));
    expect(made).toMatchObject({ ok: true, value: { lines: { 1: { item: 'W-TSHIRT-BLK-M' }, 2: { item: 'W-MUG-WHITE' } }, draft: { nodes: { taSopLineIvcInsert_Items: [{ ITEMNMBR: 'W-TSHIRT-BLK-M' }, { ITEMNMBR: 'W-MUG-WHITE' }] } } } });
  });
  it('but not its number, key and total: what would not be found again is not sent', async () => {
    const own = into(shippedMapping('sales-order-to-gp-order'), 'taSopHdrIvcInsert', [{ kind: 'constant', to: 'INTEGRATIONID', value: 'MINE' }]);
    expect(await gpOrder(order, ask, of({ 'sales-order-to-gp-order': own }))).toMatchObject({ ok: false, failure: { code: 'document-rejected', field: 'INTEGRATIONID', value: 'MINE', causes: ['made by sales-order-to-gp-order'] } });
  });
  it('receipts, returns, applications and payments of Xero', async () => {
    const constant = (name: string, node: string, fields: Record<string, unknown>) => ({ [name]: into(shippedMapping(name), node, Object.entries(fields).map(([to, value]) => ({ kind: 'constant', to, value }))) });
    const receipt = await gpReceipt(paymentOf(), { number: 'WR1' as never, orderKey: 'SHP-1', customerNumber: ask.customerNumber, customerName: 'Ada', batch: 'B', date: '2026-11-02', rate: '1' }, of(constant('payment-to-gp-receipt', 'taRMCashReceiptInsert', { CSHRCTYP: 2, CRCARDID: 'VISA' })));
    expect(nodesOf(receipt)['taRMCashReceiptInsert']).toMatchObject({ CSHRCTYP: 2, CRCARDID: 'VISA', CHEKBKID: 'STRIPE', ORTRXAMT: '28.00' });
    const ret = await gpReturn(invoiceOf(), { number: 'WT1' as never, orderKey: ask.orderKey, batch: 'B', date: '2026-11-03', reason: 'r' }, of(constant('invoice-to-gp-return', 'taSopHdrIvcInsert', { LOCNCODE: 'RETURNS' })));
    expect(nodesOf(ret)['taSopHdrIvcInsert']).toMatchObject({ LOCNCODE: 'RETURNS', DOCAMNT: '31.00' });
    const own = constant('payment-to-gp-application', 'taRMApply', { USRDEFND1: 'by Tieout' });
    expect(nodesOf(await gpReturnApplication({ number: 'WT1', invoice: 'I1', amount: usd('5'), date: '2026-11-03' }, of(own)))['taRMApply']).toMatchObject({ USRDEFND1: 'by Tieout', APFRDCTY: 8 });
    const mapping = await agentMapping(of(own));
    if (!mapping.ok) throw new Error('no mapping');
    // It goes to the agent as JSON.
    const applied = await gpApplication({ receipt: 'WR1', invoice: 'I1', amount: usd('5'), date: '2026-11-03', payment: paymentOf() }, { mapping: JSON.parse(JSON.stringify(mapping.value)) as AgentMapping });
    expect(applied).toMatchObject({ ok: true, value: { credit: 'WR1', type: 9, nodes: { taRMApply: { USRDEFND1: 'by Tieout', APPTOAMT: '5.00' } } } });
    const xero = shippedMapping('payment-to-xero-payment');
    const paying = { invoiceId: '5040915e-8ce7-4177-8d08-fde416232f18', paymentId: 'pi_3Nxyz', amount: usd('5'), date: '2026-11-03', rate: '1' };
    const deps = (documents: Record<string, object>) => ({ pair: demoPair, pins: undefined, deps: { mappings: bookWith(documents) } });
    const details = { ...xero, version: 2, rules: [...xero.rules, { kind: 'constant', to: 'Details', value: 'web' }] };
    expect(await xeroPayment({ ...paying, payment: paymentOf() }, { orderKey: 'SHP-1', invoiceId: paying.invoiceId as never }, deps({ [xero.name]: details }))).toMatchObject({ draft: { accountCode: '091', document: { Details: 'web', Amount: 5 } } });
    // A run from before told the account: it is the gateway's that has it.
    expect(await xeroPayment({ ...paying, accountCode: '092' }, { orderKey: 'SHP-1', invoiceId: paying.invoiceId as never }, deps({}))).toMatchObject({ draft: { accountCode: '092', reference: 'SHP-1/pi_3Nxyz' } });
  });
  it('what it looks up in travels to the agent with the document', async () => {
    const name = 'payment-to-gp-application';
    const shipped = shippedMapping(name);
    const looking = { ...into(shipped, 'taRMApply', [{ kind: 'lookup', to: 'USRDEFND1', lookup: 'gateways', key: 'gateway', take: 'gpCheckbook' }]), lookups: { gateways: { kind: 'live', table: 'pair.gateways', key: ['gateway'], noMatch: { policy: 'error' } } } };
    const mapping = await agentMapping(of({ [name]: looking }));
    expect(mapping).toMatchObject({ ok: true, value: { tables: { 'pair.gateways': { rows: expect.any(Array) } } } });
    const at = mapping.ok ? mapping.value : undefined;
    const application = { receipt: 'WR1', invoice: 'I1', amount: usd('5'), date: '2026-11-03' };
    expect(await gpApplication({ ...application, payment: paymentOf() }, { mapping: at })).toMatchObject({ ok: true, value: { nodes: { taRMApply: { USRDEFND1: 'STRIPE' } } } });
    expect(await gpApplication({ ...application, payment: paymentOf({ gateway: 'barter' }) }, { mapping: at })).toMatchObject({ ok: false, failure: { code: 'lookup-no-match', document: name, value: 'barter' } });
    expect(await gpApplication(application, { mapping: { document: { nonsense: true } } })).toMatchObject({ ok: false, failure: { code: 'mapping-invalid' } });
  });
});

describe('the agent beside GP', () => {
  const calls: string[] = [];
  const written = async (draft: { number: string }): Promise<Outcome<{ number: string; total: ReturnType<typeof usd>; existed: boolean }>> => { calls.push(draft.number); return done({ number: draft.number, total: usd('28'), existed: false }); };
  const gp = { createSalesOrder: async (draft: { number: string }, { waived }: { waived?: boolean }) => { calls.push(waived ? 'waived' : 'asked'); return written(draft); }, createCashReceipt: written, createReturn: written, applyReturn: async (draft: { credit: string }) => { calls.push(`applied ${draft.credit}`); return done({ existed: false }); } };
  const hands = createGpActivities({ gp, gate: { through: async (act: () => Promise<unknown>) => act() }, inOrder: { run: async (_key: string, act: () => Promise<unknown>) => act() } } as unknown as GpDeps);
  beforeEach(() => { calls.length = 0; });

  it('writes what it is handed, and holds to a person\'s word on a hold', async () => {
    const [draft, receipt, ret] = [await orderDraftOf(order), await receiptDraftOf(), await returnDraftOf(invoiceOf())];
    expect(await hands.postOrder({ draft, waived: true, receipts: [receipt] })).toMatchObject({ order: { number: draft.number }, receipts: [receipt.number] });
    await hands.createSalesOrder({ draft });
    await hands.createReturn({ draft: ret });
    expect(calls).toEqual(['waived', draft.number, receipt.number, 'asked', draft.number, ret.number]);
  });
  it('what an older release planned is not guessed: it is planned anew; a return of one is applied by what ships', async () => {
    const receipt = await receiptDraftOf();
    const old = { nodes: undefined, number: 'WR1' } as never;
    for (const act of [() => hands.postOrder({ receipts: [] }), () => hands.createSalesOrder({}), () => hands.createReturn({}), () => hands.createCashReceipt({ receipt: old }), async () => hands.postOrder({ draft: await orderDraftOf(order), receipts: [receipt, old] })]) await expect(act()).rejects.toMatchObject({ type: 'plan-outdated', nonRetryable: true });
    expect(calls).toEqual([]);
    expect(await hands.applyReturn({ returnNumber: 'WT1', invoice: 'I1', amount: usd('5'), date: '2026-11-03' })).toEqual({ existed: false });
    expect(calls).toEqual(['applied WT1']);
  });
});

describe('what ships is kept for the orders that were taken with it', () => {
  it('once for each pair, and asked again when the store could not keep it', async () => {
    const name = 'sales-order-to-gp-order';
    let away = true;
    const keeps: string[] = [];
    const store: Pick<MappingStore, 'get' | 'published' | 'keepShipped'> = {
      published: async () => ({}), get: async (_pair, asked, version) => (asked === name && version === 7 ? { document: { ...shippedMapping(name), version: 7, title: 'as an older release had it' } } as never : undefined),
      keepShipped: async ({ pairId, document }) => { if (away) throw new Error('the store is away'); keeps.push(pairId); return document.version; },
    };
    const book = createMappingBook(store);
    await expect(book.pin('demo', [name])).rejects.toThrow('away');
    away = false;
    expect([await book.pin('demo', [name]), await book.pin('demo', [name]), await book.pin('other', [name])]).toEqual(Array.from({ length: 3 }, () => ({ [name]: shippedMapping(name).version })));
    expect(keeps).toEqual(['demo', 'other']);
    // A run keeps the version of an older release, although this one ships another.
    expect(await book.pin('demo', [name], { [name]: 7 })).toEqual({ [name]: 7 });
    expect(await book.get('demo', name, 7)).toMatchObject({ ok: true, value: { document: { title: 'as an older release had it' } } });
    expect(await book.get('demo', name, 1)).toMatchObject({ ok: true, value: { document: { version: shippedMapping(name).version } } });
    expect(await book.get('demo', name, 8)).toMatchObject(failed({ code: 'mapping-invalid', document: name } as never));
  });
});
