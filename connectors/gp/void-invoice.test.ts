import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGp } from '../../sandbox/gp/server';
import { createGpClient } from './client';
import { orderDraftOf } from '../../test/support/gp-drafts';
import { line, orderOf } from './order.test-data';
import { type GpClient, type GpOrderDraft } from './types';

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
  const invoiced = async (n: number, name: string): Promise<{ draft: GpOrderDraft; invoice: Invoice }> => {
    const order = orderOf([line({ lineId: '1' })]);
    const draft = await orderDraftOf({ ...order, customer: { ...order.customer, name } }, { number: `WO00000${n}` as GpOrderDraft['number'], orderKey: `SH-${n}` as GpOrderDraft['orderKey'], date: new Date().toISOString().slice(0, 10) });
    expect((await client.createSalesOrder(draft)).ok).toBe(true);
    for (let i = 0; i < 2; i += 1) await fetch(`${base}/_sandbox/tick`, { method: 'POST' });
    const invoice = await invoiceOf(draft.orderKey);
    if (!invoice) throw new Error('not invoiced');
    return { draft, invoice };
  };

  it('is voided once; then nothing of its order stands', async () => {
    const { draft, invoice } = await invoiced(1, 'Nina never-post');
    expect(invoice.posted).toBe(false);
    expect(await client.voidSalesOrder(draft.number)).toMatchObject({ ok: false, failure: { code: 'cannot-undo' } });
    for (let i = 0; i < 2; i += 1) expect(await client.voidInvoice(invoice.number)).toEqual({ ok: true, value: { existed: true } });
    expect(await invoiceOf(draft.orderKey)).toMatchObject({ posted: false, voided: true });
    expect(await client.voidSalesOrder(draft.number)).toEqual({ ok: true, value: { existed: true } });
  });
  it('is nothing to void when it was never there, and left alone when it is posted', async () => {
    expect(await client.voidInvoice('STDINV-NEVER')).toEqual({ ok: true, value: { existed: false } });
    const { draft, invoice } = await invoiced(2, 'Pia');
    expect(invoice.posted).toBe(true);
    expect(await client.voidInvoice(invoice.number)).toMatchObject({ ok: false, failure: { code: 'cannot-undo', document: invoice.number, fix: expect.stringContaining('return') } });
    expect(await invoiceOf(draft.orderKey)).toMatchObject({ posted: true, voided: false });
  });
});
