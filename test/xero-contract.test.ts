import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { type Outcome } from '../canonical/failure';
import { contactOf, invoiceOf, paymentOf } from '../connectors/xero/drafts.test-data';
import { createTokenSource, createXeroClient } from '../connectors/xero/connector';
import { type XeroClient } from '../connectors/xero/types';
import { startXero } from '../sandbox/xero/server';
import { root } from './support/child';

const file = join(root, '../shared/reference/xero/xero_accounting.yaml');
const present = existsSync(file);
if (!present) process.stderr.write('Xero\'s OpenAPI file is not beside this checkout: the contract test is left out\n');

type Seen = { method: string; path: string; request: unknown; status: number; response: unknown };
const usd = (minor: string): { minor: string; currency: string } => ({ minor, currency: 'USD' });
function must<T>(outcome: Outcome<T>): T { if (!outcome.ok) throw new Error(outcome.failure.message); return outcome.value; }

/** The file's own slips: example-only keywords and `x-` extensions are no part of JSON Schema. */
function validators(): (name: string, value: unknown) => string[] {
  const document = parse(readFileSync(file, 'utf8')) as { components: { schemas: Record<string, object> } };
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  addFormats(ajv);
  ajv.addFormat('double', true);
  ajv.addFormat('float', true);
  ajv.addFormat('int32', true);
  ajv.addFormat('byte', true);
  ajv.addSchema({ $id: 'xero', components: document.components });
  return (name, value) => {
    const validate = ajv.getSchema(`xero#/components/schemas/${name}`);
    if (!validate) throw new Error(`no schema ${name}`);
    return validate(value) ? [] : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message ?? ''} ${JSON.stringify(e.params)}`);
  };
}

(present ? describe : describe.skip)('traffic with Xero', () => {
  const seen: Seen[] = [];
  const dir = mkdtempSync(join(tmpdir(), 'tieout-contract-'));
  let xero: Awaited<ReturnType<typeof startXero>>;
  let tap: Server;
  let client: XeroClient;

  beforeAll(async () => {
    xero = await startXero({ port: 0, dataDir: dir });
    tap = createServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (c: Buffer) => chunks.push(c));
      req.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const { host: _host, connection: _connection, 'content-length': _length, ...headers } = req.headers as Record<string, string>;
        void fetch(`${xero.url}${req.url ?? ''}`, { method: req.method ?? 'GET', headers, ...(req.method === 'GET' ? {} : { body }) }).then(async (reply) => {
          const text = await reply.text();
          const json = (t: string): unknown => { try { return JSON.parse(t); } catch { return t; } };
          seen.push({ method: req.method ?? '', path: (req.url ?? '').split('?')[0]?.replace('/api.xro/2.0/', '') ?? '', request: json(body), status: reply.status, response: json(text) });
          res.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? 'text/plain' }).end(text);
        });
      });
    });
    await new Promise<void>((up) => { tap.listen(0, '127.0.0.1', up); });
    const url = `http://127.0.0.1:${(tap.address() as AddressInfo).port}`;
    const settings = { apiBaseUrl: `${url}/api.xro/2.0`, identityBaseUrl: xero.url, connectionsUrl: `${xero.url}/connections`, clientId: 'tieout-custom', clientSecret: 'tieout-custom-secret', flow: 'custom-connection' as const, tenantId: '3f8a2c1e-5b7d-4e9a-8c6f-1d2e3f4a5b6c', baseCurrency: 'USD', timeoutMs: 5_000 };
    let tokens = {};
    client = createXeroClient({ settings, budget: { take: async () => ({ ok: true, value: { release: () => undefined } }), observe: async () => undefined },
      tokens: createTokenSource({ settings, store: { load: async () => ({ tokens, version: 1 }), save: async (t) => { tokens = t; return true; }, lease: async () => ({ release: async () => undefined }) } }) });
  });
  afterAll(async () => { tap.close(); tap.closeAllConnections(); await xero.close(); rmSync(dir, { recursive: true, force: true }); });

  it('is, in both directions, what Xero\'s own description says', async () => {
    const { contactId } = must(await client.ensureContact(contactOf('WEB1', 'Ann Lee', { EmailAddress: 'a@example.org', Phones: [{ PhoneType: 'DEFAULT', PhoneNumber: '555' }], Addresses: [{ AddressType: 'POBOX', AddressLine1: '1 Road', City: 'X', Country: 'United States', PostalCode: '62701' }] })));
    const line = { description: 'Mug', quantity: '3', net: usd('1000'), tax: usd('83'), accountCode: '200', taxType: 'TAX001' };
    const { invoice } = must(await client.createInvoice(invoiceOf({ invoiceNumber: 'I1', contactId, reference: 'SHP-1 #1', date: '2026-11-20', dueDate: '2026-12-01', currency: 'EUR', rate: '0.92', status: 'DRAFT', lines: [{ ...line, net: { minor: '1000', currency: 'EUR' }, tax: { minor: '83', currency: 'EUR' } }] })));
    must(await client.setInvoiceStatus(invoice.invoiceId, 'AUTHORISED'));
    must(await client.createPayment(paymentOf({ invoiceId: invoice.invoiceId, accountCode: '091', amount: { minor: '1083', currency: 'EUR' }, date: '2026-11-21', rate: '0.92', reference: 'SHP-1/pi_1' })));
    must(await client.readInvoices(['I1']));
    must(await client.findByOrderKeys(['SHP-1']));
    must(await client.readOrganisation());
    await client.createInvoice(invoiceOf({ invoiceNumber: 'I2', contactId, reference: 'SHP-2 #2', date: '2026-11-20', dueDate: '2026-12-01', currency: 'USD', status: 'AUTHORISED', lines: [{ ...line, accountCode: '999' }] }));
    const validate = validators();
    const names: Record<string, string> = { Invoices: 'Invoices', Contacts: 'Contacts', Payments: 'Payments', Organisation: 'Organisations' };
    const wrong = seen.flatMap((s) => {
      const name = names[s.path.split('/')[0] ?? ''] ?? '';
      const where = `${s.method} ${s.path.split('/')[0] ?? ''}`;
      return [...(s.method === 'GET' ? [] : validate(name, s.request).map((e) => `${where} request: ${e}`)), ...(s.status === 200 ? validate(name, s.response).map((e) => `${where} response: ${e}`) : [])];
    });
    expect([...new Set(wrong.map((w) => w.replace(/\/\d+\//g, '/n/')))]).toEqual([]);
    expect(new Set(seen.map((s) => `${s.method} ${s.path.split('/')[0] ?? ''}`))).toEqual(new Set(['GET Contacts', 'PUT Contacts', 'PUT Invoices', 'POST Invoices', 'PUT Payments', 'GET Invoices', 'GET Payments', 'GET Organisation']));
  });
});
