import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApi } from '../../api/app';
import { createPayloadDesk } from '../../api/codec-routes';
import { type ApiDeps, type OrderDoor } from '../../api/deps';
import { createApiServer } from '../../api/server';
import { Tide } from '../../api/tide';
import { createLog } from '../../config/log';
import { parseKeyRing } from '../../store/sealing';
import { createStore } from '../../store/store';
import { type Role } from '../../store/types';
import { startChild } from './child';

export const shop = 'a.myshopify.com';
export const webhookSecrets = { shopify: 'shop-secret-planted', stripe: 'whsec_planted', xero: 'xero-key-planted', woocommerce: 'woo-secret-planted', generic: `whsec_${Buffer.from('generic-key-planted').toString('base64')}` };

/** The api on a real store, without Temporal: what its doors do with whatever comes. */
export async function openDoors(over: { orders?: Partial<OrderDoor> } = {}): Promise<{
  base: string; port: number; store: ApiDeps['store']; deps: ApiDeps; keys: Record<Role, string>; payloadKeys: string; logged(): string; storeFolder: string;
  raw(text: string, holdMs?: number): Promise<string>; close(): Promise<void>;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-doors-'));
  const embedded = await startChild<{ url: string }>('cli/store-main.js', ['--data', join(folder, 'store')]);
  const store = createStore({ databaseUrl: embedded.ready.url, keyRing: parseKeyRing(`k1:${randomBytes(32).toString('base64')}`), poolMax: 2 });
  await store.migrate();
  const keys = Object.fromEntries(await Promise.all((['viewer', 'operator', 'approver', 'admin'] as const).map(async (role) => [role, (await store.apiKeys.create({ name: `${role} person`, role })).secret] as const))) as Record<Role, string>;
  const payloadKeys = `k1:${randomBytes(32).toString('base64')}`;
  const lines: string[] = [];
  const secretsOf = { shopify: { account: shop, secrets: [webhookSecrets.shopify] }, stripe: { account: 'acct', secrets: [webhookSecrets.stripe] }, xero: { account: 'demo', secrets: [webhookSecrets.xero] }, woocommerce: { account: 'woo.example', secrets: [webhookSecrets.woocommerce] }, generic: { account: 'own-shop', secrets: [webhookSecrets.generic] } };
  const deps: ApiDeps = {
    store, uiBaseUrl: 'http://ui', namespace: 'default', version: '1', tide: new Tide(), nudge: () => undefined, log: createLog('api', 'trace', { write: (line: string) => { lines.push(line); } }), payloads: createPayloadDesk(payloadKeys, ['http://ui:8233']),
    sources: { find: (kind, account) => { const known = secretsOf[kind as keyof typeof secretsOf]; return known?.account === account ? { pairId: 'p', sourceId: kind === 'stripe' ? 'shopify' : kind, secrets: known.secrets, setup: { account } } : undefined; } },
    orders: { start: async () => 'started', reopen: async () => 'started', startBulk: async () => undefined, isRunning: async () => false, endedEarly: async () => [], signal: async () => 'sent', paymentSeen: async () => 'sent', story: async () => undefined, ready: async () => true, ...over.orders },
    sync: { start: async () => 'started', stop: async () => 'sent', progress: async () => undefined, changed: async () => undefined, decide: async () => undefined, sweep: async () => undefined },
  };
  const server = createApiServer(createApi(deps));
  await new Promise<void>((up) => { server.listen(0, '127.0.0.1', up); });
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}`, port, store, deps, keys, payloadKeys, logged: () => lines.join(''), storeFolder: join(folder, 'store'),
    raw: (text, holdMs = 3_000) => new Promise((done) => {
      let reply = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
      const end = (): void => { clearTimeout(timer); socket.destroy(); done(reply); };
      const timer = setTimeout(end, holdMs);
      socket.on('data', (part) => { reply += part.toString('latin1'); }).on('close', end).on('error', end);
    }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((down) => { server.close(down); });
      await store.close();
      await embedded.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
