import { type NextFunction, type Request, type Response } from 'express';

export type Auth = { kind: 'basic' | 'ntlm'; user: string; password: string };

/** The type 2 message: our name, a challenge, and the pairs of target info that clients answer with. */
function challengeMessage(): string {
  const name = Buffer.from('TWO', 'utf16le');
  const pair = (id: number, value: Buffer): Buffer => { const head = Buffer.alloc(4); head.writeUInt16LE(id, 0); head.writeUInt16LE(value.length, 2); return Buffer.concat([head, value]); };
  const info = Buffer.concat([pair(2, name), pair(1, name), pair(4, name), pair(3, name), pair(0, Buffer.alloc(0))]);
  const head = Buffer.alloc(56);
  head.write('NTLMSSP\0', 0, 'latin1');
  head.writeUInt32LE(2, 8);
  for (const at of [12, 14]) head.writeUInt16LE(name.length, at);
  head.writeUInt32LE(56, 16);
  head.writeUInt32LE(0xa2898205, 20);
  Buffer.from('2122334455667788', 'hex').copy(head, 24);
  for (const at of [40, 42]) head.writeUInt16LE(info.length, at);
  head.writeUInt32LE(56 + name.length, 44);
  Buffer.from('0a00614a0000000f', 'hex').copy(head, 48);
  return Buffer.concat([head, name, info]).toString('base64');
}
const challenge = challengeMessage();

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
