import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

export type EmbeddedStore = { port: number; url: string; close(): Promise<void> };

/** PostgreSQL in a file behind its own wire protocol: one statement or transaction at a time, for laptops, trials and tests. */
export async function startEmbeddedStore(options: { dataDir: string; port: number; host?: string }): Promise<EmbeddedStore> {
  const host = options.host ?? '127.0.0.1';
  mkdirSync(options.dataDir, { recursive: true });
  const stale = join(options.dataDir, 'postmaster.pid');
  if (existsSync(stale)) rmSync(stale);
  const db = await PGlite.create({ dataDir: options.dataDir });
  const server = new PGLiteSocketServer({ db, host, port: options.port, maxConnections: 60 });
  await server.start();
  const port = Number(server.getServerConn().split(':').pop());
  return {
    port, url: `postgres://postgres:postgres@${host}:${port}/postgres`,
    close: async () => { await server.stop(); await db.close(); },
  };
}
