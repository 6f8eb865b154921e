import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Express } from 'express';

export type Listening = { port: number; url: string; close(): Promise<void> };

/** Serves an app on loopback; port 0 takes any free one. Open sockets are cut on close, so that a held reply does not hold the process. */
export function startHttp(app: Express, options: { port: number; host?: string }): Promise<Listening> {
  const host = options.host ?? '127.0.0.1';
  return new Promise((ready, fail) => {
    const server: Server = app.listen(options.port, host, (error?: Error) => {
      if (error) { fail(error); return; }
      server.keepAliveTimeout = 30_000;
      const { port } = server.address() as AddressInfo;
      ready({ port, url: `http://${host}:${port}`, close: () => new Promise((closed) => { server.close(() => closed()); server.closeAllConnections(); }) });
    });
    server.on('error', fail);
  });
}
