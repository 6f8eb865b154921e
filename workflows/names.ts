/**
 * Words on the wire are for ever: histories, schedules and other processes know them. Changing one breaks replay of every open run;
 * names.test.ts freezes them.
 */
export const workflowTypes = { orderToCash: 'orderToCash', gpChangeFeed: 'gpChangeFeed', sourceSweep: 'sourceSweep', decideInBulk: 'decideInBulk' } as const;

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
