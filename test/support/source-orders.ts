import { sourceMapping, sourceOrder } from '../../activities/source-order';
import { type Outcome } from '../../canonical/failure';
import { type SalesOrder } from '../../canonical/sales-order';
import { standardCatalogue } from '../../mapping/catalogue/standard';
import { shippedMapping } from '../../mapping/documents/shipped';
import { compileMapping, type CompiledMapping } from '../../mapping/engine/compile';
import { type PairSource } from '../../mapping/pair';

const compiled = new Map<string, CompiledMapping>();
function mappingOf(kind: PairSource['kind']): CompiledMapping {
  const known = compiled.get(kind);
  if (known) return known;
  const made = compileMapping(shippedMapping(sourceMapping({ kind })), standardCatalogue());
  if (!made.ok) throw new Error(made.failure.message);
  compiled.set(kind, made.value);
  return made.value;
}

type Asked = { kind: PairSource['kind']; account?: string; paymentsText?: string | undefined; extraTotals?: string[] };
/** An order of a source as order-to-cash reads it: by the document that ships for its kind, payments included. */
export async function translated(text: string, { kind, account = 'x', paymentsText, extraTotals }: Asked): Promise<Outcome<SalesOrder>> {
  const read = await sourceOrder({ orderText: text, ...(paymentsText === undefined ? {} : { paymentsText }) }, { kind, account, extraTotals }, { mapping: mappingOf(kind) });
  return read.ok ? { ok: true, value: read.value.order } : read;
}
