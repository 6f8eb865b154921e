import { type Api } from './api-client';
import { UsageError } from './options';

export type Flags = Record<string, string | boolean | string[] | undefined>;
export type Answer = { json: unknown; text: string };
/** What the command was given: `tell` writes progress to stderr. */
export type Ask = { api: Api; args: string[]; flags: Flags; tell(line: string): void };

/** One option: with `value` it takes one, and `check` refuses what does not fit by naming what would. */
export type Flag = { name: string; says: string; value?: string; many?: true; check?: (value: string) => string | undefined };
/** One command: its answer is a table for people and JSON for programs. `args` names its words, optional ones in brackets. */
export type Command = { words: string; args?: readonly string[]; summary: string; flags?: readonly Flag[]; examples?: readonly string[]; run(ask: Ask): Promise<Answer> };

const oneOf = (known: readonly string[]) => (value: string): string | undefined => (known.includes(value) ? undefined : `one of ${known.join(', ')}`);
const fits = (pattern: RegExp, fix: string) => (value: string): string | undefined => (pattern.test(value) ? undefined : fix);

export const flag = (name: string, says: string): Flag => ({ name, says });
export const text = (name: string, value: string, says: string): Flag => ({ name, value, says });
export const choice = (name: string, known: readonly string[], says: string): Flag => ({ name, value: name.toUpperCase(), says, check: oneOf(known) });
export const matching = (given: { name: string; value: string; says: string }, pattern: RegExp, fix: string): Flag => ({ ...given, check: fits(pattern, fix) });

/** The most rows one command lists. */
const rowsMax = 10_000;
export const limit = (usual: number): Flag => ({ name: 'limit', value: 'N', says: `at most so many rows (${usual} unless said)`, check: (value) => (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= rowsMax ? undefined : `a whole number from 1 to ${rowsMax}`) });
export const limitOf = (flags: Flags, usual: number): number => Number(flags['limit'] ?? usual);

/** An instant, a day, or how long ago. Answers UTC. */
export function instantOf(value: string, now = Date.now()): string | undefined {
  const ago = /^(\d{1,5})\s?(m|min|h|d)$/.exec(value);
  if (ago) return new Date(now - Number(ago[1]) * { m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }[ago[2] as 'm' | 'min' | 'h' | 'd']).toISOString();
  if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(value)) return undefined;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
export const instant = (name: string, says: string): Flag => ({ name, value: 'WHEN', says: `${says}: 30min, 3h, 2d, 2026-11-25 or 2026-11-25T08:00:00Z`, check: (value) => (instantOf(value) === undefined ? 'how long ago as 30min, 3h or 2d, a day as 2026-11-25, or an instant as 2026-11-25T08:00:00Z' : undefined) });

export const textOf = (flags: Flags, name: string): string | undefined => { const value = flags[name]; return typeof value === 'string' ? value : undefined; };

/** The value of an option or word that the command cannot do without. */
export function need(value: string | boolean | string[] | undefined, name: string, fix: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new UsageError(`${name} is ${value === undefined ? 'missing' : 'empty'}. Fix: ${fix}.`);
}

/** Goes through the pages of a listing until it has enough. */
export async function pages<T>(most: number, next: (after: string | undefined, size: number) => Promise<{ rows: T[]; next?: string | undefined }>): Promise<{ rows: T[]; more: boolean }> {
  const rows: T[] = [];
  let after: string | undefined;
  do {
    const page = await next(after, Math.min(500, most - rows.length));
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined && rows.length < most);
  return { rows, more: after !== undefined };
}
