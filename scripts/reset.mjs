// npm run reset [-- --data DIR]: forgets everything of one installation. Refuses while it runs.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = process.argv.indexOf('--data');
const data = resolve(at > 0 ? process.argv[at + 1] ?? '' : join(root, '.tieout'));
const pidFile = join(data, 'tieout.pid');
const alive = (pid) => { try { process.kill(pid, 0); return true; } catch { return false; } };
if (!existsSync(join(data, 'local.json'))) { process.stderr.write(existsSync(data) ? `"${data}" is no data folder of Tieout; nothing was deleted.\n` : `There is nothing to forget at "${data}".\n`); process.exit(existsSync(data) ? 1 : 0); }
if (existsSync(pidFile) && alive(Number(readFileSync(pidFile, 'utf8')))) { process.stderr.write(`Tieout is running on "${data}" (process ${readFileSync(pidFile, 'utf8')}). Fix: stop it first.\n`); process.exit(1); }
rmSync(data, { recursive: true, force: true });
process.stderr.write(`Forgot "${data}".\n`);
