import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sourceConnector } from '../../connectors/registry';
import { root } from './child';
import { type Stack } from './stack';

const folder = resolve(root, '../shared/samples');
/** Real bodies are used where they lie, never copied; without them their tests are left out. */
export const present = existsSync(folder);
if (!present) process.stderr.write('real order bodies are not beside this checkout (../shared/samples): their tests are left out\n');

export type Kind = 'shopify' | 'woocommerce' | 'magento';
/** How a body comes into its shop, and so to us: the order it is about, or the topic of the delivery that holds no order (and which of them it is). */
export type Way = { order: string } | { topic: string; nth: number };
type Put = { order: string } | { topic: string };

export const filesOf = (kind: Kind): string[] => readdirSync(join(folder, kind)).filter((f) => f.endsWith('.json')).sort();
export const textOf = (kind: Kind, file: string): string => readFileSync(join(folder, kind, file), 'utf8');
const orderIn = (kind: Kind, text: string): string => sourceConnector(kind).identify(text, { account: 'x' }).orderId ?? '';

async function toShopify(stack: Stack, file: string, text: string): Promise<Put> {
  const topic = file.startsWith('refund-') ? 'refunds/create' : 'order_transactions/create';
  await stack.tell('shop', '/deliver', { topic, body: text });
  return { topic };
}

async function toWooCommerce(stack: Stack, text: string): Promise<Put> {
  if (!text.includes('"line_items"') || text.includes('"refunded_by"')) {
    const topic = 'action.woocommerce_refund_created';
    await stack.shop('woocommerce', '/deliver', { topic, body: text });
    return { topic };
  }
  return { order: (await stack.shop<{ stored: string }>('woocommerce', '/orders', text)).stored };
}

async function toMagento(stack: Stack, file: string, text: string): Promise<Put> {
  await stack.shop('magento', file.includes('invoice') ? '/invoices' : '/orders', text);
  const order = orderIn('magento', text);
  return order === '' ? { topic: 'order.changed' } : { order };
}

/** Puts every body into its simulated shop, which tells of it as it tells of everything. */
export async function intoShops(stack: Stack, bodies: readonly { kind: Kind; file: string }[]): Promise<Way[]> {
  const ways: Way[] = [];
  for (const { kind, file } of bodies) {
    const text = textOf(kind, file);
    const put = await (kind === 'shopify' ? toShopify(stack, file, text) : kind === 'woocommerce' ? toWooCommerce(stack, text) : toMagento(stack, file, text));
    ways.push('order' in put ? put : { ...put, nth: ways.filter((w) => 'topic' in w && w.topic === put.topic).length });
  }
  return ways;
}

type Inbox = { deliveries: { sourceKind?: string; topic: string; state: string; orderId?: string; reason?: { code: string; message: string } }[] };

/** What became of it, in a word and a reason; "on its way" until it rests. */
export async function outcomeOf(stack: Stack, way: Way): Promise<string> {
  if ('order' in way) {
    const run = await stack.run(way.order);
    if (run?.phase === 'tied-out') return `tied out ${run.total ?? ''}`;
    return run?.failure ? `${run.phase} ${run.failure.code}` : 'on its way';
  }
  const { deliveries } = await stack.get<Inbox>('/inbox?limit=500');
  const row = deliveries.filter((d) => d.topic === way.topic && d.state === 'parked')[way.nth];
  return row?.reason ? `parked ${row.reason.code}` : 'on its way';
}
