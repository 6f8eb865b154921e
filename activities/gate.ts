import { classOf, type Failure, type Outcome } from '../canonical/failure';

/** What a waiting activity needs of its surroundings: to say that it lives, and to hear that it is to stop. */
export type Life = { beat(): void; cancelled: AbortSignal };
export type GateDeps = {
  /** Is the system there? Any ok answer opens the gate. */
  probe(): Promise<Outcome<unknown>>;
  /** Told once per pause, and once when it is over. */
  tell(failure: Failure | undefined): Promise<void>;
  life(): Life;
  firstMs?: number;
  maxMs?: number;
};

const pauses = (failure: Failure): boolean => classOf(failure.code) === 'connection' && failure.code !== 'document-locked';
/** Whoever could neither write nor look asks the probe whether the system is there at all. */
const doubtful = (failure: Failure): boolean => pauses(failure) || failure.code === 'outcome-unknown';

/**
 * One door per connector. When its system cannot be reached the door closes: calls wait in front of it in the order they came instead of failing
 * one by one, a probe asks now and then, and when it answers all go on, oldest first. What a reachable system refuses goes through unchanged.
 */
export class Gate {
  private closedBy: Failure | undefined;
  private readonly line: (() => void)[] = [];
  private word: { failure?: Failure } | undefined;
  constructor(private readonly deps: GateDeps) {}

  get paused(): Failure | undefined { return this.closedBy; }

  /** `again`: this act went before, or waited so long that another process may have done it meanwhile: it looks before it writes. */
  async through<T>(act: (again: boolean) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    for (let again = this.closedBy !== undefined; ; again = true) {
      await this.open();
      const outcome = await act(again);
      if (outcome.ok || !doubtful(outcome.failure)) return outcome;
      const probe = this.closedBy ? undefined : await this.deps.probe();
      if (probe && (probe.ok || !pauses(probe.failure))) return outcome;
      if (!this.closedBy) this.close(probe && !probe.ok ? probe.failure : outcome.failure);
    }
  }

  private async open(): Promise<void> {
    if (!this.closedBy) return;
    const { beat, cancelled } = this.deps.life();
    await new Promise<void>((go, stop) => {
      const timer = setInterval(beat, 5_000);
      const done = (settle: () => void) => (): void => { clearInterval(timer); cancelled.removeEventListener('abort', abort); settle(); };
      const abort = done(() => stop(cancelled.reason instanceof Error ? cancelled.reason : new Error('the worker is stopping')));
      cancelled.addEventListener('abort', abort);
      this.line.push(done(go));
    });
  }

  /** Another process told that the system is away, and may have died before it told that it is back: closed until the system was asked. */
  doubt(failure: Failure): void {
    if (this.closedBy) return;
    this.closedBy = failure;
    void this.watch();
  }

  private close(failure: Failure): void {
    this.closedBy = failure;
    this.say({ failure });
    void this.watch();
  }

  /** Whoever is told may be away too: the last word is told until it was heard, so that no incident stays open that is over. */
  private say(word: { failure?: Failure }): void {
    const first = this.word === undefined;
    this.word = word;
    if (first) void this.sayAll();
  }

  private async sayAll(): Promise<void> {
    while (this.word) {
      const { word } = this;
      const heard = await this.deps.tell(word.failure).then(() => true, () => false);
      if (heard && this.word === word) this.word = undefined;
      if (!heard) await new Promise((wake) => { setTimeout(wake, this.deps.firstMs ?? 1_000).unref(); });
    }
  }

  private async watch(): Promise<void> {
    const { firstMs = 1_000, maxMs = 15_000 } = this.deps;
    for (let pauseMs = firstMs; ; pauseMs = Math.min(maxMs, pauseMs * 2)) {
      await new Promise((wake) => { setTimeout(wake, pauseMs); });
      const answer = await this.deps.probe().catch(() => undefined);
      if (answer && (answer.ok || !pauses(answer.failure))) break;
    }
    this.closedBy = undefined;
    this.say({});
    for (const go of this.line.splice(0)) go();
  }
}

/** Acts of one key one after another, in the order they were asked for; other keys side by side. */
export class InOrder {
  private readonly tails = new Map<string, Promise<unknown>>();

  run<T>(key: string, act: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key) ?? Promise.resolve();
    const mine = before.then(act, act);
    const tail = mine.then(() => undefined, () => undefined);
    this.tails.set(key, tail);
    void tail.then(() => { if (this.tails.get(key) === tail) this.tails.delete(key); });
    return mine;
  }
}
