type Cell = string | number | undefined | null;

/** How wide a line may be: the terminal's width; unbounded where the output goes to a file or a program, so that a row stays one line. */
const widthOf = (): number => (process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY);
const cellMax = 44;
const lastMin = 28;

/** One line without control characters: what a shop sends must not move the cursor of who looks at it. */
export const oneLine = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
const plain = (cell: Cell): string => (cell === undefined || cell === null ? '' : oneLine(String(cell)));
const cut = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max - 1)}…` : text);

/** Text in lines of at most `width`, broken between words; a word longer than a line is cut into lines. */
export function wrap(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) { lines.push(line); line = ''; }
    for (; word.length > width; word = word.slice(width)) lines.push(word.slice(0, width));
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

const isNumber = (text: string): boolean => /^-?[\d.,]+( [A-Z]{3})?$/.test(text);

/** A plain table: columns as wide as their longest cell, numbers to the right; the last column takes the rest of the line and goes on below. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[], width = widthOf()): string {
  const last = head.length - 1;
  const cells = rows.map((row) => head.map((_, i) => (i === last ? plain(row[i]) : cut(plain(row[i]), cellMax))));
  const widths = head.map((h, i) => Math.max(h.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const before = widths.slice(0, last).reduce((sum, w) => sum + w + 2, 0);
  const lastWidth = Math.max(lastMin, Math.min(widths[last] ?? 0, width - before));
  widths[last] = Math.min(widths[last] ?? 0, lastWidth);
  const right = head.map((_, i) => cells.some((row) => row[i] !== '') && cells.every((row) => row[i] === '' || isNumber(row[i] ?? '')));
  const line = (row: readonly string[]): string => row.map((c, i) => (right[i] ? c.padStart(widths[i] ?? 0) : c.padEnd(widths[i] ?? 0))).join('  ').trimEnd();
  const lines = (row: readonly string[]): string => {
    const [first = '', ...more] = wrap(row[last] ?? '', lastWidth);
    return [line([...row.slice(0, last), first]), ...more.map((text) => `${' '.repeat(before)}${text}`)].join('\n');
  };
  return [line(head), line(widths.map((w) => '─'.repeat(w))), ...cells.map(lines)].join('\n');
}

/** Label and value, one under the other; empty values are left out. */
export function facts(pairs: readonly (readonly [string, Cell])[]): string {
  const told = pairs.filter(([, value]) => plain(value) !== '');
  const width = Math.max(0, ...told.map(([label]) => label.length));
  const room = Math.max(lastMin, widthOf() - width - 4);
  return told.map(([label, value]) => `  ${label.padEnd(width)}  ${wrap(plain(value), room).join(`\n${' '.repeat(width + 4)}`)}`).join('\n');
}

/** Seconds → `45 s`, `12 min`, `3 h`, `2 d`: the largest whole unit. */
export function age(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
export const since = (at: string, now = Date.now()): string => age((now - Date.parse(at)) / 1000);
/** `2026-11-25 08:01` in UTC. */
export const minute = (at: string): string => at.slice(0, 16).replace('T', ' ');

/** Decimal text → `1,234.50 USD`; empty when there is no amount. */
export function amount(text: string | undefined, currency: string | undefined): string {
  if (text === undefined) return '';
  const [whole = '', fraction] = text.split('.');
  return `${whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')}${fraction === undefined ? '' : `.${fraction}`} ${currency ?? ''}`.trim();
}
export const amounts = (list: readonly { currency: string; amount: string }[]): string => list.map((m) => amount(m.amount, m.currency)).join(', ');
export const count = (n: number, one: string, many = `${one}s`): string => `${amount(String(n), undefined)} ${n === 1 ? one : many}`;
