import express, { type Express, type Request, type Response } from 'express';
import { z } from 'zod';
import { type Json, plain, readJson, record } from '../kit/json-body';
import { generateOrders } from './generate';
import { orderIn, type Site } from './site';
import { type Webhooks } from './webhooks';

const Generate = z.strictObject({ count: z.number().int().min(1).max(100_000), seed: z.number().int().min(0).max(1_000_000).default(1), sentinel: z.string().max(60).optional(), unpaid: z.boolean().optional(), topics: z.array(z.string()).default(['order.created', 'order.updated']) });
const Deliver = z.strictObject({ topic: z.string().min(1), body: z.string(), times: z.number().int().min(1).max(100).default(1) });
const RefundAsk = z.strictObject({ amount: z.string().regex(/^\d+(\.\d+)?$/), reason: z.string().default(''), gatewayMoved: z.boolean().default(true) });

const raw = express.text({ type: () => true, limit: '20mb' });
const bodyOf = (req: Request): string => (typeof req.body === 'string' ? req.body : '');
const complain = (res: Response, error: z.ZodError): void => { res.status(400).json({ error: error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ') }); };

/** What can be done to an order, the fields it changes and the event it is. */
const changes: Record<string, { fields: Json; topic: string }> = {
  update: { fields: {}, topic: 'order.updated' }, pay: { fields: {}, topic: 'order.updated' }, cancel: { fields: { status: 'cancelled' }, topic: 'order.updated' },
  complete: { fields: { status: 'completed' }, topic: 'order.updated' }, trash: { fields: { status: 'trash' }, topic: 'order.deleted' }, restore: { fields: { status: 'processing' }, topic: 'order.restored' },
};

/** `/_sandbox` of this site, beside what every simulator has: orders in, orders changed, refunds, deliveries. */
export function siteControls(app: Express, site: Site, webhooks: Webhooks): void {
  app.post('/_sandbox/orders', raw, (req, res) => {
    const order = orderIn(bodyOf(req));
    const topic = typeof req.query['topic'] === 'string' ? req.query['topic'] : 'order.created';
    if (!order) { res.status(400).json({ error: 'no order: a body with id and line_items is needed; send anything else by /_sandbox/deliver' }); return; }
    const { id } = site.keep(order);
    webhooks.send(topic, id);
    res.status(202).json({ stored: id, topic });
  });
  app.post('/_sandbox/orders/:id/refund', express.json(), (req, res) => {
    const ask = RefundAsk.safeParse(req.body);
    if (!ask.success) { complain(res, ask.error); return; }
    const changed = site.refund(String(req.params['id']), ask.data);
    if (!changed) { res.status(404).json({ error: 'no such order' }); return; }
    webhooks.send('order.updated', changed.id);
    res.status(202).json({ ok: true });
  });
  app.post('/_sandbox/orders/:id/delete', (req, res) => {
    const { id } = req.params;
    if (!site.orders.get(id)) { res.status(404).json({ error: 'no such order' }); return; }
    site.orders.delete(id);
    webhooks.send('order.deleted', id);
    res.status(202).json({ ok: true });
  });
  app.post('/_sandbox/orders/:id/:change', raw, (req, res) => {
    const change = changes[String(req.params['change'])];
    if (!change) { res.status(400).json({ error: `no such change; there are ${Object.keys(changes).join(', ')}, refund, delete` }); return; }
    const paid = req.params['change'] === 'pay' ? { date_paid: site.local(new Date()), date_paid_gmt: new Date().toISOString().slice(0, 19) } : {};
    const changed = site.change(String(req.params['id']), { ...change.fields, ...paid, ...record(readJson(bodyOf(req))) });
    if (!changed) { res.status(404).json({ error: 'no such order' }); return; }
    webhooks.send(change.topic, changed.id);
    res.status(202).json({ ok: true });
  });
  app.post('/_sandbox/generate', express.json(), (req, res) => {
    const ask = Generate.safeParse(req.body);
    if (!ask.success) { complain(res, ask.error); return; }
    const made = generateOrders(ask.data, (at) => site.local(at));
    for (const order of made) {
      const id = plain(order['id']) ?? String(order['id']);
      if (!site.orders.get(id)) site.keep(record(readJson(JSON.stringify(order))));
      for (const topic of ask.data.topics) webhooks.send(topic, id);
    }
    res.status(202).json({ orderIds: made.map((o) => String(o['id'])) });
  });
  app.post('/_sandbox/deliver', express.json({ limit: '20mb' }), (req, res) => {
    const ask = Deliver.safeParse(req.body);
    if (!ask.success) { complain(res, ask.error); return; }
    for (let i = 0; i < ask.data.times; i += 1) webhooks.send(ask.data.topic, plain(record(readJson(ask.data.body))['id']) ?? '0', ask.data.body);
    res.status(202).json({ ok: true });
  });
  app.get('/_sandbox/deliveries', (_req, res) => { res.json({ waiting: webhooks.deliveries.waiting, attempts: webhooks.deliveries.log.slice(-1000), webhooks: webhooks.list.values().map(({ secret: _secret, ...w }) => w) }); });
}
