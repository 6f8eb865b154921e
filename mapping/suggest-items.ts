/** How many single-letter changes lead from one word to the other. */
function distance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) row[j] = Math.min((row[j - 1] ?? 0) + 1, (before[j] ?? 0) + 1, (before[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1));
    before = row;
  }
  return before[b.length] ?? 0;
}

const plain = (sku: string): string => sku.toUpperCase().replace(/[^A-Z0-9]/g, '');
const comparedMax = 5_000;

/** At most three known SKUs that look like this one, nearest first: for a person to choose from, never to be taken by itself. */
export function suggestItems(sku: string, known: readonly string[]): string[] {
  const wanted = plain(sku);
  if (wanted === '') return [];
  return known.slice(0, comparedMax).map((name) => ({ name, far: distance(wanted, plain(name)) / Math.max(wanted.length, plain(name).length, 1) }))
    .filter(({ far }) => far <= 0.4).sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1)).slice(0, 3).map(({ name }) => name);
}
