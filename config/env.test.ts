import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnv, variables } from './env';

const good = { DATABASE_URL: 'postgres://u:p@h/d', TIEOUT_SECRET_KEYS: 'k1:x', XERO_CLIENT_ID: 'c', XERO_CLIENT_SECRET: 's', XERO_TENANT_ID: 't', GP_ECONNECT_URL: 'http://gp/e', GP_USER: 'u', GP_PASSWORD: 'hunter2' };

describe('readEnv', () => {
  it('names every mistake of a role at once, and no secret', () => {
    const complaint = (): unknown => readEnv('cli', { ...good, DATABASE_URL: 'nonsense hunter2', GP_AUTH: 'kerberos', XERO_CLIENT_ID: '' });
    expect(complaint).toThrow(/3 mistake/);
    expect(complaint).toThrow(/GP_AUTH is "kerberos"/);
    expect(complaint).toThrow(/XERO_CLIENT_ID is not set/);
    expect(complaint).not.toThrow(/hunter2/);
  });
  it('fills in what has a default and leaves the agent without a store', () => {
    const env = readEnv('gp-agent', good);
    expect(env.gp).toMatchObject({ timeoutMs: 60_000, auth: { kind: 'basic' } });
    expect('databaseUrl' in env).toBe(false);
  });
  it('reads api keys and refuses malformed ones', () => {
    expect(readEnv('api', { ...good, TIEOUT_API_KEYS: 'admin:ann:a-long-secret:with-colon' }).apiKeys).toEqual([{ role: 'admin', name: 'ann', secret: 'a-long-secret:with-colon' }]);
    expect(() => readEnv('api', { ...good, TIEOUT_API_KEYS: 'king:ann:a-long-secret-here' })).toThrow(/role:name:secret/);
  });
  it('gives the payload keys to whoever speaks with Temporal, shows them nowhere, and takes whole origins only', () => {
    for (const role of ['api', 'worker', 'gp-agent'] as const) expect([readEnv(role, { ...good, TIEOUT_PAYLOAD_KEYS: 'k1:hunter2' }).payloadKeys, readEnv(role, { ...good, TIEOUT_PAYLOAD_KEYS: '' }).payloadKeys]).toEqual(['k1:hunter2', undefined]);
    expect(readEnv('api', { ...good, TIEOUT_UI_ORIGIN: 'http://localhost:8233, https://ui.example.org' }).uiOrigins).toEqual(['http://localhost:8233', 'https://ui.example.org']);
    expect(readEnv('api', good).uiOrigins).toEqual([]);
    for (const origin of ['*', 'localhost:8233', 'http://localhost:8233/', 'null']) expect(() => readEnv('api', { ...good, TIEOUT_UI_ORIGIN: origin })).toThrow(/TIEOUT_UI_ORIGIN/);
  });
  it('is what .env.example shows, variable by variable', () => {
    const shown = [...readFileSync(join(__dirname, '../.env.example'), 'utf8').matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map((m) => m[1]).sort();
    expect(shown).toEqual(Object.values(variables).flatMap((group) => Object.keys(group)).sort());
  });
});
