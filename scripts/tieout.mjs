// npm run tieout: the command line of a running installation.
import './setup/node-version.mjs';
import { handOver } from './setup/hand-over.mjs';

process.exitCode = await handOver('cli/tieout.js', ({ main }, { argv, root }) => main(argv, root));
