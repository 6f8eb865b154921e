import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketHandler, type PGLiteSocketHandlerOptions } from '@electric-sql/pglite-socket';
import { createRoom } from './room';
import { TurnQueue } from './turn-queue';
import { startUpkeep } from './upkeep';

/** `say`: what a person should read; `panicked`: the engine has ended, and so must this process. */
export type EmbeddedOptions = { dataDir: string; port: number; host?: string; upkeep?: { everyMs?: number; vacuumEveryMs?: number }; say?: (line: string) => void; panicked?: (words: string) => void };
export type EmbeddedStore = { port: number; url: string; close(): Promise<void> };

/** PostgreSQL in a file behind its own wire protocol: one statement or transaction at a time, for laptops, trials and tests. While its disk is full it does not open, and does not write. */
export async function startEmbeddedStore(options: EmbeddedOptions): Promise<EmbeddedStore> {
  const host = options.host ?? '127.0.0.1';
  mkdirSync(options.dataDir, { recursive: true });
  const stale = join(options.dataDir, 'postmaster.pid');
  if (existsSync(stale)) rmSync(stale);
  const room = createRoom(options.dataDir);
  await room.wait(options.say ?? (() => undefined));
  const db = await PGlite.create({ dataDir: options.dataDir });
  // The handler's queue is a class of the package that it does not export; ours has the same four methods.
  const queue = new TurnQueue(db, { room, panicked: options.panicked ?? (() => undefined) }) as unknown as PGLiteSocketHandlerOptions['queryQueue'];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    void new PGLiteSocketHandler({ queryQueue: queue, closeOnDetach: true }).attach(socket);
  });
  await new Promise<void>((up, fail) => { server.once('error', fail); server.listen(options.port, host, up); });
  const { port } = server.address() as AddressInfo;
  const url = `postgres://postgres:postgres@${host}:${port}/postgres`;
  const upkeep = startUpkeep(url, options.upkeep);
  return {
    port, url,
    close: async () => { upkeep.stop(); server.close(); for (const socket of sockets) socket.destroy(); await db.close(); },
  };
}
