/** Far above any reply of eConnect (a SOAP fault nests about ten deep, a row of GetEntity four). */
const depthMax = 32;
const elementsMax = 400_000;
const tagLengthMax = 8_192;
const referencesMax = 200_000;

/** What XML 1.0 §2.2 allows, without U+FFFD: that one is what a decoder leaves where a byte was no UTF-8, and GP's code page cannot hold it. */
const foreign = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffc\u{10000}-\u{10ffff}]/u;
const forbiddenNames = /^\/?(?:[^\s/>:]*:)?(?:__proto__|constructor|prototype)[\s/>]/;

const named = (char: string): string => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
/** What is wrong with a character of a document or of a reference in it; undefined when XML allows it. */
export const characterFault = (text: string): string | undefined => { const char = foreign.exec(text)?.[0]; return char === undefined ? undefined : `the character ${named(char)}, which XML does not allow`; };

/** Position of the `>` that ends the tag which begins at `start`, quotes respected; -1 when there is none near. */
function endOfTag(text: string, start: number): number {
  const last = Math.min(text.length, start + tagLengthMax);
  let quote = '';
  for (let at = start + 1; at < last; at += 1) {
    const char = text[at] ?? '';
    if (quote !== '') { if (char === quote) quote = ''; } else if (char === '"' || char === "'") quote = char;
    else if (char === '>') return at;
  }
  return -1;
}

const skips: [begin: string, end: string][] = [['<!--', '-->'], ['<![CDATA[', ']]>'], ['<?', '?>']];

/**
 * Looks at a document once before it is parsed, so that a bomb costs a glance: characters, DOCTYPE and entities, depth, number of elements, length of
 * a tag, names of JavaScript's own. Linear in the text's length; whether it is well formed is the parser's to say. Undefined when nothing is wrong.
 */
export function shapeFault(text: string): string | undefined {
  const character = characterFault(text);
  if (character !== undefined) return character;
  let references = 0;
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1)) if ((references += 1) > referencesMax) return `more than ${referencesMax} references`;
  let [depth, elements] = [0, 0];
  for (let at = text.indexOf('<'); at !== -1;) {
    const skip = skips.find(([begin]) => text.startsWith(begin, at));
    let end: number;
    if (skip) {
      end = text.indexOf(skip[1], at + skip[0].length);
      if (end === -1) return `${skip[0]} without an end`;
      end += skip[1].length - 1;
      if ((elements += 1) > elementsMax) return `more than ${elementsMax} comments and sections`;
    } else {
      if (text[at + 1] === '!') return 'a DOCTYPE, which is never accepted';
      end = endOfTag(text, at);
      if (end === -1) return 'a tag without an end';
      if (forbiddenNames.test(text.slice(at + 1, Math.min(end + 1, at + 200)))) return 'an element with a name that is none';
      if (text[at + 1] === '/') depth -= 1;
      else {
        elements += 1;
        if (text[end - 1] !== '/') depth += 1;
        if (depth > depthMax) return `elements deeper than ${depthMax}`;
        if (elements > elementsMax) return `more than ${elementsMax} elements`;
      }
    }
    at = text.indexOf('<', end + 1);
  }
  return undefined;
}
