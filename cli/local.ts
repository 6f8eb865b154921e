import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Secrets of a local installation, made once and kept beside its data, readable by its owner only. */
export type Local = { secretKeys: string; payloadKeys: string; apiKeys: { admin: string; approver: string; operator: string; viewer: string }; shopSecret: string; stripeSecret: string; xeroWebhookKey: string; wooSecret: string; genericSecret: string };

const keyRing = (): string => `k1:${randomBytes(32).toString('base64')}`;
const secret = (): string => randomBytes(24).toString('base64url');

function freshLocal(): Local {
  const key = (role: string): string => `tk_${role}_${secret()}`;
  return {
    secretKeys: keyRing(), payloadKeys: keyRing(), apiKeys: { admin: key('admin'), approver: key('approver'), operator: key('operator'), viewer: key('viewer') },
    shopSecret: secret(), stripeSecret: `whsec_${secret()}`, xeroWebhookKey: secret(), wooSecret: secret(), genericSecret: `whsec_${randomBytes(24).toString('base64')}`,
  };
}

/** Whole or not at all: a lost key is lost data. */
function keep(file: string, local: Local): Local {
  writeFileSync(`${file}.new`, JSON.stringify(local, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return local;
}

/** The secrets of the folder; what an older installation does not have yet is made and kept. */
export function readLocal(data: string): Local {
  const file = join(data, 'local.json');
  if (existsSync(file)) {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<Local>;
    const whole = { ...freshLocal(), ...kept };
    return Object.keys(whole).length === Object.keys(kept).length ? (kept as Local) : keep(file, whole);
  }
  mkdirSync(data, { recursive: true });
  return keep(file, freshLocal());
}
