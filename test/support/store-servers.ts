import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startChild } from './child';

/** The same promises on PGlite and, where the runner gives one, on a real PostgreSQL: name and how to start it. */
export const storeServers: [string, () => Promise<{ url: string; stop(): Promise<void> }>][] = [
  ['PGlite', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'tieout-store-'));
    const server = await startChild<{ url: string }>('cli/store-main.js', ['--data', dir]);
    return { url: server.ready.url, stop: async () => { await server.kill(); rmSync(dir, { recursive: true, force: true }); } };
  }],
];
const real = process.env['TEST_POSTGRES_URL'];
if (real) {
  storeServers.push(['PostgreSQL', async () => {
    const name = `store_${randomBytes(6).toString('hex')}`;
    const admin = new Client({ connectionString: real });
    await admin.connect();
    await admin.query(`create database ${name}`);
    const url = new URL(real);
    url.pathname = `/${name}`;
    return { url: url.toString(), stop: async () => { await admin.query(`drop database ${name} with (force)`); await admin.end(); } };
  }]);
}
