import { type MasterWrite } from '../../canonical/master';
import { gpHolds } from './master-holds';

/** What of a write GP can hold: field → value, undefined where it is to be cleared; with what is lost. */
export type Desired = { fields: Record<string, string | undefined>; warnings: string[] };

export function desiredOf(write: MasterWrite): Desired {
  const warnings: string[] = [];
  const held = Object.entries(write.set).flatMap(([field, value]) => {
    const { value: kept, warning } = gpHolds(write.kind, field, value);
    if (warning !== undefined) warnings.push(warning);
    return kept === undefined ? [] : [[field, kept] as const];
  });
  return { fields: { ...Object.fromEntries((write.clear ?? []).map((field) => [field, undefined])), ...Object.fromEntries(held) }, warnings };
}
