/** Whatever is named like this is never written: credentials, bodies, people. Compared without case, blanks and dashes. */
const secretNames = new Set([
  'authorization', 'proxyauthorization', 'cookie', 'setcookie', 'password', 'pwd', 'secret', 'secrets', 'clientsecret', 'token', 'tokens', 'accesstoken', 'refreshtoken', 'apikey', 'connectionstring', 'databaseurl', 'keyring',
  'rawbody', 'body', 'data', 'headers', 'config', 'request', 'response', 'reply', 'evidence', 'details', 'payload', 'payloads', 'canonical', 'order', 'email', 'phone', 'customer', 'address', 'billto', 'shipto', 'tasktoken',
]);
/** Shapes that give a secret or a person away wherever they stand. */
const shapes: [RegExp, string][] = [
  [/\b(Bearer|Basic|NTLM|Negotiate)\s+[A-Za-z0-9+/=._~-]{6,}/gi, '$1 [redacted]'], [/\/\/[^/\s:@]+:[^/\s@]+@/g, '//[redacted]@'], [/\b(tk_|shpat_|shpss_|whsec_|sk_live_|sk_test_|rk_live_)[A-Za-z0-9_-]+/g, '$1[redacted]'],
  [/\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)?/g, '[token]'], [/\b[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/]{43}=/g, '[key]'], [/\/t\/\d{6,}\.[A-Za-z0-9_-]+/g, '/t/[ticket]'], [/[A-Za-z0-9._%+-]{1,64}(?:@|%40)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+/g, '[email]'],
];
const textMax = 500;
const depthMax = 5;
const entriesMax = 50;
const framesMax = 8;

/** A text as it may be logged: without what looks like a credential or an address of a person, of bounded length. */
export function scrubText(text: string): string {
  // A longer piece is looked at than is kept, so that what the end cuts in two is still known for what it is.
  const clean = shapes.reduce((t, [pattern, instead]) => t.replace(pattern, instead), text.slice(0, 8 * textMax));
  return clean.length > textMax ? `${clean.slice(0, textMax)}…` : clean;
}

const textOf = (error: Error, name: string): string | undefined => { const value: unknown = (error as unknown as Record<string, unknown>)[name]; return typeof value === 'string' ? value : undefined; };

/**
 * An error as it may be logged. Some messages quote what they stumbled over: a parser's the text, the database's a value, a failure's the customer;
 * of those only name and code are told. Frames say where, without the message that Node puts before them.
 */
function scrubError(error: Error): object {
  const [type, code] = [textOf(error, 'type'), textOf(error, 'code')];
  const quotes = error instanceof SyntaxError || error.name === 'SyntaxError' || error.name === 'ZodError' || /Failure$/.test(error.name) || /^2[23]/.test(code ?? '');
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, framesMax).map((line) => line.trim());
  return { name: error.name, ...(type ? { type: scrubText(type) } : {}), ...(code ? { code: scrubText(code) } : {}), ...(quotes ? {} : { message: scrubText(error.message) }), ...(frames.length > 0 ? { frames } : {}) };
}

/** Anything as it may be logged: by name, by shape, of bounded depth and breadth. */
export function scrub(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? '[function]' : value;
  if (value instanceof Error) return scrubError(value);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return '[bytes]';
  if (depth >= depthMax) return '[deep]';
  if (Array.isArray(value)) return value.slice(0, entriesMax).map((v) => scrub(v, depth + 1));
  return Object.fromEntries(Object.entries(value).slice(0, entriesMax).map(([name, v]) => [name, secretNames.has(name.toLowerCase().replace(/[\s_-]/g, '')) ? '[redacted]' : scrub(v, depth + 1)]));
}
