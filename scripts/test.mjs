// npm test: everything that must hold, with the same self-service set-up as npm start, on free ports and in folders of its own.
import './setup/node-version.mjs';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (line) => process.stdout.write(`${line}\n`);
const { install } = await import('./setup/install.mjs');
const { temporalBinary } = await import('./setup/temporal.mjs');
const { build } = await import('./setup/build.mjs');
const { gate } = await import('./setup/gate.mjs');
const { startPostgres } = await import('./setup/postgres.mjs');

const total = { passed: 0, failed: 0 };
const folder = mkdtempSync(join(tmpdir(), 'tieout-test-'));

/** A band that says nothing more is ended, so that a program that waits for ever is a failure with a name and not a run without an end. */
const bandLimitMs = 30 * 60_000;

/** One band of jest; counts from its own report. `--forceExit`: what a failed test left waiting must not keep the run. */
function jest(name, args, env) {
  const report = join(folder, `${name}.json`);
  return new Promise((done) => {
    const child = spawn(process.execPath, ['node_modules/jest/bin/jest.js', ...args, '--forceExit', '--json', `--outputFile=${report}`], { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
    const limit = setTimeout(() => { say(`${name}: not done after ${bandLimitMs / 60_000} minutes, ended`); child.kill('SIGKILL'); }, bandLimitMs);
    child.on('exit', (code) => {
      clearTimeout(limit);
      try {
        const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
        const broken = numFailedTests === 0 ? numFailedTestSuites : 0;
        total.passed += numPassedTests;
        total.failed += numFailedTests + broken;
        say(`${name}: ${numPassedTests} passed, ${numFailedTests + broken} failed${numPendingTests ? `, ${numPendingTests} left out` : ''}`);
      } catch { total.failed += 1; say(`${name}: jest ended with ${code} and no report`); }
      done();
    });
  });
}

let postgres;
try {
  await install(root, say);
  const binary = await temporalBinary(root, say);
  await build(root, say);
  const held = gate(root, say);
  total.passed += held.passed;
  total.failed += held.failed;
  postgres = await startPostgres(say);
  const env = { TEST_TEMPORAL_CLI: binary ?? '', ...(postgres ? { TEST_POSTGRES_URL: postgres.url } : {}) };
  await jest('unit', ['--testPathIgnorePatterns', '/node_modules/', '<rootDir>/test/'], env);
  // Two bands beside each other: these wait far more than they compute. The rest brings up one installation after the other.
  const walks = '/(exactly-once|sync-workflows|continue-as-new|slots|scenarios-undo|connection|inbox|silence-and-unposted|sources|hostile|disk-full|mappings)\\.test\\.ts$';
  // It changes what its process trusts: it has one of its own.
  const alone = '/waited-out\\.test\\.ts$';
  await Promise.all([
    jest('scenarios', ['--runInBand', '--roots', '<rootDir>/test', '--testPathIgnorePatterns', '/node_modules/', walks, alone], env),
    jest('walks', ['--runInBand', '--roots', '<rootDir>/test', '--testPathPatterns', walks], env).then(() => jest('waited-out', ['--runInBand', '--roots', '<rootDir>/test', '--testPathPatterns', alone], env)),
  ]);
} catch (error) {
  total.failed += 1;
  say(error instanceof Error ? error.message : String(error));
} finally {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
}
say(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
