import { Money, moneyText } from '../canonical/money';
import { oneLine } from './table';

const said = (value: unknown): string => (typeof value === 'string' ? oneLine(value) : JSON.stringify(value));

/** A document as paths and values, in its own order: the paths are those that `--set` takes, amounts are text with their currency. */
export function pathsOf(value: unknown, path = ''): [string, string][] {
  const money = Money.safeParse(value);
  if (money.success) return [[path, `${moneyText(money.data)} ${money.data.currency}`]];
  if (Array.isArray(value)) return value.length === 0 ? [] : value.flatMap((item, i) => pathsOf(item, `${path}[${i}]`));
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, path === '' ? key : `${path}.${key}`));
  return value === undefined ? [] : [[path, said(value)]];
}

/** A document for people, cut after so many fields with a word on how to see the rest. */
export function showDocument(value: unknown, most: number, rest: string): string {
  if (typeof value === 'string') return `  (not readable as a document; ${value.length} characters as they came)\n${value.slice(0, 2_000).split('\n').map((line) => `  │ ${oneLine(line)}`).join('\n')}`;
  const paths = pathsOf(value).filter(([, text]) => text !== 'null' && text !== '');
  const shown = paths.slice(0, most);
  const width = Math.min(48, Math.max(0, ...shown.map(([path]) => path.length)));
  const lines = shown.map(([path, text]) => `  ${oneLine(path).padEnd(width)}  ${text.length > 100 ? `${text.slice(0, 99)}…` : text}`);
  return [...lines, ...(paths.length > most ? [`  … ${paths.length - most} more: ${rest}`] : [])].join('\n');
}
