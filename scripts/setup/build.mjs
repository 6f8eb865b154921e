// TypeScript → dist/ with swc, and the workflow bundle with Temporal's own bundler. Skipped when nothing changed.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { withLock } from './lock.mjs';

const rooms = ['canonical', 'mapping', 'connectors', 'store', 'temporal', 'activities', 'workflows', 'worker', 'api', 'cli', 'sandbox', 'config', 'bench'];
const copied = /\.(json|wsdl|sql|html|css)$/;

function* filesOf(folder) {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesOf(path);
    else yield path;
  }
}

function sources(root) {
  return rooms.flatMap((room) => [...filesOf(join(root, room))]).filter((f) => (f.endsWith('.ts') && !f.endsWith('.test.ts') && !f.endsWith('.d.ts')) || copied.test(f));
}

function fingerprint(root, files) {
  const hash = createHash('sha256').update(process.version);
  for (const file of [...files, join(root, 'package-lock.json'), new URL(import.meta.url).pathname]) hash.update(relative(root, file)).update(readFileSync(file));
  return hash.digest('hex');
}

/** Builds `root`/dist when the sources changed. `say` gets one line per step. */
export async function build(root, say) {
  await withLock(join(root, '.cache', 'build.lock'), async () => {
    const files = sources(root);
    const mark = join(root, 'dist', '.fingerprint');
    const wanted = fingerprint(root, files);
    if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
    say('building');
    const require = createRequire(join(root, 'package.json'));
    const swc = require('@swc/core');
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    await Promise.all(files.map(async (file) => {
      const target = join(root, 'dist', relative(root, file)).replace(/\.ts$/, '.js');
      mkdirSync(dirname(target), { recursive: true });
      if (!file.endsWith('.ts')) { cpSync(file, target); return; }
      const { code, map } = await swc.transformFile(file, { swcrc: false, sourceMaps: true, jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } });
      writeFileSync(target, `${code}\n//# sourceMappingURL=${target.split('/').pop()}.map\n`);
      writeFileSync(`${target}.map`, map);
    }));
    const { bundleWorkflowCode } = require('@temporalio/worker');
    const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: (message, meta) => say(`${message} ${JSON.stringify(meta ?? {})}`) };
    const { code } = await bundleWorkflowCode({ workflowsPath: join(root, 'workflows', 'index.ts'), failureConverterPath: join(root, 'temporal', 'failure-converter.ts'), preloadModules: [join(root, 'workflows', 'index.ts')], logger: quiet });
    writeFileSync(join(root, 'dist', 'workflow-bundle.js'), code);
    writeFileSync(mark, wanted);
  });
}
