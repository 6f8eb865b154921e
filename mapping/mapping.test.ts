import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LedgerFigures } from '../canonical/ledger';
import { add, money, moneyText, sum, type Money } from '../canonical/money';
import { type SalesOrder } from '../canonical/sales-order';
import { approvalReason, checkOrder } from './check-order';
import { passMarketplaceTaxThrough } from './code-order';
import { compareLedgers, differenceText } from './compare-ledgers';
import { parsePair, type Pair } from './pair';

const demo = JSON.parse(readFileSync(join(__dirname, '../config/pairs/demo.json'), 'utf8')) as Record<string, unknown>;
const pair = parsePair(demo);
const strict: Pair = { ...pair, policies: { ...pair.policies, unknownItem: 'hold', testOrders: 'park' } };
const usd = (text: string): Money => money(text, 'USD');

const order = (over: Partial<SalesOrder> = {}): SalesOrder => ({
  source: { kind: 'shopify', account: 'a', orderId: '1', orderName: '#1' }, version: '2026-11-01T00:00:00Z', placedAt: '2026-11-01T00:00:00Z', currency: 'USD', test: false, paymentState: 'paid', pricesIncludeTax: false,
  customer: { name: 'Ann', guest: false, sourceId: '9' }, shipping: [], payments: [],
  lines: [{ lineId: '1', kind: 'goods', sku: 'MUG-WHITE', description: 'Mug', quantity: '2', unitPrice: '10', discount: usd('0'), net: usd('20'), taxes: [{ name: 'State', rate: '0.1', amount: usd('2'), collectedByMarketplace: false }] }],
  totals: { lines: usd('20'), shipping: usd('0'), tax: usd('2'), total: usd('22'), refunded: usd('0') }, ...over,
});
const paid = (amount: string, gateway = 'stripe'): SalesOrder['payments'] => [{ paymentId: 'pi', aliases: [], gateway, amount: usd(amount), paidAt: '2026-11-01T00:00:00Z' }];

describe('the pair', () => {
  it('names every mistake with its place', () => {
    expect(() => parsePair({ ...demo, baseCurrency: 'dollars', gateways: { stripe: {} } })).toThrow(/baseCurrency[\s\S]*gateways\.stripe/);
    expect(() => parsePair('nothing')).toThrow(/mistake/);
  });
});

describe('checkOrder', () => {
  it.each([
    ['a paid order goes', order(), paid('22.00'), 'go'], ['a part is not the whole', order(), paid('20.00'), 'wait-payment'], ['too much is a question', order(), paid('30.00'), 'payments-do-not-match'],
    ['an unknown gateway holds', order(), paid('22.00', 'barter'), 'gateway-not-mapped'], ['an unknown currency holds', order({ currency: 'BHD' }), [], 'currency-not-configured'],
    ['a cancelled order is not posted', order({ cancelled: { at: '2026-11-02T00:00:00Z' } }), [], 'cancelled'], ['a refunded one is a person\'s', order({ totals: { ...order().totals, refunded: usd('5') } }), paid('22.00'), 'order-refunded'],
    ['no lines, no invoice', order({ lines: [] }), [], 'order-unreadable'], ['a test order stays out', order({ test: true }), paid('22.00'), 'order-test'],
  ] as [string, SalesOrder, SalesOrder['payments'], string][])('%s', (_name, o, payments, expected) => {
    const verdict = checkOrder(o, payments, strict);
    expect(verdict.verdict === 'park' ? verdict.failure.code : verdict.verdict).toBe(expected);
    if (verdict.verdict !== 'go') expect(verdict.failure.fix.length).toBeGreaterThan(10);
  });
  it('asks for an approver above the limit only, in base currency', () => {
    expect(approvalReason(order({ totals: { ...order().totals, total: usd('5000.00') } }), pair)).toBeUndefined();
    expect(approvalReason(order({ totals: { ...order().totals, total: usd('5000.01') } }), pair)).toContain('5000.01');
    expect(approvalReason(order({ currency: 'HKD', totals: { ...order().totals, total: money('30000.00', 'HKD') } }), pair)).toBeUndefined();
  });
});

describe('a marketplace', () => {
  it('lets a marketplace\'s tax pass through without becoming ours, and the total stays', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 5_000 }), (cents) => {
      const tax = { minor: String(cents), currency: 'USD' };
      const line = { ...(order().lines[0] as SalesOrder['lines'][0]), taxes: [{ name: 'M', rate: '0', amount: tax, collectedByMarketplace: true }] };
      const passed = passMarketplaceTaxThrough(order({ lines: [line], totals: { ...order().totals, tax, total: add(usd('20'), tax) } }));
      expect(moneyText(passed.totals.tax)).toBe('0.00');
      expect(moneyText(sum(passed.lines.map((l) => l.net), 'USD'))).toBe(moneyText(passed.totals.total));
      expect(passed.lines.flatMap((l) => l.taxes)).toHaveLength(0);
    }));
  });
});

describe('compareLedgers', () => {
  const gp: LedgerFigures = { ledger: 'gp', invoices: [{ number: 'I1', net: usd('20'), tax: usd('2'), total: usd('22'), open: usd('0'), status: 'posted' }], received: [{ reference: 'r', amount: usd('22') }],
    journals: [{ account: '000-1200-00', debit: usd('22'), credit: usd('22'), document: 'I1' }, { account: '000-4100-00', debit: usd('0'), credit: usd('20'), document: 'I1' }, { account: '000-2300-00', debit: usd('0'), credit: usd('2'), document: 'I1' }, { account: '000-1105-00', debit: usd('22'), credit: usd('0'), document: 'r' }] };
  const xero: LedgerFigures = { ...gp, ledger: 'xero', journals: [{ account: '200', debit: usd('0'), credit: usd('20'), document: 'I1' }, { account: '820', debit: usd('0'), credit: usd('2'), document: 'I1' }, { account: '091', debit: usd('22'), credit: usd('0'), document: 'p' }] };
  it('finds nothing between books that agree by paired account', () => expect(compareLedgers({ gp, xero }, pair, 'USD')).toEqual([]));
  it.each([
    ['a cent of tax', { ...xero, invoices: [{ ...(xero.invoices[0] as LedgerFigures['invoices'][0]), tax: usd('2.01'), total: usd('22.01') }] }, 'tax of invoice I1'], ['a missing invoice', { ...xero, invoices: [] }, 'total of invoice I1'],
    ['money twice', { ...xero, received: [...xero.received, ...xero.received] }, 'cash received'], ['the wrong clearing account', { ...xero, journals: xero.journals.map((j) => (j.account === '091' ? { ...j, account: '092' } : j)) }, 'account 000-1105-00 / 091'],
    ['an account nobody paired', { ...xero, journals: xero.journals.map((j) => (j.account === '200' ? { ...j, account: '999' } : j)) }, 'xero 999 (not paired)'],
  ])('names %s', (_name, other, what) => {
    const differences = compareLedgers({ gp, xero: other }, pair, 'USD');
    expect(differences.map((d) => d.what).join(' | ')).toContain(what);
    expect(differenceText(differences)).toMatch(/GP .*Xero/);
  });
});
