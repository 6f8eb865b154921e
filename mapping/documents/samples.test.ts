import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { moneyText } from '../../canonical/money';
import { translated } from '../../test/support/source-orders';

const folder = resolve(__dirname, '../../../shared/samples');
const present = existsSync(folder);
if (!present) process.stderr.write('woocommerce and magento samples are not beside this checkout: their tests are left out\n');

/** File → total and payments that it becomes, or the named reason why not. docs/samples.md holds the same table. */
const expected: Record<'woocommerce' | 'magento', Record<string, string>> = {
  woocommerce: {
    'order-coupon-fee-tax.json': 'totals-do-not-add-up total',
    'order-partially-refunded-8-lines.json': '304.45 USD, refunded 24.30, paid pi_1EiPDsJ71fgCH5kvY1uAaVEU stripe 304.45',
    'order-prices-include-tax.json': '33.30 USD, refunded 0.00, paid pi_3KMuym2EdyGr1FMV0TtJrfac woocommerce_payments 33.30',
    'order-processing-docs.json': '29.35 USD, refunded 0.00, paid woocommerce-727 bacs 29.35',
    'refund-docs.json': 'order-unreadable currency',
  },
  magento: {
    'event-invoice-save-after.json': 'order-unreadable items',
    'event-order-created-minimal.json': 'order-unreadable currency',
    'invoice-paid.json': 'order-unreadable items',
    'order-bhd-coupon-due.json': '93.200 BHD, refunded 0.000',
    'order-configurable-pending.json': 'totals-do-not-add-up subtotal',
  },
};

(present ? describe : describe.skip).each(['woocommerce', 'magento'] as const)('real bodies of %s', (kind) => {
  const files = present ? readdirSync(resolve(folder, kind)).filter((f) => f.endsWith('.json')) : [];
  it('are all expected here', () => expect(files.sort()).toEqual(Object.keys(expected[kind]).sort()));
  it.each(files)('%s', async (file) => {
    const outcome = await translated(readFileSync(resolve(folder, kind, file), 'utf8'), { kind });
    if (!outcome.ok) { expect(outcome.failure.message.length).toBeGreaterThan(20); expect(`${outcome.failure.code} ${outcome.failure.field}`).toBe(expected[kind][file]); return; }
    const { totals, currency } = outcome.value;
    const paid = outcome.value.payments.map((p) => `, paid ${p.paymentId} ${p.gateway} ${moneyText(p.amount)}`).join('');
    expect(`${moneyText(totals.total)} ${currency}, refunded ${moneyText(totals.refunded)}${paid}`).toBe(expected[kind][file]);
  });
});
