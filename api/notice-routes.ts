import { noticeTypes } from '../canonical/notice';
import { type Route } from './route';
import { limitOnly, z } from './schemas';

const NoticeQuery = limitOnly.extend({ pairId: z.string().max(60).optional() });
const Told = z.object({
  id: z.string(), type: z.enum(noticeTypes), at: z.string(), channel: z.string(), state: z.enum(['new', 'sent', 'given-up']), attempts: z.number(), note: z.string().optional(), data: z.record(z.string(), z.unknown()),
}).openapi('Notice');

/** What people were told, or are to be told, and by which way. */
export const noticeRoutes: Route[] = [
  { method: 'get', path: '/notices', summary: 'What people were told or are still to be told, newest first', role: 'viewer', query: NoticeQuery, reply: z.object({ notices: z.array(Told) }), async handle({ query }, { store }) {
    const { limit, pairId } = NoticeQuery.parse(query);
    const rows = await store.notices.list({ limit, ...(pairId === undefined ? {} : { pairId }) });
    return { notices: rows.map(({ notice: { id, type, at, data }, channel, state, attempts, note }) => ({ id, type, at, channel, state, attempts, data, ...(note === undefined ? {} : { note }) })) };
  } },
];
