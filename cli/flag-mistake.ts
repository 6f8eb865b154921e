/** What Node's parser of flags says of a command, as a sentence that names the flag, what is wrong with it, and the fix. `help` is the command that lists the flags. */
export function flagMistake(error: unknown, help: string): string {
  const said = error instanceof Error ? error.message : String(error);
  const name = /'(--[^' ]+)/.exec(said)?.[1];
  const word = /argument '([^']*)'/.exec(said)?.[1];
  if (/Unknown option/.test(said)) return `${name ?? /'(-[^']*)'/.exec(said)?.[1] ?? 'One of the options'} is no option. Fix: see ${help}.`;
  if (/argument missing|is ambiguous/.test(said)) return `${name ?? 'An option'} has no value. Fix: write ${name ?? 'it'} and its value; a value that begins with a dash as ${name ?? '--option'}=VALUE.`;
  if (/does not take an argument/.test(said)) return `${name ?? 'An option'} takes no value. Fix: write ${name ?? 'it'} alone.`;
  if (/Unexpected argument/.test(said)) return `"${word ?? ''}" is one word too many. Fix: leave it out; see ${help}.`;
  return `${said.split('.')[0] ?? ''}. Fix: see ${help}.`;
}
