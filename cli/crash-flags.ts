import { parseArgs } from 'node:util';
import { flagMistake } from './flag-mistake';

export const help = `npm run crash -- [options]
  --seed N      which orders, and who is killed when (default 1)
  --orders N    how many orders (default 100)
  --minutes N   how long programs are killed, fractions allowed (default 2)
  --twins       two workers, two agents and two apis at once
  --outage      nothing is killed: GP is away for twelve simulated hours, compressed to --minutes, while the orders arrive
                (default 2,000 orders in 2 minutes); with --twins one of two agents dies when GP is back
  --seeds N     so many seeds one after another, from --seed on, with a table at the end
  --json        one JSON verdict on stdout (with --seeds: { runs, totals }), progress on stderr
  --keep        keep the folders with ledgers and logs
  --help        this text`;

export type Wanted = { seed: number; seeds: number | undefined; orders: number; minutes: number; twins: boolean; outage: boolean; json: boolean; keep: boolean };
type Rule = { fallback: number; least: number; most: number; whole: boolean };

function numberOf(flag: string, given: string | undefined, rule: Rule): number {
  const value = given === undefined ? rule.fallback : Number(given);
  if (given?.trim() === '' || !(value >= rule.least && value <= rule.most) || (rule.whole && !Number.isInteger(value))) throw new TypeError(`--${flag} is "${String(given)}". Fix: give a ${rule.whole ? 'whole ' : ''}number from ${rule.least} to ${rule.most}.`);
  return value;
}

const flags = { seed: { type: 'string' }, seeds: { type: 'string' }, orders: { type: 'string' }, minutes: { type: 'string' }, json: { type: 'boolean' }, keep: { type: 'boolean' }, twins: { type: 'boolean' }, outage: { type: 'boolean' }, help: { type: 'boolean' } } as const;

function parsed(argv: readonly string[]): { [K in keyof typeof flags]?: (typeof flags)[K]['type'] extends 'string' ? string : boolean } {
  try { return parseArgs({ args: [...argv], strict: true, allowPositionals: false, options: flags }).values; } catch (error) {
    throw new TypeError(flagMistake(error, 'npm run crash -- --help'));
  }
}

/** Flags → what is asked; TypeError names the flag, its value and the fix. */
export function readFlags(argv: readonly string[]): Wanted | 'help' {
  const values = parsed(argv);
  if (values.help) return 'help';
  const whole = { least: 1, whole: true };
  return {
    seed: numberOf('seed', values.seed, { ...whole, fallback: 1, least: 0, most: 1_000_000 }), orders: numberOf('orders', values.orders, { ...whole, fallback: values.outage ? 2_000 : 100, most: 50_000 }),
    minutes: numberOf('minutes', values.minutes, { fallback: 2, least: 0.01, most: 600, whole: false }), seeds: values.seeds === undefined ? undefined : numberOf('seeds', values.seeds, { ...whole, fallback: 1, most: 1_000 }),
    json: values.json === true, keep: values.keep === true, twins: values.twins === true, outage: values.outage === true,
  };
}
