import { type NextFunction, type Request, type Response } from 'express';

export type Auth = { kind: 'basic' | 'ntlm'; user: string; password: string };

const challenge = 'TlRMTVNTUAACAAAAAAAAADgAAAAFgoqiESIzRFVmd4gAAAAAAAAAAEQARAA4AAAABgGxHQAAAA8CAAgAVABXAE8AMQABAAgAVABXAE8AMQAEAAgAVABXAE8AMQADAAgAVABXAE8AMQAHAAgAAAAAAAAAAAAAAAAA';

/** The user name inside an NTLM type 3 message (UTF-16 or OEM). The password's proof is not recomputed: see sandbox/README.md. */
function ntlmUser(message: Buffer): string {
  if (message.length < 44) return '';
  const length = message.readUInt16LE(36);
  const offset = message.readUInt32LE(40);
  const unicode = message.length >= 64 && (message.readUInt32LE(60) & 1) === 1;
  return message.subarray(offset, offset + length).toString(unicode ? 'utf16le' : 'latin1');
}

/** Basic or NTLM at the door; a wrong user is 401. NTLM speaks its three messages on one kept-alive socket. */
export function authenticate(auth: Auth) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const header = req.headers.authorization ?? '';
    if (auth.kind === 'basic') {
      if (header === `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}`) next();
      else res.status(401).setHeader('WWW-Authenticate', 'Basic realm="eConnect"').end();
      return;
    }
    const message = Buffer.from(header.replace(/^NTLM /, ''), 'base64');
    const type = header.startsWith('NTLM ') && message.length >= 12 ? message.readUInt32LE(8) : 0;
    if (type === 3 && ntlmUser(message).toLowerCase() === auth.user.toLowerCase()) next();
    else res.status(401).setHeader('WWW-Authenticate', type === 1 ? `NTLM ${challenge}` : 'NTLM').end();
  };
}
