import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bringUp, type Up } from '../cli/processes';
import { SandboxClient } from '../cli/sandbox-client';
import { type Ask } from './bench';

/** An installation of its own, made for one bench. */
export type Installation = {
  up: Up; data: string; sandbox: SandboxClient;
  /** Process ids by name; `temporal` is the server itself, not the process that guards it. */
  pids(): Record<string, number>;
  /** How many runs are in which phase. */
  phases(): Promise<Record<string, number>>;
};

/** The demo pair with other policies, in a file of its own. */
function pairFile(root: string, data: string, policies: object): string {
  const demo = JSON.parse(readFileSync(join(root, 'config/pairs/demo.json'), 'utf8')) as { policies: object };
  const file = join(data, 'pair.json');
  writeFileSync(file, JSON.stringify({ ...demo, policies: { ...demo.policies, ...policies } }));
  return file;
}

/**
 * Brings everything up on free ports in a folder of its own, with simulators that ship, post and answer at once; does the work, and takes
 * everything down again, also when it fails.
 */
export async function withInstallation<T>(ask: Ask, policies: object, work: (installation: Installation) => Promise<T>): Promise<T> {
  const data = mkdtempSync(join(tmpdir(), 'tieout-bench-'));
  process.env['TIEOUT_PAIR_FILES'] = pairFile(ask.root, data, policies);
  const up = await bringUp({ root: ask.root, temporalBinary: await ask.temporalBinary(), say: ask.say, options: { once: true, json: true, orders: 0, samples: undefined, data, sandbox: true } });
  const stop = (): void => { void up.supervisor.stop().finally(() => process.exit(130)); };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const at = up.addresses.sandbox;
    if (!at) throw new Error('a bench needs the sandbox');
    const sandbox = new SandboxClient(at);
    await sandbox.settings('gp', { shipDelayMs: 0, postIntervalMs: 0, latencyMs: 0 });
    await sandbox.settings('xero', { latencyMs: 0 });
    return await work({
      up, data, sandbox,
      pids: () => { const { temporal: _guard, ...own } = up.supervisor.pids(); return { temporal: Number(readFileSync(join(data, 'temporal.pid'), 'utf8')), ...own }; },
      phases: async () => {
        const reply = await fetch(`${up.addresses.api}/runs/summary`, { headers: { authorization: `Bearer ${up.local.apiKeys.viewer}` } });
        if (!reply.ok) throw new Error(`/runs/summary answered ${reply.status}`);
        return ((await reply.json()) as { phases: Record<string, number> }).phases;
      },
    });
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await up.supervisor.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((wake) => { setTimeout(wake, ms); });

/** Asks again until `reached` says so; throws with `what` after `limitMs`. */
export async function until(what: string, limitMs: number, reached: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + limitMs; !(await reached());) {
    if (Date.now() > end) throw new Error(`${what} within ${Math.round(limitMs / 1000)} s`);
    await sleep(100);
  }
}
