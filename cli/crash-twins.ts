import { type Up } from './processes';
import { Ports } from './ports';

/** A second worker, a second agent and a second api beside the first ones, on the same queues and the same store. */
export async function twins(up: Up): Promise<void> {
  const port = await new Ports(() => undefined, true).pick('the second api', 0);
  await Promise.all([
    up.supervisor.start({ name: 'worker-2', script: 'worker/main.js', env: up.env, announces: true }), up.supervisor.start({ name: 'gp-agent-2', script: 'worker/gp-agent.js', env: up.env, announces: true }),
    up.supervisor.start({ name: 'api-2', script: 'api/main.js', env: { ...up.env, TIEOUT_API_PORT: String(port) }, announces: true }),
  ]);
}
