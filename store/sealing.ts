import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** Keys that seal secrets at rest: the current one seals, all open. Ids stand beside what they sealed, so that keys can rotate. */
export type KeyRing = { current: { id: string; key: Buffer }; all: Map<string, Buffer> };

/** `id:base64[,id:base64]` → key ring, the first is current. Every key is 32 bytes. */
export function parseKeyRing(text: string): KeyRing {
  const all = new Map<string, Buffer>();
  for (const part of text.split(',').map((p) => p.trim()).filter((p) => p !== '')) {
    const at = part.indexOf(':');
    const id = part.slice(0, at);
    const key = Buffer.from(part.slice(at + 1), 'base64');
    if (at < 1 || !/^[A-Za-z0-9_-]{1,32}$/.test(id)) throw new Error('TIEOUT_SECRET_KEYS: each key is written <id>:<base64>, with an id of letters, digits, - and _.');
    if (key.length !== 32) throw new Error(`TIEOUT_SECRET_KEYS: key "${id}" has ${key.length} bytes, it needs 32. Fix: openssl rand -base64 32.`);
    all.set(id, key);
  }
  const first = [...all][0];
  if (!first) throw new Error('TIEOUT_SECRET_KEYS is empty. Fix: set it to k1:<base64 of 32 random bytes>.');
  return { current: { id: first[0], key: first[1] }, all };
}

/** AES-256-GCM: `<key id>.<iv>.<tag>.<data>` in base64url. `place` (table and row) is bound in, so a sealed value cannot be moved. */
export function seal(ring: KeyRing, place: string, data: string | Buffer): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', ring.current.key, iv);
  cipher.setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(data), cipher.final()]);
  return [ring.current.id, iv.toString('base64url'), cipher.getAuthTag().toString('base64url'), sealed.toString('base64url')].join('.');
}

/** Opens what `seal` made; a wrong place, a changed byte or an unknown key is refused. */
export function open(ring: KeyRing, place: string, text: string): Buffer {
  const [id, iv, tag, data] = text.split('.');
  const key = ring.all.get(id ?? '');
  if (!key) throw new Error(`The key "${id ?? ''}" that sealed ${place} is not in TIEOUT_SECRET_KEYS. Fix: add it after the current key.`);
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv ?? '', 'base64url'));
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(Buffer.from(tag ?? '', 'base64url'));
  return Buffer.concat([decipher.update(Buffer.from(data ?? '', 'base64url')), decipher.final()]);
}

/** What is only ever compared (names, e-mail addresses) is kept as this hash. The oldest key of the ring makes it, so that a new key in front of it changes none. */
export function keyedHash(ring: KeyRing, text: string): string {
  const key = [...ring.all.values()].pop() ?? ring.current.key;
  return createHmac('sha256', key).update(text).digest('base64url').slice(0, 22);
}
