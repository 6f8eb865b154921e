// What must hold before any test runs: types, lint with the workflow fence, the room law.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const steps = [
  ['types', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json']],
  ['lint', ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0']],
  ['room law', ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', 'canonical', 'mapping', 'connectors', 'store', 'temporal', 'activities', 'workflows', 'worker', 'api', 'cli', 'sandbox', 'config', 'bench']],
];

/** Runs each step; answers how many passed and failed. */
export function gate(root, say) {
  const result = { passed: 0, failed: 0 };
  for (const [name, args] of steps) {
    const run = spawnSync(process.execPath, [join(root, args[0]), ...args.slice(1)], { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 });
    if (run.status === 0) { result.passed += 1; say(`${name}: holds`); continue; }
    result.failed += 1;
    say(`${name}: FAILED\n${run.stdout}${run.stderr}`);
  }
  return result;
}
