import { defineSearchAttributeKey } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { desk } from './activities';
import { searchAttributeNames } from './names';
import { allInvoices } from './next-act';
import type { OrderState } from './order-state';
import { detailsOf, storyOf, troubleOf } from './story';

const phaseKey = defineSearchAttributeKey(searchAttributeNames.phase, 'KEYWORD');
const attentionKey = defineSearchAttributeKey(searchAttributeNames.needsAttention, 'BOOL');
const amountKey = defineSearchAttributeKey(searchAttributeNames.amount, 'DOUBLE');
const placedAtKey = defineSearchAttributeKey(searchAttributeNames.placedAt, 'DATETIME');
const documentsKey = defineSearchAttributeKey(searchAttributeNames.documents, 'KEYWORD_LIST');

export function showInSearch(state: OrderState): void {
  const documents = [...(state.orderWritten && state.plan ? [state.plan.coding.number] : []), ...state.receiptsWritten, ...(state.supplements ?? []).map((s) => s.number), ...allInvoices(state).map((i) => i.number)];
  upsertSearchAttributes([
    { key: phaseKey, value: state.phase }, { key: attentionKey, value: state.phase === 'needs-attention' || state.phase === 'differs' },
    ...(state.total === undefined ? [] : [{ key: amountKey, value: Number(state.total) }]),
    ...(state.plan ? [{ key: placedAtKey, value: new Date(state.plan.placedAt) }] : []),
    ...(documents.length === 0 ? [] : [{ key: documentsKey, value: documents.slice(0, 20) }]),
  ]);
}

/** Tells everybody where the run stands: Temporal's details and search, and the store, where exceptions open and close. */
export async function publish(state: OrderState): Promise<void> {
  state.seq += 1;
  state.updatedAt = new Date(Date.now()).toISOString();
  const told = storyOf(state);
  setCurrentDetails(detailsOf(told));
  showInSearch(state);
  const trouble = troubleOf(state);
  await desk.recordProgress({ story: told, seq: state.seq, ...(trouble ? { trouble } : {}), ...(state.phase === 'awaiting-approval' && state.plan ? { asked: state.plan.order } : {}) });
}
