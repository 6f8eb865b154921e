// npm run crash: orders under kills, and what both ledgers hold afterwards.
import './setup/node-version.mjs';
import { handOver } from './setup/hand-over.mjs';

process.exit(await handOver('cli/crash.js', ({ crash }, context) => crash(context)));
