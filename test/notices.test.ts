import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyStandardWebhook } from '../connectors/generic/webhook';
import { root } from './support/child';
import { Stack } from './support/stack';

jest.setTimeout(240_000);

type Got = { id: string; type: string; data: { pairId: string; orderId?: string; runId?: string; code?: string; count?: number; decision?: string; money: { amount: string; currency: string }[] }; body: string };
const demo = JSON.parse(readFileSync(join(root, 'config/pairs/demo.json'), 'utf8')) as { policies: object; gp: object; gateways: object };
const secret = `whsec_${randomBytes(24).toString('base64')}`;

/** What silence means, per pair: each pair has a shop and numbers of its own, in the same two ledgers. */
const notify = { lookSeconds: 1, incidents: { afterSeconds: 0, remindAfterMinutes: 0.05, escalateAfterMinutes: 0.1 }, mail: { from: 'tieout@example.net', approvals: ['approvers@example.net'], incidents: ['desk@example.net'], escalations: ['head@example.net'] } };
const policies = (onSilence: string): object => ({ ...demo.policies, approvalAbove: '1.00', approval: { remindAfterMinutes: 0.03, escalateAfterMinutes: 0.06, silenceAfterMinutes: 0.4, onSilence } });
const numbers = (letter: string): object => ({ ...demo.gp, orderPrefix: `${letter}O`, receiptPrefix: `${letter}R`, customerPrefix: `${letter}EB`, returnPrefix: `${letter}T`, batchPrefix: `${letter}B` });
const pairOf = (pairId: string, onSilence: string, more: { letter: string; source: object }): object => ({ pairId, sources: [more.source], gatewayEvents: [], policies: policies(onSilence), gp: numbers(more.letter), gateways: { ...demo.gateways, bacs: (demo.gateways as Record<string, object>)['manual'], woocommerce_payments: (demo.gateways as Record<string, object>)['stripe'] }, notify });

describe('people are told', () => {
  const got: Got[] = [];
  const refused: string[] = [];
  /** Told once more under its id by whoever took over from a worker that died between telling and noting it: a receiver knows it by the id. */
  const again: string[] = [];
  const before = { ...process.env };
  const mail = mkdtempSync(join(tmpdir(), 'tieout-mail-'));
  let stack: Stack;
  let receiver: Server;
  let silent: { approve: string; reject: string; wait: string };
  beforeAll(async () => {
    receiver = createServer((req, res) => {
      let body = '';
      req.on('data', (c: Buffer) => { body += c.toString('utf8'); });
      req.on('end', () => {
        const headers = req.headers as Record<string, string>;
        if (refused.length < 3) { refused.push(headers['webhook-id'] ?? ''); res.writeHead(503).end(); return; }
        const id = headers['webhook-id'] ?? '';
        if (!verifyStandardWebhook(Buffer.from(body), headers, { secrets: [secret], now: Date.now() }).ok) { res.writeHead(401).end(); return; }
        if (got.some((g) => g.id === id)) again.push(id);
        else got.push({ ...(JSON.parse(body) as Omit<Got, 'id' | 'body'>), id, body });
        res.writeHead(204).end();
      });
    });
    await new Promise<void>((up) => { receiver.listen(0, '127.0.0.1', up); });
    Object.assign(process.env, { NOTIFY_WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/notices`, NOTIFY_WEBHOOK_SECRET: secret, NOTIFY_MAIL_DIR: mail });
    stack = await Stack.up({
      shops: ['woocommerce', 'generic'], policies: policies('approve'), pair: { notify },
      pairs: [
        pairOf('rejecting', 'reject', { letter: 'X', source: { id: 'woo', kind: 'woocommerce', account: 'woo-demo', keyPrefix: 'WOO' } }),
        pairOf('waiting', 'wait', { letter: 'Y', source: { id: 'shop', kind: 'generic', account: 'my-shop', keyPrefix: 'MYS' } }),
      ],
    });
  });
  afterAll(async () => { process.env = before; await stack?.down(); receiver.close(); receiver.closeAllConnections(); rmSync(mail, { recursive: true, force: true }); });

  const of = (orderId: string): string[] => got.filter((g) => g.data.orderId === orderId).map((g) => g.type).sort();
  const until = async (done: () => boolean): Promise<void> => { for (const end = Date.now() + 60_000; !done() && Date.now() < end; await new Promise((wake) => setTimeout(wake, 200))); };

  it('silence approves, rejects or goes on waiting, as the policy of the pair says', async () => {
    const [approve = ''] = await stack.generate({ count: 1, seed: 501 });
    const [reject = ''] = (await stack.shop<{ orderIds: string[] }>('woocommerce', '/generate', { count: 1, seed: 502 })).orderIds;
    const [wait = ''] = (await stack.shop<{ orderIds: string[] }>('generic', '/generate', { count: 1, seed: 503 })).orderIds;
    silent = { approve, reject, wait };
    await stack.reaches([wait], 'awaiting-approval');
    stack.kill('worker');
    await stack.reaches([approve], 'tied-out', 90_000);
    await stack.reaches([reject], 'cancelled', 60_000);
    expect((await stack.run(reject))?.failure).toMatchObject({ code: 'approval-rejected', message: expect.stringContaining('policy') });
    expect((await stack.run(wait))?.phase).toBe('awaiting-approval');
    const gp = await stack.gp();
    expect([approve, reject, wait].map((id) => gp.orders.filter((o) => o.integrationId.endsWith(`-${id}`)).length)).toEqual([1, 0, 0]);
  });

  it('of every stage once, however often it was tried and whoever died, signed, by webhook and by mail', async () => {
    const stages = ['approval.asked', 'approval.escalated', 'approval.reminded'];
    await until(() => of(silent.approve).length === 4 && of(silent.reject).length === 4 && of(silent.wait).length === 3);
    expect([of(silent.approve), of(silent.reject), of(silent.wait)]).toEqual([['approval.answered-by-policy', ...stages].sort(), ['approval.answered-by-policy', ...stages].sort(), stages]);
    expect(got.find((g) => g.type === 'approval.answered-by-policy' && g.data.orderId === silent.reject)?.data).toMatchObject({ pairId: 'rejecting', decision: 'reject' });
    const ids = got.map((g) => g.id);
    // One worker was killed once, and tells one notice of each of the three pairs at a time.
    expect(again.length).toBeLessThanOrEqual(3);
    expect(refused).toHaveLength(3);
    for (const id of refused) expect(ids).toContain(id);
    await until(() => readdirSync(mail).filter((f) => f.endsWith('.eml')).length === ids.length);
    expect(readdirSync(mail).filter((f) => f.endsWith('.eml')).map((f) => f.replace('.eml', '')).sort()).toEqual([...ids].sort());
    const escalated = got.find((g) => g.type === 'approval.escalated');
    expect(readFileSync(join(mail, `${escalated?.id ?? ''}.eml`), 'utf8')).toContain('To: approvers@example.net, head@example.net');
  });

  it('of an incident once per stage, not once per order, and anew when it comes back', async () => {
    const incidents = (): Got[] => got.filter((g) => g.type.startsWith('incident'));
    const order = (id: string): string => JSON.stringify({ orderId: id, placedAt: '2026-11-20T10:15:00Z', updatedAt: new Date().toISOString(), currency: 'USD', customer: { name: 'Ada Byron', email: 'ada@example.org' }, lines: [{ sku: 'MUG-WHITE', quantity: '1', unitPrice: '0.50' }], total: '0.50', payments: [{ id: `pay-${id}`, gateway: 'unheard-of', amount: '0.50' }] });
    for (const id of ['U-1', 'U-2', 'U-3']) await stack.shop('generic', '/orders', order(id));
    await stack.reaches(['U-1', 'U-2', 'U-3'], 'parked');
    await until(() => incidents().length >= 3);
    await new Promise((wake) => setTimeout(wake, 2_500));
    expect(incidents().map((g) => g.type)).toEqual(['incident.opened', 'incident.reminded', 'incident.escalated']);
    expect(incidents()[2]?.data).toMatchObject({ pairId: 'waiting', count: 3, code: 'gateway-not-mapped', money: [{ currency: 'USD', amount: '1.50' }] });
    const { exceptions } = await stack.get<{ exceptions: { id: string; orderId?: string }[] }>('/exceptions');
    for (const { id } of exceptions.filter((e) => e.orderId?.startsWith('U-'))) expect((await stack.post(`/exceptions/${id}/decision`, { decision: 'skip', reason: 'a test' }, 'operator')).status).toBeLessThan(300);
    await stack.reaches(['U-1', 'U-2', 'U-3'], 'skipped');
    await new Promise((wake) => setTimeout(wake, 2_500));
    await stack.shop('generic', '/orders', order('U-4'));
    await until(() => incidents().length > 3);
    expect(incidents()[3]).toMatchObject({ type: 'incident.opened', data: { count: 1 } });
  });

  it('ids and amounts, nobody\'s name', () => {
    const all = got.map((g) => g.body).join('\n') + readdirSync(mail).map((f) => Buffer.from((readFileSync(join(mail, f), 'utf8').split('\r\n\r\n')[1] ?? ''), 'base64').toString('utf8')).join('\n');
    expect(got.length).toBeGreaterThan(10);
    expect(all).not.toMatch(/Ada|Byron|example\.org|Market St|Ann |Lee|Müller|Rossi|Patel|O'Neill|Haddad|Kim|Núñez|MUG/);
  });
});
