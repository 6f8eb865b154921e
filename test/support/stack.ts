import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataConverter } from '@temporalio/common';
import { dataConverterOf } from '../../temporal/data-converter';
import { root } from './child';

export type OtherShop = 'woocommerce' | 'magento' | 'generic';
type Addresses = { api: string; ui?: string; temporal: string; sandbox: { gp: string; xero: string; shop: string; gateway: string } & Partial<Record<OtherShop, string>>; pids: Record<string, number> };
type Keys = { admin: string; approver: string; operator: string; viewer: string };
export type GpDocuments = { orders: GpDoc[]; invoices: GpDoc[]; returns: GpDoc[]; receipts: { number: string; customer: string; amount: string; open: string; description: string; status: string; date: string }[]; applies: { from: string; to: string; amount: string }[]; customers: { number: string; name: string; addresses: Record<string, Record<string, string>> }[] };
export type GpDoc = { number: string; orderNumber: string; integrationId: string; customer: string; customerName: string; total: string; freight: string; tax: string; status: string; currency: string; date: string; open?: string; lines: { item: string; description: string; quantity: string; extended: string; tax: string; site: string; unit: string }[] };
export type XeroDocuments = { invoices: { number: string; reference: string; status: string; total: string; tax: string; amountDue: string; date: string; dueDate: string; contact: string; contactId: string; lines: { description: string; quantity: string; lineAmount: string; taxAmount: string }[] }[]; payments: { invoiceNumber: string; amount: string; reference: string; status: string; account: string }[]; prepayments: { status: string; account: string; total: string; remaining: string; lines: { description: string }[]; allocations: { invoiceNumber?: string; amount: string }[]; refunds: { amount: string; reference: string }[] }[]; creditNotes: { number: string; status: string; date: string; total: string; remaining: string; reference: string; allocations: { invoiceNumber?: string; amount: string }[]; refunds: { amount: string; reference: string }[] }[]; contacts: { id: string; name: string; number: string; email: string; status: string }[] };
export type RunView = { orderId: string; phase: string; failure?: { code: string; message: string }; waitingFor: string; runId: string; total?: string };

/** The whole of Tieout as npm start brings it up, on free ports and in a folder of its own. */
export class Stack {
  private constructor(private readonly child: ChildProcess, readonly data: string, readonly addresses: Addresses, readonly keys: Keys, /** What a client of this installation's Temporal needs. */ readonly dataConverter: DataConverter) {}

  /** `policies` are laid over those of the demo pair, `gp` over its codes, `pair` over its other fields. */
  static async up(more: { policies?: object; pair?: object; gp?: object; /** Simulated shops beside the Shopify one. */ shops?: readonly OtherShop[]; /** More pairs of the same ledgers, each laid over the first. */ pairs?: readonly object[] } = {}): Promise<Stack> {
    const data = mkdtempSync(join(tmpdir(), 'tieout-stack-'));
    const pairFile = join(data, 'pair.json');
    const demo = JSON.parse(readFileSync(join(root, 'config/pairs/demo.json'), 'utf8')) as { policies: object; gp: { items: object } };
    const gp = { ...demo.gp, ...more.gp, items: { ...demo.gp.items, ...(more.gp as { items?: object } | undefined)?.items } };
    const first = { ...demo, ...more.pair, gp, policies: { ...demo.policies, ...more.policies } };
    const pairFiles = [first, ...(more.pairs ?? []).map((pair) => ({ ...first, ...pair }))].map((pair, i) => { const file = i === 0 ? pairFile : join(data, `pair-${i + 1}.json`); writeFileSync(file, JSON.stringify(pair)); return file; });
    const temporal = process.env['TEST_TEMPORAL_CLI'];
    const child = spawn(process.execPath, ['scripts/start.mjs', '--orders', '0', '--data', data, ...(more.shops ? ['--shops', more.shops.join(',')] : [])], { cwd: root, env: { ...process.env, TIEOUT_FREE_PORTS: '1', TIEOUT_PAIR_FILES: pairFiles.join(','), ...(temporal ? { TEMPORAL_CLI_PATH: temporal } : {}) }, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let stays = false;
    child.stderr.on('data', (part: Buffer) => { text += part.toString(); });
    child.stdout.on('data', (part: Buffer) => { text += part.toString(); stays ||= text.includes('Everything stays up'); });
    const until = Date.now() + 120_000;
    while (!stays) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`the stack did not come up:\n${text}`);
      await new Promise((wake) => setTimeout(wake, 100));
    }
    const json = <T>(file: string): T => JSON.parse(readFileSync(join(data, file), 'utf8')) as T;
    const { apiKeys, payloadKeys } = json<{ apiKeys: Keys; payloadKeys: string }>('local.json');
    return new Stack(child, data, json<Addresses>('addresses.json'), apiKeys, dataConverterOf(process.env['TIEOUT_PAYLOAD_KEYS'] || payloadKeys) ?? {});
  }

  async down(): Promise<void> {
    const gone = new Promise<void>((done) => { this.child.once('exit', () => done()); });
    this.child.kill('SIGTERM');
    await gone;
    if (existsSync(this.data)) rmSync(this.data, { recursive: true, force: true });
  }

  async get<T>(path: string, key: keyof Keys = 'viewer'): Promise<T> {
    const reply = await fetch(`${this.addresses.api}${path}`, { headers: { authorization: `Bearer ${this.keys[key]}` } });
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return (await reply.json()) as T;
  }
  post(path: string, body: unknown, key: keyof Keys): Promise<Response> {
    return fetch(`${this.addresses.api}${path}`, { method: 'POST', headers: { authorization: `Bearer ${this.keys[key]}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  }
  private async sandbox<T>(base: string, path: string, init?: RequestInit): Promise<T> {
    const reply = await fetch(`${base}/_sandbox${path}`, init);
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    const text = await reply.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
  gp(): Promise<GpDocuments> { return this.sandbox(this.addresses.sandbox.gp, '/documents'); }
  xero(): Promise<XeroDocuments> { return this.sandbox(this.addresses.sandbox.xero, '/documents'); }
  books(which: 'gp' | 'xero'): Promise<{ balanced: boolean; trialBalance: { account: string; debit: string; credit: string }[]; receivables: { matches?: boolean }; receivablesControlMatches?: boolean }> { return this.sandbox(this.addresses.sandbox[which], '/books'); }
  settings(which: 'gp' | 'xero' | 'shop' | 'gateway', patch: object): Promise<unknown> { return this.sandbox(this.addresses.sandbox[which], '/settings', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(patch) }); }
  fault(which: 'gp' | 'xero' | 'shop', fault: object): Promise<unknown> { return this.sandbox(this.addresses.sandbox[which], '/faults', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fault) }); }
  async generate(ask: { count: number; seed: number; sentinel?: string; topics?: string[] }): Promise<string[]> {
    return (await this.sandbox<{ orderIds: string[] }>(this.addresses.sandbox.shop, '/generate', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(ask) })).orderIds;
  }
  sendOrder(body: string, topic = 'orders/create'): Promise<unknown> { return this.sandbox(this.addresses.sandbox.shop, `/orders?topic=${encodeURIComponent(topic)}`, { method: 'POST', body }); }
  change(orderId: string, what: 'cancel' | 'update', fields: object = {}): Promise<unknown> { return this.sandbox(this.addresses.sandbox.shop, `/orders/${orderId}/${what}`, { method: 'POST', body: JSON.stringify(fields) }); }
  /** Tells one of the other shops something by its `/_sandbox`: an object as JSON, text as it is. */
  shop<T>(which: OtherShop, path: string, body?: object | string): Promise<T> {
    return this.sandbox(this.addresses.sandbox[which] ?? '', path, body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' } });
  }
  clearFaults(which: 'gp' | 'xero' | 'shop'): Promise<unknown> { return this.sandbox(this.addresses.sandbox[which], '/faults', { method: 'DELETE' }); }
  tell(which: 'gp' | 'xero' | 'shop', path: string, body?: object): Promise<unknown> { return this.sandbox(this.addresses.sandbox[which], path, { method: 'POST', ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}) }); }
  /** The command line of this installation; stdout, stderr and exit code. */
  command(...args: string[]): { out: string; err: string; code: number | null } {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['scripts/tieout.mjs', ...args, '--data', this.data], { cwd: root, encoding: 'utf8' });
    return { out: stdout, err: stderr, code: status };
  }
  pay(payment: object): Promise<unknown> { return this.sandbox(this.addresses.sandbox.gateway, '/payments', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(payment) }); }

  async run(orderId: string): Promise<RunView | undefined> { return (await this.get<{ runs: RunView[] }>(`/runs?orderId=${orderId}`)).runs[0]; }
  /** Waits until every order rests in the phase; names those that do not. */
  async reaches(orderIds: readonly string[], phase: string, limitMs = 60_000): Promise<void> {
    const until = Date.now() + limitMs;
    for (;;) {
      const runs = await Promise.all(orderIds.map((id) => this.run(id)));
      const left = runs.map((r, i) => ({ id: orderIds[i], phase: r?.phase, failure: r?.failure?.message })).filter((r) => r.phase !== phase);
      if (left.length === 0) return;
      if (Date.now() > until) throw new Error(`not ${phase} in time: ${JSON.stringify(left.slice(0, 5))}`);
      await new Promise((wake) => setTimeout(wake, 300));
    }
  }
  /** SIGKILL, also of a process that was started again after an earlier one; of Temporal the server itself, or with `temporal-guard` the process that watches over it. */
  kill(name: string): void {
    const { pids } = JSON.parse(readFileSync(join(this.data, 'addresses.json'), 'utf8')) as Addresses;
    const pid = name === 'temporal' ? Number(readFileSync(join(this.data, 'temporal.pid'), 'utf8')) : pids[name === 'temporal-guard' ? 'temporal' : name];
    if (pid) process.kill(pid, 'SIGKILL');
  }
}
