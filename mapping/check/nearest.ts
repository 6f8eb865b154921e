function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? a.length;
}

/** ` (perhaps "x")` for the most alike path, or nothing. */
export function nearest(path: string, fields: ReadonlyMap<string, unknown>): string {
  const wanted = path.toLowerCase();
  let best: { name: string; by: number } | undefined;
  for (const name of fields.keys()) {
    if (Math.abs(name.length - path.length) > 4) continue;
    const by = distance(wanted, name.toLowerCase());
    if (by <= Math.max(2, path.length / 4) && (!best || by < best.by)) best = { name, by };
  }
  return best ? ` (perhaps "${best.name}")` : '';
}
