import { type PGlite } from '@electric-sql/pglite';

/** First bytes of the extended protocol: they are one unit up to Sync. */
const opens = new Set(['P', 'B', 'D', 'E', 'C', 'H'].map((c) => c.charCodeAt(0)));
const sync = Buffer.from([0x53, 0, 0, 0, 4]);

type Waiting = { handlerId: number; go: () => void; fail: (error: Error) => void };

/**
 * One connection at a time, for as long as it takes: from its first Parse to its Sync, and from BEGIN to the end of the transaction. PGlite is one
 * session for everybody; the socket package's own queue lets another connection's Parse in between a Parse and its Bind, which runs the wrong
 * statement with the right values.
 */
export class TurnQueue {
  private holder: number | undefined;
  private readonly line: Waiting[] = [];
  constructor(private readonly pg: PGlite) {}

  async enqueue(handlerId: number, message: Uint8Array, onData: (data: Uint8Array) => void): Promise<number> {
    await this.take(handlerId);
    let bytes = 0;
    try {
      await this.pg.runExclusive(() => this.pg.execProtocolRawStream(message, { onRawData: (data) => { bytes += data.length; onData(data); } }));
    } finally {
      if (!opens.has(message[0] ?? 0) && !this.pg.isInTransaction()) this.give(handlerId);
    }
    return bytes;
  }

  getQueueLength(): number { return this.line.length; }

  clearQueueForHandler(handlerId: number): void {
    for (const waiting of this.line.filter((w) => w.handlerId === handlerId)) waiting.fail(new Error('the connection is gone'));
    this.line.splice(0, this.line.length, ...this.line.filter((w) => w.handlerId !== handlerId));
  }

  /** A connection that breaks in its turn: what it left half-said is ended, what it left open is rolled back. */
  async clearTransactionIfNeeded(handlerId: number): Promise<void> {
    if (this.holder !== handlerId) return;
    try {
      await this.pg.runExclusive(() => this.pg.execProtocolRawStream(sync, { onRawData: () => undefined }));
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
