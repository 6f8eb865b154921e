// npm run check: the gate alone.
import './setup/node-version.mjs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (line) => process.stdout.write(`${line}\n`);
const { install } = await import('./setup/install.mjs');
const { gate } = await import('./setup/gate.mjs');
await install(root, say);
const { passed, failed } = gate(root, say);
say(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
