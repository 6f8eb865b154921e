import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SalesOrder } from '../canonical/sales-order';
import { type Story } from '../canonical/story';
import { type Store } from '../store/types';
import { type DeskDeps } from './deps';
import { createDeskActivities } from './desk';
import { createPairBook } from './pair-book';

const demo = JSON.parse(readFileSync(join(__dirname, '../config/pairs/demo.json'), 'utf8')) as unknown;
const story = { runId: 'order-to-cash/demo/shopify/7', pairId: 'demo', sourceId: 'shopify', orderId: '7', phase: 'needs-attention', total: '20.00', currency: 'USD' } as Story;
const failure = { code: 'document-rejected' as const, message: 'm', fix: 'f' };
const canonical = { lines: [] } as unknown as SalesOrder;

function desk(bodies: Record<string, string>): { acts: ReturnType<typeof createDeskActivities>; told: string[]; copies: Record<string, string>[] } {
  const told: string[] = [];
  const copies: Record<string, string>[] = [];
  const store = {
    runs: { project: async () => { told.push('run'); }, goOn: async () => { told.push('closed with the run'); } },
    exceptions: { open: async () => { told.push('exception'); }, close: async () => { told.push('closed'); } },
    copies: { get: async () => copies.find((c) => c['source'] !== undefined), keep: async (_run: object, copy: Record<string, string>) => { copies.push(copy); } },
    inbox: { list: async () => Object.keys(bodies).map((id) => ({ id, pairId: 'demo', sourceId: id.startsWith('other') ? 'other' : 'shopify' })), get: async (id: string) => ({ rawBody: Buffer.from(bodies[id] ?? '') }) },
    pairs: { get: async () => demo }, documents: { leaveLine: async () => undefined },
  } as unknown as Store;
  return { told, copies, acts: createDeskActivities({ store, pairs: createPairBook(store.pairs) } as unknown as DeskDeps) };
}

describe('an exception of a run', () => {
  it('is there before the phase that tells of it, and gone before the one that does not', async () => {
    const { acts, told } = desk({});
    await acts.recordProgress({ story, seq: 1, trouble: { failure, step: 'order' } });
    await acts.recordProgress({ story: { ...story, phase: 'tied-out' }, seq: 2 });
    expect(told).toEqual(['exception', 'run', 'closed with the run']);
  });
  it('keeps the order as the source delivered it, not the payment that came last nor another source\'s', async () => {
    const { acts, copies } = desk({ 'other-1': '{"line_items":[],"id":0}', payment: '{"id":"pi_1"}', edit: '{"order_edit":{"id":1},"line_items":[]}', order: '{"order":{"id":7,"line_items":[]}}', older: '{"id":6,"line_items":[]}' });
    await acts.recordProgress({ story, seq: 1, trouble: { failure, step: 'order', canonical } });
    expect(copies).toEqual([{ canonical: '{"lines":[]}', source: '{"id":7,"line_items":[]}' }]);
    await acts.recordProgress({ story, seq: 2, trouble: { failure, step: 'order', canonical } });
    expect(copies[1]).not.toHaveProperty('source');
  });
});

it('an approver is shown the order that is asked about', async () => {
  const { acts, copies } = desk({});
  await acts.recordProgress({ story: { ...story, phase: 'awaiting-approval' }, seq: 1, asked: canonical });
  expect(copies).toEqual([{ canonical: JSON.stringify(canonical) }]);
});
