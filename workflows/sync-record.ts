import { condition, continueAsNew, defineQuery, defineSignal, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { SyncRef } from '../activities/master/contract';
import { gpMastersOn, masterBooks, masters, xeroMasters } from './activities';
import type { MasterChanged, MasterDecided, SyncRecordInput } from './messages';
import { queryNames, signalNames } from './names';
import { settlePage } from './steps/settle-page';
import { addTotals, noTotals } from './sync-state';

/** Rounds of one run; a record that never rests is left to the sweep. */
const roundsMax = 20;
/** Told within so short a time is one change: Xero tells of one edit more than once. */
const calmMs = 300;

type Heard = { told: SyncRef[]; decided: MasterDecided[] };
const keyOf = (ref: SyncRef): string => `${ref.system}/${ref.id}`;
const distinct = (refs: readonly SyncRef[]): SyncRef[] => [...new Map(refs.map((r) => [keyOf(r), r])).values()];

/** Reads these anew, each from its own side. */
async function read({ pairId, kind }: SyncRecordInput, refs: readonly SyncRef[], gpQueue: string): Promise<void> {
  const ids = (system: SyncRef['system']): string[] => refs.filter((r) => r.system === system).map((r) => r.id);
  const [gp, xero] = [ids('gp'), ids('xero')];
  await Promise.all([
    xero.length > 0 ? xeroMasters.pullXeroMasters({ pairId, kind, refs: xero }) : undefined,
    gp.length > 0 ? gpMastersOn(gpQueue).readGpMasters({ kind, refs: gp, limit: gp.length }).then(({ records }) => masters.keepMasters({ pairId, records })) : undefined,
  ]);
}

/** What was told of is read; where it changed, its counterpart is read too and both are settled. An echo of our own write ends here. */
async function settle(input: SyncRecordInput, { told, decided }: Heard): Promise<ReturnType<typeof noTotals>> {
  const { pairId, kind } = input;
  let totals = noTotals();
  const { gpQueue, since } = await masterBooks.loadSync({ pairId, kind });
  if ((since.gp === undefined || since.xero === undefined) && decided.length === 0) return totals;
  const refs = distinct([...told, ...decided.map((d) => d.ref)]);
  await read(input, refs, gpQueue);
  const { marked, counterparts } = await masterBooks.loadSync({ pairId, kind, refs });
  if (!marked && decided.length === 0) return totals;
  if (counterparts.length > 0) await read(input, counterparts, gpQueue);
  for (const { ref, choice } of decided) totals = addTotals(totals, (await settlePage({ pairId, kind, refs: [ref], limit: 1, choice })).totals);
  const rest = told.filter((t) => !decided.some((d) => keyOf(d.ref) === keyOf(t)));
  if (rest.length > 0) totals = addTotals(totals, (await settlePage({ pairId, kind, refs: rest, limit: rest.length })).totals);
  return totals;
}

/**
 * One record that a webhook told of or a person decided about, with its counterpart: one hand at a time. It ends when nothing is left to hear. A
 * word that comes while it is at work is taken up in another round.
 */
export async function syncRecord(input: SyncRecordInput & { heard?: Heard }): Promise<ReturnType<typeof noTotals>> {
  const heard: Heard = input.heard ?? { told: [], decided: [] };
  let totals = noTotals();
  setHandler(defineSignal<[MasterChanged]>(signalNames.masterChanged), ({ system, id }) => { if ((system === 'gp' || system === 'xero') && typeof id === 'string') heard.told = distinct([...heard.told, { system, id }]).slice(-50); }, { description: 'The record changed on one side' });
  setHandler(defineSignal<[MasterDecided]>(signalNames.masterDecided), (word) => { if (typeof word?.choice?.by === 'string' && typeof word.ref?.id === 'string') heard.decided = [...heard.decided, word].slice(-50); }, { description: 'A person decided about the record' });
  setHandler(defineQuery(queryNames.progress), () => totals, { description: 'What was done so far' });
  for (let round = 0; heard.told.length + heard.decided.length > 0 || round === 0; round += 1) {
    if (round >= roundsMax || workflowInfo().continueAsNewSuggested) await continueAsNew<typeof syncRecord>({ ...input, heard });
    if (heard.decided.length === 0) await condition(() => heard.decided.length > 0, calmMs);
    const { told, decided } = heard;
    Object.assign(heard, { told: [], decided: [] });
    totals = addTotals(totals, await settle(input, { told, decided }));
    setCurrentDetails(`${input.kind} ${input.key}: ${totals.writes} written, ${totals.issues} to decide`);
  }
  return totals;
}
