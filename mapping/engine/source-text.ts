import { Decimal } from 'decimal.js';
import { failed, done, type Outcome } from '../../canonical/failure';
import { faultWords, jsonFault } from '../../canonical/json-text';
import { type Json } from '../expressions/sequence';

/** Strings, and numbers outside of them. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const quote = 0x22;
/** Largest exponent that is written out: beyond it a number is no amount. */
const exponentMax = 60;

/** JSON's own grammar of a number: no zeros before the first digit. */
const grammar = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function plainNumber(token: string): string {
  if (!/[eE]/.test(token)) return token;
  const value = new Decimal(token);
  return Math.abs(value.e) > exponentMax ? token : value.toFixed();
}

/**
 * JSON text → a source as mappings read it: every number is decimal text, with all its digits (ids exceed 2^53, money is no float). Fails with
 * `value-unusable` for what is no JSON, nests too deep or names a member twice.
 */
export function readSource(text: string): Outcome<Json> {
  const fault = jsonFault(text);
  const unusable = (why: string): Outcome<Json> => failed({ code: 'value-unusable', field: 'source', value: text.slice(0, 80), message: `The source ${why}.`, fix: 'Hand in a JSON document.' });
  if (fault !== undefined) return unusable(faultWords[fault]);
  try {
    // What is no JSON stays none when its numbers become text: `jsonFault` wants names in quotes, and a number in the wrong place is a text in the wrong place.
    return done(JSON.parse(text.replace(tokens, (token) => {
      if (token.charCodeAt(0) === quote) return token;
      if (!grammar.test(token)) throw new SyntaxError('no number of JSON');
      return `"${plainNumber(token)}"`;
    })) as Json);
  } catch { return unusable(faultWords.invalid); }
}

/** The same for a value that was parsed already: numbers as they print; what parsing lost stays lost. */
export function asSource(value: unknown): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? plainNumber(String(value)) : null;
  if (Array.isArray(value)) return value.map(asSource);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, asSource(v)]));
  return value;
}
