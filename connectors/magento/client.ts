import { stringify } from 'lossless-json';
import { done, failed, type Outcome } from '../../canonical/failure';
import { type HttpText, notJson, readText } from '../http-read';
import { parseLossless, plain, record } from '../lossless';
import { oauth1Header } from '../oauth1';
import { type SourceClient, type SourceCursor, type SourcePage } from '../source';
import { identifyMagento } from './identify';
import { utc } from './wire';

export type MagentoSettings = {
  baseUrl: string; storeCode: string; timeoutMs: number;
  access: { kind: 'oauth1'; consumerKey: string; consumerSecret: string; token: string; tokenSecret: string } | { kind: 'bearer'; token: string };
};

const pageMax = 100;
/** Instants are whole seconds: what changed a moment ago may change again within the same second, so it is left to the next look. */
const settleMs = 3_000;
const entities = ['orders', 'invoices', 'creditmemos'] as const;

/** `2026-11-01T10:00:00.000Z` → `2026-11-01 10:00:00`, as Magento writes UTC. */
const magentoTime = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

function searchOf(filter: { field: string; value: string; condition: string }, more: { size: number; page: number; sort: readonly string[] }): string {
  const at = 'searchCriteria[filter_groups][0][filters][0]';
  const pairs: [string, string][] = [[`${at}[field]`, filter.field], [`${at}[value]`, filter.value], [`${at}[condition_type]`, filter.condition],
    ...more.sort.flatMap((field, i): [string, string][] => [[`searchCriteria[sortOrders][${i}][field]`, field], [`searchCriteria[sortOrders][${i}][direction]`, 'ASC']]),
    ['searchCriteria[pageSize]', String(more.size)], ['searchCriteria[currentPage]', String(more.page)]];
  return pairs.map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`).join('&');
}

type Row = { text: string; version: string };
type Listing = { rows: Row[]; full: boolean; upTo: string };

/**
 * One installation through REST, with the OAuth 1.0a access of an Integration. It is polled: orders by `updated_at`, and invoices and credit memos
 * beside them, because they do not always touch their order. Bodies stay raw text.
 */
export function createMagentoClient(settings: MagentoSettings): SourceClient {
  const base = `${settings.baseUrl.replace(/\/$/, '')}/rest/${encodeURIComponent(settings.storeCode)}/V1`;
  const { access } = settings;
  const get = (path: string): Promise<Outcome<HttpText | undefined>> => {
    const url = `${base}${path}`;
    const authorization = access.kind === 'bearer' ? `Bearer ${access.token}` : oauth1Header('GET', url, access);
    return readText(url, { system: 'magento', timeoutMs: settings.timeoutMs, headers: { Authorization: authorization }, accessFix: 'Set the four keys of an active Integration with access to Sales (MAGENTO_CONSUMER_KEY, _SECRET, MAGENTO_ACCESS_TOKEN, _SECRET); access tokens alone need MAGENTO_AUTH=bearer and the shop\'s consent.' });
  };
  const list = async (entity: (typeof entities)[number], from: SourceCursor, size: number): Promise<Outcome<Listing>> => {
    const reply = await get(`/${entity}?${searchOf({ field: 'updated_at', value: magentoTime(from.since), condition: 'gteq' }, { size, page: from.page ?? 1, sort: ['updated_at', 'entity_id'] })}`);
    if (!reply.ok) return reply;
    const body = record(parseLossless(reply.value?.text ?? ''));
    const { items } = body;
    if (reply.value === undefined || !Array.isArray(items)) return failed(notJson('magento'));
    const now = Date.parse(reply.value.header('date') ?? '');
    const settled = new Date((Number.isNaN(now) ? Date.now() : now) - settleMs).toISOString();
    const all = items.map((o) => ({ text: stringify(o) ?? '{}', version: utc(plain(record(o)['updated_at'])) ?? '' }));
    const total = Number(plain(body['total_count']) ?? all.length);
    return done({ rows: all.filter((r) => r.version <= settled), full: all.length >= size && total > size * (from.page ?? 1), upTo: settled });
  };
  return {
    async readOrder(orderId) {
      if (!/^\d{1,30}$/.test(orderId)) return done(undefined);
      const [order, invoices] = await Promise.all([get(`/orders/${orderId}`), get(`/invoices?${searchOf({ field: 'order_id', value: orderId, condition: 'eq' }, { size: pageMax, page: 1, sort: ['entity_id'] })}`)]);
      if (!order.ok) return order;
      if (!invoices.ok) return invoices;
      if (order.value === undefined) return done(undefined);
      if (identifyMagento(order.value.text).orderId === undefined || !Array.isArray(record(parseLossless(invoices.value?.text ?? ''))['items'])) return failed(notJson('magento'));
      return done({ orderText: order.value.text, paymentsText: invoices.value?.text ?? '{"items":[]}' });
    },
    async listSince(from, limit) {
      const size = Math.min(pageMax, limit);
      const lists: Listing[] = [];
      for (const entity of entities) {
        const found = await list(entity, from, size);
        if (!found.ok) return found;
        lists.push(found.value);
      }
      const orderTexts = lists.flatMap((l) => l.rows).sort((a, b) => (a.version < b.version ? -1 : a.version > b.version ? 1 : 0)).map((r) => r.text);
      return done({ orderTexts, ...goOn(lists, from), upTo: lists.map((l) => l.upTo).sort()[0] ?? from.since });
    },
  };
}

/** The next page begins where the earliest of the cut listings ends; when a whole page is one instant, the next page of that instant is asked for. */
function goOn(lists: Listing[], from: SourceCursor): Pick<SourcePage, 'next'> {
  const ends = lists.filter((l) => l.full && l.rows.length > 0).map((l) => l.rows[l.rows.length - 1]?.version ?? '').sort();
  const [earliest] = ends;
  if (earliest === undefined) return {};
  return { next: earliest > from.since ? { since: earliest } : { since: from.since, page: (from.page ?? 1) + 1 } };
}
