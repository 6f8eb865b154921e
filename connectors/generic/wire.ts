import { z } from 'zod';
import { losslessText } from '../lossless';

const text = (value: unknown): unknown => { const t = losslessText(value); return typeof t === 'number' ? String(t) : t ?? undefined; };

/** Ids that can stand in an address and in every document; "." and ".." in an address lead elsewhere, so an id does not begin like them. */
export const OrderId = z.preprocess(text, z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, 'an id of letters, digits, ".", "_", ":" or "-", at most 64, that begins with a letter or digit'));

/** Any instant with an offset, or seconds since 1970 → UTC. */
export function instant(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (/^\d{9,11}$/.test(value)) return new Date(Number(value) * 1000).toISOString();
  const at = /(Z|[+-]\d{2}:?\d{2})$/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
