import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Notice } from '../../canonical/notice';
import { verifyStandardWebhook } from '../generic/webhook';
import { mailOf, spoolMail } from './mail';
import { sendNotifyWebhook } from './webhook';

const notice: Notice = { id: 'ntc_1', type: 'approval.escalated', at: '2026-11-01T10:00:00.000Z', data: { pairId: 'demo', runId: 'order-to-cash/demo/shopify/7', orderId: '7', orderName: '#7', money: [{ currency: 'USD', amount: '6000.00' }] } };
const secret = `whsec_${Buffer.from('a-secret-of-notices').toString('base64')}`;

describe('the webhook of notices', () => {
  const got: { body: string; headers: Record<string, string | undefined> }[] = [];
  let status = 204;
  const server = createServer((req, res) => { let body = ''; req.on('data', (c: Buffer) => { body += c.toString('utf8'); }); req.on('end', () => { got.push({ body, headers: req.headers as Record<string, string> }); res.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(); }); });
  let url = '';
  beforeAll(async () => { await new Promise<void>((up) => { server.listen(0, '127.0.0.1', up); }); url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`; });
  afterAll(() => { server.close(); server.closeAllConnections(); });

  it('is signed as Standard Webhooks says, under the notice\'s own id on every try', async () => {
    for (let i = 0; i < 2; i += 1) expect(await sendNotifyWebhook(notice, { url, secret, timeoutMs: 1_000 })).toEqual({ ok: true, value: undefined });
    for (const g of got) expect([verifyStandardWebhook(Buffer.from(g.body), g.headers, { secrets: [secret], now: Date.now() }).ok, g.headers['webhook-id'], JSON.parse(g.body)]).toEqual([true, 'ntc_1', { type: 'approval.escalated', timestamp: notice.at, data: notice.data }]);
  });
  it.each([500, 302, 410])('is not told by an answer of %d, and follows nowhere', async (answer) => {
    status = answer;
    expect(await sendNotifyWebhook(notice, { url, secret, timeoutMs: 1_000 })).toMatchObject({ ok: false, failure: { code: 'system-unavailable', message: expect.stringContaining(String(answer)) } });
  });
  it('says when nobody is there', async () => { expect(await sendNotifyWebhook(notice, { url: 'http://127.0.0.1:1/', secret, timeoutMs: 1_000 })).toMatchObject({ ok: false, failure: { message: expect.stringContaining('no connection') } }); });
});

describe('the mail of notices', () => {
  const to = { folder: '', from: 'tieout@example.org', approvals: ['a@example.org'], incidents: ['i@example.org'], escalations: ['a@example.org', 'boss@example.org'] };
  it('goes to whom the pair names for its kind, an escalation one group further, in lines a mail server takes', () => {
    const text = mailOf(notice, to) ?? '';
    const [head = '', body = ''] = text.split('\r\n\r\n');
    expect(head).toContain('To: a@example.org, boss@example.org\r\nSubject: [Tieout demo] Escalated: nobody has answered for order #7\r\n');
    expect(Buffer.from(body, 'base64').toString('utf8')).toContain('At stake: 6000.00 USD\r\n');
    expect(text.split('\r\n').every((line) => line.length <= 250 && !line.includes('\n'))).toBe(true);
    expect(mailOf({ ...notice, type: 'incident.opened' }, { ...to, incidents: [] })).toBeUndefined();
  });
  it('cannot be given another header by an order\'s name', () => {
    const text = mailOf({ ...notice, data: { ...notice.data, orderName: 'x\r\nBcc: evil@example.org', orderId: 'ü' } }, to) ?? '';
    expect(text.split('\r\n').some((line) => line.startsWith('Bcc:'))).toBe(false);
  });
  it('stands in the folder once however often it is told, and a folder that is not there is told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tieout-mail-'));
    for (let i = 0; i < 2; i += 1) expect((await spoolMail(notice, { ...to, folder })).ok).toBe(true);
    expect(readdirSync(folder)).toEqual(['ntc_1.eml']);
    expect(readFileSync(join(folder, 'ntc_1.eml'), 'utf8')).toContain('Message-ID: <ntc_1@tieout>');
    rmSync(folder, { recursive: true });
    expect(await spoolMail(notice, { ...to, folder })).toMatchObject({ ok: false, failure: { code: 'system-unavailable' } });
  });
});
