import { randomUUID } from 'node:crypto';
import { type Kysely } from 'kysely';
import { type KeyRing, open, seal } from './sealing';
import { type Tables } from './schema';
import { type ConnectionStore, type LeaseStore } from './types';
import { fromNow, isOver } from './until';

export function createConnections(db: Kysely<Tables>, ring: KeyRing): ConnectionStore {
  const place = (id: string): string => `connections/${id}`;
  return {
    async load(id) {
      const row = await db.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? { secret: open(ring, place(id), row.secret).toString('utf8'), version: row.version } : undefined;
    },
    async save(id, secret, version) {
      const sealed = seal(ring, place(id), secret);
      const row = version === 0
        ? await db.insertInto('connections').values({ id, secret: sealed, version: 1 }).onConflict((c) => c.column('id').doNothing()).returning('id').executeTakeFirst()
        : await db.updateTable('connections').set({ secret: sealed, version: version + 1, updated_at: new Date() }).where('id', '=', id).where('version', '=', version).returning('id').executeTakeFirst();
      return row !== undefined;
    },
  };
}

/** A claim that ends by itself: a process that dies blocks others for at most its time to live. */
export function createLeases(db: Kysely<Tables>): LeaseStore {
  return {
    async acquire(name, ttlMs) {
      const token = randomUUID();
      const until = fromNow(ttlMs);
      const row = await db.insertInto('leases').values({ name, token, until })
        .onConflict((c) => c.column('name').doUpdateSet({ token, until }).where(isOver('leases.until'))).returning('token').executeTakeFirst();
      if (row?.token !== token) return undefined;
      return { release: async () => { await db.deleteFrom('leases').where('name', '=', name).where('token', '=', token).execute(); } };
    },
  };
}
