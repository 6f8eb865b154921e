/** A refusal of one element, in Xero's words. */
export class ValidationError extends Error {
  readonly messages: string[];
  constructor(...messages: string[]) { super(messages.join(' ')); this.messages = messages; }
}
/** A body that is no document at all (ErrorNumber 14). */
export class PostDataError extends Error {}
/** An id in path or body that nobody knows: the whole request is 404. */
export class NotFoundError extends Error {}

export type Json = Record<string, unknown>;
export const record = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {});
/** Keys are not case-significant on the live API. */
export function get(value: unknown, name: string): unknown {
  const r = record(value);
  if (name in r) return r[name];
  const key = Object.keys(r).find((k) => k.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : r[key];
}
export const textOf = (value: unknown, name: string): string => { const v = get(value, name); return typeof v === 'string' ? v : typeof v === 'number' ? String(v) : ''; };

/** `2026-11-01`, `2026-11-01T…` or `/Date(ms+0000)/` → calendar date. */
export function dateOf(value: unknown, name: string): string | undefined {
  const text = textOf(value, name);
  if (text === '') return undefined;
  const epoch = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/.exec(text)?.[1];
  const at = epoch ? new Date(Number(epoch)) : new Date(`${text.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) throw new PostDataError(`The string "${text}" in ${name} is not a date`);
  return at.toISOString().slice(0, 10);
}
