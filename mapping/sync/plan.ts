import { masterFields, type MasterFields, type MasterKind, type MasterRecord, type MasterSystem, type MasterWrite, otherSystem } from '../../canonical/master';
import { type Base, type Choices, type Conflict, type FieldDecision, type Project, type Projection, reconcile } from './reconcile';
import { type KindRules, ownerOfField } from './rules';

/** What a system can hold of a value, by its lengths and characters; told by its connector. */
export type Holds = (kind: MasterKind, field: string, value: string) => Projection;

/** Where the state of a record is remembered in a base, beside its fields. */
export const stateKey = '~state';
export const baseOf = (record: MasterRecord): MasterFields => ({ ...record.fields, [stateKey]: record.state });

/** Value tables of the pair first, then what the other system can hold. */
export function projectBy(kind: MasterKind, rules: KindRules, holds: Record<MasterSystem, Holds>): Project {
  return (field, value, to) => {
    if (value === undefined || value === '') return { value: undefined };
    const table = rules.values[field];
    if (table) {
      const row = table.find((r) => r[otherSystem(to)] === value);
      if (row) return { value: row[to] };
      if (rules.noValue !== 'source') return { value: undefined, warning: `${masterFields[kind][field]?.label ?? field} "${value}" is in no value table and was left alone` };
    }
    return holds[to](kind, field, value);
  };
}

export type PairPlan = { gp?: MasterWrite; xero?: MasterWrite; decisions: FieldDecision[]; conflicts: Conflict[]; warnings: string[]; archivedAsk: boolean };

function writeOf(record: MasterRecord, decisions: readonly FieldDecision[], state: 'active' | 'archived' | undefined): MasterWrite | undefined {
  const mine = decisions.filter((d) => d.write === record.system);
  if (mine.length === 0 && state === undefined) return undefined;
  const set = Object.fromEntries(mine.flatMap((d) => (d.value === undefined || d.value === '' ? [] : [[d.field, d.value] as const])));
  const clear = mine.filter((d) => d.value === undefined || d.value === '').map((d) => d.field);
  return { kind: record.kind, id: record.id, set, ...(clear.length > 0 ? { clear } : {}), ...(state ? { state } : {}) };
}

type Pair = { kind: MasterKind; gp: MasterRecord; xero: MasterRecord; base?: Base; rules: KindRules; project: Project; choices?: Choices };

/** Archived on one side since they last agreed: the other side follows, or a person is asked. */
function planState({ gp, xero, base, rules, choices }: Pair): { write?: MasterSystem; state?: 'active' | 'archived'; ask: boolean } {
  const stateOf = (r: MasterRecord): 'active' | 'archived' => (r.state === 'active' ? 'active' : 'archived');
  if (stateOf(gp) === stateOf(xero) || rules.archived === 'ignore') return { ask: false };
  const chosen = choices?.[stateKey];
  const moved = (r: MasterRecord): boolean => base !== undefined && (base[r.system][stateKey] ?? 'active') !== r.state;
  const from = chosen ?? (moved(gp) !== moved(xero) ? (moved(gp) ? 'gp' : 'xero') : undefined);
  if (from === undefined || (chosen === undefined && rules.archived === 'ask')) return { ask: base === undefined || moved(gp) || moved(xero) };
  return { write: otherSystem(from), state: stateOf(from === 'gp' ? gp : xero), ask: false };
}

/** Two linked records → what is written to each. A protected record is never written: its differences are only told. */
export function planPair(pair: Pair): PairPlan {
  const { decisions, conflicts, warnings } = reconcile(pair);
  const state = planState(pair);
  const plan: PairPlan = { decisions, conflicts, warnings, archivedAsk: state.ask };
  for (const record of [pair.gp, pair.xero]) {
    const write = writeOf(record, decisions, state.write === record.system ? state.state : undefined);
    if (!write) continue;
    if (record.protected) { plan.warnings = [...plan.warnings, `${record.system} ${record.id} is not written: ${record.protected}`]; continue; }
    plan[record.system] = write;
  }
  return plan;
}

/** A record that only one side has → how it is made on the other; the missing required fields instead, where there are any. */
export function planCreate(record: MasterRecord, more: { rules: KindRules; project: Project; newId?: string }): { write: MasterWrite; warnings: string[] } | { missing: string[] } {
  const to = otherSystem(record.system);
  const set: MasterFields = {};
  const warnings: string[] = [];
  for (const field of Object.keys(masterFields[record.kind])) {
    if (ownerOfField(more.rules, field) === 'none') continue;
    const { value, warning } = more.project(field, record.fields[field], to);
    if (warning) warnings.push(warning);
    if (value !== undefined && value !== '') set[field] = value;
  }
  const missing = Object.entries(masterFields[record.kind]).filter(([field, spec]) => spec.required && set[field] === undefined).map(([field]) => field);
  if (missing.length > 0) return { missing };
  return { write: { kind: record.kind, foreignId: record.id, set, ...(more.newId === undefined ? {} : { newId: more.newId }) }, warnings };
}

/** The base after a settled pair: what each side holds now; fields in conflict stay as they were, so that the question stays. */
export function baseAfter(gp: MasterRecord, xero: MasterRecord, more: { base?: Base; conflicts: readonly Pick<Conflict, 'field'>[]; stateOpen: boolean }): Base {
  const base: Base = { gp: baseOf(gp), xero: baseOf(xero) };
  for (const field of [...more.conflicts.map((c) => c.field), ...(more.stateOpen ? [stateKey] : [])]) {
    for (const system of ['gp', 'xero'] as const) {
      const was = more.base?.[system][field];
      if (was === undefined) delete base[system][field]; else base[system][field] = was;
    }
  }
  return base;
}
