import '../config/every-thread';
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { type Entered, watchOncePerActivation } from './one-watch';

/** Loaded before anything else by `node --require` in the worker: in its main thread, and in the one that the SDK makes for workflows. */
if (!isMainThread && /workflow-worker-thread\.js$/.test(process.argv[1] ?? '')) {
  // Only here: everywhere else it would be loaded for nothing.
  const load = createRequire(__filename);
  watchOncePerActivation((load('@temporalio/worker/lib/workflow/vm-shared') as { BaseVMWorkflow: { prototype: Entered } }).BaseVMWorkflow);
}
