import { parseArgs } from 'node:util';
import { flagMistake } from '../cli/flag-mistake';
import { type Bench, type NumberFlag } from './bench';

/** A mistake in the command: said in one sentence that names flag, value and fix; exit code 2. */
export class BenchUsage extends Error {}
export type Wanted = { name: string; bench: Bench; numbers: Record<string, number>; json: boolean };

const flagLine = ({ name, about, fallback }: NumberFlag): string => `      --${`${name} N`.padEnd(14)}${about} (default ${fallback})`;

export function helpOf(benches: Readonly<Record<string, Bench>>): string {
  const one = ([name, bench]: [string, Bench]): string => [`  ${name.padEnd(10)}${bench.summary}`, ...bench.flags.map(flagLine)].join('\n');
  return `npm run bench -- <${Object.keys(benches).join('|')}> [options]\n${Object.entries(benches).map(one).join('\n')}\n  options of all\n      --json          one JSON report on stdout, progress on stderr\n      --help          this text
Each bench but mapping brings up an installation of its own on free ports, in a folder of its own, on two cores; all end by themselves within about three minutes.`;
}

function numberOf(flag: NumberFlag, given: string | undefined): number {
  if (given === undefined) return flag.fallback;
  const value = Number(given);
  if (given.trim() === '' || !(value >= flag.least && value <= flag.most) || (flag.whole && !Number.isInteger(value))) {
    throw new BenchUsage(`--${flag.name} is "${given}". Fix: give a ${flag.whole ? 'whole ' : ''}number from ${flag.least} to ${flag.most}.`);
  }
  return value;
}

/** Words and flags → what is to be measured. Throws BenchUsage. */
export function readWanted(argv: readonly string[], benches: Readonly<Record<string, Bench>>): Wanted | 'help' {
  const names = Object.keys(benches);
  const numbers = [...new Set(Object.values(benches).flatMap((b) => b.flags.map((f) => f.name)))];
  let values: Record<string, string | boolean | undefined>;
  let words: string[];
  try {
    ({ values, positionals: words } = parseArgs({ args: [...argv], strict: true, allowPositionals: true, options: { json: { type: 'boolean' as const }, help: { type: 'boolean' as const }, ...Object.fromEntries(numbers.map((n) => [n, { type: 'string' as const }])) } }));
  } catch (error) { throw new BenchUsage(flagMistake(error, 'npm run bench -- --help')); }
  if (values['help'] === true) return 'help';
  const [name, extra] = words;
  if (name === undefined) throw new BenchUsage(`Nothing is named to be measured. Fix: name one of ${names.join(', ')}; npm run bench -- --help tells more.`);
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (!bench) throw new BenchUsage(`"${name}" is no bench. Fix: name one of ${names.join(', ')}.`);
  if (extra !== undefined) throw new BenchUsage(`"${extra}" is one word too many. Fix: one bench at a time.`);
  const foreign = numbers.find((n) => values[n] !== undefined && !bench.flags.some((f) => f.name === n));
  if (foreign !== undefined) throw new BenchUsage(`--${foreign} is "${String(values[foreign])}", and ${name} does not know it. Fix: ${bench.flags.length === 0 ? `${name} takes none` : `use ${bench.flags.map((f) => `--${f.name}`).join(', ')}`}.`);
  return { name, bench, json: values['json'] === true, numbers: Object.fromEntries(bench.flags.map((f) => [f.name, numberOf(f, values[f.name] as string | undefined)])) };
}
