import { parseArgs } from 'node:util';
import { startEmbeddedStore } from '../store/embedded';

const say = (line: string): void => { process.stderr.write(`${line}\n`); };
/** As PostgreSQL does: it ends, and comes up again from its log; whoever was answered the PANIC has read it by then. */
const panicked = (words: string): void => {
  say(`store: the engine has ended: ${words}`);
  setTimeout(() => process.exit(1), 50);
};

/** The embedded store as a process of its own: `--data DIR --port N`, and for tests the rhythm of its upkeep. Prints its address as one JSON line when it is ready. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: 'string' }, port: { type: 'string' }, 'upkeep-ms': { type: 'string' }, 'vacuum-ms': { type: 'string' } } });
  if (!values.data) throw new Error('--data DIR is missing');
  const { 'upkeep-ms': everyMs, 'vacuum-ms': vacuumEveryMs } = values;
  const upkeep = { ...(everyMs ? { everyMs: Number(everyMs) } : {}), ...(vacuumEveryMs ? { vacuumEveryMs: Number(vacuumEveryMs) } : {}) };
  const server = await startEmbeddedStore({ dataDir: values.data, port: Number(values.port ?? 0), upkeep, say, panicked });
  let closing = false;
  const stop = (): void => {
    if (closing) return;
    closing = true;
    void server.close().then(() => process.exit(0), () => process.exit(1));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
  process.stdout.write(`${JSON.stringify({ ready: true, url: server.url })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`store: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
