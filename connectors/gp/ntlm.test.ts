import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGp } from '../../sandbox/gp/server';
import { orderDraftOf } from '../../test/support/gp-drafts';
import { createGpClient } from './client';
import { line, orderOf } from './order.test-data';
import { type GpOrderDraft, type GpSettings } from './types';

let dir: string;
let gp: Awaited<ReturnType<typeof startGp>>;
let base: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tieout-gp-ntlm-'));
  gp = await startGp({ port: 0, dataDir: dir, tickMs: 3_600_000 });
  base = `http://127.0.0.1:${gp.port}`;
});
afterAll(async () => { await gp.close(); rmSync(dir, { recursive: true, force: true }); });

let serial = 0;
async function nextOrder(): Promise<GpOrderDraft> {
  serial += 1;
  const id = String(serial).padStart(6, '0');
  return orderDraftOf(orderOf([line({ lineId: '1' })]), { number: `WO${id}` as GpOrderDraft['number'], orderKey: `SH-${id}` as GpOrderDraft['orderKey'], date: new Date().toISOString().slice(0, 10) });
}

/** A valid NTLM challenge (type 2): target info of five pairs and its terminator, 64 bytes at offset 56. */
function ntlmChallenge(): string {
  const pair = (id: number, value: Buffer): Buffer => Buffer.concat([Buffer.from([id, 0, value.length, 0]), value]);
  const info = Buffer.concat([...[2, 1, 4, 3].map((id) => pair(id, Buffer.from('TWO1', 'utf16le'))), pair(7, Buffer.alloc(8)), Buffer.alloc(4)]);
  const head = Buffer.alloc(56);
  head.write('NTLMSSP\0', 0, 'latin1');
  head.writeUInt32LE(2, 8);
  head.writeUInt32LE(56, 16);
  head.writeUInt32LE(0xa28a8205, 20);
  head.writeUInt16LE(info.length, 40);
  head.writeUInt16LE(info.length, 42);
  head.writeUInt32LE(56, 44);
  return `NTLM ${Buffer.concat([head, info]).toString('base64')}`;
}

/** As IIS does it: the handshake belongs to one socket; a type 3 on a socket that was not challenged is refused. */
function ntlmDoor(): ReturnType<typeof createServer> {
  const state = new WeakMap<object, 'challenged' | 'open'>();
  return createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => { chunks.push(chunk); });
    req.on('end', () => {
      const message = Buffer.from((req.headers.authorization ?? '').replace(/^NTLM /, ''), 'base64');
      const type = message.length >= 12 ? message.readUInt32LE(8) : 0;
      const user = type === 3 ? message.toString('latin1').replace(/\0/g, '').toLowerCase().includes('tieout') : false;
      if (type === 1) state.set(req.socket, 'challenged');
      if (type === 3 && user && state.get(req.socket) === 'challenged') state.set(req.socket, 'open');
      if (state.get(req.socket) !== 'open') { res.writeHead(401, { 'WWW-Authenticate': type === 1 ? ntlmChallenge() : 'NTLM' }).end(); return; }
      const headers = { 'content-type': 'text/xml', soapaction: String(req.headers['soapaction']), authorization: `Basic ${Buffer.from('tieout:tieout').toString('base64')}` };
      void fetch(`${base}${req.url ?? ''}`, { method: 'POST', headers, body: Buffer.concat(chunks) }).then(async (r) => { res.writeHead(r.status, { 'content-type': 'text/xml' }).end(await r.text()); });
    });
  });
}

describe('NTLM', () => {
  it('keeps each handshake on its own socket, for many calls at once, and reuses open sockets', async () => {
    const door = ntlmDoor();
    let sockets = 0;
    door.on('connection', () => { sockets += 1; });
    await new Promise<void>((resolve) => { door.listen(0, '127.0.0.1', resolve); });
    const at = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
    const settings: GpSettings = { econnectUrl: `${at}/Microsoft/Dynamics/GP/eConnect/EntityOperations`, webServicesUrl: `${at}/DynamicsGPWebServices/DynamicsGPService.asmx`, auth: { kind: 'ntlm', user: 'tieout', password: 'tieout', domain: 'CORP' }, connectionString: 'data source=SQL;initial catalog=TWO;integrated security=SSPI', companyId: 2, baseCurrency: 'USD', timeoutMs: 1_500 };
    const ntlm = createGpClient(settings);
    for (let round = 0; round < 3; round += 1) {
      const outcomes = await Promise.all(Array.from({ length: 6 }, async () => ntlm.createSalesOrder(await nextOrder())));
      expect(outcomes.map((o) => (o.ok ? o.value.existed : o.failure))).toEqual([false, false, false, false, false, false]);
    }
    expect(sockets).toBe(6);
    expect(await ntlm.ping()).toEqual({ ok: true, value: { company: 'Fabrikam, Inc.' } });
    expect(await createGpClient({ ...settings, auth: { ...settings.auth, user: 'nobody' } }).readInvoices(['A'])).toMatchObject({ ok: false, failure: { code: 'unauthorized' } });
    await new Promise((resolve) => { door.close(resolve); door.closeAllConnections(); });
  });
});
