import { join } from 'node:path';
import { parse, stringify } from 'lossless-json';
import { z } from 'zod';
import { type Collection, DiskStore } from '../kit/disk-store';
import { BehaviourPatch } from '../kit/deliveries';
import { type Json, plain, readJson, record, rows } from '../kit/json-body';
import { cents, gmtText, inDecimals, money } from './amounts';

/** An order as the site keeps it: JSON text with every decimal it has; `modified` is `date_modified_gmt`, whole seconds. `gone`: deleted for good. */
export type Stored = { id: string; text: string; modified: string; status: string };
/** One refund of an order, as `/orders/<id>/refunds` shows it. */
export type Refund = { id: string; orderId: string; body: Json };

export const SitePatch = z.strictObject({
  /** The site stands behind TLS: keys come by Basic. Without it they sign by OAuth 1.0a. */ ssl: z.boolean(),
  /** The shop's own number of decimals. */ decimals: z.number().int().min(0).max(4),
  /** The site's clock beside UTC: `date_created` and the like are in it. */ utcOffsetMinutes: z.number().int().min(-720).max(840),
  /** More failures than this in a row and a webhook is disabled. */ failuresMax: z.number().int().min(0).max(1000),
}).partial();
export const SettingsPatch = z.strictObject({ ...SitePatch.shape, ...BehaviourPatch.shape });
export type Settings = Required<z.infer<typeof SitePatch>>;

/** The app tunnel wraps an order in `data`; the site itself never does. */
export function orderIn(text: string): Json | undefined {
  const body = record(readJson(text));
  const order = Array.isArray(body['line_items']) ? body : record(body['data']);
  return Array.isArray(order['line_items']) && plain(order['id']) !== undefined ? order : undefined;
}

/** The shop's books of orders: what the pages of the back office and the REST API look at. */
export class Site {
  readonly orders: Collection<Stored>;
  readonly refunds: Collection<Refund>;
  readonly disk: DiskStore;
  settings: Settings = { ssl: false, decimals: 2, utcOffsetMinutes: -180, failuresMax: 5 };
  constructor(dataDir: string) {
    this.disk = DiskStore.open(join(dataDir, 'woocommerce.jsonl'));
    this.orders = this.disk.collection('orders');
    this.refunds = this.disk.collection('refunds');
  }

  /** Keeps an order as it is given, with the dates it has. */
  keep(order: Json): Stored {
    const stored: Stored = { id: plain(order['id']) ?? '', text: stringify(order) ?? '{}', modified: plain(order['date_modified_gmt']) ?? gmtText(new Date()), status: plain(order['status']) ?? 'pending' };
    this.orders.put(stored.id, stored);
    return stored;
  }
  /** Lays fields over an order, as somebody at the counter does: it is modified now. */
  change(id: string, fields: Json): Stored | undefined {
    const before = this.orders.get(id);
    if (!before) return undefined;
    const now = new Date();
    return this.keep({ ...record(parse(before.text)), ...fields, date_modified: this.local(now), date_modified_gmt: gmtText(now) });
  }
  /** Money given back: a refund of its own, named on the order; the order's total stays. All of it: the status is "refunded". */
  refund(id: string, ask: { amount: string; reason: string; gatewayMoved: boolean }): Stored | undefined {
    const before = this.orders.get(id);
    if (!before) return undefined;
    const order = record(parse(before.text));
    const now = new Date();
    const refundId = String(Number(id.slice(-9)) * 1000 + this.refunds.size() + 1);
    const list = [...rows(order['refunds']), { id: Number(refundId), reason: ask.reason, total: `-${ask.amount}` }];
    const back = list.reduce((sum, r) => sum - cents(plain(r['total'])), 0);
    return this.disk.transaction(() => {
      this.refunds.put(refundId, { id: refundId, orderId: id, body: { id: Number(refundId), date_created: this.local(now), date_created_gmt: gmtText(now), amount: ask.amount, reason: ask.reason, refunded_by: 1, refunded_payment: ask.gatewayMoved, meta_data: [], line_items: [] } });
      return this.change(id, { refunds: list, ...(back >= cents(plain(order['total'])) ? { status: 'refunded' } : {}) });
    });
  }
  /** In the site's own time, without offset. */
  local(at: Date): string { return gmtText(new Date(at.getTime() + this.settings.utcOffsetMinutes * 60_000)); }

  /** The REST representation with amounts of so many decimals. */
  shown(stored: Stored, decimals: number): string { return stringify(inDecimals(record(parse(stored.text)), decimals)) ?? '{}'; }
  shownRefund(refund: Refund, decimals: number): string { return stringify({ ...refund.body, amount: money(plain(refund.body['amount']), decimals) }) ?? '{}'; }
}
