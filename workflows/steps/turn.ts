import { condition } from '@temporalio/workflow';
import { desk } from '../activities';
import { hints } from '../hear';
import type { OrderState } from '../order-state';

/** The word may be lost with the process that was to give it, so it is asked for: soon, then ever more seldom, for GP may be away for days. */
const askMs = { first: 30_000, most: 3_600_000 };

/**
 * Waits for the order before it of the same customer: GP gets a customer's orders in the order they were taken, whatever number of agents there
 * are and whichever dies. No undo: it writes nothing.
 */
export async function awaitTurn(state: OrderState): Promise<void> {
  const number = state.plan?.coding.number ?? '';
  state.waitingFor = `the customer's order before this one, ${state.plan?.after ?? ''}`;
  const before = hints(state);
  const asked = state.turnAsks ?? 0;
  if (await condition(() => state.turn === number || hints(state) !== before, Math.min(askMs.most, askMs.first * 2 ** asked))) return;
  state.turnAsks = asked + 1;
  const { pairId, sourceId, orderId, runId } = state.ids;
  if (await desk.turnHasCome({ run: { pairId, sourceId, orderId, runId }, customer: state.plan?.coding.customerNumber ?? '', number })) state.turn = number;
}
