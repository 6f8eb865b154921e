import { countHistory } from './history';

describe('countHistory', () => {
  it('counts start, signal, upsert and attempts one by one, and the local activities of one workflow task together', () => {
    const marker = (task: number): object => ({ markerRecordedEventAttributes: { workflowTaskCompletedEventId: task } });
    expect(countHistory([
      { workflowExecutionStartedEventAttributes: {} }, {}, {}, {}, marker(4), marker(4), {}, { activityTaskStartedEventAttributes: { attempt: 3 } }, {}, { workflowExecutionSignaledEventAttributes: {} },
      marker(12), { upsertWorkflowSearchAttributesEventAttributes: {} }, { timerStartedEventAttributes: {} }, {},
    ])).toEqual({ events: 14, actions: 1 + 3 + 1 + 1 + 1 + 2 });
  });
  it('counts nothing in nothing', () => expect(countHistory([])).toEqual({ events: 0, actions: 0 }));
});
