import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';

const folder = join(__dirname, 'histories');
Runtime.install({ logger: new DefaultLogger('ERROR') });

/** Recorded lives of orders: whatever the workflows become, these must replay. A change that breaks one needs a patch. */
describe('golden histories', () => {
  let workflowBundle: WorkflowBundle;
  beforeAll(async () => {
    const quiet = new DefaultLogger('ERROR');
    workflowBundle = await bundleWorkflowCode({ workflowsPath: join(__dirname, 'index.ts'), failureConverterPath: join(__dirname, '../temporal/failure-converter.ts'), logger: quiet });
  }, 60_000);

  const files = readdirSync(folder).filter((f) => f.endsWith('.json'));
  it('are there', () => expect(files.length).toBeGreaterThanOrEqual(6));
  it.each(files)('%s replays', async (file) => {
    await Worker.runReplayHistory({ workflowBundle }, JSON.parse(readFileSync(join(folder, file), 'utf8')));
  });
  it('keeps the bundle free of schema and mapping libraries', () => {
    expect('code' in workflowBundle && /node_modules\/(zod|decimal\.js|jsonata|xero-node|soap)\//.test(workflowBundle.code)).toBe(false);
  });
});
