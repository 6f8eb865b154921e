import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Secrets of a local installation, made once and kept beside its data, readable by its owner only. */
export type Local = { secretKeys: string; apiKeys: { admin: string; approver: string; operator: string; viewer: string }; shopSecret: string; stripeSecret: string; xeroWebhookKey: string };

const secret = (): string => randomBytes(24).toString('base64url');

export function readLocal(data: string): Local {
  const file = join(data, 'local.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Local;
  mkdirSync(data, { recursive: true });
  const key = (role: string): string => `tk_${role}_${secret()}`;
  const local: Local = { secretKeys: `k1:${randomBytes(32).toString('base64')}`, apiKeys: { admin: key('admin'), approver: key('approver'), operator: key('operator'), viewer: key('viewer') }, shopSecret: secret(), stripeSecret: `whsec_${secret()}`, xeroWebhookKey: secret() };
  writeFileSync(file, JSON.stringify(local, null, 2), { mode: 0o600 });
  return local;
}
