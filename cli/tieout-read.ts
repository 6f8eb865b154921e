import { parseArgs } from 'node:util';
import { UsageError } from './options';
import { type Command, type Flag, type Flags } from './tieout-command';
import { everywhere } from './tieout-help';

/** `runs` alone is `runs list`. */
const shorthands: Record<string, string> = { exceptions: 'exceptions list', incidents: 'incidents list', runs: 'runs list', approvals: 'approvals list', inbox: 'inbox list', bulk: 'bulk list', sync: 'sync list', 'sync conflicts': 'sync conflicts list', 'sync links': 'sync links list', 'exceptions incidents': 'incidents list' };

export type Read = { help: true; command?: Command | undefined; group?: string | undefined } | { help: false; command: Command; args: string[]; flags: Flags };

const optionOf = (f: Flag): { type: 'string' | 'boolean'; multiple?: boolean } => ({ type: f.value ? 'string' : 'boolean', ...(f.many ? { multiple: true } : {}) });
const namesOf = (flags: readonly Flag[]): string => flags.map((f) => `--${f.name}`).join(', ');

function parse(argv: readonly string[], commands: readonly Command[]): { values: Flags; words: string[] } {
  const all = [...everywhere, ...commands.flatMap((c) => c.flags ?? [])];
  try {
    const { values, positionals } = parseArgs({ args: [...argv], strict: true, allowPositionals: true, options: Object.fromEntries(all.map((f) => [f.name, optionOf(f)])) });
    return { values: values as Flags, words: positionals };
  } catch (error) {
    const said = String((error as { message?: unknown }).message);
    const name = /--[\w-]+/.exec(said)?.[0];
    if (/Unknown option/.test(said)) throw new UsageError(`${name ?? 'One of the options'} is no option. Fix: "npm run tieout -- --help" lists commands, and each tells its options with --help.`);
    if (/argument missing|is ambiguous/.test(said)) throw new UsageError(`${name ?? 'An option'} has no value. Fix: write ${name ?? 'it'} and its value; a value that begins with a dash as ${name ?? '--option'}=VALUE.`);
    throw new UsageError(`${said.split('. ')[0] ?? said}. Fix: see npm run tieout -- --help.`);
  }
}

function find(words: readonly string[], commands: readonly Command[]): { command: Command; args: string[] } | undefined {
  const byWords = (text: string): Command | undefined => commands.find((c) => c.words === text);
  const three = byWords(words.slice(0, 3).join(' '));
  if (three && words.length >= 3) return { command: three, args: words.slice(3) };
  const pair = words.slice(0, 2).join(' ');
  const two = byWords(pair) ?? (words.length === 2 ? byWords(shorthands[pair] ?? '') : undefined);
  if (two) return { command: two, args: words.slice(2) };
  const [first = ''] = words;
  const one = byWords(first);
  if (one) return { command: one, args: words.slice(1) };
  const usual = words.length === 1 ? byWords(shorthands[first] ?? '') : undefined;
  return usual ? { command: usual, args: [] } : undefined;
}

function unknown(words: readonly string[], commands: readonly Command[]): UsageError {
  const pair = words.slice(0, 2).join(' ');
  const inner = commands.filter((c) => c.words.startsWith(`${pair} `));
  if (inner.length > 0) return new UsageError(`"${words[2] ?? ''}" is nothing that ${pair} can do. Fix: one of ${inner.map((c) => c.words).join(', ')}.`);
  const group = commands.filter((c) => c.words.startsWith(`${words[0] ?? ''} `));
  if (group.length > 0) return new UsageError(`"${words[1] ?? ''}" is nothing that ${words[0] ?? ''} can do. Fix: one of ${group.map((c) => c.words).join(', ')}.`);
  return new UsageError(`"${words.slice(0, 2).join(' ')}" is no command. Fix: one of ${[...new Set(commands.map((c) => c.words.split(' ')[0]))].join(', ')}; npm run tieout -- --help tells more.`);
}

function check(command: Command, args: readonly string[], values: Flags): void {
  const known = command.flags ?? [];
  for (const [name, given] of Object.entries(values)) {
    const flag = [...everywhere, ...known].find((f) => f.name === name);
    if (!flag) throw new UsageError(`--${name} is no option of "${command.words}". Fix: it takes ${namesOf([...known, ...everywhere])}.`);
    const fix = typeof given === 'string' ? flag.check?.(given) : undefined;
    if (fix !== undefined) throw new UsageError(`--${name} is "${String(given)}". Fix: give ${fix}.`);
    if (given === '') throw new UsageError(`--${name} is empty. Fix: give ${flag.value ?? 'a value'}, or leave --${name} out.`);
  }
  const most = command.args?.some((a) => a.includes('…')) ? Number.POSITIVE_INFINITY : command.args?.length ?? 0;
  if (args.length > most) throw new UsageError(`"${args[most] ?? ''}" is one word too many. Fix: ${[command.words, ...(command.args ?? [])].join(' ')}; a value with blanks goes in quotes.`);
}

/** The words of a command line → the command, its words and options; every mistake names what was given and what would fit. */
export function readCommand(argv: readonly string[], commands: readonly Command[]): Read {
  const { values, words } = parse(argv, commands);
  const found = find(words, commands);
  if (values['help'] === true) {
    const group = words.length === 1 && commands.some((c) => c.words.startsWith(`${words[0]} `)) ? words[0] : undefined;
    if (words.length > 0 && group === undefined && !found) throw unknown(words, commands);
    return { help: true, group, command: group === undefined ? found?.command : undefined };
  }
  if (!found) throw unknown(words, commands);
  check(found.command, found.args, values);
  return { help: false, ...found, flags: values };
}
