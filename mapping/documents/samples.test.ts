import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Failure } from '../../canonical/failure';
import { moneyText } from '../../canonical/money';
import { type Payment, type SalesOrder } from '../../canonical/sales-order';
import { sourceConnector } from '../../connectors/registry';
import { type PairSource } from '../pair';
import { standardCatalogue } from '../catalogue/standard';
import { compileMapping } from '../engine/compile';
import { runMapping } from '../engine/run';
import { readSource } from '../engine/source-text';
import { shippedMapping } from './shipped';

const folder = resolve(__dirname, '../../../shared/samples');
const present = existsSync(folder);
if (!present) process.stderr.write('real order bodies are not beside this checkout: the documents are not compared on them\n');

type Kind = PairSource['kind'];
const kinds: Kind[] = ['shopify', 'woocommerce', 'magento'];
type Made = { order: SalesOrder } | { failure: Failure };
const words = (amount: SalesOrder['totals']['total']): string => `${moneyText(amount)} ${amount.currency}`;
/** The same order, whichever way: amounts as text, so that a difference can be read. */
const shape = (order: SalesOrder): unknown => JSON.parse(JSON.stringify(order, (_key, v: unknown) => (typeof v === 'object' && v !== null && 'minor' in v ? words(v as SalesOrder['totals']['total']) : v)));

async function byDocument(kind: Kind, text: string, transactions?: unknown): Promise<Made> {
  const compiled = compileMapping(shippedMapping(`${kind}-order-to-sales-order`), standardCatalogue());
  const source = readSource(text);
  if (!compiled.ok || !source.ok) throw new Error('cannot run');
  const result = await runMapping(compiled.value, { source: source.value, params: { account: 'shop', ...(transactions === undefined ? {} : { transactions }) } });
  return result.ok ? { order: result.value as unknown as SalesOrder } : { failure: result.failure };
}
function byHand(kind: Kind, text: string, paymentsText?: string): Made {
  const connector = sourceConnector(kind);
  const order = connector.translate(text, { account: 'shop' });
  if (!order.ok) return { failure: order.failure };
  const payments = connector.payments({ orderText: text, ...(paymentsText === undefined ? {} : { paymentsText }) }, order.value);
  return payments.ok ? { order: { ...order.value, payments: payments.value as Payment[] } } : { failure: payments.failure };
}
function same(document: Made, hand: Made): void {
  if ('failure' in hand) { expect('failure' in document ? document.failure.code : document).toBe(hand.failure.code); return; }
  expect('order' in document ? shape(document.order) : document.failure).toEqual(shape(hand.order));
}

(present ? describe : describe.skip).each([...kinds])('real bodies of %s become the same by document and by hand', (kind) => {
  const files = existsSync(resolve(folder, kind)) ? readdirSync(resolve(folder, kind)).filter((f) => f.endsWith('.json')) : [];
  it.each(files)('%s', async (file) => {
    const text = readFileSync(resolve(folder, kind, file), 'utf8');
    same(await byDocument(kind, text), byHand(kind, text));
  });
});

(present ? describe : describe.skip)('payments of shopify', () => {
  it('become the same', async () => {
    const text = readFileSync(resolve(folder, 'shopify/order-eur-taxes-included-partial-fulfilment.json'), 'utf8');
    const transactionsText = readFileSync(resolve(folder, 'shopify/transactions-for-order-eur.json'), 'utf8');
    const parsed = readSource(transactionsText);
    if (!parsed.ok) throw new Error('unreadable');
    const list = (parsed.value as { transactions?: unknown }).transactions ?? parsed.value;
    same(await byDocument('shopify', text, list), byHand('shopify', text, transactionsText));
  });
});
