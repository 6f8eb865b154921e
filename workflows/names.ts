/**
 * Words on the wire are for ever: histories, schedules and other processes know them. Changing one breaks replay of every open run;
 * names.test.ts freezes them.
 */
export const workflowTypes = { orderToCash: 'orderToCash', gpChangeFeed: 'gpChangeFeed', sourceSweep: 'sourceSweep', decideInBulk: 'decideInBulk', syncRecord: 'syncRecord', syncBatch: 'syncBatch', syncRun: 'syncRun', syncSweep: 'syncSweep' } as const;

export const taskQueues = {
  orchestration: 'orchestration',
  xero: 'xero',
  /** One per GP company; its only pollers are the agents beside that company. */
  gp: (company: string): string => `gp-${company.toLowerCase()}`,
  /** Beside it, for reads that must not stand behind waiting writes. */
  gpReads: (gpQueue: string): string => `${gpQueue}-reads`,
} as const;

export const signalNames = {
  sourceChanged: 'sourceChanged',
  paymentSeen: 'paymentSeen',
  ledgerChanged: 'ledgerChanged',
  approvalDecided: 'approvalDecided',
  exceptionDecided: 'exceptionDecided',
  turnCame: 'turnCame',
  masterChanged: 'masterChanged',
  masterDecided: 'masterDecided',
  stopSync: 'stopSync',
} as const;

export const queryNames = { story: 'story', progress: 'progress' } as const;

/** Typed search attributes; on SQL visibility there are ten keywords and three of each other kind, so the set is small on purpose. */
export const searchAttributeNames = {
  pair: 'TieoutPair', source: 'TieoutSource', order: 'TieoutOrder', phase: 'TieoutPhase', documents: 'TieoutDocuments',
  needsAttention: 'TieoutNeedsAttention', amount: 'TieoutAmount', placedAt: 'TieoutPlacedAt',
} as const;

/** The business key is the workflow id: two runs of one order cannot exist. */
export const orderWorkflowId = (order: { pairId: string; sourceId: string; orderId: string }): string =>
  `order-to-cash/${order.pairId}/${order.sourceId}/${order.orderId}`;
export const changeFeedScheduleId = (pairId: string): string => `gp-change-feed/${pairId}`;
export const sourceSweepScheduleId = (pairId: string, sourceId: string): string => `source-sweep/${pairId}/${sourceId}`;
export const bulkWorkflowId = (actId: string): string => `decide-in-bulk/${actId}`;

/** One hand per record: whoever tells of it or decides about it reaches the same run. `key` is its subject: `gp/<id>` where it is linked, else `<system>/<id>`. */
export const syncRecordId = (record: { pairId: string; kind: string; key: string }): string => `sync/${record.pairId}/${record.kind}/${record.key}`;
/** Two batches of one pair and kind cannot run at once; a preview writes nothing and may run beside one. */
export const syncBatchId = (batch: { pairId: string; kind: string; preview?: boolean }): string => `${batch.preview ? 'sync-preview' : 'sync-batch'}/${batch.pairId}/${batch.kind}`;
export const syncRunId = (batchId: string): string => `sync-run/${batchId}`;
export const syncScheduleId = (pairId: string): string => `sync-sweep/${pairId}`;
export const syncGpScheduleId = (pairId: string): string => `sync-sweep-gp/${pairId}`;
