import { statSync } from 'node:fs';
import { z } from 'zod';
import { type Pair } from '../mapping/pair';
import { outsideUrl } from './outside-url';
import { milliseconds, parseVariables } from './variables';

/** How people are told; each may be given for one pair alone by its id: `NOTIFY_WEBHOOK_URL__DEMO`. */
export const notifyVariables = {
  NOTIFY_WEBHOOK_URL: outsideUrl.optional(),
  NOTIFY_WEBHOOK_SECRET: z.string().refine((v) => /^(whsec_)?[A-Za-z0-9+/]{22,}={0,2}$/.test(v), 'write it as whsec_ and base64 of at least 16 bytes').optional(),
  NOTIFY_MAIL_DIR: z.string().refine((v) => statSync(v, { throwIfNoEntry: false })?.isDirectory() === true, 'no such folder; make it, or name the pickup folder of your mail server').optional(),
  NOTIFY_TIMEOUT_MS: milliseconds(10_000),
} as const;

export type NotifyAccess = { webhook?: { url: string; secret: string; timeoutMs: number }; mailFolder?: string };

/** How each pair that wants it tells people, by pair id; throws one error that names every mistake and its fix. */
export function readNotifyEnv(pairs: readonly Pair[], env: NodeJS.ProcessEnv = process.env): Map<string, NotifyAccess> {
  const mistakes: string[] = [];
  const found = new Map<string, NotifyAccess>();
  for (const pair of pairs.filter((p) => p.notify !== undefined)) {
    const nameOf = (name: string): string => { const own = `${name}__${pair.pairId.toUpperCase().replaceAll('-', '_')}`; return (env[own] ?? '') === '' ? name : own; };
    const names = Object.keys(notifyVariables);
    const parsed = parseVariables(notifyVariables, { ...Object.fromEntries(names.map((n) => [n, env[nameOf(n)]])), TIEOUT_ALLOW_LINK_LOCAL: env['TIEOUT_ALLOW_LINK_LOCAL'] }, nameOf);
    if (!parsed.ok) { mistakes.push(...parsed.mistakes); continue; }
    const { NOTIFY_WEBHOOK_URL: url, NOTIFY_WEBHOOK_SECRET: secret, NOTIFY_MAIL_DIR: folder, NOTIFY_TIMEOUT_MS: timeoutMs } = parsed.values;
    if ((url === undefined) !== (secret === undefined)) mistakes.push(`  ${nameOf(url === undefined ? 'NOTIFY_WEBHOOK_URL' : 'NOTIFY_WEBHOOK_SECRET')} is not set, and ${nameOf(url === undefined ? 'NOTIFY_WEBHOOK_SECRET' : 'NOTIFY_WEBHOOK_URL')} is: both or neither`);
    if (folder !== undefined && pair.notify?.mail === undefined) mistakes.push(`  ${nameOf('NOTIFY_MAIL_DIR')} is set, and pair "${pair.pairId}" says no notify.mail: from whom and to whom?`);
    if (url === undefined && folder === undefined) mistakes.push(`  pair "${pair.pairId}" wants to tell people (notify) and has no way: set NOTIFY_WEBHOOK_URL and NOTIFY_WEBHOOK_SECRET, or NOTIFY_MAIL_DIR`);
    found.set(pair.pairId, { ...(url !== undefined && secret !== undefined ? { webhook: { url, secret, timeoutMs } } : {}), ...(folder === undefined ? {} : { mailFolder: folder }) });
  }
  if (mistakes.length > 0) throw new Error(`The environment of the notices has ${mistakes.length} mistake(s); .env.example shows every variable:\n${[...new Set(mistakes)].join('\n')}`);
  return found;
}
