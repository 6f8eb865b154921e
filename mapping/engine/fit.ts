import { type Field, lastName } from '../catalogue/schema';
import { type fits } from '../document/rules';
import { inCodePage, toCodePage } from '../../canonical/code-page';

export type Fit = (typeof fits)[number];
/** A field as a place for text: its name, how much it holds, in whose words. */
export type Place = { name: string; length?: number | undefined; codePage?: 'windows-1252' | undefined; system: string };
export const placeFor = (field: Field, schema: { codePage?: 'windows-1252' | undefined; systemName: string }): Place => ({ name: lastName(field.path), length: field.length, codePage: schema.codePage, system: schema.systemName });

/** Stands where nothing of a text can be written in the code page. */
export const unreadable = '(not readable)';
const plainAscii = /^[\x21-\x7e]+( [\x21-\x7e]+)*$/;

const withoutVowels = (word: string): string => {
  const [first = '', ...rest] = [...word];
  return first + rest.join('').replace(/[aeiouà-æè-ïò-öù-ü]/gi, '');
};

/**
 * Shortens by rule, always the same way: words lose their inner vowels, the longest word first (ties: the later one), until the text fits; what is
 * still too long keeps its beginning and ends with `~`, so that the loss shows.
 */
export function abbreviate(text: string, max: number): string {
  const words = text.split(' ');
  const order = words.map((word, i) => ({ i, length: word.length })).filter((w) => w.length > 3).sort((a, b) => b.length - a.length || b.i - a.i);
  for (const { i } of order) {
    if (words.join(' ').length <= max) break;
    words[i] = withoutVowels(words[i] ?? '');
  }
  const short = words.join(' ');
  return short.length <= max ? short : `${short.slice(0, max - 1).trimEnd()}~`;
}

/** Free text: single spaces, in the code page, no longer than the field; every change beyond white space is told with both forms. */
function freeText(place: Place, text: string, warn: (text: string) => void): string {
  const max = place.length ?? Infinity;
  if (text.length <= max && plainAscii.test(text)) return text;
  const plain = text.normalize('NFC').replace(/\s+/gu, ' ').trim();
  let written = plain;
  if (place.codePage) {
    const page = toCodePage(plain).replace(/\s+/g, ' ').trim();
    const usable = plain === '' || /[^?\s\p{P}]/u.test(page) || [...plain].every(inCodePage);
    written = usable ? page : unreadable.slice(0, place.length ?? 100);
    if (written !== plain) warn(`${place.name}: "${plain}" was written as "${written}", because ${place.system}'s code page lacks some of its characters.`);
  }
  if (written.length <= max) return written;
  const short = abbreviate(written, max);
  warn(`${place.name}: "${written}" was shortened to "${short}", because ${place.system} holds ${max} characters.`);
  return short;
}

/** Why a text does not fit as it is; undefined when it does. Keys (numbers, codes, accounts) are never rewritten. */
export function keyTrouble(place: Place, value: string): string | undefined {
  if (value.trim() === '') return 'is empty';
  if (value !== value.trim()) return 'begins or ends with a space';
  if (value.length > (place.length ?? Infinity)) return `is longer than ${place.system}'s ${place.length} characters`;
  if (place.codePage && ![...value].every(inCodePage)) return `holds characters outside the code page of ${place.system}`;
  return undefined;
}

/** Text for a place by the rule's way; `trouble` is why it cannot be. Nothing is changed in silence. */
export function fitText(ask: { place: Place; fit: Fit | undefined; text: string }, warn: (text: string) => void): { text: string } | { trouble: string } {
  const { place, fit, text } = ask;
  const max = place.length ?? Infinity;
  if (fit === 'key') { const trouble = keyTrouble(place, text); return trouble === undefined ? { text } : { trouble }; }
  if (fit === 'free') return { text: freeText(place, text, warn) };
  if (text.length <= max) return { text };
  if (fit === undefined) return { trouble: `is longer than ${place.system}'s ${max} characters` };
  const short = fit === 'cut' ? text.slice(0, max) : text.slice(-max);
  warn(`${place.name}: "${text}" was cut to "${short}", because ${place.system} holds ${max} characters.`);
  return { text: short };
}
