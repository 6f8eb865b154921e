import type { ApprovalPolicy } from '../activities/contract';
import type { OrderState } from './order-state';

/** What the clock of an approval does next, and in how many milliseconds. */
export type Due = { act: 'remind' | 'escalate' | 'silence'; inMs: number };

/** Opens the question, once per content and reason; the decision survives every retry. */
export function ask(state: OrderState, now: number): void {
  const needed = state.approvalNeeded ?? '';
  const contentHash = state.plan?.contentHash ?? '';
  if (state.approvalAsk?.needed === needed && state.approvalAsk.contentHash === contentHash) return;
  const { silenceAfterMs } = policyOf(state);
  state.approvalAsk = { needed, contentHash, askedAt: new Date(now).toISOString(), ...(silenceAfterMs === undefined ? {} : { silenceAt: new Date(now + silenceAfterMs).toISOString() }) };
}

const policyOf = (state: OrderState): ApprovalPolicy => state.plan?.approvalPolicy ?? { onSilence: 'wait' };

/** The next stage of the open question; undefined when only a person can end it. */
export function nextDue(state: OrderState, now: number): Due | undefined {
  const question = state.approvalAsk;
  if (!question || question.decided) return undefined;
  const { remindAfterMs, escalateAfterMs, silenceAfterMs, onSilence } = policyOf(state);
  const asked = Date.parse(question.askedAt);
  const stages: (Due | undefined)[] = [
    remindAfterMs !== undefined && question.remindedAt === undefined ? { act: 'remind', inMs: asked + remindAfterMs - now } : undefined,
    escalateAfterMs !== undefined && question.escalatedAt === undefined ? { act: 'escalate', inMs: asked + escalateAfterMs - now } : undefined,
    silenceAfterMs !== undefined && onSilence !== 'wait' ? { act: 'silence', inMs: asked + silenceAfterMs - now } : undefined,
  ];
  return stages.filter((s): s is Due => s !== undefined).map((s) => ({ ...s, inMs: Math.max(1, s.inMs) })).sort((a, b) => a.inMs - b.inMs)[0];
}

/** A stage was reached without an answer. */
export function reach(state: OrderState, due: Due, now: number): void {
  if (!state.approvalAsk) return;
  const at = new Date(now).toISOString();
  if (due.act === 'remind') state.approvalAsk = { ...state.approvalAsk, remindedAt: at };
  if (due.act === 'escalate') state.approvalAsk = { ...state.approvalAsk, escalatedAt: at };
  const { onSilence } = policyOf(state);
  if (due.act === 'silence' && onSilence !== 'wait') {
    state.approval = { approver: 'policy', decision: onSilence, reason: `nobody answered until ${state.approvalAsk.silenceAt ?? at}`, at };
    if (state.plan) state.approvedHash = state.plan.contentHash;
  }
}
