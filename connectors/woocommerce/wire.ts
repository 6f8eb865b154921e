import { record } from '../lossless';

/** `{ "data": … }` of the app tunnel comes off. */
export function unwrapOrder(body: unknown): unknown {
  const inner = record(body)['data'];
  return typeof inner === 'object' && inner !== null && record(body)['line_items'] === undefined ? inner : body;
}

/** `2026-11-01T10:00:00` of a `…_gmt` field is UTC without saying so. */
export function gmt(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.test(text)) return undefined;
  const at = Date.parse(/Z$|[+-]\d{2}:?\d{2}$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
