import { type Kysely } from 'kysely';
import { type Tables } from './schema';
import { type AuditStore } from './types';

export function createAudit(db: Kysely<Tables>): AuditStore {
  return {
    async add(...entries) {
      if (entries.length === 0) return;
      await db.insertInto('audit').values(entries.map(({ who, action, subject, detail }) => ({ who, action, subject, detail: detail === undefined ? null : JSON.stringify(detail) }))).execute();
    },
    async list(filter) {
      let query = db.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(filter.limit ?? 100);
      if (filter.subject) query = query.where('subject', '=', filter.subject);
      if (filter.before) query = query.where('id', '<', filter.before);
      return (await query.execute()).map((r) => ({ id: r.id, at: r.at.toISOString(), who: r.who, action: r.action, subject: r.subject, ...(r.detail ? { detail: JSON.parse(r.detail) as unknown } : {}) }));
    },
  };
}
