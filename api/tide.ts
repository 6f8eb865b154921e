/** So many deliveries within this time are a flood. It is seen early: what is begun before it is seen is in the way of all that follow. */
const rising = { deliveries: 10, spanMs: 150 };
/** It is over when fewer come: also a machine that stands still for a moment, and then answers many at once, is in a flood. */
const ebb = { deliveries: 20, spanMs: 400 };
/** A delivery that waited longer for its 200 was late; with more late ones than this part, processing takes what receiving needs. */
const late = { afterMs: 20, part: 0.05 };
/** Orders begun per second while deliveries flood in, and how fast that grows. The least is never undercut, so that nothing waits for a flood to end. */
const pace = { least: 1, most: 100, growthPerSecond: 0.25 };

/**
 * How fast deliveries come in, and how long they wait. While they flood, what is stored can wait and senders cannot: a shop gives up after a few seconds, and nothing is gained
 * by starting orders faster than they can be processed. How fast that is no constant knows: the pace grows while deliveries are answered in time, and halves when they are not.
 */
export class Tide {
  private readonly arrivals: number[] = [];
  private answers = { all: 0, late: 0 };
  private flooding: { perSecond: number; due: number; at: number } | undefined;
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** A delivery is here. */
  arrived(): void {
    this.arrivals.push(this.now());
    if (this.arrivals.length > ebb.deliveries) this.arrivals.shift();
  }

  /** One was answered, after so many milliseconds. */
  answered(waitedMs: number): void {
    this.answers.all += 1;
    if (waitedMs > late.afterMs) this.answers.late += 1;
  }

  private within({ deliveries, spanMs }: { deliveries: number; spanMs: number }): boolean {
    const first = this.arrivals[this.arrivals.length - deliveries];
    return first !== undefined && this.now() - first < spanMs;
  }

  /** How many orders may be begun since this was asked last; undefined when deliveries do not flood in, and as many as there are may. */
  allowance(): number | undefined {
    const at = this.now();
    const answers = this.answers;
    this.answers = { all: 0, late: 0 };
    if (!this.within(rising) && !(this.flooding && this.within(ebb))) { this.flooding = undefined; return undefined; }
    this.flooding ??= { perSecond: pace.least, due: 0, at };
    const { perSecond, due, at: before } = this.flooding;
    const seconds = (at - before) / 1000;
    const next = answers.late > answers.all * late.part ? perSecond / 2 : perSecond * (1 + pace.growthPerSecond * seconds);
    const total = due + perSecond * seconds;
    this.flooding = { perSecond: Math.min(pace.most, Math.max(pace.least, next)), due: total % 1, at };
    return Math.floor(total);
  }
}
