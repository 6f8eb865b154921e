import { type PGlite } from '@electric-sql/pglite';
import { onlyReads, panicIn, refusal } from './postgres-wire';
import { Prepared } from './prepared';
import { type Room } from './room';

const codes = (letters: string): Set<number> => new Set([...letters].map((c) => c.charCodeAt(0)));
/** Parse, Bind, Describe, Execute, Close: nothing of them is answered before the Sync (or Flush) that follows. */
const gathered = codes('PBDEC');
/** Flush leaves the unit open: its turn lasts to the Sync. */
const flush = 'H'.charCodeAt(0);
const sync = 'S'.charCodeAt(0);
const query = 'Q'.charCodeAt(0);
/** SQLSTATE disk_full. */
const diskFull = '53100';
const syncMessage = Buffer.from([0x53, 0, 0, 0, 4]);

type Waiting = { handlerId: number; go: () => void; fail: (error: Error) => void };

/**
 * One connection at a time, for as long as it takes: a statement from its Parse to its Sync in one go, and a transaction from BEGIN to its end.
 * PGlite is one session for everybody; the socket package's own queue lets another connection's Parse in between a Parse and its Bind, which runs
 * the wrong statement with the right values. What belongs to one statement is gathered and run as one message, and answered by one write: message
 * by message it cost five calls into the engine and as many writes to the socket.
 */
export class TurnQueue {
  private holder: number | undefined;
  private readonly line: Waiting[] = [];
  private readonly begun = new Map<number, Uint8Array[]>();
  private readonly prepared = new Prepared();
  private ended: string | undefined;
  /** `panicked`: the engine has ended and nothing more may be asked of it. */
  constructor(private readonly pg: PGlite, private readonly around: { room: Pick<Room, 'enough' | 'words'>; panicked(words: string): void }) {}

  async enqueue(handlerId: number, message: Uint8Array, onData: (data: Uint8Array) => void): Promise<number> {
    const first = message[0] ?? 0;
    const parts = this.begun.get(handlerId) ?? [];
    if (gathered.has(first)) {
      parts.push(message);
      this.begun.set(handlerId, parts);
      return 0;
    }
    this.begun.delete(handlerId);
    await this.take(handlerId);
    let whole: Buffer;
    try {
      if (this.ended !== undefined) throw new Error(`the store has ended: ${this.ended}`);
      whole = await this.run([...parts, message], first);
    } finally {
      if (first !== flush && !this.pg.isInTransaction()) this.give(handlerId);
    }
    if (whole.length > 0) onData(whole);
    const panic = panicIn(whole);
    if (panic !== undefined) { this.ended = panic; this.around.panicked(panic); }
    return whole.length;
  }

  private async run(messages: readonly Uint8Array[], first: number): Promise<Buffer> {
    const unit = (): Buffer => Buffer.concat(messages);
    if (this.refuses(first, unit)) return refusal(diskFull, this.around.room.words);
    const planned = this.prepared.plan(messages);
    if (planned) {
      const begun = this.pg.isInTransaction();
      const { answer, outdated } = planned.settle(await this.ask(planned.unit));
      // A transaction has failed by an outdated plan already, and its client begins it anew.
      if (!outdated || begun) return answer;
    }
    const whole = unit();
    if (!planned) this.prepared.heard(whole);
    return this.ask(whole);
  }

  private async ask(unit: Buffer): Promise<Buffer> {
    const answer: Buffer[] = [];
    await this.pg.runExclusive(() => this.pg.execProtocolRawStream(unit, { onRawData: (data) => { answer.push(Buffer.from(data)); } }));
    return Buffer.concat(answer);
  }

  /** A statement or transaction that may write does not begin while there is no room; one that has begun goes on, out of the reserve. */
  private refuses(first: number, unit: () => Buffer): boolean {
    return (first === sync || first === query) && !this.around.room.enough() && !this.pg.isInTransaction() && !onlyReads(unit());
  }

  getQueueLength(): number { return this.line.length; }

  clearQueueForHandler(handlerId: number): void {
    this.begun.delete(handlerId);
    for (const waiting of this.line.filter((w) => w.handlerId === handlerId)) waiting.fail(new Error('the connection is gone'));
    this.line.splice(0, this.line.length, ...this.line.filter((w) => w.handlerId !== handlerId));
  }

  /** A connection that breaks in its turn: what it left half-said is ended, what it left open is rolled back. */
  async clearTransactionIfNeeded(handlerId: number): Promise<void> {
    if (this.holder !== handlerId) return;
    try {
      await this.pg.runExclusive(() => this.pg.execProtocolRawStream(syncMessage, { onRawData: () => undefined }));
      if (this.pg.isInTransaction()) await this.pg.exec('ROLLBACK');
    } finally {
      this.give(handlerId);
    }
  }

  private take(handlerId: number): Promise<void> {
    if (this.holder === undefined || this.holder === handlerId) { this.holder = handlerId; return Promise.resolve(); }
    return new Promise((go, fail) => { this.line.push({ handlerId, go, fail }); });
  }

  private give(handlerId: number): void {
    if (this.holder !== handlerId) return;
    const next = this.line.shift();
    this.holder = next?.handlerId;
    next?.go();
  }
}
