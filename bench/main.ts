import { type Ask, type Figures } from './bench';
import { benches } from './benches';
import { BenchUsage, helpOf, readWanted, type Wanted } from './flags';
import { machine, pinToTwoCores, type Machine } from './machine';

type Report = { bench: string; machine: Machine } & Figures;

/** Objects and lists inside become `a.b` and `a.0` names, so that a person can read the figures line by line. */
function linesOf(value: object, prefix = ''): [string, string][] {
  return Object.entries(value).flatMap(([name, v]: [string, unknown]): [string, string][] => (typeof v === 'object' && v !== null ? linesOf(v, `${prefix}${name}.`) : [[`${prefix}${name}`, String(v)]]));
}

function textOf({ bench, machine: at, method, targets, ...figures }: Report): string {
  const aim = targets.map((t): [string, string] => [t.name, `${t.measured} (${t.least === undefined ? `at most ${t.most ?? ''}` : `at least ${t.least}`}) ${t.met ? 'met' : 'MISSED'}`]);
  const rows: [string, string][] = [...linesOf(figures), ['', ''], ...aim];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [`${bench} on ${at.cpu}, ${at.coresUsed} of ${at.cores} cores, ${at.memoryGiB} GiB, ${at.os}, Node ${at.node}, load before ${at.loadBefore}`, method, '', ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`.trimEnd())].join('\n');
}

/** npm run bench: measures one thing. Answers the exit code: 2 for a mistake in the command, 1 when it could not be measured. Missed targets are told, not punished. */
export async function bench(input: Pick<Ask, 'root' | 'temporalBinary'> & { argv: readonly string[] }): Promise<number> {
  let wanted: Wanted | 'help';
  try { wanted = readWanted(input.argv, benches); } catch (error) {
    if (!(error instanceof BenchUsage)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (wanted === 'help') { process.stdout.write(`${helpOf(benches)}\n`); return 0; }
  process.chdir(input.root);
  pinToTwoCores();
  const at = machine();
  const figures = await wanted.bench.run({ root: input.root, temporalBinary: input.temporalBinary, say: (line) => process.stderr.write(`· ${line}\n`), numbers: wanted.numbers });
  const report: Report = { bench: wanted.name, machine: at, ...figures };
  process.stdout.write(wanted.json ? `${JSON.stringify(report)}\n` : `${textOf(report)}\n`);
  return 0;
}
