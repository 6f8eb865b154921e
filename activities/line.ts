import { type RunRef } from './contract';
import { type DeskDeps } from './deps';

/** More runs than this are not passed over in one act. */
const passedMax = 100;

/**
 * Who told where it rests is on its way no more: it was posted, refused, asks somebody, or came to nothing. It leaves its customer's line, and the
 * order that is first now is told. A word that is lost with this process is not missed: who waits asks now and then.
 */
export async function leaveLine(runId: string, { store, tellTurn }: Pick<DeskDeps, 'store' | 'tellTurn'>): Promise<void> {
  let left = runId;
  for (let i = 0; i < passedMax; i += 1) {
    const head = await store.documents.leaveLine(left);
    if (!head || await tellTurn(head.runId, head.number)) return;
    left = head.runId;
  }
}

/**
 * See the contract. Each asks about the one right before it, so that a long line costs its first no more than a short one. An order of the same
 * buyer that was delivered earlier and is only now being taken goes first too.
 */
export async function turnHasCome({ run, customer, number }: { run: RunRef; customer: string; number: string }, { store, isRunning }: Pick<DeskDeps, 'store' | 'isRunning'>): Promise<boolean> {
  for (let i = 0; i < passedMax; i += 1) {
    const before = await store.documents.beforeInLine({ pairId: run.pairId, externalId: customer, runId: run.runId, number });
    if (!before) return (await store.documents.arriving(run)) === undefined;
    if (await isRunning(before.runId)) return false;
    await store.documents.leaveLine(before.runId);
  }
  return false;
}
