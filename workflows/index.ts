import './stackless-promises';

/** One line per process; explicit names, because a barrel that re-exports everything has lost exports before. */
export { orderToCash } from './order-to-cash';
export { gpChangeFeed } from './gp-change-feed';
export { sourceSweep } from './source-sweep';
export { decideInBulk } from './decide-in-bulk';
export { syncBatch } from './sync-batch';
export { syncRun } from './sync-run';
export { syncSweep } from './sync-sweep';
export { syncRecord } from './sync-record';
