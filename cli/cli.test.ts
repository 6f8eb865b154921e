import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LedgerOrderState } from '../canonical/ledger';
import { type XeroInvoice } from '../connectors/xero/types';
import { topicOf, type Settled } from './demo';
import { readOptions } from './options';
import { makeReport, tableOf } from './report';

const usd = (minor: string): { minor: string; currency: string } => ({ minor, currency: 'USD' });
const gp = (over: Partial<LedgerOrderState> = {}): LedgerOrderState => ({
  orderNumber: 'WO1', status: 'invoiced', changedAt: '2026-11-01T00:00:00Z', receipts: [{ number: 'WR1', customerNumber: 'C', amount: usd('1000'), unapplied: usd('0'), posted: true, voided: false }],
  invoices: [{ number: 'I1', orderNumber: 'WO1', date: '2026-11-01', customerNumber: 'C', currency: 'USD', rate: '1', lines: [], freight: usd('0'), freightTax: usd('0'), misc: usd('0'), tradeDiscount: usd('0'), tax: usd('0'), total: usd('1000'), posted: true, voided: false, changedAt: '2026-11-01T00:00:00Z' }], ...over,
});
const xero = (total = '1000'): XeroInvoice => ({ invoiceId: 'x', invoiceNumber: 'I1', reference: 'SHP-1 #1', status: 'PAID', contactId: 'c', date: '2026-11-01', currency: 'USD', subTotal: usd(total), tax: usd('0'), total: usd(total), amountDue: usd('0'), amountPaid: usd(total), lines: [], payments: [{ paymentId: 'p1', amount: usd(total), date: '2026-11-01', reference: 'r' }], prepayments: [], updatedAt: '' } as unknown as XeroInvoice);
const settled = (over: Partial<Settled> = {}): Settled => ({ orderId: '1', label: '1', phase: 'tied-out', ...over });
const report = (s: Settled[], g = [gp()], x = [xero()]): ReturnType<typeof makeReport> => makeReport(s, { gp: { 'SHP-1': g }, xero: { 'SHP-1': x } }, { keyPrefix: 'SHP', durationMs: 5 });

describe('report', () => {
  it('says ok when the scan of both ledgers agrees', () => {
    expect(report([settled()])).toEqual({ ok: true, sent: 1, tiedOut: 1, parked: 0, failed: 0, difference: '0.00', durationMs: 5, results: [{ orderId: '1', state: 'tied-out', gpOrder: 'WO1', gpInvoices: ['I1'], xeroInvoices: ['I1'], payments: ['p1'], receipts: ['WR1'], total: '10.00', currency: 'USD', difference: '0.00' }] });
  });
  it('believes the ledgers, not the run: a cent, a missing and a doubled invoice are failures', () => {
    expect(report([settled()], [gp()], [xero('999')])).toMatchObject({ ok: false, failed: 1, difference: '0.02' });
    expect(report([settled()], [gp()], [])).toMatchObject({ ok: false, failed: 1 });
    expect(report([settled()], [gp()], [xero(), xero()])).toMatchObject({ ok: false, failed: 1 });
  });
  it('counts what came before the invoice as received', () => {
    const early = { ...xero(), payments: [], prepayments: [{ prepaymentId: 'pre1', amount: usd('1000'), reference: 'r' }] };
    expect(report([settled()], [gp()], [early])).toMatchObject({ ok: true, difference: '0.00', results: [{ payments: ['pre1'] }] });
    expect(report([settled()], [gp()], [{ ...early, prepayments: [] }])).toMatchObject({ ok: false, difference: '10.00' });
  });
  it('counts a named reason as parked and anything else as failed', () => {
    const failure = { code: 'order-unpaid' as const, message: 'half is paid', fix: '' };
    expect(report([settled({ phase: 'awaiting-payment', failure })], [], [])).toMatchObject({ ok: true, parked: 1, results: [{ state: 'parked', reason: 'order-unpaid: half is paid', gpOrder: null }] });
    expect(report([settled({ phase: 'unsettled' })], [], [])).toMatchObject({ ok: false, failed: 1 });
    expect(report([settled({ phase: 'needs-attention', failure })], [], [])).toMatchObject({ ok: false, failed: 1 });
  });
  it('draws a table that names reasons below', () => {
    const text = tableOf(report([settled(), settled({ orderId: '2', phase: 'parked', failure: { code: 'item-not-mapped', message: 'no such item', fix: '' } })]));
    expect(text).toContain('STATE'.toLowerCase());
    expect(text).toMatch(/2: item-not-mapped: no such item/);
    expect(text).toMatch(/2 sent, 1 tied out, 1 parked, 0 failed/);
  });
});

describe('options', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-cli-'));
  it.each([[['--orders', 'x'], /--orders is "x"/], [['--orders', '-1'], /--orders has no value\. Fix: .*--orders=VALUE/], [['--orders'], /--orders has no value/], [['--orders=-1'], /--orders is "-1"/], [['--json=x'], /--json takes no value/], [['--samples', '/nope'], /no such folder/], [['--samples', dir], /no \*\.json/], [['--frob'], /--frob is no option\. Fix: see npm start -- --help/], [['stray'], /"stray" is one word too many/], [['--shops', 'etsy'], /--shops names "etsy".*woocommerce, magento, generic/], [['--shops', 'generic', '--no-sandbox'], /leave one of them out/]] as [string[], RegExp][])('%p is a clear mistake', (argv, words) => {
    expect(() => readOptions(argv, '/root')).toThrow(words);
  });
  it('reads what it is told', () => {
    writeFileSync(join(dir, 'a.json'), '{}');
    expect(readOptions(['--once', '--json', '--orders', '3', '--no-sandbox', '--data', '/d', '--samples', dir], '/r')).toEqual({ once: true, json: true, orders: 3, samples: dir, data: '/d', sandbox: false });
    expect(readOptions(['--shops', 'woocommerce, magento'], '/r')).toMatchObject({ sandbox: true, shops: ['woocommerce', 'magento'] });
    expect(readOptions(['--help'], '/r')).toBe('help');
  });
});

it('tells the topic of a body by its shape', () => {
  expect(topicOf('{"order_edit":{"order_id":1}}')).toBe('orders/edited');
  expect(topicOf('{"order":{"line_items":[]}}')).toBe('orders/create');
  expect(topicOf('{"line_items":[],"cancelled_at":"2026-01-01"}')).toBe('orders/cancelled');
  expect(topicOf('{"refund_line_items":[]}')).toBe('refunds/create');
  expect(topicOf('{"kind":"sale","order_id":1}')).toBe('order_transactions/create');
  expect(topicOf('not json')).toBe('orders/create');
});
