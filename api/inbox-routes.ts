import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { type Store } from '../store/types';
import { Problem } from './problem';
import { type Route } from './route';
import { InboxBody, InboxQuery, InboxRow, isUuid, Ok, z } from './schemas';

type Delivery = NonNullable<Awaited<ReturnType<Store['inbox']['get']>>>;

async function find(params: Record<string, string>, store: Store): Promise<Delivery> {
  const row = isUuid(params['id']) ? await store.inbox.get(params['id'] ?? '') : undefined;
  if (!row) throw new Problem(404, 'No such delivery');
  return row;
}

/** Deliveries as they came in. */
export const inboxRoutes: Route[] = [
  { method: 'get', path: '/inbox', summary: 'Deliveries as they came in, newest first', role: 'viewer', query: InboxQuery, reply: z.object({ deliveries: z.array(InboxRow), next: z.string().optional() }), async handle({ query }, { store }) {
    const q = InboxQuery.parse(query);
    const deliveries = await store.inbox.list({ limit: q.limit, ...(q.state ? { state: q.state } : {}), ...(q.orderId ? { orderId: q.orderId } : {}), ...(q.before ? { before: q.before } : {}), ...(q.place ? { beforePlace: q.place } : {}), ...(q.ref ? { ref: q.ref } : {}) });
    const last = deliveries[deliveries.length - 1];
    return { deliveries, ...(last?.place !== undefined && deliveries.length === q.limit ? { next: last.place } : {}) };
  } },
  { method: 'get', path: '/inbox/{id}', summary: 'One delivery, without its body', role: 'viewer', reply: InboxRow, async handle({ params }, { store }) {
    const { rawBody: _raw, ...rest } = await find(params, store);
    return rest;
  } },
  { method: 'get', path: '/inbox/{id}/body', summary: 'What was delivered, byte for byte', role: 'operator', reply: InboxBody, async handle({ params }, { store }) {
    const { id, rawBody } = await find(params, store);
    const encoding = isUtf8(rawBody) ? 'utf8' : 'base64';
    return { id, bytes: rawBody.length, encoding, body: rawBody.toString(encoding) };
  } },
  { method: 'post', path: '/inbox/{id}/replay', summary: 'Handle a delivery again', role: 'operator', reply: Ok, async handle({ params, key }, deps) {
    const { id } = await find(params, deps.store);
    const moved = await deps.store.exceptions.decideDeliveries([id], { decision: 'retry', by: key.name, reason: 'replayed', act: randomUUID() });
    if (moved.length === 0) throw new Problem(409, 'This delivery waits to be handled already', { detail: 'It is in line; look again in a moment.' });
    deps.nudge();
    return { ok: true };
  } },
];
