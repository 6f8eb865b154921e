import { changeFeedScheduleId, orderWorkflowId, queryNames, searchAttributeNames, signalNames, taskQueues, workflowTypes } from './names';

/** Open runs, schedules and other processes know these words: a change here needs a patch and a decision, not an edit of this test. */
describe('words on the wire', () => {
  it('are what histories already hold', () => {
    expect({ workflowTypes, signalNames, queryNames, searchAttributeNames, orchestration: taskQueues.orchestration, xero: taskQueues.xero }).toEqual({
      workflowTypes: { orderToCash: 'orderToCash', gpChangeFeed: 'gpChangeFeed' },
      signalNames: { sourceChanged: 'sourceChanged', paymentSeen: 'paymentSeen', ledgerChanged: 'ledgerChanged', approvalDecided: 'approvalDecided', exceptionDecided: 'exceptionDecided' },
      queryNames: { story: 'story' },
      searchAttributeNames: { pair: 'TieoutPair', source: 'TieoutSource', order: 'TieoutOrder', phase: 'TieoutPhase', documents: 'TieoutDocuments', needsAttention: 'TieoutNeedsAttention', amount: 'TieoutAmount', placedAt: 'TieoutPlacedAt' },
      orchestration: 'orchestration', xero: 'xero',
    });
    expect(taskQueues.gp('TWO')).toBe('gp-two');
    expect(orderWorkflowId({ pairId: 'demo', sourceId: 'shopify', orderId: '820982911946154508' })).toBe('order-to-cash/demo/shopify/820982911946154508');
    expect(changeFeedScheduleId('demo')).toBe('gp-change-feed/demo');
  });
});
