import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Collection } from './disk-store';

/** How deliveries misbehave: `duplicates` more copies of each, in any order, up to `lateMs` late, a share of them never. */
export type Behaviour = { duplicates: number; shuffle: boolean; lateMs: number; drop: number };
export const steady: Behaviour = { duplicates: 0, shuffle: false, lateMs: 0, drop: 0 };
export const BehaviourPatch = z.strictObject({ duplicates: z.number().int().min(0).max(10), shuffle: z.boolean(), lateMs: z.number().int().min(0).max(600_000), drop: z.number().min(0).max(1) }).partial();

/** One delivery that is still to be made. `dueAt` in ms since 1970. */
export type Job<T> = { id: string; dueAt: number; attempt: number; what: T };
export type Outgoing = { url: string; body: string; headers: Record<string, string> };
export type Attempt = { at: string; topic: string; deliveryId: string; status: number; attempt: number };
type Way<T> = {
  /** What goes over the wire now; undefined when nothing does any more. */
  make(job: Job<T>): Outgoing | undefined;
  topicOf(what: T): string;
  /** The pause before the next try in ms, or undefined: that was the last. */
  again(attempt: number): number | undefined;
  /** Answer of an attempt; 0: none. */
  told?(job: Job<T>, status: number): void;
};

const timeoutMs = 5_000;
const logMax = 5_000;

/** Sends what is to be sent, a few at once; what is not sent yet stands on disk and goes out after a crash. */
export class Deliveries<T> {
  behaviour: Behaviour = steady;
  readonly log: Attempt[] = [];
  private readonly queue: Job<T>[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private busy = 0;
  private closed = false;
  constructor(private readonly jobs: Collection<Job<T>>, private readonly way: Way<T>, private readonly more: { parallel: number; random?: () => number }) {
    for (const job of jobs.values()) this.schedule(job);
  }

  get waiting(): number { return this.jobs.size(); }

  /** Answers the id of the delivery; copies have ids of their own. */
  send(what: T): string {
    const random = this.more.random ?? Math.random;
    const first = randomUUID();
    if (random() < this.behaviour.drop) return first;
    for (let i = 0; i <= this.behaviour.duplicates; i += 1) {
      const job: Job<T> = { id: i === 0 ? first : randomUUID(), dueAt: Date.now() + Math.floor(random() * this.behaviour.lateMs), attempt: 1, what };
      this.jobs.put(job.id, job);
      this.schedule(job);
    }
    return first;
  }
  close(): void {
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
  }

  private schedule(job: Job<T>): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const random = this.more.random ?? Math.random;
      this.queue.splice(this.behaviour.shuffle ? Math.floor(random() * (this.queue.length + 1)) : this.queue.length, 0, job);
      this.pump();
    }, Math.max(0, job.dueAt - Date.now()));
    this.timers.add(timer);
  }
  private pump(): void {
    while (!this.closed && this.busy < this.more.parallel) {
      const job = this.queue.shift();
      if (!job) return;
      this.busy += 1;
      void this.attempt(job).finally(() => { this.busy -= 1; this.pump(); });
    }
  }
  private async attempt(job: Job<T>): Promise<void> {
    const out = this.way.make(job);
    if (!out) { this.jobs.delete(job.id); return; }
    let status = 0;
    try {
      status = (await fetch(out.url, { method: 'POST', body: out.body, headers: out.headers, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })).status;
    } catch { status = 0; }
    if (this.closed) return;
    this.log.push({ at: new Date().toISOString(), topic: this.way.topicOf(job.what), deliveryId: job.id, status, attempt: job.attempt });
    if (this.log.length > logMax) this.log.shift();
    this.way.told?.(job, status);
    const pause = status >= 200 && status < 300 ? undefined : this.way.again(job.attempt);
    if (pause === undefined) { this.jobs.delete(job.id); return; }
    const next = { ...job, attempt: job.attempt + 1, dueAt: Date.now() + pause };
    this.jobs.put(job.id, next);
    this.schedule(next);
  }
}
