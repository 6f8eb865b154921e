import { resolve } from 'node:path';
import { ApiRefusal, createApi, findApi } from './api-client';
import { UsageError } from './options';
import { approvalCommands } from './tieout-approvals';
import { type Command, textOf } from './tieout-command';
import { decisionCommands } from './tieout-decisions';
import { exceptionCommands } from './tieout-exceptions';
import { helpOf, overview } from './tieout-help';
import { inboxCommands } from './tieout-inbox';
import { readCommand } from './tieout-read';
import { runCommands } from './tieout-runs';
import { syncCommands } from './tieout-sync';
import { syncLinkCommands } from './tieout-sync-links';
import { syncQuestionCommands } from './tieout-sync-questions';

const [listing, showing, ...sharing] = exceptionCommands;
/** Every command, in the order the help tells them. */
export const commands: readonly Command[] = [...[listing, showing].filter((c): c is Command => c !== undefined), ...decisionCommands, ...sharing, ...runCommands, ...approvalCommands, ...inboxCommands, ...syncCommands, ...syncQuestionCommands, ...syncLinkCommands];

/** The command line of a running installation. Exit code 0: done, 1: refused or not reachable, 2: a mistake in the command, named with its fix. */
export async function main(argv: string[], root: string): Promise<number> {
  try {
    if (argv.length === 0) { process.stderr.write(`${overview(commands)}\n`); return 2; }
    const read = readCommand(argv, commands);
    if (read.help) { process.stdout.write(`${read.command ? helpOf(read.command) : overview(commands, read.group)}\n`); return 0; }
    const { command, args, flags } = read;
    const api = createApi(findApi({ url: textOf(flags, 'url'), key: textOf(flags, 'key'), role: textOf(flags, 'as'), data: resolve(textOf(flags, 'data') ?? resolve(root, '.tieout')) }, process.env));
    const answer = await command.run({ api, args, flags, tell: (line) => process.stderr.write(`  ${line}\n`) });
    process.stdout.write(flags['json'] ? `${JSON.stringify(answer.json)}\n` : `${answer.text}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError || (error instanceof ApiRefusal && error.unfit) ? 2 : 1;
  }
}
