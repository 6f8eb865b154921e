import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { faultWords, type JsonFault, jsonFault, utf8Text } from '../canonical/json-text';
import { Problem } from './problem';

const refusal = (fault: JsonFault): Problem => new Problem(400, 'The body cannot be read', { code: fault === 'invalid' ? 'json-invalid' : `json-${fault}`, detail: `The body ${faultWords[fault]}.` });

const control = /[\u0000-\u001f\u007f]/;
/** A name or number in an address or a query holds no control character; the database would not even take a NUL. */
export function mustBeText(values: Iterable<unknown>): void {
  for (const value of values) if (typeof value === 'string' && control.test(value)) throw new Problem(400, 'The address holds a control character', { code: 'text-invalid' });
}

/** True when a text anywhere in it holds a NUL, which PostgreSQL cannot store. */
const holdsNul = (value: unknown): boolean => (typeof value === 'string' ? value.includes('\u0000') : typeof value === 'object' && value !== null && Object.entries(value).some(([k, v]) => k.includes('\u0000') || holdsNul(v)));

function parse(bytes: Buffer): unknown {
  const text = utf8Text(bytes);
  const fault = text === undefined ? 'not-utf8' : jsonFault(text);
  if (text === undefined || fault) throw refusal(fault ?? 'invalid');
  let value: unknown;
  try { value = JSON.parse(text); } catch { throw refusal('invalid'); }
  if (holdsNul(value)) throw new Problem(400, 'A text holds the character NUL', { code: 'text-invalid' });
  return value;
}

function readJson(req: Request, _res: Response, next: NextFunction): void {
  const bytes: unknown = req.body;
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) { req.body = {}; next(); return; }
  if (!req.is('application/json')) { next(new Problem(415, 'The body is not sent as JSON', { detail: 'Send it with Content-Type: application/json.' })); return; }
  try { req.body = parse(bytes); next(); } catch (error) { next(error); }
}

/** Reads a body of at most `limit` strictly: UTF-8, one meaning, bounded depth, not compressed. No body is `{}`. */
export const jsonBody = (limit: string): RequestHandler[] => [express.raw({ type: () => true, limit, inflate: false }), readJson];
