import { join } from 'node:path';
import express, { type Express, type Request, type Response } from 'express';
import { z } from 'zod';
import { CallLog } from '../kit/call-log';
import { controlRouter } from '../kit/control';
import { DiskStore, type Collection } from '../kit/disk-store';
import { hitFault } from '../kit/express-faults';
import { Faults } from '../kit/faults';
import { type Listening, startHttp } from '../kit/http';
import { Deliveries } from './deliveries';
import { generateOrders } from './generate';
import { fieldOf, idOf, makeTransactions, paidUp, readBody, type Stored, transactionsText } from './orders';

export type ShopOptions = { port: number; host?: string; dataDir: string; shop: string; webhookUrl: string | readonly string[]; secret: string; accessToken?: string; tellGateway?: (payment: { orderId: string; amount: string; currency: string; paymentIntent: string }) => void };
const Generate = z.strictObject({ count: z.number().int().min(1).max(100_000), seed: z.number().int().min(0).default(1), sentinel: z.string().max(60).optional(), topics: z.array(z.string()).default(['orders/create', 'orders/paid']) });
const BehaviourPatch = z.strictObject({ duplicates: z.number().int().min(0).max(10), shuffle: z.boolean(), lateMs: z.number().int().min(0), drop: z.number().min(0).max(1), attempts: z.number().int().min(1).max(9) }).partial();
const Deliver = z.strictObject({ topic: z.string().min(1), body: z.string(), times: z.number().int().min(1).max(100).default(1), delayMs: z.number().int().min(0).default(0) });
const instant = (text: string | undefined): string => { const at = Date.parse(text ?? ''); return Number.isNaN(at) ? new Date().toISOString() : new Date(at).toISOString(); };

class Shop {
  readonly orders: Collection<Stored>;
  readonly deliveries: Deliveries;
  constructor(readonly options: ShopOptions) {
    this.orders = DiskStore.open(join(options.dataDir, 'shop.jsonl')).collection('orders');
    this.deliveries = new Deliveries({ urls: typeof options.webhookUrl === 'string' ? [options.webhookUrl] : options.webhookUrl, secret: options.secret, shop: options.shop, apiVersion: '2026-07' });
  }
  /** Keeps an order as it came; an older version never replaces a newer one. */
  keep(text: string, tenders?: Parameters<typeof makeTransactions>[1]): Stored | undefined {
    const body = readBody(text);
    const id = body && idOf(body.order);
    if (!body || !id) return undefined;
    const before = this.orders.get(id);
    const updatedAt = instant(fieldOf(body.order, 'updated_at'));
    if (before && before.updatedAt > updatedAt) return before;
    const stored: Stored = { id, text: body.orderText, updatedAt, transactions: before && before.transactions.length > 0 && !tenders ? paidUp(before.transactions, body.order) : makeTransactions(body.order, tenders) };
    this.orders.put(id, stored);
    return stored;
  }
}

const raw = express.text({ type: () => true, limit: '20mb' });
const bodyOf = (req: Request): string => (typeof req.body === 'string' ? req.body : '');

/** Sets fields of a stored order's text at the top level, leaving every other byte alone. */
function patchText(text: string, fields: Record<string, string>): string {
  return Object.entries({ ...fields, updated_at: JSON.stringify(new Date().toISOString()) }).reduce((body, [name, value]) => {
    const pattern = new RegExp(`("${name}"\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"|null|true|false|-?[\\d.]+)`);
    return pattern.test(body) ? body.replace(pattern, (_all, key: string) => key + value) : body.replace('{', `{"${name}":${value},`);
  }, text);
}

function controls(app: Express, shop: Shop): void {
  app.post('/_sandbox/orders', raw, (req, res) => {
    const text = bodyOf(req);
    const stored = shop.keep(text);
    const topic = typeof req.query['topic'] === 'string' ? req.query['topic'] : 'orders/create';
    shop.deliveries.send(topic, text);
    res.status(202).json({ stored: stored?.id ?? null, topic });
  });
  app.post('/_sandbox/orders/:id/:change', raw, (req, res) => {
    const order = shop.orders.get(req.params['id'] ?? '');
    const change = req.params['change'];
    if (!order) { res.status(404).json({ error: 'no such order' }); return; }
    const given = bodyOf(req).trim() === '' ? {} : (JSON.parse(bodyOf(req)) as Record<string, unknown>);
    const fields = Object.fromEntries(Object.entries(given).map(([k, v]) => [k, JSON.stringify(v)]));
    const text = patchText(order.text, change === 'cancel' ? { cancelled_at: JSON.stringify(new Date().toISOString()), cancel_reason: '"customer"', ...fields } : fields);
    shop.orders.put(order.id, { ...order, text, updatedAt: new Date().toISOString() });
    shop.deliveries.send(change === 'cancel' ? 'orders/cancelled' : change === 'edit' ? 'orders/edited' : 'orders/updated', change === 'edit' ? `{"order_edit":{"id":1,"order_id":${order.id}}}` : text);
    res.status(202).json({ ok: true });
  });
  app.post('/_sandbox/generate', express.json(), (req, res) => {
    const ask = Generate.safeParse(req.body);
    if (!ask.success) { res.status(400).json({ error: ask.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ') }); return; }
    const made = generateOrders(ask.data);
    for (const fresh of made) {
      const known = shop.orders.get(fresh.id);
      const order = known ? { ...fresh, text: known.text } : fresh;
      if (!known) shop.keep(order.text, order.tenders);
      for (const topic of ask.data.topics) shop.deliveries.send(topic, order.text);
      for (const t of order.tenders) if (t.gateway === 'stripe' && t.authorization) shop.options.tellGateway?.({ orderId: order.id, amount: t.amount, currency: order.currency, paymentIntent: t.authorization });
    }
    res.status(202).json({ orderIds: made.map((m) => m.id) });
  });
  app.post('/_sandbox/deliver', express.json({ limit: '20mb' }), (req, res) => {
    const ask = Deliver.safeParse(req.body);
    if (!ask.success) { res.status(400).json({ error: ask.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ') }); return; }
    for (let i = 0; i < ask.data.times; i += 1) setTimeout(() => shop.deliveries.send(ask.data.topic, ask.data.body), ask.data.delayMs * i);
    res.status(202).json({ ok: true });
  });
  app.get('/_sandbox/deliveries', (_req, res) => { res.json({ waiting: shop.deliveries.waiting, attempts: shop.deliveries.log.slice(-1000) }); });
}

function admin(app: Express, shop: Shop, more: { faults: Faults; calls: CallLog }): void {
  const serve = (operation: string, find: (req: Request) => string | undefined) => (req: Request, res: Response): void => {
    const started = Date.now();
    if (req.header('x-shopify-access-token') !== (shop.options.accessToken ?? 'shpat_sandbox')) { res.status(401).json({ errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' }); return; }
    const hit = more.faults.take({ operation, text: '', document: '' });
    const text = find(req);
    more.calls.record({ operation, status: text === undefined ? 404 : 200, ms: Date.now() - started });
    if (hit && hitFault(res, hit, () => ({ status: 200, type: 'application/json', body: text ?? '{}' }))) return;
    if (hit) { res.status(hit.mode === 'unavailable-503' ? 503 : 429).set('Retry-After', '1').json({ errors: 'Exceeded 2 calls per second for api client.' }); return; }
    if (text === undefined) res.status(404).json({ errors: 'Not Found' }); else res.type('application/json').send(text);
  };
  const base = '/admin/api/:version';
  app.get(`${base}/orders/:id/transactions.json`, serve('transactions', (req) => { const o = shop.orders.get(String(req.params['id'])); return o && transactionsText(o.id, o.transactions); }));
  app.get(`${base}/orders/:file`, serve('order', (req) => { const o = shop.orders.get(String(req.params['file']).replace(/\.json$/, '')); return o && `{"order":${o.text}}`; }));
  app.get(`${base}/orders.json`, serve('orders', (req) => {
    const since = instant(String(req.query['updated_at_min'] ?? '1970-01-01'));
    const rows = shop.orders.values().filter((o) => o.updatedAt >= since).sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1)).slice(0, Math.min(250, Number(req.query['limit'] ?? 50)));
    return `{"orders":[${rows.map((o) => o.text).join(',')}]}`;
  }));
}

/** Starts the shop: its Admin API, its signed deliveries, and the control routes. */
export async function startShop(options: ShopOptions): Promise<Listening> {
  const shop = new Shop(options);
  const faults = new Faults('shop');
  const calls = new CallLog();
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  controls(app, shop);
  app.use('/_sandbox', controlRouter({ system: 'shop', faults, calls, documents: () => ({ orders: shop.orders.values().map((o) => ({ id: o.id, updatedAt: o.updatedAt, transactions: o.transactions })) }), books: () => ({}),
    settings: { get: () => shop.deliveries.behaviour, patch: (body) => (shop.deliveries.behaviour = { ...shop.deliveries.behaviour, ...BehaviourPatch.parse(body) }) } }));
  admin(app, shop, { faults, calls });
  app.get('/', (_req, res) => { res.type('html').send(`<h1>Shop sandbox (${options.shop})</h1><ul><li><a href="/_sandbox/documents">orders</a></li><li><a href="/_sandbox/deliveries">deliveries</a></li><li><a href="/_sandbox/settings">behaviour</a></li></ul>`); });
  return startHttp(app, options);
}
