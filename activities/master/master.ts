import { type MasterActivities } from './contract';
import { type MasterDeps } from './deps';
import { findGone, keepMasters, loadSync } from './keep';
import { planMasters } from './plan';
import { rememberMasters } from './remember';
import { trackBatch } from './track';

/** What the store's side of the synchronisation does; see the contract. */
export function createMasterActivities(deps: MasterDeps): MasterActivities {
  return {
    planMasters: (input) => planMasters(input, deps),
    rememberMasters: (input) => rememberMasters(input, deps),
    keepMasters: (input) => keepMasters(input, deps),
    loadSync: (input) => loadSync(input, deps),
    markMasters: async ({ pairId, kind }) => ({ changed: await deps.store.master.snapshot.markAll(pairId, kind) }),
    trackBatch: (input) => trackBatch(input, deps),
    findGone: (input) => findGone(input, deps),
  };
}
