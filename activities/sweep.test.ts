import pino from 'pino';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { done } from '../canonical/failure';
import { type SourceCursor, type SourcePage } from '../connectors/source';
import { parsePair } from '../mapping/pair';
import { type InboxEntry, type Store } from '../store/types';
import { type FeedDeps } from './deps';
import { sweepSource } from './sweep';

const demo = parsePair(JSON.parse(readFileSync(resolve(__dirname, '../config/pairs/demo.json'), 'utf8')));
const now = new Date('2026-11-25T10:00:00.000Z');
const order = (id: string, updatedAt: string): string => `{"id":${id},"updated_at":"${updatedAt}","line_items":[]}`;

/** A sweep over a shop that answers with these pages, one after another, whatever it is asked. */
async function sweep(pages: SourcePage[]): Promise<{ put: InboxEntry[]; asked: string[]; mark: string | undefined }> {
  const [put, asked, marks]: [InboxEntry[], string[], Map<string, string>] = [[], [], new Map()];
  const store = {
    watermarks: { get: async () => undefined, set: async (name: string, mark: string) => { marks.set(name, mark); } },
    inbox: { missing: async (_source: object, orders: object[]) => orders, put: async (entry: InboxEntry) => { put.push(entry); return { id: 'i', fresh: true }; } },
  } as unknown as Store;
  const deps = {
    store, pairs: { get: async () => demo }, log: pino({ level: 'silent' }), now: () => now,
    source: () => ({ readOrder: async () => done(undefined), listSince: async ({ since }: SourceCursor) => { asked.push(since); return done(pages[asked.length - 1] ?? { orderTexts: [] }); } }),
  } as unknown as FeedDeps;
  await sweepSource({ pairId: demo.pairId, sourceId: 'shopify' }, deps);
  return { put, asked, mark: [...marks.values()][0] };
}

it('an order that says it changed in the future is taken, but its version is not: what comes later is not old news', async () => {
  const { put } = await sweep([{ orderTexts: [order('5', '2099-01-01T00:00:00Z'), order('6', '+275760-09-13T00:00:00.000Z'), order('7', '2026-11-25T09:00:00Z')] }]);
  expect(Object.fromEntries(put.map((p) => [p.orderId, p.version]))).toEqual({ 5: undefined, 6: undefined, 7: '2026-11-25T09:00:00.000Z' });
});

it('a shop that never ends its listing, and names the future as the place to go on, moves no watermark past now', async () => {
  for (const since of ['2099-01-01T00:00:00.000Z', '+275760-09-13T00:00:00.000Z', '-000001-01-01T00:00:00.000Z', 'yesterday']) {
    const { asked, mark } = await sweep(Array.from({ length: 100 }, () => ({ orderTexts: [order('5', since)], next: { since } })));
    expect([asked.length, mark]).toEqual([40, now.toISOString()]);
  }
});

it('goes on from where a long listing was cut', async () => {
  const { mark } = await sweep(Array.from({ length: 100 }, () => ({ orderTexts: [order('5', '2026-11-25T08:00:00Z')], next: { since: '2026-11-25T08:00:00.000Z' } })));
  expect(mark).toBe('2026-11-25T08:00:00.000Z');
});

it('keeps what names no order, once per text', async () => {
  const { put } = await sweep([{ orderTexts: ['{"id":"../5"}', '{"id":-5}', '"\\u0000"'] }]);
  expect([put.map((p) => p.orderId), new Set(put.map((p) => p.dedupKey)).size]).toEqual([[undefined, undefined, undefined], 3]);
});
