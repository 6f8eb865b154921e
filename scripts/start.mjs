// npm start: installs what is missing, builds, and hands over to the launcher in dist/cli/start.js.
import './setup/node-version.mjs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (line) => process.stderr.write(`· ${line}\n`);
try {
  const { install } = await import('./setup/install.mjs');
  const { temporalBinary } = await import('./setup/temporal.mjs');
  const { build } = await import('./setup/build.mjs');
  await install(root, say);
  const binary = await temporalBinary(root, say);
  await build(root, say);
  const { start } = createRequire(import.meta.url)(join(root, 'dist', 'cli', 'start.js'));
  await start({ root, temporalBinary: binary, argv: process.argv.slice(2) });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
