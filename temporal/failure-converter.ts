import { DefaultFailureConverter } from '@temporalio/common';

/** Messages and stack traces of failures become payloads, so that the codec encrypts them too. Loaded by workers and inside the workflow bundle. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
