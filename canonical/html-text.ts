const named: Record<string, string> = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', ndash: '–', mdash: '—', times: '×', hellip: '…', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', laquo: '«', raquo: '»', bull: '•',
  euro: '€', pound: '£', yen: '¥', cent: '¢', copy: '©', reg: '®', trade: '™', deg: '°', frac12: '½', auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é', egrave: 'è', agrave: 'à', ccedil: 'ç', ntilde: 'ñ', oslash: 'ø', aring: 'å',
};

function character(code: number): string | undefined {
  return Number.isInteger(code) && code > 0x1f && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : undefined;
}

function decoded(entity: string): string | undefined {
  if (/^#\d{1,7}$/.test(entity)) return character(Number(entity.slice(1)));
  if (/^#x[0-9a-f]{1,6}$/i.test(entity)) return character(parseInt(entity.slice(2), 16));
  return Object.hasOwn(named, entity) ? named[entity] : undefined;
}

/** WordPress keeps names as HTML text: `Ship &ndash; Black` → `Ship – Black`. Decoded once; what is no known entity stays as it is. */
export const htmlText = (text: string): string => text.replace(/&([#a-z0-9]{2,11});/gi, (all, entity: string) => decoded(entity) ?? all);
