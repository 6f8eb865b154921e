/** Writes whose generation is remembered: far more than fit into Xero's six minutes of memory. */
const rememberedMax = 10_000;

/**
 * How often Xero gave an answer about a write that it keeps under the idempotency key (a success, a refusal, a 5xx): part of the key, so that the
 * next try is not answered by Xero's memory. A write whose answer was lost keeps its generation: asked again, it cannot become two.
 * Source: reference/xero.md §4.1.
 */
export class Generations {
  private readonly answers = new Map<string, number>();
  private readonly broken = new Map<string, number>();

  /** Generation of a call about these writes: moves on with any answer about any of them. */
  of(keys: readonly string[]): number { return keys.reduce((sum, key) => sum + (this.answers.get(key) ?? 0), 0); }

  answered(keys: readonly string[]): void {
    for (const key of keys) {
      const next = (this.answers.get(key) ?? 0) + 1;
      this.answers.delete(key);
      this.answers.set(key, next);
      this.broken.delete(key);
      if (this.answers.size > rememberedMax) this.answers.delete([...this.answers.keys()][0] ?? '');
    }
  }

  /**
   * A 5xx about these writes. 500 is Xero's own, and kept. 502, 503 and 504 come from what stands before Xero, while the write may still be under
   * way: the same key is tried once more; the same answer again is one that is kept.
   */
  failed(keys: readonly string[], status: number): void {
    if (status === 500 || keys.some((key) => this.broken.get(key) === status)) { this.answered(keys); return; }
    for (const key of keys) this.broken.set(key, status);
    if (this.broken.size > rememberedMax) this.broken.clear();
  }
}
