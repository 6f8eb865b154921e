import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import express from 'express';
import { z } from 'zod';
import { CallLog } from '../kit/call-log';
import { controlRouter } from '../kit/control';
import { DiskStore } from '../kit/disk-store';
import { Faults } from '../kit/faults';
import { type Listening, startHttp } from '../kit/http';

export type GatewayOptions = { port: number; host?: string; dataDir: string; webhookUrl: string; secret: string };
type Intent = { id: string; charge: string; amount: number; currency: string; orderId: string; created: number };

const Payment = z.strictObject({
  orderId: z.string().regex(/^\d{1,30}$/), amountMinor: z.number().int().positive(), currency: z.string().regex(/^[A-Za-z]{3}$/), paymentIntent: z.string().optional(), events: z.array(z.enum(['payment_intent.succeeded', 'charge.succeeded'])).default(['payment_intent.succeeded']),
});
const Behaviour = z.strictObject({ duplicates: z.number().int().min(0).max(10), lateMs: z.number().int().min(0), drop: z.number().min(0).max(1) }).partial();
const attemptsMax = 12;
/** After a start, before what the last process left is sent again. */
const resendMs = 500;

function objectOf(type: string, i: Intent): object {
  const common = { amount: i.amount, currency: i.currency.toLowerCase(), created: i.created, metadata: { order_id: i.orderId }, livemode: false };
  return type === 'payment_intent.succeeded' ? { id: i.id, object: 'payment_intent', amount_received: i.amount, status: 'succeeded', latest_charge: i.charge, ...common }
    : { id: i.charge, object: 'charge', status: 'succeeded', paid: true, payment_intent: i.id, balance_transaction: null, ...common };
}

/** Starts the gateway: reads of what was paid, and signed events that may come twice, late or never. What was not taken yet is sent again after a crash, as a gateway does for days. */
export async function startGateway(options: GatewayOptions): Promise<Listening & { pay(payment: z.input<typeof Payment>): string }> {
  const disk = DiskStore.open(join(options.dataDir, 'gateway.jsonl'));
  const intents = disk.collection<Intent>('intents');
  const unsent = disk.collection<string>('unsent');
  const calls = new CallLog();
  let behaviour = { duplicates: 0, lateMs: 0, drop: 0 };

  const post = async (id: string, body: string, attempt = 1): Promise<void> => {
    const t = Math.floor(Date.now() / 1000);
    const signature = `t=${t},v1=${createHmac('sha256', options.secret).update(`${t}.${body}`).digest('hex')}`;
    let status = 0;
    try { status = (await fetch(options.webhookUrl, { method: 'POST', body, headers: { 'content-type': 'application/json', 'stripe-signature': signature }, signal: AbortSignal.timeout(5_000) })).status; } catch { status = 0; }
    calls.record({ operation: 'deliver', status, ms: 0 });
    if (status >= 200 && status < 300 && unsent.get(id) !== undefined) unsent.delete(id);
    if ((status >= 200 && status < 300) || attempt >= attemptsMax) return;
    setTimeout(() => { void post(id, body, attempt + 1); }, Math.min(10_000, 300 * 2 ** attempt)).unref();
  };
  const send = (type: string, intent: Intent): void => {
    if (Math.random() < behaviour.drop) return;
    const id = `evt_${randomUUID().replaceAll('-', '')}`;
    const body = JSON.stringify({ id, object: 'event', api_version: '2026-10-28', created: intent.created, type, livemode: false, pending_webhooks: 1, data: { object: objectOf(type, intent) } });
    for (let i = 0; i <= behaviour.duplicates; i += 1) setTimeout(() => { void post(id, body); }, Math.random() * behaviour.lateMs).unref();
    unsent.put(id, body);
  };
  setTimeout(() => { for (const body of unsent.values()) void post((JSON.parse(body) as { id: string }).id, body); }, resendMs).unref();
  const pay = (input: z.input<typeof Payment>): string => {
    const p = Payment.parse(input);
    const id = p.paymentIntent ?? `pi_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
    const intent: Intent = { id, charge: `ch_${randomUUID().replaceAll('-', '').slice(0, 24)}`, amount: p.amountMinor, currency: p.currency.toUpperCase(), orderId: p.orderId, created: Math.floor(Date.now() / 1000) };
    intents.put(id, intent);
    for (const type of p.events) send(type, intent);
    return id;
  };

  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use('/_sandbox', controlRouter({ system: 'gateway', faults: new Faults('gateway'), calls, documents: () => ({ paymentIntents: intents.values() }), books: () => ({}),
    settings: { get: () => behaviour, patch: (body) => (behaviour = { ...behaviour, ...Behaviour.parse(body) }) } }));
  app.post('/_sandbox/payments', express.json(), (req, res) => {
    const payment = Payment.safeParse(req.body);
    if (payment.success) res.status(201).json({ paymentIntent: pay(payment.data) });
    else res.status(400).json({ error: payment.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ') });
  });
  app.get('/v1/payment_intents/:id', (req, res) => { const i = intents.get(req.params.id); if (i) res.json(objectOf('payment_intent.succeeded', i)); else res.status(404).json({ error: { type: 'invalid_request_error', code: 'resource_missing' } }); });
  app.get('/v1/charges/:id', (req, res) => { const i = intents.values().find((x) => x.charge === req.params.id); if (i) res.json(objectOf('charge.succeeded', i)); else res.status(404).json({ error: { type: 'invalid_request_error', code: 'resource_missing' } }); });
  app.get('/', (_req, res) => { res.type('html').send('<h1>Gateway sandbox</h1><ul><li><a href="/_sandbox/documents">payment intents</a></li><li><a href="/_sandbox/settings">behaviour</a></li></ul>'); });
  return { ...(await startHttp(app, options)), pay };
}
