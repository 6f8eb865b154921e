import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepCalendar } from '../../activities/calendar';
import { type GpActivities, type XeroActivities } from '../../activities/contract';
import { Gate, InOrder } from '../../activities/gate';
import { createGpActivities } from '../../activities/gp';
import { createGpMasterActivities } from '../../activities/gp-masters';
import { type GpMasterActivities, type XeroMasterActivities } from '../../activities/master/contract';
import { namingStoreTrouble } from '../../activities/naming-store-trouble';
import { createMappingBook } from '../../activities/mapping-book';
import { createPairBook } from '../../activities/pair-book';
import { createXeroActivities } from '../../activities/xero';
import { createXeroMasterActivities } from '../../activities/xero-masters';
import { type Failure } from '../../canonical/failure';
import { createGpClient, gpMasterSide } from '../../connectors/gp/connector';
import { type GpClient } from '../../connectors/gp/types';
import { xeroMasterSide } from '../../connectors/xero/connector';
import { type XeroClient } from '../../connectors/xero/types';
import { parsePair, type Pair } from '../../mapping/pair';
import { startGp } from '../../sandbox/gp/server';
import { startXero } from '../../sandbox/xero/server';
import { parseKeyRing } from '../../store/sealing';
import { createStore } from '../../store/store';
import { type Store } from '../../store/types';
import { connectXero } from '../../worker/xero-connection';
import { root, startChild } from '../support/child';

export type System = 'gp' | 'xero';
export type Hands = { xero: XeroActivities & XeroMasterActivities; gp: GpActivities & GpMasterActivities };
/** The process dies right after this call of its client was answered. */
export type DeathAfter = { xero?: keyof XeroClient; gp?: keyof GpClient };
/** A process as a test wants it: when it dies, and who is told that a system is away. */
export type ProcessOptions = { death?: DeathAfter; tell?: (system: System, failure: Failure | undefined) => Promise<void>; refreshToken?: string };
/** `reach`: addresses under which clients find the simulators, given their own. */
export type WorldOptions = { /** When a reply that does not come is given up; short where replies are lost on purpose. */ timeoutMs?: number; /** The address of a store that runs already. */ storeUrl?: string; reach?: (urls: Record<System, string>) => Promise<Record<System, string>> };

export type XeroDocuments = {
  invoices: { id: string; number: string; reference: string; status: string; total: string; amountDue: string }[]; contacts: { id: string; number: string; name: string }[];
  payments: { id: string; invoiceNumber: string; amount: string; reference: string; status: string; account: string }[];
  prepayments: { id: string; status: string; total: string; remaining: string; account: string; lines: { description: string }[]; allocations: { invoiceNumber: string; amount: string }[]; refunds: { amount: string; reference: string }[] }[];
  creditNotes: { number: string; status: string; total: string; remaining: string; allocations: { invoiceNumber: string; amount: string }[]; refunds: { amount: string; reference: string }[] }[];
};
export type GpDocuments = {
  orders: { number: string; status: string; total: string; integrationId: string }[]; invoices: { number: string; orderNumber: string; total: string; open?: string; status: string }[];
  returns: { number: string; status: string; total: string; integrationId: string }[]; receipts: { number: string; status: string; amount: string; open: string }[]; applies: { from: string; to: string; amount: string }[];
};

/** A machine under load only makes more of lost replies, which must not matter. */
const shortMs = 300;
/** How long a process that died keeps its writes from the next one. */
const holdMs = 500;
const log = { info: (): void => undefined, warn: (): void => undefined, error: (): void => undefined };

export class Killed extends Error {}

/** The client of a process that is killed once a call of this name was answered: nothing after it happens. */
function dying<T extends object>(client: T, method: keyof T | undefined): T {
  if (method === undefined) return client;
  return new Proxy(client, { get(target, name) {
    const value: unknown = Reflect.get(target, name);
    if (name !== method || typeof value !== 'function') return value;
    return async (...input: unknown[]): Promise<never> => { await (value as (...a: unknown[]) => Promise<unknown>).apply(target, input); throw new Killed(); };
  } });
}

/** Both simulators over their real protocols, a store over PostgreSQL's, and as many processes with real clients and activities as are asked for. */
export class World {
  private constructor(readonly store: Store, readonly pair: Pair, private readonly urls: Record<System, string>, private readonly parts: { reach: Record<System, string>; timeoutMs: number; stops: (() => Promise<void>)[] }) {}

  static async up(options: WorldOptions = {}): Promise<World> {
    const dir = mkdtempSync(join(tmpdir(), 'tieout-once-'));
    const [gp, xero, embedded] = await Promise.all([startGp({ port: 0, dataDir: dir, tickMs: 3_600_000 }), startXero({ port: 0, dataDir: dir }), options.storeUrl === undefined ? startChild<{ url: string }>('cli/store-main.js', ['--data', join(dir, 'store')]) : undefined]);
    const store = createStore({ databaseUrl: embedded?.ready.url ?? options.storeUrl ?? '', keyRing: parseKeyRing(`k1:${randomBytes(32).toString('base64')}`) });
    await store.migrate();
    const demo = JSON.parse(readFileSync(join(root, 'config/pairs/demo.json'), 'utf8')) as { xero: object };
    const pair = parsePair({ ...demo, xero: { ...demo.xero, prepaymentAccount: '830' } });
    await fetch(`${xero.url}/_sandbox/entries/accounts`, { method: 'POST', body: JSON.stringify([{ Code: '830', Name: 'Income in advance', Type: 'CURRLIAB' }]), headers: { 'content-type': 'application/json' } });
    await store.pairs.put(pair.pairId, pair);
    const period = { year: 2026, period: 1, series: 'sales' as const, from: '2026-01-01', to: '2027-12-31', closed: false };
    await keepCalendar(store, pair.pairId, { periods: [period], organisation: { organisationId: 'o', name: 'n', baseCurrency: 'USD', periodLockDate: '2026-03-31' } });
    const urls = { gp: `http://127.0.0.1:${gp.port}`, xero: xero.url };
    const stops = [() => store.close(), () => gp.close(), () => xero.close(), async () => { await embedded?.kill(); }, async () => rmSync(dir, { recursive: true, force: true })];
    return new World(store, pair, urls, { reach: (await options.reach?.(urls)) ?? urls, timeoutMs: options.timeoutMs ?? shortMs, stops });
  }
  async down(): Promise<void> { for (const stop of this.parts.stops) await stop(); }

  xeroClient(refreshToken = 'sandbox-refresh-token'): XeroClient {
    const url = this.parts.reach.xero;
    const xero = { apiBaseUrl: `${url}/api.xro/2.0`, identityBaseUrl: url, connectionsUrl: `${url}/connections`, clientId: 'tieout-sandbox', clientSecret: 'tieout-sandbox-secret', flow: 'authorization-code' as const, tenantId: '3f8a2c1e-5b7d-4e9a-8c6f-1d2e3f4a5b6c', baseCurrency: 'USD', timeoutMs: this.parts.timeoutMs };
    return connectXero(this.store, { xero, xeroRefreshToken: refreshToken, xeroLimits: { perMinute: 100_000, perDay: 1_000_000 } }, this.pair.xero.connectionId);
  }
  gpClient(): GpClient {
    const url = this.parts.reach.gp;
    return createGpClient({ econnectUrl: `${url}/Microsoft/Dynamics/GP/eConnect/EntityOperations`, webServicesUrl: `${url}/DynamicsGPWebServices/DynamicsGPService.asmx`, auth: { kind: 'basic', user: 'tieout', password: 'tieout' },
      connectionString: 'data source=SQL;initial catalog=TWO;integrated security=SSPI', companyId: 2, baseCurrency: 'USD', timeoutMs: this.parts.timeoutMs });
  }
  /** A worker and an agent started anew: they know only what the store and the ledgers hold. */
  process({ death = {}, tell = async () => undefined, refreshToken }: ProcessOptions = {}): Hands {
    const [xero, gp] = [dying(this.xeroClient(refreshToken), death.xero), dying(this.gpClient(), death.gp)];
    const gateBefore = (system: System, probe: () => ReturnType<GpClient['ping']> | ReturnType<XeroClient['readOrganisation']>): Gate => new Gate({ probe, tell: (failure) => tell(system, failure), life: () => ({ beat: () => undefined, cancelled: new AbortController().signal }), firstMs: 20, maxMs: 50 });
    const [gpGate, inOrder] = [gateBefore('gp', () => gp.ping()), new InOrder()];
    const xeroGate = gateBefore('xero', () => xero.readOrganisation());
    return {
      xero: namingStoreTrouble({ ...createXeroActivities({ store: this.store, pairs: createPairBook(this.store.pairs), mappings: createMappingBook(this.store.mappings), xero: () => xero, gate: () => xeroGate, holdMs, log, now: () => new Date() }), ...createXeroMasterActivities({ store: this.store, gate: () => xeroGate, side: () => xeroMasterSide(xero) }) }),
      gp: { ...createGpActivities({ gp, log, gate: gpGate, inOrder }), ...createGpMasterActivities({ side: gpMasterSide(gp), gate: gpGate, inOrder }) },
    };
  }

  async control<T>(system: System, path: string, init: { method: string; body?: object } = { method: 'GET' }): Promise<T> {
    const reply = await fetch(`${this.urls[system]}/_sandbox${path}`, { method: init.method, ...(init.body ? { body: JSON.stringify(init.body), headers: { 'content-type': 'application/json' } } : {}) });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${init.method} ${path}: ${reply.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
  documents<S extends System>(system: S): Promise<S extends 'gp' ? GpDocuments : XeroDocuments> { return this.control(system, '/documents'); }
  /** Warehouse and poster of the company act at once: orders become invoices, then everything is posted. */
  async postGp(): Promise<void> { for (let i = 0; i < 2; i += 1) await this.control('gp', '/tick', { method: 'POST' }); }
}
