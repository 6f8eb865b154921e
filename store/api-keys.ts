import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Kysely, type Selectable } from 'kysely';
import { type Tables } from './schema';
import { type ApiKeyRow, type ApiKeyStore, type Role } from './types';

const toRow = (r: Selectable<Tables['api_keys']>): ApiKeyRow => ({ id: r.id, name: r.name, role: r.role as Role, createdAt: r.created_at.toISOString(), ...(r.revoked_at ? { revokedAt: r.revoked_at.toISOString() } : {}) });
const hashOf = (salt: string, secret: string): string => createHmac('sha256', salt).update(secret).digest('hex');
/** The id is found from the secret itself, so that verifying costs one row read and one hash. Secrets are random, so a fast hash is enough. */
const idOf = (secret: string): string => createHash('sha256').update(`tieout-key-id:${secret}`).digest('hex').slice(0, 16);

/** Keys of people and programs; the secret is shown once and only its salted hash is kept. */
export function createApiKeys(db: Kysely<Tables>): ApiKeyStore {
  return {
    async create({ name, role, secret = `tk_${randomBytes(32).toString('base64url')}` }) {
      const salt = randomBytes(16).toString('hex');
      const id = idOf(secret);
      const row = await db.insertInto('api_keys').values({ id, name, role, salt, hash: hashOf(salt, secret), revoked_at: null })
        .onConflict((c) => c.column('id').doUpdateSet({ name, role })).returningAll().executeTakeFirstOrThrow();
      return { row: toRow(row), secret };
    },
    async verify(secret) {
      const row = await db.selectFrom('api_keys').selectAll().where('id', '=', idOf(secret)).where('revoked_at', 'is', null).executeTakeFirst();
      if (!row || !timingSafeEqual(Buffer.from(row.hash), Buffer.from(hashOf(row.salt, secret)))) return undefined;
      return toRow(row);
    },
    async list() { return (await db.selectFrom('api_keys').selectAll().orderBy('created_at').execute()).map(toRow); },
    async revoke(id) {
      const row = await db.updateTable('api_keys').set({ revoked_at: new Date() }).where('id', '=', id).where('revoked_at', 'is', null).returning('id').executeTakeFirst();
      return row !== undefined;
    },
  };
}
