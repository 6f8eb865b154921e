import { isLosslessNumber, parse, stringify } from 'lossless-json';
import { z } from 'zod';

/**
 * Words that every source's wire needs: JSON read without losing a digit (ids exceed 2^53, money is no float), and fields that come as text or as
 * number, as null, as "" or not at all.
 */
export const losslessText = (value: unknown): unknown => (isLosslessNumber(value) ? value.toString() : value);

/** Parses JSON without losing a digit; `undefined` when it is no JSON or too deep to be an order. */
export function parseLossless(text: string): unknown {
  try { return parse(text); } catch { return undefined; }
}

export const Text = z.preprocess(losslessText, z.string());
export const OptionalText = z.preprocess((v) => losslessText(v) ?? undefined, z.string().optional());
export const Id = z.preprocess(losslessText, z.string().regex(/^\d{1,30}$/, 'an id of digits'));
export const Flag = z.preprocess((v) => v ?? false, z.boolean());
export const list = <T extends z.ZodType>(of: T) => z.preprocess((v) => v ?? [], z.array(of));
export const nullable = <T extends z.ZodType>(of: T) => z.preprocess((v) => v ?? undefined, of.optional());
/** A list that some senders write as `false`, "" or an object when it is empty. */
export const listOrNothing = <T extends z.ZodType>(of: T) => z.preprocess((v) => (Array.isArray(v) ? v : []), z.array(of));

/** What is blank is nought. */
export const blankIsZero = (value: unknown): unknown => { const text = losslessText(value); return text === undefined || text === null || text === '' || text === false ? '0' : typeof text === 'string' ? text.trim() : text; };
/** A decimal amount as text; what is blank is nought. Never NaN, never an exponent. */
export const Decimals = z.preprocess(blankIsZero, z.string().regex(/^-?\d{1,15}(\.\d{1,12})?$/, 'a decimal amount'));
/** Like Decimals, and never below nought. */
export const NotNegative = z.preprocess(blankIsZero, z.string().regex(/^\d{1,15}(\.\d{1,12})?$/, 'an amount that is not negative'));

export const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {});
/** A field that is text or a number, as text. */
export const plain = (value: unknown): string | undefined => { const text = losslessText(value); return typeof text === 'string' ? text : undefined; };

/** Who bought, as one text: the first of these that says anything; 0 is how some shops write a guest. E-mail addresses are compared in lower case. */
export function buyerOf(...told: unknown[]): { buyer?: string } {
  const said = told.map(plain).find((t) => t !== undefined && t.trim() !== '' && t !== '0');
  return said === undefined ? {} : { buyer: said.trim().toLowerCase().slice(0, 200) };
}

/** The list under this name of a JSON text, or the text itself where it is a list, as JSON text; what is no JSON stays as it came, so that its reader says so. */
export function listIn(text: string, name: string): string {
  const body = parseLossless(text);
  if (body === undefined) return text;
  return (Array.isArray(body) ? stringify(body) : stringify(record(body)[name] ?? [])) ?? '[]';
}

/** What stands at a path of a parsed body, as text for a message. */
export function valueAt(body: unknown, path: readonly PropertyKey[]): string {
  let value: unknown = body;
  for (const key of path) value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  if (value === undefined) return 'missing';
  return plain(value) ?? JSON.stringify(value) ?? '';
}
