import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { answerWithoutStacks, asks, type Sandbox } from './stackless-promises';

const made = (): Sandbox => runInContext('globalThis', createContext({})) as Sandbox;
/** As the SDK asks: of a promise, through its constructor's constructor. */
const askOf = (sandbox: Sandbox, body: string): unknown => (sandbox.Promise.constructor as (body: string) => () => unknown)(body)();

test('the SDK asks in the words that are answered here', () => {
  const sdk = readFileSync(require.resolve('@temporalio/worker/lib/workflow/vm-shared'), 'utf8');
  for (const body of Object.values(asks)) expect(sdk).toContain(`('${body}')()`);
  expect(sdk).toContain('promise.constructor.constructor');
});

test('whose promise it is stays known, the error that would be asked for its stack has none, and anything else is compiled as ever', () => {
  const sandbox = made();
  answerWithoutStacks(sandbox);
  const run = { info: { runId: 'r-1' } };
  sandbox.__TEMPORAL_ACTIVATOR__ = run;
  expect(askOf(sandbox, asks.activator)).toBe(run);
  sandbox.__TEMPORAL_ACTIVATOR__ = undefined;
  expect(askOf(sandbox, asks.activator)).toBeUndefined();
  expect(new (askOf(sandbox, asks.error) as new () => Error)().stack).toBeUndefined();
  expect(askOf(sandbox, 'return 6 * 7')).toBe(42);
  expect(new (runInContext('Error', createContext({})) as ErrorConstructor)('thrown').stack).toContain('thrown');
});

test('a sandbox that is frozen is left as it is', () => {
  const sandbox = made();
  Object.freeze(sandbox.Promise);
  expect(() => answerWithoutStacks(sandbox)).not.toThrow();
  expect(askOf(sandbox, 'return 1')).toBe(1);
});
