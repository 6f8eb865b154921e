import { type Failure, type Outcome, done, failed } from '../../canonical/failure';
import { inCodePage, toCodePage } from '../../canonical/code-page';

/** Longest text per eConnect field (GP: char lengths of the node tables). */
export const fieldLengths = {
  SOPNUMBE: 21, DOCNUMBR: 20, CUSTNMBR: 15, DOCID: 15, BACHNUMB: 15, LOCNCODE: 10, TAXSCHID: 15, TAXDTLID: 15, ADRSCODE: 15, CURNCYID: 15,
  ITEMNMBR: 30, UOFM: 8, SLSINDX: 75, CUSTCLAS: 15, CHEKBKID: 15, INTEGRATIONID: 30,
  CUSTNAME: 64, ShipToName: 64, CNTCPRSN: 60, ADDRESS1: 60, ADDRESS2: 60, CITY: 35, STATE: 29, ZIPCODE: 10, COUNTRY: 60, CCode: 6, PHNUMBR1: 21,
  CSTPONBR: 20, REFRENCE: 30, ITEMDESC: 100, COMMENT_1: 50, TRXDSCRN: 30, CHEKNMBR: 20,
  ADDRESS3: 60, PHNUMBR2: 21, FAX: 21, TXRGNNUM: 25, PRCLEVEL: 10, PYMTRMID: 20, INET1: 200, VENDORID: 15, VENDNAME: 64, VNDCNTCT: 60, VNDCLSID: 10, FAXNUMBR: 21, ACNMVNDR: 20,
  ACTNUMST: 75, ACTDESCR: 50, CATEGORY: 50, ITMCLSCD: 10, ITMTSHID: 15, IVSLSACTNUMST: 75, IVCOGSACTNUMST: 75,
  TXDTLDSC: 31, DSCRIPTN: 31, SGMTNAME: 31, SGMNTID: 67, CRNCYDSC: 31, CRNCYSYM: 3,
} as const;
export type GpField = keyof typeof fieldLengths;
export type GpText = { text: string; warnings: string[] };

/** Stands where nothing of a text can be written in GP's code page. */
export const unreadable = '(not readable)';

const withoutVowels = (word: string): string => {
  const [first = '', ...rest] = [...word];
  return first + rest.join('').replace(/[aeiouà-æè-ïò-öù-ü]/gi, '');
};

/**
 * Shortens text by rule, always the same way: words lose their inner vowels, the longest word first (ties: the later word), until the text
 * fits; what is still too long keeps its beginning and ends with `~`, so that the loss shows.
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

/**
 * Free text for a GP field: in the code page, without control characters, no longer than the field. Nothing is changed in silence: every
 * change beyond white space yields a warning with both forms.
 */
export function gpText(field: GpField, text: string): GpText {
  const max = fieldLengths[field];
  const plain = text.normalize('NFC').replace(/\s+/gu, ' ').trim();
  const page = toCodePage(plain).replace(/\s+/g, ' ').trim();
  const warnings: string[] = [];
  const usable = plain === '' || /[^?\s\p{P}]/u.test(page) || [...plain].every(inCodePage);
  const written = usable ? page : unreadable.slice(0, max);
  if (written !== plain) warnings.push(`${field}: "${plain}" was written as "${written}", because GP's code page lacks some of its characters.`);
  if (written.length <= max) return { text: written, warnings };
  const short = abbreviate(written, max);
  warnings.push(`${field}: "${written}" was shortened to "${short}", because GP holds ${max} characters.`);
  return { text: short, warnings };
}

function unusable(field: GpField, value: string, why: string): Failure {
  return { code: 'text-unusable', field, value, system: 'gp', message: `The ${field} "${value}" ${why}.`, fix: `Correct it in the pair's configuration or at the source; GP takes at most ${fieldLengths[field]} characters of its code page.` };
}

/** A key (number, code, account) is never rewritten: it fits as it is, or the document is refused with `text-unusable`. */
export function gpKey(field: GpField, value: string): Outcome<string> {
  if (value.trim() === '') return failed(unusable(field, value, 'is empty'));
  if (value !== value.trim()) return failed(unusable(field, value, 'begins or ends with a space'));
  if (value.length > fieldLengths[field]) return failed(unusable(field, value, `is longer than GP's ${fieldLengths[field]} characters`));
  if (![...value].every(inCodePage)) return failed(unusable(field, value, 'holds characters outside the code page of GP'));
  return done(value);
}

/** Checks many keys; the first that does not fit decides. */
export function checkKeys(keys: readonly (readonly [GpField, string | undefined])[]): Outcome<true> {
  for (const [field, value] of keys) {
    const key = value === undefined ? done('') : gpKey(field, value);
    if (!key.ok) return key;
  }
  return done(true);
}
