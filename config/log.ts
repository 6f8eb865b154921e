import pino, { type Logger } from 'pino';

/** Whatever is named like this is never written, at any depth that we log. */
const redacted = ['authorization', 'password', 'secret', 'token', 'accessToken', 'refreshToken', 'apiKey', 'rawBody', 'email', 'phone'];

/** JSON lines on stderr, without secrets and personal data. */
export function createLog(name: string, level: string): Logger {
  return pino({ name, level, redact: { paths: [...redacted, ...redacted.map((k) => `*.${k}`), ...redacted.map((k) => `*.*.${k}`)], censor: '[redacted]' } }, pino.destination({ fd: 2, sync: false }));
}
