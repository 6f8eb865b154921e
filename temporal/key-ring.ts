/** Keys of what Temporal keeps: the current one encrypts, all decrypt. The id stands beside each payload, so that keys can rotate. */
export type KeyRing = { current: { id: string; key: Buffer }; all: Map<string, Buffer> };

const idForm = /^[A-Za-z0-9_-]{1,32}$/;
const keyForm = /^[A-Za-z0-9+/_-]+={0,2}$/;

export const isKeyId = (text: string): boolean => idForm.test(text);

/**
 * `id:base64[,id:base64]` → key ring, the first is current. Every key is 32 bytes, every id stands once. What does not fit throws an Error that
 * names the variable, the id and the fix, never the key.
 */
export function parseKeyRing(text: string): KeyRing {
  const all = new Map<string, Buffer>();
  for (const part of text.split(',').map((p) => p.trim()).filter((p) => p !== '')) {
    const at = part.indexOf(':');
    const id = part.slice(0, Math.max(0, at));
    const encoded = part.slice(at + 1);
    if (at < 1 || !isKeyId(id)) throw new Error(`TIEOUT_PAYLOAD_KEYS: key number ${all.size + 1} is not written <id>:<base64>, with an id of 1 to 32 letters, digits, - and _. Fix: write it as k1:<base64 of 32 random bytes>.`);
    if (all.has(id)) throw new Error(`TIEOUT_PAYLOAD_KEYS: the id "${id}" stands twice. Fix: give each key an id of its own.`);
    const key = Buffer.from(encoded, 'base64');
    if (!keyForm.test(encoded)) throw new Error(`TIEOUT_PAYLOAD_KEYS: key "${id}" is not base64. Fix: make one with openssl rand -base64 32.`);
    if (key.length !== 32) throw new Error(`TIEOUT_PAYLOAD_KEYS: key "${id}" has ${key.length} bytes, it needs 32. Fix: make one with openssl rand -base64 32.`);
    all.set(id, key);
  }
  const [first] = all;
  if (!first) throw new Error('TIEOUT_PAYLOAD_KEYS is empty. Fix: set it to k1:<base64 of 32 random bytes>, or leave it out to keep payloads plain.');
  return { current: { id: first[0], key: first[1] }, all };
}
