/** So many deliveries within a second are a flood. */
const floodFrom = 50;
const spanMs = 1_000;

/**
 * How fast deliveries come in. While they flood, what is stored can wait and senders cannot: a shop gives up after a few seconds, and nothing is gained
 * by starting orders faster than they can be processed.
 */
export class Tide {
  private readonly arrivals: number[] = [];
  constructor(private readonly now: () => number = () => performance.now()) {}

  arrived(): void {
    this.arrivals.push(this.now());
    if (this.arrivals.length > floodFrom) this.arrivals.shift();
  }
  /** Whether the last `floodFrom` came within a second, and the last of them just now. */
  get floods(): boolean {
    const [first] = this.arrivals;
    return this.arrivals.length >= floodFrom && first !== undefined && this.now() - first < spanMs;
  }
}
