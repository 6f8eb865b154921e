/** Forms of company that say nothing about who it is. */
const forms = new Set(['ltd', 'limited', 'inc', 'incorporated', 'llc', 'llp', 'plc', 'gmbh', 'ag', 'sa', 'sas', 'srl', 'bv', 'nv', 'pty', 'co', 'corp', 'corporation', 'company', 'ab', 'as', 'oy', 'kg', 'ug', 'spa', 'the', 'and']);

/** A name as it is compared: no accents, case, punctuation or form of company; words in order. */
export function plainName(name: string): string {
  const words = name.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss').replaceAll('ø', 'o').replaceAll('Ø', 'O').replaceAll('æ', 'ae').replaceAll('Æ', 'AE').toLowerCase().replaceAll(/[.'’]/g, '').split(/[^\p{L}\p{N}]+/u).filter((w) => w !== '');
  const telling = words.filter((w) => !forms.has(w));
  return (telling.length > 0 ? telling : words).join(' ');
}

/** Letters and digits only, capitals: tax numbers and postal codes are written in many ways. */
export const plainCode = (code: string): string => code.normalize('NFKC').toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

export const plainEmail = (email: string): string => email.trim().toLowerCase();

/** The last nine digits: country codes and leading zeros differ. */
export const plainPhone = (phone: string): string => phone.replaceAll(/\D/g, '').slice(-9);

/** Likeness of two plain names from 0 to 1, by pairs of letters (Sørensen–Dice). */
export function likeness(a: string, b: string): number {
  if (a === b) return 1;
  const pairs = (text: string): string[] => { const t = text.replaceAll(' ', ''); return Array.from({ length: Math.max(0, t.length - 1) }, (_, i) => t.slice(i, i + 2)); };
  const [left, right] = [pairs(a), pairs(b)];
  if (left.length === 0 || right.length === 0) return 0;
  const counts = new Map<string, number>();
  for (const p of left) counts.set(p, (counts.get(p) ?? 0) + 1);
  let shared = 0;
  for (const p of right) { const n = counts.get(p) ?? 0; if (n > 0) { shared += 1; counts.set(p, n - 1); } }
  return (2 * shared) / (left.length + right.length);
}
