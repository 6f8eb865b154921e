import { type Failure } from '../canonical/failure';

type Reason = { codes: RegExp; says: string; fix: string };
const renew = 'Renew the certificate on that system';
/** Node's and OpenSSL's names of a refused certificate, by what a person does about it (https://nodejs.org/docs/latest-v20.x/api/tls.html#x509-certificate-error-codes). */
const reasons: Reason[] = [
  { codes: /^(CERT_HAS_EXPIRED|CRL_HAS_EXPIRED)$/, says: 'it has expired', fix: renew },
  { codes: /^(CERT_NOT_YET_VALID|CRL_NOT_YET_VALID)$/, says: 'it is not valid yet', fix: 'Set the clock of this machine, or renew the certificate on that system' },
  { codes: /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/, says: 'it is made out to another name', fix: 'Correct the configured address to the name in the certificate, or have one made out to this name' },
  { codes: /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_UNTRUSTED|INVALID_CA)$/, says: 'nobody whom this machine trusts has signed it', fix: 'Have it signed by a known authority; or name the file of your own authority in NODE_EXTRA_CA_CERTS and restart this process' },
  { codes: /^(CERT_\w+|ERROR_IN_CERT_\w+|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$/, says: 'it is refused', fix: renew },
];

/** OpenSSL's sentences, for libraries that keep the sentence and drop the name (X509_verify_cert_error_string). */
const sentences: [RegExp, string][] = [
  [/certificate has expired/i, 'CERT_HAS_EXPIRED'], [/certificate is not yet valid/i, 'CERT_NOT_YET_VALID'], [/does not match certificate's altnames/i, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  [/self[- ]signed certificate in certificate chain/i, 'SELF_SIGNED_CERT_IN_CHAIN'], [/self[- ]signed certificate/i, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  [/unable to (verify the first|get (local )?issuer) certificate/i, 'UNABLE_TO_GET_ISSUER_CERT'], [/certificate revoked/i, 'CERT_REVOKED'], [/certificate (not trusted|rejected|signature failure)/i, 'CERT_REJECTED'],
];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const partOf = (error: unknown, name: string): unknown => (typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined);

/** The name of the certificate error behind what a call threw (an error, its cause, or a sentence); undefined when it is none. */
export function certificateError(error: unknown): string | undefined {
  const codes = [textOf(error), textOf(partOf(error, 'code')), textOf(partOf(partOf(error, 'cause'), 'code'))];
  const named = codes.find((code) => reasons.some((r) => r.codes.test(code)));
  return named ?? sentences.find(([sentence]) => sentence.test(textOf(error)) || sentence.test(textOf(partOf(error, 'message'))))?.[1];
}

/**
 * `certificate-invalid` when a call did not begin because the other side's certificate is not accepted: nothing was sent. It heals: the connector
 * waits and goes on when the certificate is renewed or trusted.
 */
export function certificateFailure(error: unknown, { system, name }: { system: string; name: string }): Failure | undefined {
  const code = certificateError(error);
  const reason = reasons.find((r) => code !== undefined && r.codes.test(code));
  if (code === undefined || !reason) return undefined;
  return { code: 'certificate-invalid', system, value: code, message: `The certificate of ${name} is not accepted: ${reason.says} (${code}). Nothing was sent.`, fix: `${reason.fix}; everything waits and goes on by itself then.` };
}
