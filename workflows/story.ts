import type { Failure } from '../canonical/failure';
import type { Story } from '../canonical/story';
import type { Trouble } from '../activities/contract';
import { allInvoices } from './next-act';
import type { OrderState } from './order-state';

/** What was sent and answered stays out of lists and of the Temporal UI; it is kept, sealed, with the exception. */
const withoutEvidence = ({ evidence: _evidence, ...failure }: Failure): Failure => failure;

function approvalOf(state: OrderState): Pick<Story, 'approval'> {
  if (state.approvalNeeded === undefined) return {};
  const asked = state.approvalAsk ?? { needed: state.approvalNeeded, contentHash: state.plan?.contentHash ?? '', askedAt: state.updatedAt };
  return { approval: { ...asked, needed: state.approvalNeeded, ...(state.approval ? { decided: state.approval } : {}) } };
}

/** The exception this run is in: its failure with evidence, the step, and the document as it was to be written. Waiting alone is none. */
export function troubleOf(state: OrderState): Trouble | undefined {
  const stuck = state.phase === 'needs-attention' || state.phase === 'differs' || (state.phase === 'parked' && state.verdict === 'park');
  if (!stuck || !state.failure) return undefined;
  const step = state.undoing !== undefined ? 'undo' : !state.plan ? 'accept' : !state.orderWritten ? 'order' : state.failure.system === 'xero' ? 'invoice' : state.phase === 'differs' ? 'proof' : 'ledger';
  return { failure: state.failure, step, ...(state.plan ? { canonical: state.plan.order, coded: { coding: state.plan.coding, ...(state.plan.draft ? { draft: state.plan.draft } : {}), tenders: state.plan.tenders } } : {}) };
}

/** State → the one story that query, api, store and the Temporal UI tell. */
export function storyOf(state: OrderState): Story {
  const { plan } = state;
  return {
    runId: state.ids.runId, pairId: state.ids.pairId, sourceId: state.ids.sourceId, orderId: state.ids.orderId,
    ...(state.orderName === undefined ? {} : { orderName: state.orderName }),
    phase: state.phase, waitingFor: state.waitingFor, needsAttention: state.phase === 'needs-attention' || state.phase === 'differs',
    ...(state.failure ? { failure: withoutEvidence(state.failure) } : {}),
    ...(state.total === undefined ? {} : { total: state.total }), ...(state.currency === undefined ? {} : { currency: state.currency }),
    ...(state.orderWritten && plan ? { gpOrder: plan.coding.number } : {}),
    gpInvoices: allInvoices(state).map((i) => i.number), xeroInvoices: state.mirrored.map((m) => m.number),
    payments: [...new Set(state.hops.filter((h) => h.step === 'payment').map((h) => h.from.document))], receipts: [...state.receiptsWritten],
    hops: state.hops, warnings: state.warnings, ...(state.mappings ? { mappings: state.mappings } : {}),
    ...approvalOf(state), ...(state.makers.length === 0 ? {} : { makers: state.makers }), ...(state.refused.length === 0 ? {} : { refused: state.refused }),
    ...(state.difference === undefined ? {} : { difference: state.difference }),
    updatedAt: state.updatedAt,
  };
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** The live block in the Temporal UI: a sentence and a table of hops, in markdown. */
export function detailsOf(story: Story): string {
  const head = `**${story.orderName ?? story.orderId}** · ${story.phase}${story.total ? ` · ${story.total} ${story.currency ?? ''}` : ''}`;
  const waits = story.waitingFor === '' ? '' : `\n\nWaits for: ${story.waitingFor}`;
  const trouble = story.failure ? `\n\n**${story.failure.code}** ${story.failure.message}\n\n*Fix:* ${story.failure.fix}` : '';
  const rows = story.hops.map((h) => `| ${h.step} | ${cell(`${h.from.system} ${h.from.document}`)} | ${cell(`${h.to.system} ${h.to.document}`)} | ${h.amount ?? ''} ${h.currency ?? ''} | ${h.at.slice(0, 19)} |`);
  const table = rows.length === 0 ? '' : `\n\n| step | from | to | amount | at |\n|---|---|---|---|---|\n${rows.join('\n')}`;
  const warnings = story.warnings.length === 0 ? '' : `\n\nWarnings:\n${story.warnings.map((w) => `- ${w}`).join('\n')}`;
  return `${head}${waits}${trouble}${table}${warnings}${story.difference ? `\n\nDifference: ${story.difference}` : ''}`;
}
