import type { AcceptResult, OrderPlan } from '../../activities/contract';
import { desk } from '../activities';
import { minorText } from '../allocation';
import type { OrderState } from '../order-state';
import { attempt } from './attempt';

/** ISO 4217 decimals other than two, for stories. */
const exponents: Record<string, number> = { JPY: 0, KRW: 0, CLP: 0, VND: 0, ISK: 0, BHD: 3, KWD: 3, JOD: 3, OMR: 3, TND: 3 };
export const exponentOf = (currency: string): number => exponents[currency] ?? 2;

function takePlan(state: OrderState, plan: OrderPlan): void {
  if (state.orderWritten && state.plan && plan.contentHash !== state.plan.contentHash) {
    state.failure = { code: 'order-edited', document: state.plan.coding.number, message: `The order was edited in the shop after GP order ${state.plan.coding.number} was made from it.`,
      fix: 'Change the GP order to match and retry (the run goes on with the order as GP has it), or undo and enter it anew.' };
    state.plan = { ...state.plan, version: plan.version, contentHash: plan.contentHash };
    return;
  }
  state.plan = plan;
  state.orderName = plan.orderName;
  state.total = minorText(plan.total.minor, exponentOf(plan.currency));
  state.currency = plan.currency;
  state.warnings = [...new Set([...state.warnings, ...plan.warnings])];
  if (plan.approval !== undefined) state.approvalNeeded = plan.approval;
}

function takeStop(state: OrderState, result: Extract<AcceptResult, { failure: unknown }>): void {
  state.orderName = result.orderName ?? state.orderName;
  state.total = result.total ?? state.total;
  state.currency = result.currency ?? state.currency;
  if (!state.orderWritten) {
    state.verdict = result.verdict;
    state.failure = result.failure;
    return;
  }
  if (result.verdict === 'cancelled') state.verdict = 'cancelled';
  if (result.verdict !== 'wait-order') state.failure = result.failure;
}

/**
 * Reads the order as the source has it now, and what may be done with it. No undo: nothing outside is written; numbers and intents it
 * reserved stay reserved and are the same on the next ask.
 */
export async function accept(state: OrderState): Promise<void> {
  const heard = state.heard;
  const { pairId, sourceId, orderId, runId } = state.ids;
  const outcome = await attempt(() => desk.acceptOrder({
    run: { pairId, sourceId, orderId, runId }, inboxIds: state.inboxIds, payments: state.told, ...(state.version === undefined ? {} : { knownVersion: state.version }),
  }));
  state.accepted = heard;
  if (!outcome.ok) {
    state.verdict = state.verdict ?? 'park';
    state.failure = outcome.failure;
    return;
  }
  const result = outcome.value;
  if (result.verdict === 'stale') return;
  if (result.verdict !== 'go') {
    state.version = result.version ?? state.version;
    takeStop(state, result);
    return;
  }
  state.version = result.plan.version;
  state.verdict = 'go';
  if (!state.orderWritten) delete state.failure;
  takePlan(state, result.plan);
}
