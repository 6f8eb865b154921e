// Says it in one sentence when Node is too old for what follows.
var parts = process.versions.node.split('.').map(Number);
if (parts[0] < 20 || (parts[0] === 20 && parts[1] < 3)) {
  process.stderr.write('Tieout needs Node 20.3 or newer, this is ' + process.versions.node + '. Fix: install a newer Node (https://nodejs.org) and start again.\n');
  process.exit(1);
}
