import { done, failed, type Failure, type Outcome } from '../canonical/failure';

export type TurnDeps = {
  /** Whether GP holds this order. */
  holds(orderNumber: string): Promise<Outcome<boolean>>;
  now(): number;
  /** How long an order is waited for that GP does not hold: it may have been refused at another agent, or cancelled on its way. */
  patienceMs?: number;
};

const againMs = 1_000;
const rememberMax = 5_000;

/** The oldest go first when there are too many. */
function trim(known: { size: number; keys(): Iterator<string>; delete(key: string): boolean }): void {
  while (known.size > rememberMax) known.delete(String(known.keys().next().value));
}

const notYet = (before: string): Failure => ({
  code: 'document-locked', system: 'gp', document: before, message: `The customer's order before this one, ${before}, is still on its way to GP.`, fix: 'It goes on by itself, after that one.', retryAfterMs: againMs,
});

/**
 * One customer's orders reach GP in the order they were taken, however many agents there are and whichever of them dies: GP itself is what all
 * agents see. An order whose forerunner is not there yet steps back and is tried again; it holds no place meanwhile.
 */
export class Turns {
  private readonly settled = new Set<string>();
  private readonly missedAt = new Map<string, number>();
  constructor(private readonly deps: TurnDeps) {}

  /** Nothing more is to come of this order here: GP holds it or refused it. */
  settle(orderNumber: string): void {
    this.settled.add(orderNumber);
    this.missedAt.delete(orderNumber);
    trim(this.settled);
  }

  /** Whether an order may go that comes after `before`; fails with `document-locked` while it may not, or with what kept GP from being asked. */
  async come(before: string | undefined): Promise<Outcome<undefined>> {
    if (before === undefined || this.settled.has(before)) return done(undefined);
    const held = await this.deps.holds(before);
    if (!held.ok) return held;
    const { now, patienceMs = 60_000 } = this.deps;
    const since = this.missedAt.get(before) ?? now();
    if (held.value || now() - since >= patienceMs) {
      this.settle(before);
      return done(undefined);
    }
    this.missedAt.set(before, since);
    trim(this.missedAt);
    return failed(notYet(before));
  }
}
