import { type MasterSide } from '../../canonical/master';
import { type MasterSystem } from '../../canonical/master';
import { type Holds } from '../../mapping/sync/plan';
import { type Store } from '../../store/types';
import { type Log } from '../deps';
import { type PairBook } from '../pair-book';

/** What planning and remembering work with; `holds` says what each ledger can hold of a value. */
export type MasterDeps = { store: Pick<Store, 'master' | 'numbers' | 'watermarks' | 'facts'>; pairs: PairBook; holds: Record<MasterSystem, Holds>; log: Log; now(): Date };
/** The Xero side of a pair, where the store is at hand. */
export type XeroMasterDeps = MasterDeps & { side(pairId: string): MasterSide; beat(): void };
/** The GP side, beside GP. */
export type GpMasterDeps = { side: MasterSide; log: Log };
