import { type MasterKind } from '../../canonical/master';
import { matchKeys } from '../../mapping/sync/match';
import { type SyncTotals } from '../../store/master-types';
import { type PlanInput, type PlanResult } from './contract';
import { type MasterDeps } from './deps';
import { type FakeSide } from './fake-side.test-data';
import { findGone } from './keep';
import { planMasters } from './plan';
import { rememberMasters } from './remember';

type Pages = { pairId: string; kind: MasterKind; deps: MasterDeps; gp: FakeSide; xero: FakeSide; more?: Partial<PlanInput> };
const pagesMax = 500;

export async function pullPages({ pairId, kind, deps, gp, xero }: Pages): Promise<void> {
  for (const side of [gp, xero]) await deps.store.master.snapshot.keep(pairId, side.all(kind).map((record) => ({ record, keys: matchKeys(record) })), { mark: true });
}

export async function writeTo(side: FakeSide, writes: PlanResult['gpWrites']): Promise<Awaited<ReturnType<FakeSide['write']>>> {
  const outcomes = [];
  for (let at = 0; at < writes.length; at += side.writeMax) outcomes.push(...await side.write(writes.slice(at, at + side.writeMax)));
  return outcomes;
}

/** GP is asked for numbers that may be gone. */
async function verify({ pairId, kind, deps, gp }: Pages, doubts: string[]): Promise<void> {
  const { snapshot } = deps.store.master;
  const since = await snapshot.clock();
  const there = await gp.read(kind, doubts);
  if (there.ok) await snapshot.keep(pairId, there.value.map((record) => ({ record, keys: matchKeys(record) })), { mark: true });
  await findGone({ pairId, kind, system: 'gp', since, confirm: true, among: doubts }, deps);
}

/** What the workflow does with every page. */
export async function syncPages(pages: Pages): Promise<SyncTotals> {
  const { pairId, kind, deps, gp, xero, more = {} } = pages;
  await pullPages(pages);
  let all: SyncTotals | undefined;
  for (let after: string | undefined, page = 0; page < pagesMax; page += 1) {
    const ask = { pairId, kind, limit: 100, ...(after ? { after } : {}), ...more };
    const first = await planMasters(ask, deps);
    const { doubts } = first;
    if (doubts) await verify(pages, doubts);
    const plan = doubts ? await planMasters({ ...ask, verified: doubts }, deps) : first;
    const totals = more.preview ? plan.totals : await rememberMasters({ pairId, kind, planned: plan.planned, gp: await writeTo(gp, plan.gpWrites), xero: await writeTo(xero, plan.xeroWrites), totals: plan.totals }, deps);
    const sum = all;
    all = sum ? (Object.fromEntries(Object.entries(totals).map(([k, v]) => [k, v + (sum[k as keyof SyncTotals] ?? 0)])) as SyncTotals) : totals;
    if (plan.next === undefined) break;
    after = plan.next;
  }
  return all as SyncTotals;
}
