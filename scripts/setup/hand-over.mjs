import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const say = (line) => process.stderr.write(`· ${line}\n`);

/** Installs and builds what is missing, then lets `run` go on with a built module, e.g. `cli/tieout.js`; its answer is the exit code. */
export async function handOver(module, run) {
  const { install } = await import('./install.mjs');
  const { temporalBinary } = await import('./temporal.mjs');
  const { build } = await import('./build.mjs');
  try {
    await install(root, say);
    await build(root, say);
    const built = createRequire(import.meta.url)(join(root, 'dist', module));
    return await run(built, { root, temporalBinary: () => temporalBinary(root, say), argv: process.argv.slice(2) });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
