import { transliterate } from './transliterate';

/** The 27 printable characters that Windows-1252 holds between 0x80 and 0x9F; 0x20–0x7E and 0xA0–0xFF are the same as in Unicode. */
const upper = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

/** Letters and marks outside the code page that NFKD does not take apart. */
const letters: Record<string, string> = {
  ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ħ: 'h', Ħ: 'H', ı: 'i', ĸ: 'k', ŋ: 'ng', Ŋ: 'NG', ŧ: 't', Ŧ: 'T', ẞ: 'SS', ə: 'e', Ə: 'E', ǝ: 'e', ȷ: 'j',
  ɓ: 'b', ɗ: 'd', ɛ: 'e', ɣ: 'g', ɔ: 'o', ƙ: 'k', ƴ: 'y', Ɓ: 'B', Ɗ: 'D', Ɛ: 'E', Ɔ: 'O', Ƙ: 'K',
  '‐': '-', '‑': '-', '‒': '-', '―': '-', '−': '-', '‛': "'", '′': "'", 'ʹ': "'", 'ʻ': "'", 'ʼ': "'", '″': '"', '‟': '"', '‗': '_', '⁄': '/', '∕': '/',
  '₂': '2', '₩': 'KRW', '₹': 'INR', '₺': 'TRY', '₽': 'RUB', '₴': 'UAH', '₪': 'ILS', '₫': 'VND', '→': '->', '←': '<-', '≤': '<=', '≥': '>=', '≠': '!=', '×': 'x', '✓': 'v', '★': '*', '☆': '*',
};

/** Does GP's code page (Windows-1252) hold this character? */
export function inCodePage(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff) || upper.includes(character);
}

/** What nobody sees: marks that only modify a neighbour (accents taken apart, variation selectors, joiners, direction marks, skin tones). */
const invisible = /[\p{M}\p{Cf}\u{1F3FB}-\u{1F3FF}]/u;

function character(char: string): string {
  if (inCodePage(char)) return char;
  const known = letters[char] ?? transliterate(char);
  if (known !== undefined) return known;
  if (/\s/u.test(char)) return ' ';
  if (invisible.test(char)) return '';
  return [...char.normalize('NFKD')].map((part) => (inCodePage(part) ? part : letters[part] ?? (invisible.test(part) ? '' : '?'))).join('');
}

/**
 * Text in GP's code page. Characters the page holds stay; letters with foreign marks lose the mark; Cyrillic, Greek, Japanese syllables and Korean are
 * written in Latin letters; what has no likeness becomes one `?` per run. Control characters become spaces or vanish.
 */
export function toCodePage(text: string): string {
  const visible = text.normalize('NFC').replace(/[\t\r\n\v\f\u0085\u2028\u2029]+/g, ' ').replace(/\p{Cc}/gu, '');
  let out = '';
  let inRun = false;
  for (const char of visible) {
    const mapped = character(char);
    const unreadable = mapped.includes('?') && char !== '?';
    if (unreadable && inRun && /^\?+$/.test(mapped)) continue;
    if (mapped !== '') inRun = unreadable && mapped.endsWith('?');
    out += unreadable ? mapped.replace(/\?+/g, '?') : mapped;
  }
  return out;
}
