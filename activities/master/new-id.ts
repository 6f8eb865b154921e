import { type MasterKind, type MasterRecord } from '../../canonical/master';
import { type Pair } from '../../mapping/pair';
import { type KindRules } from '../../mapping/sync/rules';
import { type MasterDeps } from './deps';

const digits = 7;
const lengthMax: Record<MasterKind, number> = { customer: 15, vendor: 15, item: 30, account: 75, tax: 15, tracking: 15, terms: 20, currency: 15 };
/** GP keys are capitals without marks; anything else is a reserved number (reference dynamics-gp §2.1, scenario 23). */
const asKey = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase().replaceAll(/[^A-Z0-9._/-]+/g, '-').replaceAll(/^-+|-+$/g, '');

/**
 * The id under which a record of Xero is made in GP: parties get a number of a reserved series, the same on every ask; everything else its own code.
 * A code that is too long gets a number too, never a cut.
 */
export async function newGpId({ record, pair, rules, preview }: { record: MasterRecord; pair: Pair; rules: KindRules; preview: boolean }, deps: MasterDeps): Promise<string> {
  const { kind } = record;
  const code = asKey(record.fields['code'] ?? record.fields['number'] ?? '');
  const party = kind === 'customer' || kind === 'vendor';
  if (!party && code !== '' && code.length <= lengthMax[kind]) return code;
  const prefix = rules.idPrefix ?? (kind === 'customer' ? pair.gp.customerPrefix : kind === 'vendor' ? 'VEN' : kind.slice(0, 3).toUpperCase());
  if (preview) return `${prefix}(next)`;
  const n = await deps.store.numbers.reserve({ pairId: pair.pairId, series: kind, key: `xero/${record.id}`, first: 1 });
  return `${prefix}${String(n).padStart(digits, '0')}`;
}
