import { done, type Outcome } from '../../canonical/failure';
import { type RowShape } from './econnect-rows';
import { type ListRequest, type Reader } from './reader';

/** Values of one gathered read: what one IN list holds. */
const valuesMax = 50;
/** Behind a read of its kind the next waits this long, so that more go with it; a question that comes alone waits for nobody. */
const gather = { ms: 20, behindMs: 200 } as const;
/** SQL compares without case and without trailing blanks. */
const plain = (value: string): string => value.trimEnd().toUpperCase();

type Waiting = { values: readonly string[]; answer(outcome: Outcome<unknown[]>): void; fail(error: unknown): void };
type Ask = { request: Omit<ListRequest, 'values'>; shape: RowShape<unknown> };

/** Whose rows these are, by the column that was asked for; undefined when a row belongs to nobody who asked. */
function shares(rows: readonly unknown[], column: string, group: readonly Waiting[]): unknown[][] | undefined {
  const wanted = group.map(({ values }) => new Set(values.map(plain)));
  const out: unknown[][] = group.map(() => []);
  for (const row of rows) {
    const value = (row as Record<string, unknown>)[column];
    let owners = 0;
    if (typeof value === 'string') wanted.forEach((set, i) => { if (set.has(plain(value))) { owners += 1; out[i]?.push(row); } });
    if (owners === 0) return undefined;
  }
  return out;
}

class Line {
  private readonly waiting: Waiting[] = [];
  private busy = false;
  private servedAt = Number.NEGATIVE_INFINITY;
  constructor(private readonly reader: Reader, private readonly ask: Ask) {}

  read(values: readonly string[]): Promise<Outcome<unknown[]>> {
    return new Promise((answer, fail) => { this.waiting.push({ values, answer, fail }); void this.pump(); });
  }

  private next(): Waiting[] {
    const group = this.waiting.splice(0, 1);
    for (let n = group[0]?.values.length ?? 0; this.waiting[0] && n + this.waiting[0].values.length <= valuesMax;) {
      n += this.waiting[0].values.length;
      group.push(...this.waiting.splice(0, 1));
    }
    return group;
  }

  private async pump(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    while (this.waiting.length > 0) {
      if (performance.now() - this.servedAt < gather.behindMs) await new Promise((wake) => { setTimeout(wake, gather.ms); });
      await this.serve(this.next());
      this.servedAt = performance.now();
    }
    this.busy = false;
  }

  private async serve(group: Waiting[]): Promise<void> {
    const { request, shape } = this.ask;
    try {
      const all = await this.reader.readIn({ ...request, values: group.flatMap((w) => [...w.values]) }, shape);
      const parts = group.length === 1 || !all.ok ? undefined : shares(all.value, request.column, group);
      if (group.length === 1) group[0]?.answer(all);
      else if (parts) group.forEach((w, i) => w.answer(done(parts[i] ?? [])));
      // What is wrong with one question is no answer to the others, and a row that cannot be told apart is read by who asked for it.
      else for (const one of group) await this.serve([one]);
    } catch (error) {
      for (const { fail } of group) fail(error);
    }
  }
}

/**
 * One question instead of many: while a read of one kind is under way, and for a moment behind it, others of its kind gather and go together in the next. Nobody is
 * answered from a read that began before the question was asked.
 */
export function gatheringReader(reader: Reader): Reader {
  const lines = new Map<string, Line>();
  return {
    read: (request, shape) => reader.read(request, shape),
    async readIn<T>(request: ListRequest, shape: RowShape<T>) {
      const { values, ...rest } = request;
      const wanted = [...new Set(values)].filter((value) => value !== '');
      if (wanted.length === 0) return done([]);
      const key = `${request.type} ${request.column}`;
      const line = lines.get(key) ?? new Line(reader, { request: rest, shape: shape as RowShape<unknown> });
      lines.set(key, line);
      return (await line.read(wanted)) as Outcome<T[]>;
    },
  };
}
