import fc from 'fast-check';
import { moneyText, sum } from '../../canonical/money';
import { translated } from '../../test/support/source-orders';

const read = (body: string, account = 'x'): ReturnType<typeof translated> => translated(body, { kind: 'generic', account });
const order = (over: object = {}): object => ({
  orderId: 'A-1001', orderName: 'Web 1001', placedAt: '2026-11-01T10:00:00+01:00', updatedAt: 1793610000, currency: 'USD', customer: { id: 'c1', name: 'Ann Lee', email: 'a@example.org' }, billTo: { line1: '1 High St', countryCode: 'GB', city: '' },
  lines: [{ sku: 'MUG', quantity: 2, unitPrice: '10.00', discount: 1, taxes: [{ name: 'VAT', rate: '0.1', amount: '1.90' }] }, { description: 'Engraving', quantity: '1', net: '3.10' }], shipping: [{ title: 'Post', net: '5' }], total: '29.00', payments: [{ id: 'p1', gateway: 'stripe', amount: '29.00', paidAt: '2026-11-01T09:01:00Z' }], ...over,
});
const text = (over: object = {}): string => JSON.stringify(order(over));

describe('a plain order becomes canonical', () => {
  it('fills in what the sender leaves out', async () => {
    const outcome = await read(text(), 'own');
    expect(outcome.ok ? outcome.value : outcome.failure).toMatchObject({
      source: { kind: 'generic', account: 'own', orderId: 'A-1001', orderName: 'Web 1001' }, placedAt: '2026-11-01T09:00:00.000Z', version: '2026-11-02T09:00:00.000Z', paymentState: 'paid', customer: { sourceId: 'c1', guest: false }, billTo: { line1: '1 High St', countryCode: 'GB' },
      lines: [{ lineId: 'line-1', sku: 'MUG', quantity: '2', unitPrice: '10', discount: { minor: '100' }, net: { minor: '1900' } }, { lineId: 'line-2', description: 'Engraving', unitPrice: '3.1', net: { minor: '310' } }],
      totals: { lines: { minor: '2210' }, shipping: { minor: '500' }, tax: { minor: '190' }, total: { minor: '2900' } },
    });
    expect(outcome.ok && outcome.value.payments).toEqual([{ paymentId: 'p1', aliases: [], gateway: 'stripe', amount: { minor: '2900', currency: 'USD' }, paidAt: '2026-11-01T09:01:00.000Z' }]);
  });
  it('takes tax out of prices that contain it, and amounts of our own documents', async () => {
    const outcome = await read(text({ pricesIncludeTax: true, total: { minor: '1900', currency: 'USD' }, shipping: [], lines: [{ sku: 'MUG', quantity: '2', unitPrice: '10.00', discount: '1.00', taxes: [{ amount: '1.73' }] }], payments: [] }));
    expect(outcome.ok ? outcome.value.lines[0] : outcome.failure).toMatchObject({ net: { minor: '1727' }, discount: { minor: '91' }, unitPrice: '9.09' });
    expect(outcome.ok && outcome.value.paymentState).toBe('pending');
  });
  it.each([
    ['no JSON', 'x', 'order-unreadable', 'body'], ['no id', text({ orderId: null }), 'order-unreadable', 'source.orderId'], ['an id that leads elsewhere', text({ orderId: '../a' }), 'order-unreadable', 'source.orderId'], ['a date without an offset', text({ placedAt: '2026-11-01' }), 'order-unreadable', 'placedAt'],
    ['a wrong total', text({ total: '29.01' }), 'totals-do-not-add-up', 'total'], ['a wrong tax', text({ tax: '2.00' }), 'totals-do-not-add-up', 'tax'], ['money below a cent', text({ total: '29.001' }), 'money-invalid', undefined], ['another currency', text({ total: { minor: '2900', currency: 'EUR' } }), 'money-invalid', undefined],
    ['a line below nought', text({ lines: [{ net: '-1' }], shipping: [{ net: '30.00' }] }), 'order-unreadable', 'lines'], ['NaN', text({ total: 'NaN' }), 'order-unreadable', 'total'],
  ])('%s is named', async (_name, body, code, field) => {
    const outcome = await read(body);
    expect(outcome.ok ? {} : outcome.failure).toMatchObject({ code, ...(field ? { field } : {}) });
  });
  it('loses no cent, and turns any JSON into an order or a named failure', async () => {
    const wild = fc.dictionary(fc.constantFrom('lines', 'total', 'tax', 'customer', 'billTo', 'payments', 'shipping', 'terms', 'tags', 'currency'), fc.jsonValue());
    await fc.assert(fc.asyncProperty(fc.oneof(fc.json(), wild.map(text)), async (body) => {
      const outcome = await read(body);
      if (!outcome.ok) { expect(outcome.failure.message.length).toBeGreaterThan(0); return; }
      const { lines, shipping, totals, currency } = outcome.value;
      expect(moneyText(sum([...lines, ...shipping].flatMap((l) => [l.net, ...l.taxes.map((t) => t.amount)]), currency))).toBe(moneyText(totals.total));
    }));
  });
});
