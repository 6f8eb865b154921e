type Call = { at: string; operation: string; status: number; ms: number; document?: string };
const ringMax = 1_000;

/** What was called how often, and the last thousand calls. */
export class CallLog {
  private readonly ring: Call[] = [];
  private readonly byOperation = new Map<string, number>();

  record(call: Omit<Call, 'at'>): void {
    this.byOperation.set(call.operation, (this.byOperation.get(call.operation) ?? 0) + 1);
    this.ring.push({ at: new Date().toISOString(), ...call });
    if (this.ring.length > ringMax) this.ring.shift();
  }
  counts(): Record<string, number> { return Object.fromEntries([...this.byOperation].sort()); }
  recent(): Call[] { return [...this.ring]; }
  clear(): void { this.ring.length = 0; this.byOperation.clear(); }
}
