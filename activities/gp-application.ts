import { failed, type Outcome } from '../canonical/failure';
import { type Payment } from '../canonical/sales-order';
import { rmReceipt, type CreditType } from '../connectors/gp/document-kinds';
import { applicationDraft } from '../connectors/gp/drafts';
import { type GpApplicationDraft } from '../connectors/gp/types';
import { createCatalogue } from '../mapping/catalogue/catalogue';
import { inSchemaOrder } from '../mapping/catalogue/in-order';
import { Schema } from '../mapping/catalogue/schema';
import applySchema from '../mapping/catalogue/schemas/gp.apply.json';
import { parseMapping } from '../mapping/document/document';
import shipped from '../mapping/documents/payment-to-gp-application.json';
import { compileMapping, type CompiledMapping } from '../mapping/engine/compile';
import { runMapping } from '../mapping/engine/run';
import { asSource } from '../mapping/engine/source-text';
import { type Table } from '../mapping/engine/state';
import { type AgentMapping, type GpApplication } from './contract';

const schema = Schema.parse(applySchema);
const catalogue = createCatalogue([schema]);

/** Compiled documents kept at a time: a few versions of one document. */
const keptMax = 20;
const compiled = new Map<string, Outcome<CompiledMapping>>();

function mappingOf(document: unknown): Outcome<CompiledMapping> {
  const text = JSON.stringify(document);
  const known = compiled.get(text);
  if (known) return known;
  const parsed = parseMapping(document);
  const made = parsed.ok ? compileMapping(parsed.value, catalogue) : parsed;
  if (compiled.size >= keptMax) compiled.delete(compiled.keys().next().value ?? '');
  compiled.set(text, made);
  return made;
}

const unnamed = ({ receipt, amount, date }: GpApplication): Payment => ({ paymentId: receipt, aliases: [], gateway: '', amount, paidAt: `${date}T00:00:00Z` });

/**
 * A receipt (or a return) applied to an invoice, by the mapping document that came with the act: who pays what is known only now, and the agent has no store to
 * read one from. Runs that began before documents came along are mapped by the one that ships.
 */
export async function gpApplication(application: GpApplication, { mapping = { document: shipped }, type = rmReceipt }: { mapping?: AgentMapping | undefined; type?: CreditType } = {}): Promise<Outcome<GpApplicationDraft>> {
  const document = mappingOf(mapping.document);
  if (!document.ok) return document;
  const { receipt, invoice, amount, date, payment = unnamed(application) } = application;
  const made = await runMapping(document.value, { source: asSource({ ...payment, amount }), params: { ...asSource(mapping.params ?? {}) as object, credit: receipt, creditType: String(type), invoice, date }, tables: (mapping.tables ?? {}) as Record<string, Table> });
  return made.ok ? applicationDraft(inSchemaOrder(made.value, schema), { credit: receipt, type, invoice, amount }) : failed(made.failure);
}
