import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLocal } from './local';
import { UsageError } from './options';

export type Api = { get<T>(path: string): Promise<T>; post<T>(path: string, body: unknown): Promise<T> };
export type Target = { url?: string | undefined; key?: string | undefined; /** Which of the local keys. */ role?: string | undefined; data: string };

/** The api said no. `unfit`: what was asked does not fit, and asking again would not help. */
export class ApiRefusal extends Error {
  constructor(readonly status: number, message: string) { super(message); }
  get unfit(): boolean { return [400, 404, 413, 422].includes(this.status); }
}

/** Where the api is and with which key: the flags, the environment, or the installation in the data folder. */
export function findApi({ url, key, role = 'admin', data }: Target, env: NodeJS.ProcessEnv): { url: string; key: string } {
  const file = join(data, 'addresses.json');
  const address = url ?? env['TIEOUT_API_URL'] ?? (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { api?: string }).api : undefined);
  if (address === undefined) throw new UsageError(`No installation is known in "${data}". Fix: start one with npm start, or give --url and --key (TIEOUT_API_URL, TIEOUT_API_KEY).`);
  const secret = key ?? env['TIEOUT_API_KEY'] ?? (existsSync(join(data, 'local.json')) ? new Map(Object.entries(readLocal(data).apiKeys)).get(role) : undefined);
  if (secret === undefined) throw new UsageError('No API key is known. Fix: give --key or set TIEOUT_API_KEY.');
  return { url: address.replace(/\/$/, ''), key: secret };
}

type Problem = { title?: string; detail?: string; errors?: { field: string; value?: unknown; fix: string }[] };

/** The api of an installation; what it refuses is an error that names field and fix. */
export function createApi({ url, key }: { url: string; key: string }): Api {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    let reply: Response;
    try {
      reply = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    } catch { throw new Error(`The api at ${url} does not answer. Fix: start it with npm start, or correct --url.`); }
    const text = await reply.text();
    if (reply.ok) return JSON.parse(text) as T;
    let problem: Problem = {};
    try { problem = JSON.parse(text) as Problem; } catch { /* not ours */ }
    const fields = (problem.errors ?? []).map((e) => `\n  ${e.field}${e.value === undefined ? '' : ` is "${String(e.value)}"`}. Fix: ${e.fix}`).join('');
    throw new ApiRefusal(reply.status, `${problem.title ?? `HTTP ${reply.status}`}${problem.detail ? `: ${problem.detail}` : ''}${fields}`);
  };
  return { get: (path) => call('GET', path), post: (path, body) => call('POST', path, body) };
}
