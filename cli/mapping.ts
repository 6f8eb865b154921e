import { parseArgs } from 'node:util';
import { mappingCommands as withoutInstallation } from './mapping-commands';
import { installationCommands } from './mapping-installation';
import { UsageError } from './options';

const mappingCommands = { ...withoutInstallation, ...installationCommands };

const help = (): string => `npm run mapping -- <command> [options]\n\n${Object.values(mappingCommands).map((c) => `  ${c.usage}\n      ${c.summary}`).join('\n')}\n
  FILE is a mapping document (JSON); NAME is one that ships (see list). DOC is a recorded source.
  --params FILE|JSON   values for the document's parameters
  --tables FILE|JSON   rows of live tables: {"xero.accounts": {"rows": [{"code": "200", "class": "REVENUE"}]}}
  --sample DOC         fields of this recorded source count as known
  --pair PAIR          the pair of books whose versions are meant; with --reason TEXT, which is kept
  --data DIR           the folder of a running installation of this machine (default .tieout); --url URL and --key KEY any other
  --json               JSON instead of text
  --help               this text
  Exit code 2 is a mistake in the command, 1 is something wrong with the document.`;

const text = { type: 'string' } as const;
const options = { json: { type: 'boolean' }, help: { type: 'boolean' }, params: text, tables: text, sample: text, pair: text, reason: text, data: text, url: text, key: text, as: text } as const;

/** The command line of mapping documents; only import, publish and retire need a running installation. */
export async function main(argv: string[], root: string): Promise<number> {
  try {
    let read;
    try { read = parseArgs({ args: argv, strict: true, allowPositionals: true, options }); } catch (error) { throw new UsageError(`${String((error as { message?: unknown }).message).split('.')[0] ?? ''}. Fix: see npm run mapping -- --help.`); }
    const { values, positionals } = read;
    const [name, ...args] = positionals;
    if (values.help || name === undefined) { process.stdout.write(`${help()}\n`); return values.help ? 0 : 2; }
    const command = Object.hasOwn(mappingCommands, name) ? mappingCommands[name] : undefined;
    if (!command) throw new UsageError(`"${name}" is no command. Fix: one of ${Object.keys(mappingCommands).join(', ')}.`);
    if (args.length < command.least || args.length > command.most) throw new UsageError(`"${name}" takes ${command.usage}; ${args.length} word(s) were given. Fix: see npm run mapping -- --help.`);
    const answer = await command.run({ root, args, flag: (flag) => { const value = values[flag as keyof typeof values]; return typeof value === 'string' ? value : undefined; } });
    process.stdout.write(values.json ? `${JSON.stringify(answer.json)}\n` : `${answer.text}\n`);
    return answer.exit;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}
