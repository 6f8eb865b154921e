import { stringify } from 'lossless-json';
import { done, failed, type Outcome } from '../../canonical/failure';
import { type HttpText, notJson, readText } from '../http-read';
import { parseLossless } from '../lossless';
import { oauth1Header } from '../oauth1';
import { type SourceClient, type SourceCursor, type SourcePage } from '../source';
import { identifyWooCommerceOrder } from './webhook';

export type WooCommerceSettings = { baseUrl: string; consumerKey: string; consumerSecret: string; timeoutMs: number };

/** The REST API gives no more at once. */
const pageMax = 100;
/** Six decimals: with the default two, lines come rounded one by one and no longer make the total where tax is rounded at the end. */
const decimals = 'dp=6';

/** `modified_after` means later than: one second back asks for that second too. */
const justBefore = (since: string): string => new Date(Date.parse(since) - 1000).toISOString().slice(0, 19);

/**
 * One site through its REST API v3: Basic over HTTPS, OAuth 1.0a (one-legged) over plain HTTP, as WooCommerce itself asks for. Bodies stay raw
 * text.
 */
export function createWooCommerceClient(settings: WooCommerceSettings): SourceClient {
  const base = `${settings.baseUrl.replace(/\/$/, '')}/wp-json/wc/v3`;
  const secure = base.startsWith('https:');
  const basic = `Basic ${Buffer.from(`${settings.consumerKey}:${settings.consumerSecret}`).toString('base64')}`;
  const get = (path: string): Promise<Outcome<HttpText | undefined>> => {
    const url = `${base}${path}`;
    return readText(url, { system: 'woocommerce', timeoutMs: settings.timeoutMs, accessFix: 'Set WOOCOMMERCE_CONSUMER_KEY and WOOCOMMERCE_CONSUMER_SECRET of a REST key with the right to read.', headers: { Authorization: secure ? basic : oauth1Header('GET', url, settings) } });
  };
  const next = (texts: string[], from: SourceCursor): Pick<SourcePage, 'next'> => {
    const last = identifyWooCommerceOrder(texts[texts.length - 1] ?? '').version;
    return { next: last !== undefined && last > from.since ? { since: last } : { since: from.since, page: (from.page ?? 1) + 1 } };
  };
  return {
    async readOrder(orderId) {
      if (!/^\d{1,30}$/.test(orderId)) return done(undefined);
      const reply = await get(`/orders/${orderId}?${decimals}`);
      if (!reply.ok || reply.value === undefined) return reply.ok ? done(undefined) : reply;
      return identifyWooCommerceOrder(reply.value.text).orderId === undefined ? failed(notJson('woocommerce')) : done({ orderText: reply.value.text });
    },
    async listSince(from, limit) {
      const size = Math.min(pageMax, limit);
      const reply = await get(`/orders?modified_after=${encodeURIComponent(justBefore(from.since))}&dates_are_gmt=true&orderby=modified&order=asc&per_page=${size}&page=${from.page ?? 1}&${decimals}`);
      if (!reply.ok) return reply;
      const body = parseLossless(reply.value?.text ?? '[]');
      if (!Array.isArray(body)) return failed(notJson('woocommerce'));
      const orderTexts = body.map((o) => stringify(o) ?? '{}');
      return done({ orderTexts, ...(orderTexts.length < size ? {} : next(orderTexts, from)) });
    },
  };
}
