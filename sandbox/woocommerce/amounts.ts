import { Decimal } from 'decimal.js';
import { type Json, plain, rows } from '../kit/json-body';

/** `2026-11-01T10:00:00`: UTC that does not say so. */
export const gmtText = (at: Date): string => at.toISOString().slice(0, 19);
const isNumber = (text: string | undefined): text is string => text !== undefined && /^-?\d+(\.\d+)?$/.test(text);
/** An amount as text with so many decimals, half up; what is no number stays. */
export const money = (text: string | undefined, decimals: number): string => (isNumber(text) ? new Decimal(text).toFixed(decimals, Decimal.ROUND_HALF_UP) : text ?? '');
export const cents = (text: string | undefined): number => (isNumber(text) ? new Decimal(text).times(100).round().toNumber() : 0);

const ofOrder = ['discount_total', 'discount_tax', 'shipping_total', 'shipping_tax', 'cart_tax', 'total', 'total_tax'];
const ofLists: Record<string, string[]> = {
  line_items: ['subtotal', 'subtotal_tax', 'total', 'total_tax'], shipping_lines: ['total', 'total_tax'], fee_lines: ['total', 'total_tax'], tax_lines: ['tax_total', 'shipping_tax_total'], coupon_lines: ['discount', 'discount_tax'], refunds: ['total'],
};

function rounded(body: Json, fields: readonly string[], decimals: number): Json {
  return { ...body, ...Object.fromEntries(fields.flatMap((f) => { const text = plain(body[f]); return isNumber(text) ? [[f, money(text, decimals)]] : []; })) };
}

/** Every amount of an order in the decimals that were asked for; the taxes by rate inside a line stay unrounded, as on a real site. */
export function inDecimals(order: Json, decimals: number): Json {
  const lists = Object.entries(ofLists).flatMap(([name, fields]) => (Array.isArray(order[name]) ? [[name, rows(order[name]).map((row) => rounded(row, fields, decimals))] as const] : []));
  return { ...rounded(order, ofOrder, decimals), ...Object.fromEntries(lists) };
}
