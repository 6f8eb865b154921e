import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parse, stringify } from 'lossless-json';
import { type Collection, DiskStore } from '../kit/disk-store';
import { type Json, plain, readJson, record } from '../kit/json-body';

export const entities = ['orders', 'invoices', 'creditmemos'] as const;
export type Entity = (typeof entities)[number];
/** One record as JSON text; `updated` is its `updated_at`, UTC without saying so. */
export type Stored = { id: string; text: string; updated: string };

export const magentoTime = (at: Date): string => at.toISOString().slice(0, 19).replace('T', ' ');
const number = (value: unknown): number => { const n = Number(plain(value) ?? (typeof value === 'number' ? value : 0)); return Number.isFinite(n) ? n : 0; };
/** Four decimals are what the columns hold. */
export const amount = (n: number): number => Math.round(n * 10_000) / 10_000;

/** What an Adobe I/O event carries is a record of the shop; the envelope is not. */
function unwrapped(text: string): Json {
  const body = record(readJson(text));
  const data = record(record(body['event'])['data'] ?? body['data']);
  return Object.keys(record(data['value'])).length > 0 ? record(data['value']) : body;
}

/** Orders, invoices and credit memos of an installation. Whatever is saved is updated now, as the tables of a real one do by themselves. */
export class Books {
  readonly disk: DiskStore;
  private readonly kept: Record<Entity, Collection<Stored>>;
  settings = { bearer: false, invoicesTouchOrder: true };
  constructor(dataDir: string) {
    this.disk = DiskStore.open(join(dataDir, 'magento.jsonl'));
    this.kept = { orders: this.disk.collection('orders'), invoices: this.disk.collection('invoices'), creditmemos: this.disk.collection('creditmemos') };
  }
  get(entity: Entity, id: string): Stored | undefined { return this.kept[entity].get(id); }
  all(entity: Entity): Stored[] { return this.kept[entity].values(); }

  /** Saves a record. One without a readable id is kept under a made-up key and shown as it is: extensions do such things to listings. */
  save(entity: Entity, body: Json): Stored {
    const updated = magentoTime(new Date());
    const id = plain(body['entity_id']);
    const text = stringify({ ...body, updated_at: updated }) ?? '{}';
    const stored: Stored = { id: id !== undefined && /^\d+$/.test(id) ? id : `nameless-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`, text, updated };
    this.kept[entity].put(stored.id, stored);
    return stored;
  }
  saveText(entity: Entity, text: string): Stored { return this.save(entity, unwrapped(text)); }
  change(id: string, fields: Json): Stored | undefined {
    const before = this.get('orders', id);
    return before && this.save('orders', { ...record(parse(before.text)), ...fields });
  }
  private nextId(entity: Entity): number { return Math.max(0, ...this.all(entity).map((e) => Number(e.id)).filter((n) => Number.isInteger(n))) + 1; }

  /** Invoices what is due (or the part named) and captures it: state 2, "paid". */
  invoice(id: string, ask: { amount?: string | undefined; transactionId?: string | undefined; open: boolean }): Stored | undefined {
    const order = this.get('orders', id);
    if (!order) return undefined;
    const body = record(parse(order.text));
    const [total, paid] = [number(body['grand_total']), number(body['total_paid'])];
    const part = ask.amount === undefined ? amount(total - paid) : amount(Number(ask.amount));
    return this.disk.transaction(() => {
      const made = this.save('invoices', {
        entity_id: this.nextId('invoices'), increment_id: String(this.nextId('invoices')).padStart(9, '0'), order_id: body['entity_id'], state: ask.open ? 1 : 2, created_at: magentoTime(new Date()), grand_total: part, base_grand_total: part, subtotal: body['subtotal'],
        order_currency_code: body['order_currency_code'], base_currency_code: body['base_currency_code'], store_id: 1, items: [], ...(ask.transactionId === undefined ? {} : { transaction_id: ask.transactionId }),
      });
      if (!ask.open && this.settings.invoicesTouchOrder) this.change(id, { total_paid: amount(paid + part), base_total_paid: amount(paid + part), total_due: amount(total - paid - part), total_invoiced: amount(paid + part), state: 'processing', status: 'processing' });
      return made;
    });
  }
  /** Gives money back by a credit memo; all of it closes the order. */
  creditMemo(id: string, ask: { amount: string; adjustmentPositive?: string | undefined }): Stored | undefined {
    const order = this.get('orders', id);
    if (!order) return undefined;
    const body = record(parse(order.text));
    const back = amount(number(body['total_refunded']) + Number(ask.amount));
    return this.disk.transaction(() => {
      const made = this.save('creditmemos', { entity_id: this.nextId('creditmemos'), order_id: body['entity_id'], state: 2, created_at: magentoTime(new Date()), grand_total: Number(ask.amount), adjustment_positive: Number(ask.adjustmentPositive ?? 0), adjustment_negative: 0, order_currency_code: body['order_currency_code'], items: [] });
      if (this.settings.invoicesTouchOrder) this.change(id, { total_refunded: back, base_total_refunded: back, ...(back >= number(body['total_paid']) ? { state: 'closed', status: 'closed' } : {}) });
      return made;
    });
  }
}
