import express, { type Express, type Request } from 'express';
import { z } from 'zod';
import { type CallLog } from '../kit/call-log';
import { type Faults } from '../kit/faults';
import { jsonApi, type Reply } from '../kit/json-api';
import { type OAuthKeys } from '../kit/oauth1';
import { Access } from './access';
import { decimalsOf, listOf } from './query';
import { type Site } from './site';
import { type Webhook, type Webhooks } from './webhooks';

export type RestParts = { site: Site; webhooks: Webhooks; faults: Faults; calls: CallLog; keys: OAuthKeys };

const problem = (status: number, code: string, more: string | { message: string; params: Record<string, string> }): Reply => {
  const { message, params } = typeof more === 'string' ? { message: more, params: undefined } : more;
  return { status, body: JSON.stringify({ code, message, data: { status, ...(params ? { params } : {}) } }) };
};
const badParameter = (bad: { parameter: string; message: string }): Reply => problem(400, 'rest_invalid_param', { message: `Invalid parameter(s): ${bad.parameter}`, params: { [bad.parameter]: bad.message } });
const invalidId = (): Reply => problem(404, 'woocommerce_rest_shop_order_invalid_id', 'Invalid ID.');
const base = '/wp-json/wc/v3';

function listing(req: Request, site: Site): Reply {
  const ask = listOf(req, site);
  if ('parameter' in ask) return badParameter(ask);
  const { page, perPage, rows, decimals } = ask;
  return { status: 200, body: `[${rows.slice((page - 1) * perPage, page * perPage).map((o) => site.shown(o, decimals)).join(',')}]`, headers: { 'X-WP-Total': String(rows.length), 'X-WP-TotalPages': String(Math.ceil(rows.length / perPage)) } };
}

function one(req: Request, site: Site): Reply {
  const decimals = decimalsOf(req, site);
  const order = site.orders.get(String(req.params['id']));
  if (typeof decimals !== 'number') return badParameter(decimals);
  return order ? { status: 200, body: site.shown(order, decimals) } : invalidId();
}

function refundsOf(req: Request, site: Site): Reply {
  const decimals = decimalsOf(req, site);
  if (typeof decimals !== 'number') return badParameter(decimals);
  if (!site.orders.get(String(req.params['id']))) return invalidId();
  const mine = site.refunds.values().filter((r) => r.orderId === req.params['id']).reverse();
  return { status: 200, body: `[${mine.map((r) => site.shownRefund(r, decimals)).join(',')}]`, headers: { 'X-WP-Total': String(mine.length), 'X-WP-TotalPages': mine.length > 0 ? '1' : '0' } };
}

const hookView = (w: Webhook): object => ({ id: w.id, name: w.name, status: w.status, topic: w.topic, resource: w.topic.split('.')[0], event: w.topic.split('.')[1], delivery_url: w.deliveryUrl });
const HookChange = z.object({ name: z.string(), status: z.enum(['active', 'paused', 'disabled']), topic: z.string().regex(/^[a-z_]+\.[a-z_]+$/), secret: z.string(), delivery_url: z.url() }).partial();

/** Saving a webhook that is to be active pings its address first; no 200, no activation. */
async function saveHook(req: Request, { webhooks, keys }: RestParts): Promise<Reply> {
  const id = req.params['id'] === undefined ? Math.max(0, ...webhooks.list.values().map((w) => w.id)) + 1 : Number(req.params['id']);
  const before = webhooks.list.get(String(id));
  const change = HookChange.safeParse(req.body);
  if (!change.success) return badParameter({ parameter: change.error.issues[0]?.path.join('.') ?? '', message: change.error.issues[0]?.message ?? '' });
  if (req.params['id'] !== undefined && !before) return problem(404, 'woocommerce_rest_shop_webhook_invalid_id', 'Invalid ID.');
  const { delivery_url: url, ...rest } = change.data;
  const hook: Webhook = { id, name: 'Webhook', status: 'active', topic: '', secret: keys.consumerSecret, deliveryUrl: '', failures: 0, ...before, ...Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== undefined)), ...(url === undefined ? {} : { deliveryUrl: url }) };
  if (hook.topic === '') return problem(400, 'woocommerce_rest_webhook_invalid_topic', 'Webhook topic is required and must be valid.');
  if (hook.deliveryUrl === '') return problem(400, 'woocommerce_rest_webhook_invalid_delivery_url', 'Webhook delivery URL must be a valid URL starting with http:// or https://.');
  if (hook.status === 'active' && before?.status !== 'active') {
    const status = await webhooks.ping(hook);
    if (status !== 200) return problem(500, 'error', `Error: Delivery URL returned response code: ${status}`);
    hook.failures = 0;
  }
  webhooks.list.put(String(id), hook);
  return { status: before ? 200 : 201, body: JSON.stringify(hookView(hook)) };
}

/** The REST API v3: orders and their refunds to read, webhooks to read and save. */
export function restApi(app: Express, parts: RestParts): void {
  const { site, webhooks, faults, calls } = parts;
  const access = new Access(parts.keys);
  const serve = jsonApi({ faults, calls, busy: '<html><body>Please try again in a minute.</body></html>', refusal: (req) => {
    const refused = access.refusal(req, { ssl: site.settings.ssl, list: req.params['id'] === undefined });
    return refused && problem(refused.status, refused.code, refused.message);
  } });
  app.get(`${base}/orders`, serve('orders', (req) => listing(req, site)));
  app.get(`${base}/orders/:id`, serve('order', (req) => one(req, site)));
  app.get(`${base}/orders/:id/refunds`, serve('refunds', (req) => refundsOf(req, site)));
  app.get(`${base}/webhooks`, serve('webhooks', () => ({ status: 200, body: JSON.stringify(webhooks.list.values().map(hookView)), headers: { 'X-WP-Total': String(webhooks.list.size()), 'X-WP-TotalPages': '1' } })));
  app.post(`${base}/webhooks`, express.json(), serve('save webhook', (req) => saveHook(req, parts)));
  app.put(`${base}/webhooks/:id`, express.json(), serve('save webhook', (req) => saveHook(req, parts)));
  app.all(`${base}/orders{/:id}`, serve('write', () => problem(401, 'woocommerce_rest_authentication_error', 'The API key provided does not have write permissions.')));
  app.all('/wp-json/{*rest}', (_req, res) => { res.status(404).type('application/json').send(problem(404, 'rest_no_route', 'No route was found matching the URL and request method.').body); });
}
