// npm run crash: installs and builds what is missing, and hands over to dist/cli/crash.js.
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
  const { crash } = createRequire(import.meta.url)(join(root, 'dist', 'cli', 'crash.js'));
  process.exit(await crash({ root, temporalBinary: () => temporalBinary(root, say), argv: process.argv.slice(2) }));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
