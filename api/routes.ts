import { codecRoutes } from './codec-routes';
import { exceptionRoutes } from './exception-routes';
import { inboxRoutes } from './inbox-routes';
import { mappingRoutes } from './mapping-routes';
import { noticeRoutes } from './notice-routes';
import { Problem } from './problem';
import { type Route } from './route';
import { runRoutes } from './run-routes';
import { KeyRow, limitOnly, NewKey, Ok, z } from './schemas';
import { syncRoutes } from './sync-routes';

/** `about` is a run, `inbox/<id>`, `bulk/<id>` or a key. */
const AuditQuery = limitOnly.extend({ about: z.string().max(300).optional(), before: z.string().regex(/^\d{1,18}$/).optional() });

/** Every door of the management api; what is not in this table does not exist. */
export const routes: Route[] = [
  ...runRoutes,
  ...exceptionRoutes,
  ...codecRoutes,
  ...inboxRoutes,
  ...mappingRoutes,
  ...syncRoutes,
  ...noticeRoutes,
  { method: 'get', path: '/pairs', summary: 'The pairs of this installation', role: 'viewer', reply: z.object({ pairs: z.array(z.object({ pairId: z.string(), configuration: z.unknown() })) }), async handle(_ask, { store }) { return { pairs: await store.pairs.list() }; } },
  { method: 'get', path: '/keys', summary: 'API keys, without their secrets', role: 'admin', reply: z.object({ keys: z.array(KeyRow) }), async handle(_ask, { store }) { return { keys: await store.apiKeys.list() }; } },
  { method: 'post', path: '/keys', summary: 'A new API key; its secret is told once', role: 'admin', body: NewKey, status: 201, reply: z.object({ key: KeyRow, secret: z.string() }), async handle({ body, key }, { store }) {
    const made = await store.apiKeys.create(NewKey.parse(body));
    await store.audit.add({ who: key.name, action: 'key:create', subject: made.row.id, detail: { name: made.row.name, role: made.row.role } });
    return { key: made.row, secret: made.secret };
  } },
  { method: 'delete', path: '/keys/{id}', summary: 'Revoke an API key', role: 'admin', reply: Ok, async handle({ params, key }, { store }) {
    if (!(await store.apiKeys.revoke(params['id'] ?? ''))) throw new Problem(404, 'No such key');
    await store.audit.add({ who: key.name, action: 'key:revoke', subject: params['id'] ?? '' });
    return { ok: true };
  } },
  { method: 'get', path: '/audit', summary: 'Who did what, newest first', role: 'admin', query: AuditQuery, reply: z.object({ entries: z.array(z.object({ at: z.string(), who: z.string(), action: z.string(), subject: z.string(), detail: z.unknown().optional() })), next: z.string().optional() }), async handle({ query }, { store }) {
    const { limit, about, before } = AuditQuery.parse(query);
    const rows = await store.audit.list({ limit, ...(about ? { subject: about } : {}), ...(before ? { before } : {}) });
    const last = rows[rows.length - 1];
    return { entries: rows.map(({ id: _id, ...entry }) => entry), ...(last && rows.length === limit ? { next: last.id } : {}) };
  } },
];
