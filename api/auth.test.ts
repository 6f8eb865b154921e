import express from 'express';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createFailureLimiter } from './auth';
import { problemHandler } from './problem';

let now = 0;
let waiting: (() => void)[] = [];
let server: Server;
let base: string;
beforeAll(async () => {
  const app = express();
  app.use(createFailureLimiter(() => now));
  app.get('/bad', (_req, res) => { res.status(401).end(); });
  app.get('/good', (_req, res) => { res.end(); });
  app.get('/slow', (_req, res) => { waiting.push(() => res.end()); });
  app.use(problemHandler({ error: () => undefined } as never));
  server = createServer(app);
  await new Promise<void>((up) => { server.listen(0, '127.0.0.1', up); });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => { server.closeAllConnections(); server.close(); });
const statuses = async (path: string, times: number): Promise<Record<number, number>> => {
  const counts: Record<number, number> = {};
  for (let i = 0; i < times; i += 1) { const { status } = await fetch(base + path); counts[status] = (counts[status] ?? 0) + 1; }
  return counts;
};

describe('the limit of failed keys', () => {
  it('does not touch good keys, however many wait at once', async () => {
    const replies = Array.from({ length: 150 }, () => fetch(`${base}/slow`).then((r) => r.status));
    while (waiting.length < 150) await new Promise((wake) => setTimeout(wake, 10));
    expect(await statuses('/good', 1)).toEqual({ 200: 1 });
    waiting.forEach((end) => end());
    waiting = [];
    expect(new Set(await Promise.all(replies))).toEqual(new Set([200]));
  });
  it('refuses an address after sixty failures, says for how long, and forgets after a minute', async () => {
    expect(await statuses('/bad', 70)).toEqual({ 401: 60, 429: 10 });
    now += 20_000;
    const refused = await fetch(`${base}/good`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '40']);
    now += 40_000;
    expect(await statuses('/good', 2)).toEqual({ 200: 2 });
  });
});
