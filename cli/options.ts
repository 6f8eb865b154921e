import { existsSync, readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { flagMistake } from './flag-mistake';

export type Options = { once: boolean; json: boolean; orders: number; samples: string | undefined; data: string; sandbox: boolean; /** Simulated shops beside the Shopify one. */ shops?: readonly OtherShop[] };

export const otherShops = ['woocommerce', 'magento', 'generic'] as const;
export type OtherShop = (typeof otherShops)[number];

export const help = `npm start -- [options]
  --once          stop after the report; without it everything stays up
  --json          one JSON report on stdout, progress on stderr
  --orders N      how many sample orders to make (default 12)
  --samples DIR   send the order bodies of a folder (*.json) instead
  --data DIR      where everything is kept (default .tieout)
  --shops LIST    simulated shops beside the Shopify one: woocommerce, magento, generic (by commas)
  --no-sandbox    no simulators: real or foreign systems, by the environment (see .env.example)
  --help          this text`;

/** A mistake in the flags: said in one sentence, exit code 2. */
export class UsageError extends Error {}

/** Flags → options; every mistake names the flag, its value and the fix. */
export function readOptions(argv: readonly string[], root: string): Options | 'help' {
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({ args: [...argv], strict: true, allowPositionals: false, options: { once: { type: 'boolean' }, json: { type: 'boolean' }, orders: { type: 'string' }, samples: { type: 'string' }, data: { type: 'string' }, shops: { type: 'string' }, 'no-sandbox': { type: 'boolean' }, help: { type: 'boolean' } } }));
  } catch (error) {
    throw new UsageError(flagMistake(error, 'npm start -- --help'));
  }
  if (values['help']) return 'help';
  const orders = Number(values['orders'] ?? 12);
  if (!Number.isInteger(orders) || orders < 0 || orders > 100_000) throw new UsageError(`--orders is "${String(values['orders'])}". Fix: give a whole number from 0 to 100000.`);
  const samples = typeof values['samples'] === 'string' ? resolve(values['samples']) : undefined;
  if (samples !== undefined && (!existsSync(samples) || !statSync(samples).isDirectory())) throw new UsageError(`--samples is "${samples}", and there is no such folder. Fix: name a folder of *.json order bodies.`);
  if (samples !== undefined && !readdirSync(samples).some((f) => f.endsWith('.json'))) throw new UsageError(`--samples is "${samples}", and it holds no *.json file. Fix: name a folder of order bodies.`);
  const shops = (typeof values['shops'] === 'string' ? values['shops'] : '').split(',').map((v) => v.trim()).filter((v) => v !== '');
  const unknown = shops.find((v) => !(otherShops as readonly string[]).includes(v));
  if (unknown !== undefined) throw new UsageError(`--shops names "${unknown}", and there is no such simulator. Fix: choose from ${otherShops.join(', ')}.`);
  if (shops.length > 0 && values['no-sandbox'] === true) throw new UsageError('--shops and --no-sandbox are both given. Fix: leave one of them out.');
  return { once: values['once'] === true, json: values['json'] === true, orders, samples, data: resolve(typeof values['data'] === 'string' ? values['data'] : resolve(root, '.tieout')), sandbox: values['no-sandbox'] !== true, ...(shops.length > 0 ? { shops: shops as OtherShop[] } : {}) };
}
