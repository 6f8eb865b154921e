import { createHmac, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Failure } from '../canonical/failure';
import { type Phase } from '../canonical/story';
import { readShopifyDelivery } from '../connectors/shopify/webhook';
import { parseLossless, unwrapOrder } from '../connectors/shopify/wire';
import { type Options } from './options';
import { type Up } from './processes';

/** One thing that was sent: an order, or a file that names none. */
export type Sent = { orderId: string | undefined; label: string };
export type Settled = { orderId: string | undefined; label: string; phase: Phase | 'unsettled'; total?: string; currency?: string; failure?: Failure; waitingFor?: string; difference?: string };

type RunView = { orderId: string; phase: Phase; total?: string; currency?: string; failure?: Failure; waitingFor: string };
type InboxView = { id: string; state: string; orderId?: string; topic: string; reason?: Failure; note?: string; receivedAt: string };

/** A run that rests this long in a waiting phase is reported as parked for its reason. */
const restMs = 3_000;
const limitMs = 120_000;
const pollMs = 300;
const pageMax = 500;

const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});

/** The topic a body most likely came under. */
export function topicOf(text: string): string {
  const body = record(unwrapOrder(parseLossless(text)));
  if (body['order_edit'] !== undefined) return 'orders/edited';
  if (body['line_items'] !== undefined) return body['cancelled_at'] ? 'orders/cancelled' : 'orders/create';
  if (body['refund_line_items'] !== undefined || body['refund'] !== undefined || body['order_adjustments'] !== undefined) return 'refunds/create';
  if (body['kind'] !== undefined && body['order_id'] !== undefined) return 'order_transactions/create';
  return 'orders/create';
}

const idIn = (text: string, topic: string): string | undefined => readShopifyDelivery(Buffer.from(text), { 'x-shopify-topic': topic }).orderId;

async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<void> {
  const reply = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  if (!reply.ok) throw new Error(`${new URL(url).pathname} answered ${reply.status}: ${(await reply.text()).slice(0, 200)}`);
}

async function sendSigned(up: Up, text: string, topic: string): Promise<void> {
  const shop = up.env['SHOPIFY_SHOP'] ?? 'tieout-demo.myshopify.com';
  const secret = (up.env['SHOPIFY_WEBHOOK_SECRETS'] ?? '').split(',')[0] ?? '';
  await post(`${up.addresses.api}/webhooks/shopify/${shop}`, text, { 'x-shopify-topic': topic, 'x-shopify-shop-domain': shop, 'x-shopify-webhook-id': randomUUID(), 'x-shopify-hmac-sha256': createHmac('sha256', secret).update(text).digest('base64') });
}

async function sendSamples(up: Up, folder: string): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (const file of readdirSync(folder).filter((f) => f.endsWith('.json')).sort()) {
    const text = readFileSync(join(folder, file), 'utf8');
    const topic = topicOf(text);
    const shop = up.addresses.sandbox?.shop;
    if (shop && parseLossless(text) !== undefined && topic !== 'orders/edited') await post(`${shop}/_sandbox/orders?topic=${encodeURIComponent(topic)}`, text, { 'content-type': 'text/plain' });
    else await sendSigned(up, text, topic);
    sent.push({ orderId: idIn(text, topic), label: file });
  }
  return sent;
}

/** Makes and sends the orders of this start; a next start sends others. */
export async function sendOrders(up: Up, options: Options): Promise<Sent[]> {
  if (options.samples !== undefined) return sendSamples(up, options.samples);
  const shop = up.addresses.sandbox?.shop;
  if (!shop || options.orders === 0) return [];
  const reply = await fetch(`${shop}/_sandbox/generate`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ count: options.orders, seed: Math.floor(Date.now() / 1000) % 1_000_000 }) });
  const { orderIds } = (await reply.json()) as { orderIds: string[] };
  return orderIds.map((orderId) => ({ orderId, label: orderId }));
}

async function ask<T>(up: Up, path: string): Promise<T> {
  const reply = await fetch(`${up.addresses.api}${path}`, { headers: { authorization: `Bearer ${up.env['TIEOUT_VIEWER_KEY'] ?? up.local.apiKeys.viewer}` } });
  if (!reply.ok) throw new Error(`${path} answered ${reply.status}`);
  return (await reply.json()) as T;
}

async function allRuns(up: Up): Promise<Map<string, RunView>> {
  const runs = new Map<string, RunView>();
  for (let after: string | undefined, page = 0; page < 1_000; page += 1) {
    const { runs: rows, next } = await ask<{ runs: RunView[]; next?: string }>(up, `/runs?limit=${pageMax}${after ? `&after=${encodeURIComponent(after)}` : ''}`);
    for (const row of rows) runs.set(row.orderId, row);
    if (!next) break;
    after = next;
  }
  return runs;
}

const ended = new Set<string>(['tied-out', 'cancelled', 'differs', 'needs-attention']);
const resting = new Set<string>(['parked', 'awaiting-payment', 'awaiting-approval']);

/** Which of the things sent have settled, and how. Waiting phases count once they have lasted. */
class Watch {
  private readonly since = new Map<string, number>();
  constructor(private readonly up: Up, private readonly sent: readonly Sent[], private readonly startedAt: string) {}

  async look(): Promise<{ settled: Settled[]; open: number; phases: Record<string, number> }> {
    const runs = await allRuns(this.up);
    const { deliveries } = await ask<{ deliveries: InboxView[] }>(this.up, `/inbox?limit=${pageMax}`);
    const nameless = deliveries.filter((d) => d.orderId === undefined && d.receivedAt >= this.startedAt && d.state !== 'new').reverse();
    const phases: Record<string, number> = {};
    let open = 0;
    const settled = this.sent.map((s): Settled => {
      const outcome = this.outcomeOf(s, { run: s.orderId === undefined ? undefined : runs.get(s.orderId), nameless, deliveries });
      phases[outcome.shown] = (phases[outcome.shown] ?? 0) + 1;
      if (!outcome.settled) open += 1;
      return outcome.view;
    });
    return { settled, open, phases };
  }

  private outcomeOf(sent: Sent, seen: { run: RunView | undefined; nameless: InboxView[]; deliveries: InboxView[] }): { view: Settled; settled: boolean; shown: string } {
    const { run } = seen;
    if (run) {
      const key = `${sent.label} ${run.phase} ${run.failure?.code ?? ''}`;
      const first = this.since.get(key) ?? Date.now();
      this.since.set(key, first);
      const settled = ended.has(run.phase) || (resting.has(run.phase) && Date.now() - first >= restMs);
      return { view: { ...sent, ...run, orderId: sent.orderId, phase: settled ? run.phase : 'unsettled' }, settled, shown: run.phase };
    }
    const row = sent.orderId === undefined ? seen.nameless.shift() : seen.deliveries.find((d) => d.orderId === sent.orderId && d.state === 'parked');
    if (row && row.state !== 'started') return { view: { ...sent, phase: 'parked', failure: row.reason ?? { code: 'topic-not-handled', message: row.note ?? 'nothing is done on this delivery', fix: '' } }, settled: true, shown: 'parked' };
    return { view: { ...sent, phase: 'unsettled' }, settled: false, shown: 'on its way' };
  }
}

/** Watches until all that was sent has settled, telling the progress. */
export async function settle(up: Up, sent: readonly Sent[], more: { startedAt: string; tell: (phases: Record<string, number>, done: number) => void }): Promise<Settled[]> {
  const watch = new Watch(up, sent, more.startedAt);
  const until = Date.now() + limitMs + sent.length * 500;
  for (;;) {
    const { settled, open, phases } = await watch.look();
    more.tell(phases, sent.length - open);
    if (open === 0 || Date.now() > until) return settled;
    await new Promise((wake) => setTimeout(wake, pollMs));
  }
}
