import { type Command, type Flag } from './tieout-command';

/** What every command understands. */
export const everywhere: readonly Flag[] = [
  { name: 'json', says: 'JSON instead of a table' }, { name: 'help', says: 'this text' },
  { name: 'data', value: 'DIR', says: 'the folder of an installation of this machine (default .tieout)' }, { name: 'url', value: 'URL', says: 'any other installation (or TIEOUT_API_URL)' },
  { name: 'key', value: 'KEY', says: 'its API key (or TIEOUT_API_KEY)' }, { name: 'as', value: 'ROLE', says: 'which local key: admin (default), approver, operator or viewer', check: (v) => (['admin', 'approver', 'operator', 'viewer'].includes(v) ? undefined : 'one of admin, approver, operator, viewer') },
];

const spelt = (f: Flag): string => `--${f.name}${f.value ? ` ${f.value}` : ''}`;
const list = (flags: readonly Flag[]): string => {
  const width = Math.max(...flags.map((f) => spelt(f).length));
  return flags.map((f) => `  ${spelt(f).padEnd(width)}  ${f.says}`).join('\n');
};
const usage = (c: Command): string => [c.words, ...(c.args ?? [])].join(' ');

/** The commands of one group, or of all, one line each. */
export function overview(commands: readonly Command[], group?: string): string {
  const shown = commands.filter((c) => group === undefined || c.words.split(' ')[0] === group);
  const width = Math.max(...shown.map((c) => usage(c).length));
  return `npm run tieout -- COMMAND [options]\n\n${shown.map((c) => `  ${usage(c).padEnd(width)}  ${c.summary}`).join('\n')}\n
Every command:\n${list(everywhere)}\n
"npm run tieout -- COMMAND --help" tells the options of one command.
Exit code: 0 done, 1 refused or not reachable, 2 a mistake in the command.`;
}

/** One command with its options and examples. */
export function helpOf(c: Command): string {
  const options = c.flags?.length ? `\n\nOptions:\n${list(c.flags)}` : '';
  const examples = c.examples?.length ? `\n\nExamples:\n${c.examples.map((e) => `  npm run tieout -- ${e}`).join('\n')}` : '';
  return `npm run tieout -- ${usage(c)}${c.flags?.length ? ' [options]' : ''}\n\n${c.summary.charAt(0).toUpperCase()}${c.summary.slice(1)}.${options}\n\nEvery command:\n${list(everywhere)}${examples}`;
}
