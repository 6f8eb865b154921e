// npm run mapping: mapping documents without an installation: check, run, test, diff. Builds when sources changed, then hands over to dist/cli/mapping.js.
import './setup/node-version.mjs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (line) => process.stderr.write(`· ${line}\n`);
try {
  const { install } = await import('./setup/install.mjs');
  const { build } = await import('./setup/build.mjs');
  await install(root, say);
  await build(root, say);
  const { main } = createRequire(import.meta.url)(join(root, 'dist', 'cli', 'mapping.js'));
  process.exitCode = await main(process.argv.slice(2), root);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
