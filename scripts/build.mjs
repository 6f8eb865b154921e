import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './setup/build.mjs';

await build(dirname(dirname(fileURLToPath(import.meta.url))), (line) => process.stderr.write(`${line}\n`));
