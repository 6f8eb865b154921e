/** Why a text is not taken for JSON, beyond its grammar (RFC 8259 leaves depth and repeated names to the receiver). */
export type JsonFault = 'not-utf8' | 'too-deep' | 'duplicate-key' | 'prototype-key' | 'invalid';

/** Deeper than any document of a shop, a gateway or a ledger; parsers recurse, and a bomb costs their stack. */
export const jsonDepthMax = 64;

const [quote, backslash, comma, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x2c, 0x7b, 0x7d, 0x5b, 0x5d];
const [space, lineFeed, carriageReturn, tab] = [0x20, 0x0a, 0x0d, 0x09];
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Bytes → text, a byte order mark left out; undefined where a byte is not UTF-8, instead of replacing it unseen. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try { return decoder.decode(bytes); } catch { return undefined; }
}

/** Position of the quote that ends the string which begins at `start`; -1 when there is none. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === backslash) escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return -1;
}

function nameIn(literal: string): string | undefined {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try { return JSON.parse(literal) as string; } catch { return undefined; }
}

/**
 * Looks at a JSON text once, before any parser does: how deep it nests, and whether an object names a member twice (two readers would see two
 * documents) or names `__proto__`. Linear in the text's length; grammar is the parser's. Undefined when nothing is wrong.
 */
export function jsonFault(text: string, depthMax = jsonDepthMax): JsonFault | undefined {
  const names: (Set<string> | undefined)[] = [];
  let expectsName = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = endOfString(text, at);
      if (end === -1) return 'invalid';
      if (expectsName) {
        const known = names[names.length - 1];
        const name = nameIn(text.slice(at, end + 1));
        if (name === undefined) return 'invalid';
        if (name === '__proto__') return 'prototype-key';
        if (known?.has(name)) return 'duplicate-key';
        known?.add(name);
        expectsName = false;
      }
      at = end;
    } else if (code === openBrace || code === openBracket) {
      if (names.length === depthMax) return 'too-deep';
      names.push(code === openBrace ? new Set() : undefined);
      expectsName = code === openBrace;
    } else if (code === closeBrace || code === closeBracket) {
      names.pop();
      expectsName = false;
    } else if (code === comma) expectsName = names[names.length - 1] !== undefined;
    else if (expectsName && code !== space && code !== lineFeed && code !== carriageReturn && code !== tab) return 'invalid';
  }
  return undefined;
}

/** What is said of each fault, to go on after "The body …". */
export const faultWords: Record<JsonFault, string> = {
  'not-utf8': 'is not UTF-8', 'too-deep': `nests deeper than ${jsonDepthMax} levels`, 'duplicate-key': 'names a member twice in one object', 'prototype-key': 'names a member "__proto__"', 'invalid': 'is not valid JSON',
};
