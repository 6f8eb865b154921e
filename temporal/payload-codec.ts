import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { isKeyId, type KeyRing } from './key-ring';

export const encryptedEncoding = 'binary/encrypted';
export const keyIdMetadata = 'encryption-key-id';

const cipherName = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;
const { Payload: Proto } = temporal.api.common.v1;

/** A payload that cannot be opened: the message names the key id and the fix, never the content. */
export class PayloadRefused extends Error {
  constructor(readonly keyId: string, why: string) {
    super(why);
    this.name = 'PayloadRefused';
  }
}

/** What is bound in beside the data: the form and the key's id, so that neither can be changed. */
const bound = (id: string): Buffer => Buffer.from(`tieout-payload/1/${id}`);
const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('utf8');
const isEncrypted = (payload: Payload): boolean => text(payload.metadata?.[METADATA_ENCODING_KEY]) === encryptedEncoding;

function encrypt({ id, key }: KeyRing['current'], payload: Payload): Payload {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(cipherName, key, iv, { authTagLength: tagBytes });
  cipher.setAAD(bound(id));
  const sealed = Buffer.concat([cipher.update(Proto.encode(payload).finish()), cipher.final()]);
  return { metadata: { [METADATA_ENCODING_KEY]: Buffer.from(encryptedEncoding), 'encryption-cipher': Buffer.from('AES-256-GCM'), [keyIdMetadata]: Buffer.from(id) }, data: Buffer.concat([iv, cipher.getAuthTag(), sealed]) };
}

function decrypt(ring: KeyRing, payload: Payload): Payload {
  if (!isEncrypted(payload)) return payload;
  const named = text(payload.metadata?.[keyIdMetadata]);
  const id = isKeyId(named) ? named : '';
  if (id === '') throw new PayloadRefused('', 'An encrypted payload names no readable key id, so it was not made by Tieout. Fix: decode it where it was made.');
  const key = ring.all.get(id);
  if (!key) throw new PayloadRefused(id, `A payload was encrypted with the key "${id}", which is not in TIEOUT_PAYLOAD_KEYS. Fix: add that key behind the current one.`);
  const data = Buffer.from(payload.data ?? []);
  try {
    const decipher = createDecipheriv(cipherName, key, data.subarray(0, ivBytes), { authTagLength: tagBytes });
    decipher.setAAD(bound(id));
    decipher.setAuthTag(data.subarray(ivBytes, ivBytes + tagBytes));
    return Proto.decode(Buffer.concat([decipher.update(data.subarray(ivBytes + tagBytes)), decipher.final()]));
  } catch {
    throw new PayloadRefused(id, `A payload encrypted with the key "${id}" cannot be opened: it was changed, or "${id}" is not the key that once had this id. Fix: put the first key of that id back into TIEOUT_PAYLOAD_KEYS.`);
  }
}

/**
 * Payload ↔ `{ metadata: encoding binary/encrypted, encryption-key-id; data: iv(12) | tag(16) | AES-256-GCM of the whole payload }`. Payloads that
 * are not encrypted (histories from before there was a key) pass decode unchanged; what cannot be opened throws `PayloadRefused`.
 */
export function createPayloadCodec(ring: KeyRing): PayloadCodec {
  return {
    encode: async (payloads) => payloads.map((payload) => encrypt(ring.current, payload)),
    decode: async (payloads) => payloads.map((payload) => decrypt(ring, payload)),
  };
}
