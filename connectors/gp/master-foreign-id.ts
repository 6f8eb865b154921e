/** Base 32 by RFC 4648 without padding: 128 bits are 26 characters. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const mark = 'X1-';
const written = /^X1-([A-Z2-7]{26})$/;

/**
 * The other system's id as INTEGRATIONID holds it: 30 characters, and a UUID has 36, so it is written in base 32 behind a mark. Another id stands as it
 * is where it fits; undefined where it does not. Source: reference dynamics-gp §7.
 */
export function foreignIdToGp(id: string): string | undefined {
  if (!uuid.test(id)) return id.length <= 30 && /^[\x21-\x7e]+$/.test(id) && !written.test(id) ? id : undefined;
  let bits = BigInt(`0x${id.replaceAll('-', '')}`) << 2n;
  let text = '';
  for (let i = 0; i < 26; i += 1) { text = (alphabet[Number(bits & 31n)] ?? '') + text; bits >>= 5n; }
  return mark + text;
}

/** INTEGRATIONID → the other system's id. */
export function gpToForeignId(text: string): string | undefined {
  const found = written.exec(text)?.[1];
  if (found === undefined) return text === '' ? undefined : text;
  const bits = [...found].reduce((all, char) => (all << 5n) | BigInt(alphabet.indexOf(char)), 0n) >> 2n;
  const hex = bits.toString(16).padStart(32, '0').slice(-32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
