import { type Request } from 'express';
import { type Site, type Stored } from './site';

export type ListAsk = { page: number; perPage: number; decimals: number; rows: Stored[] };
export type BadParameter = { parameter: string; message: string };

const text = (req: Request, name: string): string | undefined => { const v = req.query[name]; return typeof v === 'string' && v !== '' ? v : undefined; };
const orderings = ['date', 'id', 'include', 'modified', 'slug', 'title'];
const statuses = ['any', 'trash', 'auto-draft', 'pending', 'processing', 'on-hold', 'completed', 'cancelled', 'refunded', 'failed', 'checkout-draft'];

function whole(req: Request, name: string, more: { byDefault: number; min: number; max: number }): number | BadParameter {
  const given = text(req, name);
  if (given === undefined) return more.byDefault;
  if (!/^-?\d+$/.test(given)) return { parameter: name, message: `${name} is not of type integer.` };
  const value = Number(given);
  if (value >= more.min && value <= more.max) return value;
  return { parameter: name, message: more.max < 1_000_000 ? `${name} must be between ${more.min} (inclusive) and ${more.max} (inclusive)` : `${name} must be greater than or equal to ${more.min}` };
}

function choice(req: Request, name: string, more: { byDefault: string; of: readonly string[] }): string | BadParameter {
  const given = text(req, name) ?? more.byDefault;
  return given.split(',').every((v) => more.of.includes(v)) ? given : { parameter: name, message: `${name} is not one of ${more.of.join(', ')}.` };
}

const isBad = (value: unknown): value is BadParameter => typeof value === 'object' && value !== null && 'parameter' in value;
export const decimalsOf = (req: Request, site: Site): number | BadParameter => whole(req, 'dp', { byDefault: site.settings.decimals, min: 0, max: 100 });

/** An instant of the query in UTC seconds text. Without `dates_are_gmt` it is meant in the site's own time; with an offset it says itself. */
function instant(req: Request, name: string, site: Site): string | undefined | BadParameter {
  const given = text(req, name);
  if (given === undefined) return undefined;
  const own = /(Z|[+-]\d{2}:?\d{2})$/i.test(given);
  const at = Date.parse(own ? given : `${given}Z`);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(given) || Number.isNaN(at)) return { parameter: name, message: 'Invalid date.' };
  const shift = own || ['true', '1'].includes(text(req, 'dates_are_gmt') ?? '') ? 0 : site.settings.utcOffsetMinutes * 60_000;
  return new Date(at - shift).toISOString().slice(0, 19);
}

/** `GET /orders` as the REST API v3 reads it: both bounds of a date exclude their own instant; the trash shows only when asked for. */
export function listOf(req: Request, site: Site): ListAsk | BadParameter {
  const asked = {
    page: whole(req, 'page', { byDefault: 1, min: 1, max: Infinity }), perPage: whole(req, 'per_page', { byDefault: 10, min: 1, max: 100 }), decimals: decimalsOf(req, site),
    orderby: choice(req, 'orderby', { byDefault: 'date', of: orderings }), order: choice(req, 'order', { byDefault: 'desc', of: ['asc', 'desc'] }), status: choice(req, 'status', { byDefault: 'any', of: statuses }),
    after: instant(req, 'modified_after', site), before: instant(req, 'modified_before', site),
  };
  const bad = Object.values(asked).find(isBad);
  if (bad) return bad;
  const { page, perPage, decimals, orderby, order, status, after, before } = asked as { [K in keyof typeof asked]: Exclude<(typeof asked)[K], BadParameter> };
  const wanted = status.split(',');
  const found = site.orders.values().filter((o) => (wanted.includes('any') ? !['trash', 'auto-draft'].includes(o.status) : wanted.includes(o.status)) && (after === undefined || o.modified > after) && (before === undefined || o.modified < before));
  const key = (o: Stored): string => (orderby === 'modified' ? o.modified : o.id.padStart(20, '0'));
  found.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  if (order === 'desc') found.reverse();
  return { page, perPage, decimals, rows: found };
}
