import { type MasterFields, type MasterKind, type MasterRecord, type MasterWrite, otherSystem } from '../../canonical/master';
import { heldInPart, worthCounting } from '../../mapping/sync/held';
import { matchKeys } from '../../mapping/sync/match';
import { type Project } from '../../mapping/sync/reconcile';
import { type KindRules } from '../../mapping/sync/rules';
import { type PlanInput, type PlanResult, type SyncSample } from './contract';
import { type MasterDeps } from './deps';

const samplesMax = 40;
/** Of what would be held only in part, beside the other samples. */
const partlyMax = 20;
/** Records of one name that a page looks at. */
const bearersMax = 2_000;

/** Name in small letters → who bears it: `xero/ID`, or `gp/ID` of one that would be made. */
type Bearers = ReadonlyMap<string, readonly string[]>;
/** What a preview works with. */
export type Foreseeing = { input: PlanInput; rules: KindRules; project: Project; result: PlanResult; bearers: Bearers };

export const nameOf = (r: MasterRecord): string => r.fields['name'] ?? r.fields['code'] ?? r.id;

/** An example for people; only a preview shows any. */
export function show({ input, result: { samples } }: Foreseeing, sample: SyncSample): void {
  if (input.preview && samples.filter((s) => s.does !== 'partly').length < samplesMax) samples.push(sample);
}

/** A record as it is once the write is done. */
export function written(record: MasterRecord, write: MasterWrite | undefined): MasterRecord {
  const fields: MasterFields = { ...record.fields, ...write?.set };
  for (const field of write?.clear ?? []) delete fields[field];
  return { ...record, fields };
}

/** What one side would hold only in part: counted, and shown with both forms. */
export function foresee(work: Foreseeing, subject: string, two: { gp: MasterRecord; xero: MasterRecord }): void {
  if (!work.input.preview) return;
  const { totals, samples } = work.result;
  const parts = worthCounting(heldInPart(two, work));
  if (parts.length === 0) return;
  totals.partly = (totals.partly ?? 0) + 1;
  const room = partlyMax - samples.filter((s) => s.does === 'partly').length;
  for (const p of parts.slice(0, Math.max(0, room))) samples.push({ subject, name: nameOf(two.gp), does: 'partly', to: p.system, fields: [{ field: p.field, before: p.full, ...(p.held === undefined ? {} : { after: p.held }) }], why: p.says });
}

/** The same for a record that would be made; in Xero one whose name is borne, or would be by one made before it, gets its number behind it. */
export function foreseeMade(work: Foreseeing, record: MasterRecord, { subject, write }: { subject: string; write: MasterWrite }): void {
  const to = otherSystem(record.system);
  const made: MasterRecord = { ...record, system: to, id: write.newId ?? record.id, fields: { ...write.set } };
  if (to === 'gp') { foresee(work, subject, { gp: made, xero: record }); return; }
  const name = write.set['name'] ?? '';
  const borne = (work.bearers.get(name.toLowerCase()) ?? []).some((who) => who.startsWith('xero/') || who < `gp/${record.id}`);
  foresee(work, subject, { gp: record, xero: borne ? { ...made, fields: { ...made.fields, name: `${name} (${record.id})` } } : made });
}

/** Who bears the names of these records, on both sides. Parties only: Xero wants theirs once. */
export async function bearersOf(records: readonly MasterRecord[], { pairId, kind, deps }: { pairId: string; kind: MasterKind; deps: MasterDeps }): Promise<Bearers> {
  const bearers = new Map<string, string[]>();
  const keys = [...new Set(records.filter((r) => r.system === 'gp').flatMap((r) => matchKeys(r).filter((k) => k.startsWith('name '))))];
  if (keys.length === 0 || (kind !== 'customer' && kind !== 'vendor')) return bearers;
  for (const system of ['gp', 'xero'] as const) {
    for (const r of await deps.store.master.snapshot.sharing(pairId, kind, { system, keys, limit: bearersMax })) {
      const name = (r.fields['name'] ?? '').toLowerCase();
      if (r.state === 'active') bearers.set(name, [...bearers.get(name) ?? [], `${system}/${r.id}`]);
    }
  }
  return bearers;
}
