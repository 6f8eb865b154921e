import { done, failed, type Outcome } from '../../canonical/failure';
import { type MasterFields, type MasterKind, type MasterRecord, type MasterSide, type MasterSystem, type MasterWrite, type MasterWritten, overtaken } from '../../canonical/master';

/** A ledger's master records in memory, with what the real ones do: own ids, unique names at Xero, read-back, merges, calls counted. */
export class FakeSide implements MasterSide {
  readonly writeMax = 50;
  readonly records = new Map<string, MasterRecord>();
  calls = 0;
  refuse = new Set<string>();
  private clock = 0;
  private made = 0;
  /** `now` in ms: its own clock, a second a change, unless told another. */
  constructor(readonly system: MasterSystem, private readonly now?: () => number) {}
  private stamp(): string { this.clock = this.now ? Math.max(this.clock + 1, this.now()) : this.clock === 0 ? Date.UTC(2026, 10, 1) : this.clock + 1_000; return new Date(this.clock).toISOString(); }
  private keyOf(kind: MasterKind, id: string): string { return `${kind}/${id}`; }
  put(kind: MasterKind, id: string, { fields, ...over }: Partial<MasterRecord> & { fields: MasterFields }): MasterRecord {
    const record: MasterRecord = { kind, system: this.system, id, fields, state: 'active', version: this.stamp(), ...over };
    this.records.set(this.keyOf(kind, id), record);
    return record;
  }
  edit(kind: MasterKind, id: string, { fields, ...over }: Partial<MasterRecord>): void {
    const before = this.records.get(this.keyOf(kind, id));
    if (!before) throw new Error(`no ${kind} ${id}`);
    this.put(kind, id, { fields: { ...before.fields, ...fields }, ...(before.foreignId ? { foreignId: before.foreignId } : {}), state: before.state, ...over });
  }
  get(kind: MasterKind, id: string): MasterRecord | undefined { return this.records.get(this.keyOf(kind, id)); }
  all(kind: MasterKind): MasterRecord[] { return [...this.records.values()].filter((r) => r.kind === kind); }
  async changedSince({ kind, since }: { kind: MasterKind; since?: string; limit: number }): Promise<Outcome<{ records: MasterRecord[]; watermark: string }>> {
    return done({ records: this.all(kind).filter((r) => since === undefined || r.version >= since), watermark: this.stamp() });
  }
  async read(kind: MasterKind, ids: string[]): Promise<Outcome<MasterRecord[]>> { return done(ids.flatMap((id) => { const r = this.get(kind, id); return r ? [r] : []; })); }
  private one(w: MasterWrite): Outcome<MasterWritten> {
    if (this.refuse.has(w.set['name'] ?? '')) return failed({ code: 'document-rejected', system: this.system, message: `${this.system} does not take it`, fix: 'Correct it.' });
    const known = w.id === undefined ? this.all(w.kind).find((r) => r.state !== 'deleted' && w.foreignId !== undefined && r.foreignId === w.foreignId) ?? (w.newId ? this.get(w.kind, w.newId) : undefined) : this.get(w.kind, w.id);
    if (w.id !== undefined && !known) return failed({ code: 'document-missing', system: this.system, message: `${w.id} is not there`, fix: 'Look.' });
    if (known && overtaken(known, w)) return done({ record: known, existed: true, warnings: [], overtaken: true });
    const fields = { ...known?.fields, ...w.set };
    for (const f of w.clear ?? []) delete fields[f];
    this.made += 1;
    const record = this.put(w.kind, known?.id ?? w.newId ?? `${this.system}-${w.kind}-${this.made}`, { fields, state: w.state ?? known?.state ?? 'active', ...(known?.foreignId ?? w.foreignId ? { foreignId: known?.foreignId ?? w.foreignId } : {}) });
    return done({ record, existed: known !== undefined, warnings: [] });
  }
  async write(writes: MasterWrite[]): Promise<Outcome<MasterWritten>[]> { this.calls += 1; return writes.map((w) => this.one(w)); }
}
