import { randomUUID } from 'node:crypto';
import { SalesOrder } from '../canonical/sales-order';
import { applySets, diffOrders, readEdited, sourceHash } from '../mapping/edit-order';
import { type ExceptionRow as Row } from '../store/types';
import { type ExceptionDecided } from '../workflows/messages';
import { type ApiDeps } from './deps';
import { EditOrder, ExceptionDecision } from './exception-schemas';
import { decisionsOf, findException, inboxIdOf, parsedText, stepsOf } from './exception-view';
import { checkChoice } from './mapping-choice';
import { Problem } from './problem';
import { type Ask } from './route';

/** How long a decision keeps an exception to itself; then it is taken for lost on its way, and the run itself refuses a second one. */
const graceMs = 60_000;

type Word = Omit<ExceptionDecided, 'at'>;
const at = (): string => new Date().toISOString();

/** Claims the exception, does what is to be done with it, and lets go of it when that fails: two people never decide about the same word of a run. */
async function claimed<T>(row: Row, word: Word, { deps, act }: { deps: ApiDeps; act(): Promise<T> }): Promise<T> {
  if (row.closedAt !== undefined) throw new Problem(409, 'This exception is closed', { detail: `${row.decision ?? row.outcome ?? 'closed'}${row.by ? ` by ${row.by}` : ''} at ${row.closedAt}` });
  const claim = randomUUID();
  const { decision, by, reason } = word;
  if ((await deps.store.exceptions.take([row.id], { decision, by, reason, act: claim, graceMs })).length === 0) {
    const now = await deps.store.exceptions.get(row.id);
    throw new Problem(409, 'This exception is being decided', { detail: now?.taken ? `${now.taken.decision} by ${now.taken.by} at ${now.taken.at} is being carried out. Look again in a moment.` : 'It went on meanwhile. Look again.' });
  }
  try { return await act(); } catch (error) { await deps.store.exceptions.release([row.id], claim); throw error; }
}

/** A run that has ended (somebody ended it in Temporal, or it was lost) can be given up, or begun anew from its order; there is nothing to undo it with. */
async function decideEnded(row: Row, word: Word, { store, orders }: ApiDeps): Promise<void> {
  const { decision, by, reason } = word;
  if (decision === 'skip') { await store.exceptions.close(row.subject, { outcome: 'the run had ended', decision, by, reason }); return; }
  if (word.mapping !== undefined) throw new Problem(409, 'This run has ended', { detail: 'A run that begins anew takes its order up with the versions it had. Retry it without a mapping; apply one when it waits again.' });
  const [, pairId = '', sourceId = ''] = row.subject.split('/');
  const delivery = row.orderId === undefined ? undefined : (await store.inbox.list({ orderId: row.orderId, limit: 20 })).find((d) => d.pairId === pairId && d.sourceId === sourceId);
  if (decision !== 'retry' || row.orderId === undefined || !delivery) throw new Problem(409, 'This run has ended', { detail: `It cannot take a decision any more. ${decision === 'retry' ? 'Send its order again from the source, or skip it.' : 'Skip it, or retry it, which begins it anew.'}` });
  await orders.reopen({ pairId, sourceId, orderId: row.orderId, inboxId: delivery.id, reopen: { seq: (await store.runs.seqOf(row.subject)) ?? 0 } });
}

async function tell(row: Row, word: Word, deps: ApiDeps): Promise<void> {
  const sent = await deps.orders.signal(row.subject, 'exceptionDecided', { ...word, at: at(), about: row.stand });
  if (sent === 'finished') await decideEnded(row, word, deps);
}

async function decideDelivery(row: Row, word: Word & { decision: 'retry' | 'skip' }, deps: ApiDeps): Promise<void> {
  const { decision, by, reason } = word;
  if ((await deps.store.exceptions.decideDeliveries([inboxIdOf(row.subject)], { decision, by, reason, act: randomUUID() })).length === 0) throw new Problem(409, 'This delivery is being handled', { detail: 'It waits in line already. Look again in a moment.' });
  deps.nudge();
}

/** Retry, skip or undo of one exception. */
export async function decideException(row: Row, ask: Ask, deps: ApiDeps): Promise<{ ok: true; id: string; decision: string }> {
  const { decision, reason, from, mapping } = ExceptionDecision.parse(ask.body);
  await checkChoice(row.pairId, mapping, deps);
  if (row.kind === 'connector') throw new Problem(409, 'A paused connector goes on by itself', { detail: row.failure.fix });
  if (row.kind === 'delivery' && decision === 'undo') throw new Problem(409, 'A delivery cannot be undone', { detail: 'Nothing was posted from it. Retry it, or skip it with a reason.' });
  if (from && !stepsOf(row).includes(from)) {
    const steps = stepsOf(row);
    throw new Problem(400, 'A retry cannot begin there', { detail: `It stopped at "${row.step}".`, errors: [{ field: 'from', value: from, fix: steps.length === 0 ? 'leave it out: it goes on where it stopped' : `one of ${steps.join(', ')}` }] });
  }
  const word: Word = { by: ask.key.name, decision, reason, ...(from ? { from } : {}), ...(mapping ? { mapping } : {}) };
  await claimed(row, word, { deps, async act() {
    if (row.kind === 'delivery' && decision !== 'undo') { await decideDelivery(row, { ...word, decision }, deps); return; }
    await tell(row, word, deps);
    await deps.store.audit.add({ who: ask.key.name, action: `exception:${decision}`, subject: row.subject, detail: { reason, exception: row.id, ...(from ? { from } : {}), ...(mapping ? { mapping } : {}) } });
  } });
  return { ok: true, id: row.id, decision };
}

/** A decision about a run by its own address: about its open exception, or, where it has none, about the run as it stands (an order that waits can be undone too). */
export async function decideRun(runId: string, ask: Ask, deps: ApiDeps): Promise<{ ok: true }> {
  const [row] = await deps.store.exceptions.list({ open: true, subject: runId, limit: 1 });
  if (row) { await decideException(row, ask, deps); return { ok: true }; }
  const { decision, reason, from, mapping } = ExceptionDecision.parse(ask.body);
  await checkChoice(runId.split('/')[1] ?? '', mapping, deps);
  const more = { ...(from ? { from } : {}), ...(mapping ? { mapping } : {}) };
  const sent = await deps.orders.signal(runId, 'exceptionDecided', { by: ask.key.name, decision, reason, ...more, at: at() });
  if (sent === 'finished') throw new Problem(409, 'This run has ended');
  await deps.store.audit.add({ who: ask.key.name, action: `exception:${decision}`, subject: runId, detail: { reason, ...more } });
  return { ok: true };
}

const orderText = (text: string | undefined): SalesOrder | undefined => { const read = SalesOrder.safeParse(parsedText(text)); return read.success ? read.data : undefined; };

/** The order as it would be, or a refusal that names field, value and fix. */
function corrected(before: SalesOrder | undefined, wanted: EditOrder): SalesOrder {
  if (!before && wanted.set) throw new Problem(409, 'There is no order to change yet', { detail: 'The source\'s own document could not be read. Correct it in the shop and retry, or give the whole order ("order", --file).' });
  const set = before && wanted.set ? applySets(before, wanted.set) : undefined;
  const outcome = set && !set.ok ? set : readEdited(set ? set.value : wanted.order);
  if (outcome.ok) return outcome.value;
  const { field = 'order', value, message, fix } = outcome.failure;
  throw new Problem(400, 'The corrected order does not fit', { detail: message, errors: [{ field, ...(value === undefined ? {} : { value }), fix }] });
}

type EditOrder = ReturnType<typeof EditOrder.parse>;

/** The canonical document corrected by a person: validated, its difference kept and audited, then the run tries again with it. */
export async function editOrder(ask: Ask, deps: ApiDeps): Promise<unknown> {
  const row = await findException(ask.params, deps);
  if (!decisionsOf(row).includes('edit')) throw new Problem(409, 'This exception has no order to edit', { detail: row.closedAt ? 'It is closed.' : `It is about a ${row.kind}.` });
  const wanted = EditOrder.parse(ask.body);
  const copy = await deps.store.copies.get(row.subject);
  const before = orderText(copy?.canonical);
  const after = corrected(before, wanted);
  const diff = diffOrders(before ?? {}, after);
  const [identity, field] = before ? [before.source, after.version === before.version ? undefined : 'version'] : [{ ...after.source, orderId: row.orderId ?? after.source.orderId }, undefined];
  const wrong = after.source.orderId !== identity.orderId || after.source.account !== identity.account ? 'source' : field;
  if (wrong) throw new Problem(400, 'The order\'s identity cannot be edited', { detail: 'source and version stay as they are.', errors: [{ field: wrong, value: wrong === 'version' ? after.version : after.source.orderId, fix: `leave it at ${wrong === 'version' ? before?.version ?? '' : identity.orderId}` }] });
  if (wanted.dryRun || diff.length === 0) return { ok: true, applied: false, diff };
  const word: Word = { by: ask.key.name, decision: 'edit', reason: wanted.reason };
  await claimed(row, word, { deps, act: async () => {
    const edit = await deps.store.copies.edit(row.subject, { canonical: JSON.stringify(after), baseHash: sourceHash(copy?.source ?? ''), baseVersion: after.version, diff, by: word.by, reason: word.reason });
    await deps.store.audit.add({ who: word.by, action: 'exception:edit', subject: row.subject, detail: { reason: word.reason, exception: row.id, edit, fields: diff.map((d) => d.path).slice(0, 50) } });
    const sent = await deps.orders.signal(row.subject, 'exceptionDecided', { ...word, at: at(), about: row.stand });
    if (sent === 'finished') throw new Problem(409, 'This run has ended', { detail: 'Retry it first, which begins it anew; then edit it.' });
  } });
  return { ok: true, applied: true, diff };
}
