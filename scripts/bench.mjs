// npm run bench: installs and builds what is missing, and hands over to dist/bench/main.js.
import './setup/node-version.mjs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (line) => process.stderr.write(`· ${line}\n`);
try {
  const { install } = await import('./setup/install.mjs');
  const { temporalBinary } = await import('./setup/temporal.mjs');
  const { build } = await import('./setup/build.mjs');
  await install(root, say);
  await build(root, say);
  const { bench } = createRequire(import.meta.url)(join(root, 'dist', 'bench', 'main.js'));
  process.exit(await bench({ root, temporalBinary: () => temporalBinary(root, say), argv: process.argv.slice(2) }));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
