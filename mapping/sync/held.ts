import { type HeldInPart, masterFields, type MasterRecord, type MasterSystem, masterSystems, otherSystem } from '../../canonical/master';
import { type Project } from './reconcile';
import { type KindRules, ownerOfField } from './rules';

/** Xero's longest name: one that is longer with the number behind it was cut before it. */
const nameMax = 255;
const names: Record<MasterSystem, string> = { gp: 'GP', xero: 'Xero' };

type Two = { gp: MasterRecord; xero: MasterRecord };
type More = { rules: KindRules; project: Project };

/** Xero wants every name once: a party whose name somebody else bears there has its number behind it. */
export function isNumbered({ gp, xero }: Two, project: Project): boolean {
  const held = xero.fields['name'] ?? '';
  const whole = project('name', gp.fields['name'], 'xero').value ?? '';
  return whole !== '' && [gp.id, xero.foreignId, xero.id].some((number) => {
    const mark = ` (${number ?? ''})`;
    const plain = held.slice(0, -mark.length);
    return number !== undefined && held.endsWith(mark) && (plain === whole || (plain.length >= nameMax - mark.length && whole.startsWith(plain)));
  });
}

/** Xero's record as it is compared: a name that only bears its number is no difference. */
export const asNamed = (two: Two, project: Project): MasterRecord => (isNumbered(two, project) ? { ...two.xero, fields: { ...two.xero.fields, name: two.gp.fields['name'] ?? '' } } : two.xero);

/** One field of one side against the whole value of the other. */
function partOf(field: string, system: MasterSystem, two: Two & Pick<More, 'project'>): Omit<HeldInPart, 'field' | 'label' | 'system' | 'full' | 'held'> | undefined {
  const { project } = two;
  const [here, there] = [two[system], two[otherSystem(system)]];
  const [held, full] = [here.fields[field] ?? '', there.fields[field] ?? ''];
  if (full === '' || held === full) return undefined;
  if (field === 'name' && system === 'xero' && isNumbered(two, project)) return { how: 'numbered', says: `name "${full}" stands in Xero as "${held}", because somebody else bears it there.` };
  const { value = '', warning } = project(field, full, system);
  // What stands here is the whole, and the other side holds part of it.
  if (held !== '' && (project(field, held, otherSystem(system)).value ?? '') === full) return undefined;
  if (value === '') return warning === undefined ? { how: 'no-place', says: `${names[system]} has no place for it.` } : { how: 'left-out', says: warning };
  if (value === held) return warning === undefined ? undefined : { how: 'shortened', says: warning };
  return here.protected === undefined ? undefined : { how: 'not-written', says: `it is not written: ${here.protected}.` };
}

/**
 * What each side holds only in part of what the other holds, field by field. Pure. Fields that nobody owns are left out, and so are differences that are
 * still to be written or decided.
 */
export function heldInPart(two: Two, { rules, project }: More): HeldInPart[] {
  return Object.entries(masterFields[two.gp.kind]).flatMap(([field, { label }]) => (ownerOfField(rules, field) === 'none' ? [] : masterSystems.flatMap((system): HeldInPart[] => {
    const part = partOf(field, system, { ...two, project });
    const held = two[system].fields[field] ?? '';
    return part ? [{ field, label, system, full: two[otherSystem(system)].fields[field] ?? '', ...(held === '' ? {} : { held }), ...part }] : [];
  })));
}

/** Those that people should know of one by one; that a ledger has no place for a field is the same for every record. */
export const worthCounting = (parts: readonly HeldInPart[]): HeldInPart[] => parts.filter((p) => p.how !== 'no-place');
