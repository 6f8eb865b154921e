import { type Api } from './api-client';
import { UsageError } from './options';

export type Flags = Record<string, string | boolean | string[] | undefined>;
export type Answer = { json: unknown; text: string };
/** One command: `tell` writes progress to stderr; the answer is a table for people and JSON for programs. */
export type Command = { usage: string; summary: string; run(ask: { api: Api; args: string[]; flags: Flags; tell(line: string): void }): Promise<Answer> };

export function need(value: string | boolean | string[] | undefined, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new UsageError(`${name} is missing. Fix: see npm run tieout -- --help.`);
}
