import express, { type Express, type Request, type Response } from 'express';
import { z } from 'zod';
import { CallLog } from '../kit/call-log';
import { controlRouter } from '../kit/control';
import { BehaviourPatch } from '../kit/deliveries';
import { Faults } from '../kit/faults';
import { type Listening, startHttp } from '../kit/http';
import { jsonApi } from '../kit/json-api';
import { readJson, record } from '../kit/json-body';
import { generateOrders } from './generate';
import { Sender } from './sender';

export type GenericOptions = { port: number; host?: string; dataDir: string; webhookUrl: string; secrets: readonly string[]; /** Opens the reads, as Bearer. */ token: string };
const Generate = z.strictObject({ count: z.number().int().min(1).max(100_000), seed: z.number().int().min(0).max(1_000_000).default(1), sentinel: z.string().max(60).optional(), prefix: z.string().regex(/^[A-Z]{0,6}-?$/).default('G-') });
const limitMax = 500;
const raw = express.text({ type: () => true, limit: '20mb' });
const bodyOf = (req: Request): string => (typeof req.body === 'string' ? req.body : '');

function controls(app: Express, sender: Sender): void {
  app.post('/_sandbox/orders', raw, (req, res) => { res.status(202).json({ stored: sender.put(bodyOf(req))?.id ?? null }); });
  app.post('/_sandbox/deliver', raw, (req, res) => { sender.tell(bodyOf(req)); res.status(202).json({ ok: true }); });
  app.post('/_sandbox/orders/:id/:change', raw, (req: Request, res: Response) => {
    const change = req.params['change'];
    if (change !== 'update' && change !== 'cancel') { res.status(400).json({ error: 'no such change; there are update and cancel' }); return; }
    const changed = sender.change(String(req.params['id']), { ...(change === 'cancel' ? { cancelledAt: new Date().toISOString() } : {}), ...record(readJson(bodyOf(req))) });
    if (changed) res.status(202).json({ ok: true }); else res.status(404).json({ error: 'no such order' });
  });
  app.post('/_sandbox/generate', express.json(), (req, res) => {
    const ask = Generate.safeParse(req.body);
    if (!ask.success) { res.status(400).json({ error: ask.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ') }); return; }
    const made = generateOrders(ask.data);
    for (const order of made) {
      const known = sender.orders.get(String(order['orderId']));
      if (known) sender.tell(known.text); else sender.put(JSON.stringify(order));
    }
    res.status(202).json({ orderIds: made.map((o) => String(o['orderId'])) });
  });
  app.get('/_sandbox/deliveries', (_req, res) => { res.json({ waiting: sender.deliveries.waiting, gone: sender.gone, attempts: sender.deliveries.log.slice(-1000) }); });
}

/** Starts a shop of somebody's own: signed deliveries, two reads behind a token, and the control routes. */
export async function startGeneric(options: GenericOptions): Promise<Listening> {
  const sender = new Sender(options);
  const [faults, calls] = [new Faults('generic'), new CallLog()];
  const app = express();
  app.disable('x-powered-by');
  controls(app, sender);
  app.use('/_sandbox', controlRouter({ system: 'generic', faults, calls, books: () => ({}), documents: () => ({ orders: sender.orders.values().map(({ text: _text, ...o }) => o) }),
    settings: { get: () => sender.deliveries.behaviour, patch: (body) => (sender.deliveries.behaviour = { ...sender.deliveries.behaviour, ...BehaviourPatch.parse(body) }) } }));
  const serve = jsonApi({ faults, calls, busy: '{"error":"busy"}', refusal: (req) => (req.headers.authorization === `Bearer ${options.token}` ? undefined : { status: 401, body: '{"error":"no valid token"}' }) });
  app.get('/orders/:id', serve('order', (req) => { const order = sender.orders.get(String(req.params['id'])); return order ? { status: 200, body: order.text } : { status: 404, body: '{"error":"no such order"}' }; }));
  app.get('/orders', serve('orders', (req) => {
    const [since, limit] = [Date.parse(String(req.query['since'] ?? '')), Number(req.query['limit'] ?? 100)];
    if (Number.isNaN(since) || !Number.isInteger(limit) || limit < 1 || limit > limitMax) return { status: 400, body: `{"error":"since must be an instant, limit a whole number up to ${limitMax}"}` };
    const rows = sender.orders.values().filter((o) => Date.parse(o.updatedAt) >= since).sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1)).slice(0, limit);
    return { status: 200, body: `[${rows.map((o) => o.text).join(',')}]` };
  }));
  app.get('/', (_req, res) => { res.type('html').send('<h1>Generic sender sandbox</h1><ul><li><a href="/_sandbox/documents">orders</a></li><li><a href="/_sandbox/deliveries">deliveries</a></li><li><a href="/_sandbox/settings">behaviour</a></li></ul>'); });
  const listening = await startHttp(app, options);
  return { ...listening, close: async () => { sender.deliveries.close(); await listening.close(); } };
}
