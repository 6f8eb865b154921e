type Cell = string | number | undefined | null;

/** A plain table: columns as wide as their longest cell, numbers to the right, long text cut with an ellipsis. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[], widthMax = 60): string {
  const text = (c: Cell): string => { const t = c === undefined || c === null ? '' : String(c).replaceAll(/\s+/g, ' '); return t.length > widthMax ? `${t.slice(0, widthMax - 1)}…` : t; };
  const cells = rows.map((row) => row.map(text));
  const widths = head.map((h, i) => Math.max(h.length, ...cells.map((row) => (row[i] ?? '').length)));
  const right = head.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number' || row[i] === undefined || /^-?[\d.,]+( [A-Z]{3})?$/.test(String(row[i]))));
  const line = (row: readonly string[]): string => row.map((c, i) => (right[i] ? c.padStart(widths[i] ?? 0) : c.padEnd(widths[i] ?? 0))).join('  ').trimEnd();
  return [line(head), line(widths.map((w) => '─'.repeat(w))), ...cells.map(line)].join('\n');
}

/** Seconds → `3d 4h`, `12m`, `45s`. */
export function age(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}m`;
  return `${Math.floor(seconds / 86_400)}d ${Math.floor((seconds % 86_400) / 3600)}h`;
}
