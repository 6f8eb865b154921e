import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createApi, findApi } from './api-client';
import { UsageError } from './options';
import { type Command, type Flags } from './tieout-command';
import { exceptionCommands } from './tieout-exceptions';
import { runCommands } from './tieout-runs';

const commands: Record<string, Command> = { ...exceptionCommands, ...runCommands };
/** `runs` alone is `runs list`. */
const shorthands: Record<string, string> = { exceptions: 'exceptions list', incidents: 'exceptions incidents', runs: 'runs list', approvals: 'approvals list', inbox: 'inbox list' };

const help = (): string => `npm run tieout -- <command> [options]\n\n${Object.values(commands).map((c) => `  ${c.usage}\n      ${c.summary}`).join('\n')}\n
  --json        JSON instead of a table
  --data DIR    the installation's folder (default .tieout); or
  --url URL --key KEY   any installation (TIEOUT_API_URL, TIEOUT_API_KEY)`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const options = {
  json: flag, help: flag, yes: flag, closed: flag, 'dry-run': flag, data: text, url: text, key: text, reason: text, from: text, class: text, code: text, cause: text, system: text, kind: text, pair: text, order: text, phase: text, state: text, limit: text, file: text, content: text, set: { type: 'string', multiple: true },
} as const;

function read(argv: string[]): { flags: Flags; words: string[] } {
  try {
    const { values, positionals } = parseArgs({ args: argv, strict: true, allowPositionals: true, options });
    return { flags: values, words: positionals };
  } catch (error) { throw new UsageError(`${String((error as { message?: unknown }).message).split('.')[0] ?? ''}. Fix: see npm run tieout -- --help.`); }
}

function find(words: string[]): { command: Command; args: string[] } {
  const two = words.slice(0, 2).join(' ');
  const known = commands[two];
  if (known) return { command: known, args: words.slice(2) };
  const one = commands[shorthands[words[0] ?? ''] ?? words[0] ?? ''];
  if (one && words.length === 1) return { command: one, args: [] };
  throw new UsageError(`"${two}" is no command. Fix: one of ${Object.keys(commands).join(', ')}.`);
}

/** The command line of a running installation; exit code 2 for a mistake in the command, 1 for a refusal. */
export async function main(argv: string[], root: string): Promise<number> {
  try {
    const { flags, words } = read(argv);
    if (flags['help'] || words.length === 0) { process.stdout.write(`${help()}\n`); return words.length === 0 && !flags['help'] ? 2 : 0; }
    const { command, args } = find(words);
    const str = (name: string): string | undefined => (typeof flags[name] === 'string' ? flags[name] : undefined);
    const api = createApi(findApi({ url: str('url'), key: str('key'), data: resolve(str('data') ?? resolve(root, '.tieout')) }, process.env));
    const answer = await command.run({ api, args, flags, tell: (line) => process.stderr.write(`  ${line}\n`) });
    process.stdout.write(flags['json'] ? `${JSON.stringify(answer.json)}\n` : `${answer.text}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}
