import { record } from '../lossless';

/** The envelope of an Adobe I/O event comes off. */
export function unwrapEvent(body: unknown): unknown {
  const data = record(record(body)['event'])['data'] ?? record(body)['data'];
  const value = record(data)['value'];
  return typeof value === 'object' && value !== null ? value : body;
}

/** Magento's instants are UTC without saying so: `2026-11-01 10:00:00`. */
export function utc(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}/.test(text)) return undefined;
  const at = Date.parse(/Z$|[+-]\d{2}:?\d{2}$/.test(text) ? text : `${text.replace(' ', 'T')}Z`);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
