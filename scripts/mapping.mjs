// npm run mapping: mapping documents without an installation: check, run, test, diff.
import './setup/node-version.mjs';
import { handOver } from './setup/hand-over.mjs';

process.exitCode = await handOver('cli/mapping.js', ({ main }, { argv, root }) => main(argv, root));
