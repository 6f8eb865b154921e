// npm run bench: how fast, and with how much memory.
import './setup/node-version.mjs';
import { handOver } from './setup/hand-over.mjs';

process.exit(await handOver('bench/main.js', ({ bench }, context) => bench(context)));
