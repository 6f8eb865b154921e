import { masterFields, type MasterFields, type MasterKind, type MasterRecord, type MasterSystem, otherSystem } from '../../canonical/master';
import { type KindRules, ownerOfField } from './rules';

/** What each side held when they last agreed, as read back from it: our own echo is no change. */
export type Base = { gp: MasterFields; xero: MasterFields };
/** A value as the other system can hold it (codes mapped, text abbreviated), with what was lost on the way. */
export type Projection = { value: string | undefined; warning?: string };
/** Canonical value of one side → what the other side would hold; undefined for a value that is there: that side has no place for it. */
export type Project = (field: string, value: string | undefined, to: MasterSystem) => Projection;

export type Conflict = { field: string; label: string; gp?: string; xero?: string; base?: string; why: 'both-changed' | 'foreign-change' };
export type FieldDecision = { field: string; write: MasterSystem; value: string | undefined; before?: string; why: 'owner' | 'restored' | 'accepted' | 'newest' | 'filled' | 'chosen' };
export type Reconciled = { decisions: FieldDecision[]; conflicts: Conflict[]; warnings: string[] };
/** A person's word on single fields: whose value stands. */
export type Choices = Record<string, MasterSystem>;

export type ReconcileAsk = { kind: MasterKind; gp: MasterRecord; xero: MasterRecord; base?: Base; rules: KindRules; project: Project; choices?: Choices };

const same = (a: string | undefined, b: string | undefined): boolean => (a ?? '') === (b ?? '');

class Look {
  constructor(readonly ask: ReconcileAsk, readonly field: string) {}
  value(system: MasterSystem): string | undefined { return this.ask[system].fields[this.field]; }
  base(system: MasterSystem): string | undefined { return this.ask.base?.[system][this.field]; }
  /** Both hold what they held when they last agreed. */
  unmoved(): boolean { return this.ask.base !== undefined && !this.changed('gp') && !this.changed('xero'); }
  changed(system: MasterSystem): boolean { return this.ask.base !== undefined && !same(this.value(system), this.base(system)); }
  /** What the other side would hold if this side's value stood. */
  asHeldBy(to: MasterSystem): Projection { return this.ask.project(this.field, this.value(otherSystem(to)), to); }
  /** The other side holds this side's value already, as far as it can. */
  agrees(from: MasterSystem): boolean {
    const projected = this.asHeldBy(otherSystem(from));
    return projected.value === undefined && this.value(from) !== undefined ? true : same(projected.value, this.value(otherSystem(from)));
  }
  /** Nothing is to be carried from this side: the other one has it, or can have nothing of it and holds nothing. A value there that came by itself is a change. */
  rests(from: MasterSystem): boolean {
    const there = this.value(otherSystem(from)) ?? '';
    return this.agrees(from) && (there === '' || this.asHeldBy(otherSystem(from)).value !== undefined);
  }
  conflict(why: Conflict['why']): Conflict {
    const [gp, xero, base] = [this.value('gp'), this.value('xero'), this.base('gp')];
    return { field: this.field, label: masterFields[this.ask.kind][this.field]?.label ?? this.field, why, ...(gp === undefined ? {} : { gp }), ...(xero === undefined ? {} : { xero }), ...(base === undefined ? {} : { base }) };
  }
}

type Verdict = { from: MasterSystem; why: FieldDecision['why'] } | { conflict: Conflict } | undefined;
const newest = ({ gp, xero }: ReconcileAsk): MasterSystem => (xero.version > gp.version ? 'xero' : 'gp');

/** A field that has an owner: the owner's value stands, unless the rules ask a person. */
function owned(look: Look, owner: MasterSystem): Verdict {
  const { rules } = look.ask;
  const other = otherSystem(owner);
  const blank = look.value(owner) === undefined || look.value(owner) === '';
  if (blank && rules.fillBlank && !look.changed(owner) && (look.value(other) ?? '') !== '') return { from: other, why: 'filled' };
  if (look.changed(owner) && look.changed(other)) {
    if (rules.bothChanged === 'ask') return { conflict: look.conflict('both-changed') };
    return rules.bothChanged === 'newest' ? { from: newest(look.ask), why: 'newest' } : { from: owner, why: 'owner' };
  }
  if (look.changed(other)) {
    if (rules.foreignChange === 'ask') return { conflict: look.conflict('foreign-change') };
    return rules.foreignChange === 'accept' ? { from: other, why: 'accepted' } : { from: owner, why: 'restored' };
  }
  return { from: owner, why: 'owner' };
}

/** A field that either side may change: the side that changed it; both at once is a question unless the newer is to stand. */
function shared(look: Look): Verdict {
  const [gp, xero] = [look.changed('gp'), look.changed('xero')];
  if (gp !== xero) return { from: gp ? 'gp' : 'xero', why: 'owner' };
  if (gp && xero) return look.ask.rules.bothChanged === 'newest' ? { from: newest(look.ask), why: 'newest' } : { conflict: look.conflict('both-changed') };
  if (look.ask.base) return undefined;
  const [g, x] = [look.value('gp') ?? '', look.value('xero') ?? ''];
  if (g === '' || x === '') return { from: g === '' ? 'xero' : 'gp', why: 'filled' };
  return look.ask.rules.bothChanged === 'newest' ? { from: newest(look.ask), why: 'newest' } : { conflict: look.conflict('both-changed') };
}

/**
 * Two versions of one record and what they were when they last agreed → what is to be written where, field by field, and what a person must
 * decide. Pure. Without a base (the first meeting) the owner's values stand and blanks are filled.
 */
export function reconcile(ask: ReconcileAsk): Reconciled {
  const result: Reconciled = { decisions: [], conflicts: [], warnings: [] };
  for (const field of Object.keys(masterFields[ask.kind])) {
    const owner = ownerOfField(ask.rules, field);
    if (owner === 'none') continue;
    const look = new Look(ask, field);
    const chosen = ask.choices?.[field];
    if (chosen === undefined && look.unmoved()) continue;
    if (look.rests('gp') || look.rests('xero')) continue;
    const verdict: Verdict = chosen ? { from: chosen, why: 'chosen' } : owner === 'both' ? shared(look) : owned(look, owner);
    if (!verdict) continue;
    if ('conflict' in verdict) { result.conflicts.push(verdict.conflict); continue; }
    if (look.agrees(verdict.from)) continue;
    const to = otherSystem(verdict.from);
    const { value, warning } = look.asHeldBy(to);
    const before = look.value(to);
    if (warning) result.warnings.push(warning);
    result.decisions.push({ field, write: to, value, why: verdict.why, ...(before === undefined ? {} : { before }) });
  }
  return result;
}
