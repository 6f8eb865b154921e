import { bulkWorkflowId, changeFeedScheduleId, orderWorkflowId, queryNames, searchAttributeNames, signalNames, sourceSweepScheduleId, syncBatchId, syncGpScheduleId, syncRecordId, syncRunId, syncScheduleId, taskQueues, workflowTypes } from './names';

/** Open runs, schedules and other processes know these words: a change here needs a patch and a decision, not an edit of this test. */
describe('words on the wire', () => {
  it('are what histories already hold', () => {
    expect({ workflowTypes, signalNames, queryNames, searchAttributeNames, orchestration: taskQueues.orchestration, xero: taskQueues.xero }).toEqual({
      workflowTypes: { orderToCash: 'orderToCash', gpChangeFeed: 'gpChangeFeed', sourceSweep: 'sourceSweep', decideInBulk: 'decideInBulk', syncRecord: 'syncRecord', syncBatch: 'syncBatch', syncRun: 'syncRun', syncSweep: 'syncSweep' },
      signalNames: { sourceChanged: 'sourceChanged', paymentSeen: 'paymentSeen', ledgerChanged: 'ledgerChanged', approvalDecided: 'approvalDecided', exceptionDecided: 'exceptionDecided', turnCame: 'turnCame', masterChanged: 'masterChanged', masterDecided: 'masterDecided', stopSync: 'stopSync' },
      queryNames: { story: 'story', progress: 'progress' },
      searchAttributeNames: { pair: 'TieoutPair', source: 'TieoutSource', order: 'TieoutOrder', phase: 'TieoutPhase', documents: 'TieoutDocuments', needsAttention: 'TieoutNeedsAttention', amount: 'TieoutAmount', placedAt: 'TieoutPlacedAt' },
      orchestration: 'orchestration', xero: 'xero',
    });
    expect(taskQueues.gp('TWO')).toBe('gp-two');
    expect(orderWorkflowId({ pairId: 'demo', sourceId: 'shopify', orderId: '820982911946154508' })).toBe('order-to-cash/demo/shopify/820982911946154508');
    expect(changeFeedScheduleId('demo')).toBe('gp-change-feed/demo');
    expect(taskQueues.gpReads(taskQueues.gp('TWO'))).toBe('gp-two-reads');
    expect(sourceSweepScheduleId('demo', 'shopify')).toBe('source-sweep/demo/shopify');
    expect(bulkWorkflowId('7')).toBe('decide-in-bulk/7');
    expect(syncRecordId({ pairId: 'demo', kind: 'customer', key: 'gp/C1' })).toBe('sync/demo/customer/gp/C1');
    expect([syncBatchId({ pairId: 'demo', kind: 'item' }), syncBatchId({ pairId: 'demo', kind: 'item', preview: true }), syncRunId('7')]).toEqual(['sync-batch/demo/item', 'sync-preview/demo/item', 'sync-run/7']);
    expect([syncScheduleId('demo'), syncGpScheduleId('demo')]).toEqual(['sync-sweep/demo', 'sync-sweep-gp/demo']);
  });
});
