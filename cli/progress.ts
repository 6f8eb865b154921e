/** Progress on stderr: one line that is redrawn on a terminal, a line per change elsewhere. */
export function createProgress(stream: NodeJS.WriteStream): { say(line: string): void; tell(phases: Record<string, number>, done: number, all: number): void; bar(text: string, done: number, all: number): void; end(): void } {
  let drawn = false;
  let last = '';
  let lastAt = 0;
  const clear = (): void => { if (drawn) stream.write('\r\u001b[2K'); drawn = false; };
  const bar = (text: string, done: number, all: number): void => {
    const width = 24;
    const filled = all === 0 ? width : Math.min(width, Math.round((done / all) * width));
    const line = `[${'█'.repeat(filled)}${'·'.repeat(width - filled)}] ${done}/${all}  ${text}`;
    if (stream.isTTY) { clear(); stream.write(line.slice(0, (stream.columns || 100) - 1)); drawn = true; return; }
    if (line === last || Date.now() - lastAt < 1_000) return;
    last = line;
    lastAt = Date.now();
    stream.write(`  ${line}\n`);
  };
  return {
    bar,
    say(line) { clear(); stream.write(`· ${line}\n`); },
    tell(phases, done, all) {
      const text = Object.entries(phases).sort().map(([phase, n]) => `${phase} ${n}`).join('  ');
      bar(text, done, all);
    },
    end() { if (drawn) stream.write('\n'); drawn = false; },
  };
}
