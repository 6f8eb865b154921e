import { type Organisation } from './model';
import { get, PostDataError, record, ValidationError, type Json } from './refusal';
import { envelope } from './render';

export type Call = { method: string; path: string[]; query: Record<string, unknown>; body: unknown; ifModifiedSince?: string };
export type Result = { status: number; body: Json };

/** A bare object or `{ "Invoices": […] }`. */
export function elements(body: unknown, name: string): unknown[] {
  const list = get(body, name);
  if (Array.isArray(list)) return list;
  if (Object.keys(record(body)).length === 0) throw new PostDataError('The request body is empty');
  return [body];
}

type Write = (value: unknown) => Json;

/** summarizeErrors=false: 200 with a verdict per element. Otherwise: the valid ones are kept, and a 400 lists only the failed. */
export function writeAll(o: Organisation, name: string, more: { values: unknown[]; summarize: boolean; write: Write }): Result {
  const out = more.values.map((value): { ok: boolean; row: Json } => {
    try {
      return { ok: true, row: { ...o.disk.transaction(() => more.write(value)), StatusAttributeString: 'OK' } };
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      return { ok: false, row: { ...record(value), StatusAttributeString: 'ERROR', HasErrors: true, HasValidationErrors: true, ValidationErrors: error.messages.map((Message) => ({ Message })) } };
    }
  });
  const failed = out.filter((e) => !e.ok);
  if (failed.length === 0 || !more.summarize) return { status: 200, body: envelope(name, out.map((e) => e.row)) };
  return { status: 400, body: { ErrorNumber: 10, Type: 'ValidationException', Message: 'A validation exception occurred', Elements: failed.map((e) => e.row) } };
}
