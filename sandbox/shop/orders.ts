import { isLosslessNumber, parse } from 'lossless-json';

/** Bodies stay raw text, byte for byte: ids exceed 2^53 and must not be reprinted. Fields are only read. */
export type Stored = { id: string; text: string; updatedAt: string; transactions: Transaction[] };
export type Transaction = { id: string; kind: string; status: string; gateway: string; amount: string; currency: string; authorization?: string; processed_at: string; payment_details?: { credit_card_company: string; credit_card_number: string } };

type Json = Record<string, unknown>;
const plain = (value: unknown): string | undefined => (isLosslessNumber(value) ? value.toString() : typeof value === 'string' ? value : undefined);
const record = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {});

/** The order inside a body, unwrapped as text too, so that what is served is what came in. */
export function readBody(text: string): { order: Json; orderText: string } | undefined {
  let body: unknown;
  try { body = parse(text); } catch { return undefined; }
  const top = record(body);
  if (top['line_items'] !== undefined) return { order: top, orderText: text };
  if (Object.keys(record(top['order'])).length === 0) return undefined;
  const start = text.indexOf('{', text.indexOf('"order"'));
  let depth = 0;
  let quoted = false;
  for (let i = start; i < text.length; i += 1) {
    const c = text[i];
    if (quoted) { if (c === '\\') i += 1; else if (c === '"') quoted = false; continue; }
    if (c === '"') quoted = true;
    else if (c === '{') depth += 1;
    else if (c === '}' && (depth -= 1) === 0) return { order: record(top['order']), orderText: text.slice(start, i + 1) };
  }
  return undefined;
}

export const fieldOf = (order: Json, name: string): string | undefined => plain(order[name]);
export const idOf = (order: Json): string | undefined => plain(order['id']);

let serial = 0;
const nextId = (): string => { serial += 1; return String(7_000_000_000_000 + Date.now() % 1_000_000_000 * 100 + serial); };
const cents = (text: string | undefined): number => Math.round(Number(text ?? '0') * 100);
const money = (n: number): string => (n / 100).toFixed(2);
const cardGateways = new Set(['stripe', 'shopify_payments']);
const card = { payment_details: { credit_card_company: 'Visa', credit_card_number: '•••• •••• •••• 4242' } };

/** The money movements behind an order as Shopify would list them; one sale per tender when it is paid. */
export function makeTransactions(order: Json, given?: { gateway: string; amount: string; authorization?: string }[]): Transaction[] {
  const state = fieldOf(order, 'financial_status') ?? 'pending';
  const currency = fieldOf(order, 'currency') ?? 'USD';
  const at = fieldOf(order, 'processed_at') ?? fieldOf(order, 'created_at') ?? new Date().toISOString();
  const make = (kind: string, gateway: string, more: { amount: string; authorization?: string }): Transaction => ({ id: nextId(), kind, status: 'success', gateway, currency, processed_at: at, ...(cardGateways.has(gateway) ? card : {}), ...more });
  if (given) return given.map((t) => make('sale', t.gateway, { amount: t.amount, ...(t.authorization ? { authorization: t.authorization } : {}) }));
  const names = (Array.isArray(order['payment_gateway_names']) ? order['payment_gateway_names'] : []).map((n) => plain(n) ?? '');
  const gateway = names[0] ?? fieldOf(order, 'gateway') ?? '';
  const total = cents(fieldOf(order, 'total_price'));
  const paid = total - cents(fieldOf(order, 'total_outstanding'));
  const authorization = cardGateways.has(gateway) ? { authorization: `pi_${nextId()}` } : {};
  if (state === 'authorized') return [make('authorization', gateway, { amount: money(total), ...authorization })];
  if (!['paid', 'partially_paid', 'partially_refunded'].includes(state) || paid <= 0) return [];
  return [make('sale', gateway, { amount: money(paid), ...authorization })];
}

/** An order that became dearer and says that it is paid: the buyer paid the difference. */
export function paidUp(before: readonly Transaction[], order: Json): Transaction[] {
  const last = before[before.length - 1];
  const missing = cents(fieldOf(order, 'total_price')) - before.filter((t) => t.kind === 'sale').reduce((sum, t) => sum + cents(t.amount), 0);
  if (!last || fieldOf(order, 'financial_status') !== 'paid' || missing <= 0) return [...before];
  return [...before, { ...last, id: nextId(), amount: money(missing), processed_at: new Date().toISOString(), ...(last.authorization ? { authorization: `pi_${nextId()}` } : {}) }];
}

/** `{"transactions":[…]}` with numeric ids printed as Shopify prints them. */
export function transactionsText(orderId: string, list: readonly Transaction[]): string {
  const rows = list.map((t) => JSON.stringify({ ...t, id: '@id', order_id: '@order', parent_id: null, receipt: {} }).replace('"@id"', t.id).replace('"@order"', orderId));
  return `{"transactions":[${rows.join(',')}]}`;
}
