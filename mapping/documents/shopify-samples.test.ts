import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { moneyText } from '../../canonical/money';
import { translated } from '../../test/support/source-orders';

const folder = resolve(__dirname, '../../../shared/samples/shopify');
const present = existsSync(folder);
if (!present) process.stderr.write('shopify samples are not beside this checkout: their tests are left out\n');

/** File → total that it becomes, or the named reason why not. */
const expected: Record<string, string> = {
  'order-aud-gst-added.json': '59.45 AUD',
  'order-authorized-usd-docs.json': 'totals-do-not-add-up',
  'order-cad-with-tip-line.json': '49.40 CAD',
  'order-eur-taxes-included-partial-fulfilment.json': '470.00 EUR',
  'order-hkd-automatic-line-discount.json': '304.00 HKD',
  'order-manual-percentage-discount.json': '181.09 USD',
  'order-paid-eur-null-sku-custom-line.json': '238.47 EUR',
  'order-refunded-giftcard-and-card.json': 'totals-do-not-add-up',
  'webhook-orders-create-2026-07.json': 'totals-do-not-add-up',
  'webhook-orders-edited-2026-07.json': 'order-unreadable',
};

(present ? describe : describe.skip)('real order bodies', () => {
  const files = present ? readdirSync(folder).filter((f) => f.startsWith('order-') || f.startsWith('webhook-orders-')) : [];
  it('are all expected here', () => expect(files.sort()).toEqual(Object.keys(expected).sort()));
  it.each(files)('%s', async (file) => {
    const outcome = await translated(readFileSync(resolve(folder, file), 'utf8'), { kind: 'shopify' });
    const told = outcome.ok ? `${moneyText(outcome.value.totals.total)} ${outcome.value.currency}` : outcome.failure.code;
    if (!outcome.ok) expect(outcome.failure.message.length).toBeGreaterThan(20);
    expect(told).toBe(expected[file]);
  });
});
