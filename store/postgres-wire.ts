/** Messages of PostgreSQL's protocol 3.0, as far as the embedded store judges them (https://www.postgresql.org/docs/17/protocol-message-formats.html). */
const header = 5;
type Message = { type: string; body: Buffer };

/** The typed messages of a unit or an answer; what is cut off at the end is left out. */
export function messagesIn(bytes: Buffer): Message[] {
  const found: Message[] = [];
  for (let at = 0; at + header <= bytes.length;) {
    const end = at + 1 + bytes.readUInt32BE(at + 1);
    if (end < at + header || end > bytes.length) break;
    found.push({ type: String.fromCharCode(bytes[at] ?? 0), body: bytes.subarray(at + header, end) });
    at = end;
  }
  return found;
}

const upToNull = (body: Buffer, from: number): string => body.toString('utf8', from, body.indexOf(0, from));

/** The statement of a unit: of its Query, or of its Parse (which begins with the statement's name); undefined where it names one that was parsed before. */
function statementOf(unit: Buffer): string | undefined {
  const asked = messagesIn(unit).find(({ type }) => type === 'Q' || type === 'P');
  if (!asked) return undefined;
  return asked.type === 'Q' ? upToNull(asked.body, 0) : upToNull(asked.body, asked.body.indexOf(0) + 1);
}

const reads = /^\s*(select|show|set|reset|discard|commit|rollback|end|abort|deallocate|close)\b/i;
const locks = /\bfor\s+(no\s+key\s+)?update\b|\bfor\s+(key\s+)?share\b|\bnextval\s*\(|\binto\b|;\s*\S/i;

/** Does this unit certainly write nothing? A beginning of a transaction, and whatever is not known, may write. */
export function onlyReads(unit: Buffer): boolean {
  const statement = statementOf(unit);
  return statement !== undefined && reads.test(statement) && !locks.test(statement);
}

const field = (code: string, text: string): string => `${code}${text}\0`;
/** One typed message. */
export const frame = (type: string, body: Uint8Array): Buffer => {
  const whole = Buffer.alloc(header + body.length);
  whole.write(type, 0, 'latin1');
  whole.writeUInt32BE(body.length + 4, 1);
  whole.set(body, header);
  return whole;
};

/** What a server answers to a unit that it refuses outside a transaction: the error, and that it is ready for the next. */
export const refusal = (sqlState: string, text: string): Buffer =>
  Buffer.concat([frame('E', Buffer.from(`${field('S', 'ERROR')}${field('V', 'ERROR')}${field('C', sqlState)}${field('M', text)}\0`)), frame('Z', Buffer.from('I'))]);

/** The words of a PANIC in an answer: the server ends with it, as PostgreSQL does; undefined when there is none. */
export function panicIn(answer: Buffer): string | undefined {
  for (const { type, body } of messagesIn(answer)) {
    const fields = type === 'E' ? body.toString('utf8').split('\0') : [];
    if (fields.includes('VPANIC')) return fields.find((f) => f.startsWith('M'))?.slice(1) ?? 'without words';
  }
  return undefined;
}

/** The SQLSTATE of the first error in an answer. */
export function sqlStateIn(answer: Buffer): string | undefined {
  const error = messagesIn(answer).find(({ type }) => type === 'E');
  return error?.body.toString('utf8').split('\0').find((f) => f.startsWith('C'))?.slice(1);
}
