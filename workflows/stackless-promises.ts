/** The sandbox a worker runs workflows in, as far as this page needs it. */
export type Sandbox = { Promise: object; __TEMPORAL_ACTIVATOR__?: unknown };

/** In these words the SDK's hook asks the sandbox of every promise, through the constructor of `Promise` (worker/lib/workflow/vm-shared, setPromiseHook). */
export const asks = { activator: 'return globalThis.__TEMPORAL_ACTIVATOR__', error: 'return globalThis.Error' } as const;

class Stackless {}

/**
 * The SDK notes for every promise of a workflow where in the code it was made, for the "Call stack" page of the Temporal UI: it compiles two functions and maps a stack to
 * its sources each time, which was half of what a workflow computes. There is no option for it. Its questions are answered here instead: the activator (by which it
 * finds the run of a rejection nobody handled) as ever, and an Error that has no stack, upon which it notes nothing. Errors that workflows throw keep their stacks, and where
 * a run stands is told by its details, search attributes and the query `story`. Only before the sandbox is frozen, so where the bundle is loaded once per worker.
 */
export function answerWithoutStacks(sandbox: Sandbox): void {
  if (!Object.isExtensible(sandbox.Promise)) return;
  const compile = sandbox.Promise.constructor as (body: string) => () => unknown;
  const answers = new Map<string, () => unknown>([[asks.activator, () => sandbox.__TEMPORAL_ACTIVATOR__], [asks.error, () => Stackless]]);
  Object.defineProperty(sandbox.Promise, 'constructor', { value: (body: string) => answers.get(body) ?? compile(body) });
}

answerWithoutStacks(globalThis as Sandbox);
