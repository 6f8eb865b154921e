import { createContext, type RunningScriptOptions, Script } from 'node:vm';

/** A run of the SDK, as far as it is needed here: what comes to it goes in by `activate`, which enters the sandbox several times before it waits for anything. */
export type Entered = { activate(activation: unknown): Promise<unknown>; activator: { info: { runId: string }; errorToFailure(error: unknown): unknown } };

const enter = new Script('enter()');

/**
 * The SDK has V8 watch every entry into a workflow, so that a run that never ends does not stop all others, and Node makes and joins a thread for each such watch: some fifty per order, a
 * tenth of what the worker computes. Here one watch stands over all that an activation enters, with the same limit: the entries within it have none of their own. What exceeds it fails as it
 * does with the SDK, and what is entered outside an activation is watched as before. Answers what takes it back.
 */
export function watchOncePerActivation(run: { prototype: Entered }): () => void {
  const runInContext = Script.prototype.runInContext;
  const activate = run.prototype.activate;
  const gate = createContext({ enter: (): void => undefined });
  let limit: number | undefined;
  let within = false;
  const unwatched = ({ timeout: _timeout, ...options }: RunningScriptOptions): RunningScriptOptions => options;

  Script.prototype.runInContext = function (this: Script, context, options) {
    if (options?.timeout !== undefined) limit = options.timeout;
    return runInContext.call(this, context, within && options ? unwatched(options) : options);
  };
  run.prototype.activate = async function (this: Entered, activation) {
    let going: Promise<unknown> | undefined;
    gate['enter'] = (): void => { going = activate.call(this, activation); };
    within = true;
    try {
      runInContext.call(enter, gate, limit === undefined ? {} : { timeout: limit, displayErrors: true });
    } catch (error) {
      return { runId: this.activator.info.runId, failed: { failure: this.activator.errorToFailure(error) } };
    } finally {
      within = false;
    }
    return going;
  };
  return () => { Script.prototype.runInContext = runInContext; run.prototype.activate = activate; };
}
