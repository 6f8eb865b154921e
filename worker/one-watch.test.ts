import { readFileSync } from 'node:fs';
import { createContext, Script } from 'node:vm';
import { type Entered, watchOncePerActivation } from './one-watch';

const limitMs = 60;

/** Enters a sandbox of its own several times, as the SDK's runs do, and tells what it got. */
class Run implements Entered {
  readonly activator = { info: { runId: 'r-1' }, errorToFailure: (error: unknown): unknown => ({ message: (error as Error).message }) };
  private readonly sandbox = createContext({ sum: 0 }, { microtaskMode: 'afterEvaluate' });
  enter(code: string): unknown { return new Script(code).runInContext(this.sandbox, { timeout: limitMs, displayErrors: true }); }
  async activate(codes: unknown): Promise<unknown> {
    const got = (codes as string[]).map((code) => this.enter(code));
    await new Promise(setImmediate);
    return got;
  }
}

describe('one watch per activation', () => {
  const original = Script.prototype.runInContext;
  let watched: (number | undefined)[] = [];
  let takeBack: () => void;
  beforeEach(() => {
    watched = [];
    Script.prototype.runInContext = function (this: Script, context, options) { watched.push(options?.timeout); return original.call(this, context, options); };
    takeBack = watchOncePerActivation(Run);
  });
  afterEach(() => { takeBack(); Script.prototype.runInContext = original; });

  it('stands over all that is entered, which has none of its own', async () => {
    const run = new Run();
    run.enter('sum = 1');
    expect(watched).toEqual([limitMs]);
    expect(await run.activate(['sum += 1', 'sum += 2', 'sum'])).toEqual([2, 4, 4]);
    expect(watched).toEqual([limitMs, limitMs, undefined, undefined, undefined]);
    run.enter('sum');
    expect(watched[5]).toBe(limitMs);
  });
  it('ends what never ends, wherever in the activation it is, and the next activation goes on', async () => {
    const [run, other] = [new Run(), new Run()];
    run.enter('0');
    for (const codes of [['for (;;);'], ['1', '2', 'try { for (;;); } finally { sum = 7; }', '3']]) {
      expect(await run.activate(codes)).toEqual({ runId: 'r-1', failed: { failure: { message: `Script execution timed out after ${limitMs}ms` } } });
      expect(await other.activate(['sum + 1'])).toEqual([1]);
    }
    expect(await run.activate(['sum'])).toEqual([0]);
  });
  it('lets through what a run throws', async () => {
    const run = new Run();
    run.enter('0');
    await expect(run.activate(['throw new RangeError("its own")'])).rejects.toThrow('its own');
    expect(await run.activate(['5'])).toEqual([5]);
  });
  it('keeps two activations apart that wait for each other', async () => {
    const [run, other] = [new Run(), new Run()];
    run.enter('0');
    expect(await Promise.all([run.activate(['1']), other.activate(['2']), run.activate(['3'])])).toEqual([[1], [2], [3]]);
  });
  it('takes itself back', () => {
    takeBack();
    new Run().enter('1');
    expect(watched).toEqual([limitMs]);
    takeBack = (): void => undefined;
  });
});

test('the SDK enters as it is expected to: its activations begin without waiting, and it watches each entry by a timeout', () => {
  const shared = readFileSync(require.resolve('@temporalio/worker/lib/workflow/vm-shared'), 'utf8');
  const reusable = readFileSync(require.resolve('@temporalio/worker/lib/workflow/reusable-vm'), 'utf8');
  const activate = shared.slice(shared.indexOf('async activate(activation)'), shared.indexOf('async activateQueries('));
  expect(shared).toContain('exports.BaseVMWorkflow = BaseVMWorkflow;');
  expect(reusable).toMatch(/class ReusableVMWorkflow extends vm_shared_1\.BaseVMWorkflow/);
  expect(reusable).toMatch(/callIntoVmScript\.runInContext\(context, \{\s+timeout: isolateExecutionTimeoutMs/);
  // What waits before the conclusion waits for Bun only.
  const before = activate.slice(0, activate.indexOf('concludeActivation()'));
  expect(before.match(/\n.*\n.*await /g)?.every((lines) => lines.includes('isBunPre1_4'))).toBe(true);
  expect(readFileSync(require.resolve('@temporalio/worker/lib/workflow/workflow-worker-thread'), 'utf8')).toContain('await workflow.activate(activation)');
});
