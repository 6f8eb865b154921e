import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** Just enough DER (X.690) for the certificates of a test. */
const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const oid = (...bytes: number[]): Buffer => der(0x06, Buffer.from(bytes));
const time = (at: Date): Buffer => der(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
const named = (name: string): Buffer => der(0x30, der(0x31, der(0x30, oid(0x55, 4, 3), der(0x0c, Buffer.from(name)))));
const ecdsaWithSha256 = der(0x30, oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2));
/** No line may be empty: OpenSSL takes what stands before one for headers, and the certificate for none. One in four has a length at which that matters. */
const pem = (raw: Buffer): string => `-----BEGIN CERTIFICATE-----\n${raw.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
const yes = der(0x01, Buffer.from([255]));
const extension = (...parts: Buffer[]): Buffer => der(0x30, ...parts);

type Issue = { subject: string; publicKey: KeyObject; issuer: string; issuerKey: KeyObject; from: Date; to: Date; extensions: Buffer };

/** An X.509 v3 certificate (RFC 5280), signed by its issuer. */
function issue({ subject, publicKey, issuer, issuerKey, from, to, extensions }: Issue): string {
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const body = der(0x30, der(0xa0, der(0x02, Buffer.from([2]))), der(0x02, serial), ecdsaWithSha256, named(issuer), der(0x30, time(from), time(to)), named(subject), publicKey.export({ type: 'spki', format: 'der' }), der(0xa3, der(0x30, extensions)));
  return pem(der(0x30, body, ecdsaWithSha256, der(0x03, Buffer.from([0]), sign('sha256', body, issuerKey))));
}

export type ServerCertificate = { key: string; cert: string };
export type Authority = { cert: string; issue(more?: { from?: Date; to?: Date; host?: string; by?: 'itself' }): ServerCertificate };

const keys = (): { publicKey: KeyObject; privateKey: KeyObject } => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { publicKey, privateKey: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })) };
};
/** Good for a century: whatever the clock of the machine and that of OpenSSL say, they hold. */
const [from1990, to2090] = [new Date('1990-01-01T00:00:00Z'), new Date('2090-01-01T00:00:00Z')];

/** An authority of its own, which makes out certificates for 127.0.0.1 as they are asked for: expired, to come, for another host, signed by nobody. */
export function createAuthority(name: string): Authority {
  const ca = keys();
  const cert = issue({ subject: name, publicKey: ca.publicKey, issuer: name, issuerKey: ca.privateKey, from: from1990, to: to2090, extensions: extension(oid(0x55, 0x1d, 0x13), yes, der(0x04, der(0x30, yes))) });
  return {
    cert,
    issue({ from = from1990, to = to2090, host, by } = {}) {
      const mine = keys();
      const address = host === undefined ? der(0x87, Buffer.from([127, 0, 0, 1])) : der(0x82, Buffer.from(host));
      const self = by === 'itself';
      const subject = 'Tieout test';
      return {
        key: mine.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        cert: issue({ subject, publicKey: mine.publicKey, issuer: self ? subject : name, issuerKey: self ? mine.privateKey : ca.privateKey, from, to, extensions: extension(oid(0x55, 0x1d, 0x11), der(0x04, der(0x30, address))) }),
      };
    },
  };
}
