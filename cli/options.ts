import { existsSync, readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export type Options = { once: boolean; json: boolean; orders: number; samples: string | undefined; data: string; sandbox: boolean };

export const help = `npm start -- [options]
  --once          stop after the report; without it everything stays up
  --json          one JSON report on stdout, progress on stderr
  --orders N      how many sample orders to make (default 12)
  --samples DIR   send the order bodies of a folder (*.json) instead
  --data DIR      where everything is kept (default .tieout)
  --no-sandbox    no simulators: real or foreign systems, by the environment (see .env.example)
  --help          this text`;

/** A mistake in the flags: said in one sentence, exit code 2. */
export class UsageError extends Error {}

/** Flags → options; every mistake names the flag, its value and the fix. */
export function readOptions(argv: readonly string[], root: string): Options | 'help' {
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({ args: [...argv], strict: true, allowPositionals: false, options: { once: { type: 'boolean' }, json: { type: 'boolean' }, orders: { type: 'string' }, samples: { type: 'string' }, data: { type: 'string' }, 'no-sandbox': { type: 'boolean' }, help: { type: 'boolean' } } }));
  } catch (error) {
    throw new UsageError(`${String((error as { message?: unknown }).message).split('.')[0] ?? ''}. Fix: see npm start -- --help.`);
  }
  if (values['help']) return 'help';
  const orders = Number(values['orders'] ?? 12);
  if (!Number.isInteger(orders) || orders < 0 || orders > 100_000) throw new UsageError(`--orders is "${String(values['orders'])}". Fix: give a whole number from 0 to 100000.`);
  const samples = typeof values['samples'] === 'string' ? resolve(values['samples']) : undefined;
  if (samples !== undefined && (!existsSync(samples) || !statSync(samples).isDirectory())) throw new UsageError(`--samples is "${samples}", and there is no such folder. Fix: name a folder of *.json order bodies.`);
  if (samples !== undefined && !readdirSync(samples).some((f) => f.endsWith('.json'))) throw new UsageError(`--samples is "${samples}", and it holds no *.json file. Fix: name a folder of order bodies.`);
  return { once: values['once'] === true, json: values['json'] === true, orders, samples, data: resolve(typeof values['data'] === 'string' ? values['data'] : resolve(root, '.tieout')), sandbox: values['no-sandbox'] !== true };
}
