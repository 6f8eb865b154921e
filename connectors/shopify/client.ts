import { stringify } from 'lossless-json';
import { done, failed, type Outcome } from '../../canonical/failure';
import { notJson, readText } from '../http-read';
import { parseLossless, record } from '../lossless';
import { type SourceClient } from '../source';
import { identifyShopifyOrder } from './webhook';
import { type ShopifySettings } from './types';

/** One shop through its Admin API. Bodies stay raw text, so that ids beyond 2^53 stay whole. */
export function createShopifyClient(settings: ShopifySettings): SourceClient {
  const base = `${settings.adminBaseUrl.replace(/\/$/, '')}/admin/api/${settings.apiVersion}`;
  const ask = { system: 'shopify', timeoutMs: settings.timeoutMs, headers: { 'X-Shopify-Access-Token': settings.accessToken }, accessFix: 'Set a valid SHOPIFY_ACCESS_TOKEN with the scope read_orders.' };
  const read = async (path: string): Promise<Outcome<string | undefined>> => {
    const reply = await readText(`${base}${path}`, ask);
    return reply.ok ? done(reply.value?.text) : reply;
  };
  return {
    async readOrder(orderId) {
      if (!/^\d{1,30}$/.test(orderId)) return done(undefined);
      const [order, transactions] = await Promise.all([read(`/orders/${orderId}.json`), read(`/orders/${orderId}/transactions.json`)]);
      if (!order.ok) return order;
      if (!transactions.ok) return transactions;
      if (order.value !== undefined && identifyShopifyOrder(order.value).orderId === undefined) return failed(notJson('shopify'));
      return done(order.value === undefined ? undefined : { orderText: order.value, paymentsText: transactions.value ?? '{"transactions":[]}' });
    },
    async listSince({ since }, limit) {
      const reply = await read(`/orders.json?status=any&updated_at_min=${encodeURIComponent(since)}&order=updated_at+asc&limit=${limit}`);
      if (!reply.ok) return reply;
      const { orders } = record(parseLossless(reply.value ?? '{"orders":[]}'));
      if (!Array.isArray(orders)) return failed(notJson('shopify'));
      const orderTexts = orders.map((o) => stringify(o) ?? '{}');
      if (orderTexts.length < limit) return done({ orderTexts });
      const last = identifyShopifyOrder(orderTexts[orderTexts.length - 1] ?? '').version;
      return done({ orderTexts, ...(last !== undefined && last > since ? { next: { since: last } } : { stuck: true }) });
    },
  };
}
