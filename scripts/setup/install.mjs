// Packages by `npm ci`, only when they are missing or the lock file changed. No package's install script is needed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { withLock } from './lock.mjs';

export async function install(root, say) {
  const mark = join(root, 'node_modules', '.tieout-lock');
  const wanted = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  const done = () => existsSync(mark) && readFileSync(mark, 'utf8') === wanted;
  if (done()) return;
  await withLock(join(root, '.cache', 'install.lock'), async () => {
    if (done()) return;
    say('installing packages (npm ci)');
    const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
    const run = spawnSync(npm[0], [...npm.slice(1), 'ci', '--loglevel=error', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_ENV: '' } });
    if (run.status !== 0) {
      const text = `${run.stderr ?? ''}${run.error?.message ?? ''}`;
      const why = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network/i.test(text) ? 'the npm registry cannot be reached. Fix: connect to the network once; later starts work offline.' : `npm ci failed:\n${text.slice(-1500)}`;
      throw new Error(`The packages cannot be installed: ${why}`);
    }
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    writeFileSync(mark, wanted);
  });
}
