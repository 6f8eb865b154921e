import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGp } from '../../sandbox/gp/server';
import { createGpClient } from './client';
import { codingOf, line, orderOf } from './order.test-data';
import { type GpClient, type GpOrderCoding } from './types';

type Invoice = { number: string; posted: boolean; voided: boolean };

describe('an invoice that nobody has posted', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-gp-void-'));
  let gp: Awaited<ReturnType<typeof startGp>>;
  let client: GpClient;
  let base = '';
  beforeAll(async () => {
    gp = await startGp({ port: 0, dataDir: dir, tickMs: 3_600_000 });
    base = `http://127.0.0.1:${gp.port}`;
    client = createGpClient({ econnectUrl: `${base}/Microsoft/Dynamics/GP/eConnect/EntityOperations`, webServicesUrl: `${base}/DynamicsGPWebServices/DynamicsGPService.asmx`, auth: { kind: 'basic', user: 'tieout', password: 'tieout' }, connectionString: 'data source=SQL;initial catalog=TWO;integrated security=SSPI', companyId: 2, baseCurrency: 'USD', timeoutMs: 1_500 });
  });
  afterAll(async () => { await gp.close(); rmSync(dir, { recursive: true, force: true }); });

  const invoiceOf = async (orderKey: string): Promise<Invoice | undefined> => { const found = await client.findByOrderKeys([orderKey]); return found.ok ? found.value[orderKey]?.[0]?.invoices[0] : undefined; };
  /** An order that the warehouse has moved to an invoice. */
  const invoiced = async (n: number, name: string): Promise<{ coding: GpOrderCoding; invoice: Invoice }> => {
    const order = orderOf([line({ lineId: '1' })]);
    const coding = codingOf(order, { number: `WO00000${n}` as GpOrderCoding['number'], orderKey: `SH-${n}` as GpOrderCoding['orderKey'], date: new Date().toISOString().slice(0, 10) });
    expect((await client.createSalesOrder({ ...order, customer: { ...order.customer, name } }, coding)).ok).toBe(true);
    for (let i = 0; i < 2; i += 1) await fetch(`${base}/_sandbox/tick`, { method: 'POST' });
    const invoice = await invoiceOf(coding.orderKey);
    if (!invoice) throw new Error('not invoiced');
    return { coding, invoice };
  };

  it('is voided once; then nothing of its order stands', async () => {
    const { coding, invoice } = await invoiced(1, 'Nina never-post');
    expect(invoice.posted).toBe(false);
    expect(await client.voidSalesOrder(coding.number)).toMatchObject({ ok: false, failure: { code: 'cannot-undo' } });
    for (let i = 0; i < 2; i += 1) expect(await client.voidInvoice(invoice.number)).toEqual({ ok: true, value: { existed: true } });
    expect(await invoiceOf(coding.orderKey)).toMatchObject({ posted: false, voided: true });
    expect(await client.voidSalesOrder(coding.number)).toEqual({ ok: true, value: { existed: true } });
  });
  it('is nothing to void when it was never there, and left alone when it is posted', async () => {
    expect(await client.voidInvoice('STDINV-NEVER')).toEqual({ ok: true, value: { existed: false } });
    const { coding, invoice } = await invoiced(2, 'Pia');
    expect(invoice.posted).toBe(true);
    expect(await client.voidInvoice(invoice.number)).toMatchObject({ ok: false, failure: { code: 'cannot-undo', document: invoice.number, fix: expect.stringContaining('return') } });
    expect(await invoiceOf(coding.orderKey)).toMatchObject({ posted: true, voided: false });
  });
});
