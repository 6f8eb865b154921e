import { frame, sqlStateIn } from './postgres-wire';

/**
 * How many statements are kept planned, from how many askings on; for how many uses and how long, because a plan made for a small table is a bad one when the table has grown, and nobody
 * analyses them here; of how many others it is remembered how often they were asked.
 */
export const prepareLimits = { kept: 300, askedFrom: 2, uses: 500, ageMs: 30_000, remembered: 2_000 };

type Kept = { name: string; uses: number; since: number };
/** `outdated`: nothing was done, because the plan does not hold any more; asked as the client sent it, the statement is planned anew. */
export type Settled = { answer: Buffer; outdated?: true };
/** `unit` is what the engine is given for what the client sent; `settle` makes its answer the client's. */
export type Planned = { unit: Buffer; settle(answer: Buffer): Settled };

const parseComplete = frame('1', Buffer.alloc(0));
const closed = frame('3', Buffer.alloc(0)).length;
/** A plan whose result has other columns now (0A000), or that the session has forgotten (26000). */
const stale = new Set(['0A000', '26000']);
/** May change tables: what is taken for it wrongly costs some plans. */
const changesTables = /\b(create|alter|drop|truncate)\b/i;
/** A statement says what it does at its beginning; what follows may be megabytes of values. */
const headBytes = 4_096;

const typeOf = (message: Uint8Array): string => String.fromCharCode(message[0] ?? 0);
const bodyOf = (message: Uint8Array): Buffer => Buffer.from(message.buffer, message.byteOffset + 5, message.byteLength - 5);

/**
 * Statements that are asked again and again are planned once: planning was most of what a statement cost. Clients send them without a name, and PGlite is one session for all of
 * them, so the name is given here, and a plan serves every connection. Units of another shape than Parse (no name), Bind, Describe, Execute, Sync pass as they are.
 */
export class Prepared {
  private readonly kept = new Map<string, Kept>();
  private readonly asked = new Map<string, number>();
  private outdated: string[] = [];
  private serial = 0;
  constructor(private readonly limits = prepareLimits, private readonly now: () => number = () => performance.now()) {}

  /** What is asked of the engine instead of these messages; undefined when they are asked as they are. */
  plan(messages: readonly Uint8Array[]): Planned | undefined {
    const [parse, bind, ...rest] = messages;
    if (!parse || !bind || typeOf(parse) !== 'P' || parse[5] !== 0 || typeOf(bind) !== 'B') return undefined;
    const text = bodyOf(parse).toString('latin1');
    if (rest.length < 2 || rest.some((m, i) => (i === rest.length - 1 ? typeOf(m) !== 'S' : typeOf(m) !== 'E' && !(typeOf(m) === 'D' && m[5] === 0x50)))) return undefined;
    const known = this.known(text);
    if (!known && !this.worthwhile(text)) return undefined;
    const name = known?.name ?? `kept${(this.serial += 1)}`;
    const bound = named(bind, name);
    if (!bound) return undefined;
    const closing = this.outdated;
    this.outdated = [];
    const first = known ? [] : [frame('P', Buffer.concat([Buffer.from(name), bodyOf(parse)]))];
    const unit = Buffer.concat([...closing.map((n) => frame('C', Buffer.from(`S${n}\0`))), ...first, bound, ...rest]);
    return { unit, settle: (answer) => this.settle(answer.subarray(closing.length * closed), { text, name, known }) };
  }

  /** Hears every statement that is not planned here: after a change of tables, what was planned for them may answer other columns. */
  heard(unit: Buffer): void { if (changesTables.test(unit.toString('latin1', 0, headBytes))) for (const text of this.kept.keys()) this.forget(text); }

  private known(text: string): Kept | undefined {
    const found = this.kept.get(text);
    if (!found) return undefined;
    if (found.uses >= this.limits.uses || this.now() - found.since >= this.limits.ageMs) { this.forget(text); return undefined; }
    found.uses += 1;
    // The one that was not asked for longest is the first to go.
    this.kept.delete(text);
    this.kept.set(text, found);
    return found;
  }

  private worthwhile(text: string): boolean {
    const asked = (this.asked.get(text) ?? 0) + 1;
    this.asked.delete(text);
    this.asked.set(text, asked);
    if (this.asked.size > this.limits.remembered) this.asked.delete(this.asked.keys().next().value ?? '');
    return asked >= this.limits.askedFrom;
  }

  private settle(answer: Buffer, { text, name, known }: { text: string; name: string; known: Kept | undefined }): Settled {
    if (!known) {
      if (typeOf(answer) === '1') this.keep(text, name);
      return { answer };
    }
    if (typeOf(answer) === '2') return { answer: Buffer.concat([parseComplete, answer]) };
    if (typeOf(answer) !== 'E' || !stale.has(sqlStateIn(answer) ?? '')) return { answer };
    this.forget(text);
    return { answer, outdated: true };
  }

  private keep(text: string, name: string): void {
    this.kept.set(text, { name, uses: 0, since: this.now() });
    const [oldest] = this.kept.keys();
    if (this.kept.size > this.limits.kept && oldest !== undefined) this.forget(oldest);
  }

  private forget(text: string): void {
    const found = this.kept.get(text);
    if (found) this.outdated.push(found.name);
    this.kept.delete(text);
  }
}

/** A Bind of the statement without a name as one of this name; undefined when it is of another. */
function named(bind: Uint8Array, name: string): Buffer | undefined {
  const body = bodyOf(bind);
  const portal = body.indexOf(0) + 1;
  if (portal < 1 || body[portal] !== 0) return undefined;
  return frame('B', Buffer.concat([body.subarray(0, portal), Buffer.from(name), body.subarray(portal)]));
}
