import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { stringify, parse } from 'lossless-json';
import { type SourceClient } from '../source';
import { identifyShopifyOrder } from './webhook';
import { type ShopifySettings } from './types';

const maxReplyBytes = 10_000_000;

const unavailable = (why: string): Failure => ({ code: 'system-unavailable', system: 'shopify', message: `The shop does not answer: ${why}.`, fix: 'It is asked again by itself; check the shop\'s address and status if it lasts.' });

function refusal(status: number, retryAfter: string | null): Failure {
  if (status === 401 || status === 403) return { code: 'unauthorized', system: 'shopify', message: `The shop refused our access token (${status}).`, fix: 'Set a valid SHOPIFY_ACCESS_TOKEN with the scope read_orders.' };
  if (status === 429) return { code: 'rate-limited', system: 'shopify', message: 'The shop asks to slow down.', fix: 'It is asked again by itself.', retryAfterMs: Math.max(500, Number(retryAfter ?? '1') * 1000) };
  return unavailable(`HTTP ${status}`);
}

/** One shop through its Admin API. Bodies stay raw text, so that ids beyond 2^53 stay whole. */
export function createShopifyClient(settings: ShopifySettings): SourceClient {
  const read = async (path: string): Promise<Outcome<string | undefined>> => {
    try {
      const reply = await fetch(`${settings.adminBaseUrl.replace(/\/$/, '')}/admin/api/${settings.apiVersion}${path}`, {
        headers: { 'X-Shopify-Access-Token': settings.accessToken, Accept: 'application/json' }, redirect: 'error', signal: AbortSignal.timeout(settings.timeoutMs),
      });
      if (reply.status === 404) return done(undefined);
      if (!reply.ok) return failed(refusal(reply.status, reply.headers.get('retry-after')));
      const text = await reply.text();
      return text.length > maxReplyBytes ? failed(unavailable(`its answer of ${text.length} bytes is above ${maxReplyBytes}`)) : done(text);
    } catch (error) {
      return failed(unavailable(error instanceof Error && error.name === 'TimeoutError' ? `no answer within ${settings.timeoutMs} ms` : 'no connection'));
    }
  };
  return {
    async readOrder(orderId) {
      if (!/^\d{1,30}$/.test(orderId)) return done(undefined);
      const [order, transactions] = await Promise.all([read(`/orders/${orderId}.json`), read(`/orders/${orderId}/transactions.json`)]);
      if (!order.ok) return order;
      if (!transactions.ok) return transactions;
      return done(order.value === undefined ? undefined : { orderText: order.value, paymentsText: transactions.value ?? '{"transactions":[]}' });
    },
    async listSince({ since }, limit) {
      const reply = await read(`/orders.json?status=any&updated_at_min=${encodeURIComponent(since)}&order=updated_at+asc&limit=${limit}`);
      if (!reply.ok) return reply;
      const body = parse(reply.value ?? '{"orders":[]}') as { orders?: unknown[] };
      const orderTexts = (body.orders ?? []).map((o) => stringify(o) ?? '{}');
      if (orderTexts.length < limit) return done({ orderTexts });
      const last = identifyShopifyOrder(orderTexts[orderTexts.length - 1] ?? '').version;
      return done({ orderTexts, ...(last !== undefined && last > since ? { next: { since: last } } : { stuck: true }) });
    },
  };
}
