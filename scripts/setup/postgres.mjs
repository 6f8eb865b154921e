// A throw-away PostgreSQL from the machine's own initdb, for tests; never as root. Absent: undefined, and said so.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

function binaries() {
  const folders = [...(process.env.PATH ?? '').split(delimiter)];
  for (const base of ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt']) {
    if (existsSync(base)) for (const v of readdirSync(base).sort().reverse()) folders.unshift(join(base, v, 'bin'));
  }
  return folders.find((f) => f && existsSync(join(f, 'initdb')) && existsSync(join(f, 'postgres')));
}

const freePort = () => new Promise((give) => { const s = createServer(); s.listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => give(port)); }); });

/** Ids of an ordinary user when we are root: PostgreSQL refuses to run as root. */
function ordinaryUser() {
  if (typeof process.getuid !== 'function' || process.getuid() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const uid = Number(spawnSync('id', ['-u', name], { encoding: 'utf8' }).stdout);
    const gid = Number(spawnSync('id', ['-g', name], { encoding: 'utf8' }).stdout);
    if (uid > 0) return { uid, gid };
  }
  return undefined;
}

/** Starts one; answers its address and how to stop it. */
export async function startPostgres(say) {
  const bin = binaries();
  const user = ordinaryUser();
  if (!bin || user === undefined) { say('no PostgreSQL on this machine: the store is tested on PGlite only'); return undefined; }
  const folder = mkdtempSync(join(tmpdir(), 'tieout-pg-'));
  if (user.uid) { chownSync(folder, user.uid, user.gid); chmodSync(folder, 0o700); }
  const data = join(folder, 'data');
  const port = await freePort();
  const env = { PATH: process.env.PATH, LC_ALL: 'C', HOME: folder };
  const init = spawnSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'], { ...user, cwd: folder, env, encoding: 'utf8' });
  if (init.status !== 0) { say(`PostgreSQL could not be set up (${(init.stderr ?? '').trim().split('\n').pop() ?? ''}): the store is tested on PGlite only`); rmSync(folder, { recursive: true, force: true }); return undefined; }
  const server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-F'], { ...user, cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  server.stderr.on('data', (part) => { log += part; });
  for (let i = 0; i < 200 && !/ready to accept connections/.test(log); i += 1) await new Promise((wake) => setTimeout(wake, 50));
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => { const gone = new Promise((done) => server.once('exit', done)); server.kill('SIGINT'); await gone; rmSync(folder, { recursive: true, force: true }); },
  };
}
