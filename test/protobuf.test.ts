import { historyFromJSON } from '@temporalio/common/lib/proto-utils';

/** Several nested copies of protobufjs break every replay: one copy must serve the whole SDK. */
it('reads a history with the one protobufjs of the installation', () => {
  expect(() => historyFromJSON({ events: [] })).not.toThrow();
});
