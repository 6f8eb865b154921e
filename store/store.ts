import { Kysely, Migrator, PostgresDialect, sql } from 'kysely';
import { Pool } from 'pg';
import { createApiKeys } from './api-keys';
import { createBudget } from './budget';
import { createConnections, createLeases } from './connections';
import { createDocuments, createLinks, createPayments } from './documents';
import { createAudit } from './audit';
import { createBulk } from './bulk';
import { createExceptions } from './exceptions';
import { createOrderCopies } from './order-copies';
import { createFacts, createFeed, createPairs, createWatermarks } from './facts';
import { createInbox } from './inbox';
import { migrationProvider } from './migrations';
import { createMappings } from './mappings';
import { createMasterLinks } from './master-links';
import { createMasterSnapshot } from './master-snapshot';
import { createNotices } from './notices';
import { createNumbers } from './numbers';
import { createRuns } from './runs';
import { createSyncBatches, createSyncIssues } from './sync-issues';
import { type Tables } from './schema';
import { type KeyRing } from './sealing';
import { type Store } from './types';

export type StoreOptions = { databaseUrl: string; keyRing: KeyRing; poolMax?: number };

const placeOf = (databaseUrl: string): string => { try { return new URL(databaseUrl).host; } catch { return '(an address that cannot be read)'; } };

/** Another process may be migrating at this very moment: its lock is waited for. */
async function migrate(db: Kysely<Tables>, databaseUrl: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { error } = await new Migrator({ db, provider: migrationProvider }).migrateToLatest();
    if (!error) return;
    if (attempt >= 20) throw new Error(`The database at ${placeOf(databaseUrl)} could not be migrated: ${error instanceof Error ? error.message : String(error)}`);
    await new Promise((wake) => setTimeout(wake, 100 * attempt));
  }
}

/** The memory: PostgreSQL, or PGlite behind its socket, by the address alone. Transactions are short and never open across an outside call. */
export function createStore({ databaseUrl, keyRing, poolMax = 4 }: StoreOptions): Store {
  const pool = new Pool({ connectionString: databaseUrl, max: poolMax, connectionTimeoutMillis: 10_000, idleTimeoutMillis: 30_000 });
  pool.on('error', () => undefined);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    inbox: createInbox(db, keyRing), runs: createRuns(db), numbers: createNumbers(db), documents: createDocuments(db), links: createLinks(db), payments: createPayments(db),
    watermarks: createWatermarks(db), feed: createFeed(db), facts: createFacts(db), exceptions: createExceptions(db, keyRing), copies: createOrderCopies(db, keyRing), bulk: createBulk(db), connections: createConnections(db, keyRing),
    leases: createLeases(db), budget: createBudget(db), apiKeys: createApiKeys(db), audit: createAudit(db), pairs: createPairs(db), mappings: createMappings(db), notices: createNotices(db),
    master: { snapshot: createMasterSnapshot(db, keyRing), links: createMasterLinks(db, keyRing), issues: createSyncIssues(db, keyRing), batches: createSyncBatches(db, keyRing) },
    migrate: () => migrate(db, databaseUrl),
    ping: async () => {
      try { await sql`select 1`.execute(db); } catch (error) { throw new Error(`The database at ${placeOf(databaseUrl)} does not answer: ${error instanceof Error ? error.message : ''}`); }
    },
    close: () => db.destroy(),
  };
}
