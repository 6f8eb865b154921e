import { Client, Connection } from '@temporalio/client';
import { orderWorkflowId } from '../workflows/names';
import { orderBody } from './support/order-body';
import { Stack } from './support/stack';

jest.setTimeout(180_000);

const cents = (text: string): number => Math.round(Number(text) * 100);
const keyOf = (orderId: string): string => `SHP-${orderId}`;
type Story = { phase: string; hops: { step: string; note?: string; to: { document: string } }[]; approval?: { contentHash: string; remindedAt?: string; escalatedAt?: string; decided?: { approver: string } }; makers?: string[] };
type Exception = { id: string; orderId?: string; class: string; code: string; cause: string; owner: string; amount?: string; ageSeconds: number; failure: { message: string; fix: string } };
const unknownItem = (id: string, more: object = {}, sku = 'NO-SUCH-MUG'): string => orderBody({ id, ...more }).replace('MUG-WHITE', sku);

/** What people decide about orders that cannot go on, and how what was posted is taken back. */
describe('decisions', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.up({ policies: { unknownItem: 'hold', approval: { remindAfterMinutes: 0.02, escalateAfterMinutes: 0.04, silenceAfterMinutes: 0.25, onSilence: 'reject' } } });
  });
  afterAll(async () => { await stack?.down(); });

  const story = async (id: string): Promise<Story> => (await stack.get<{ story: Story }>(`/runs/order-to-cash/demo/shopify/${id}`)).story;
  const json = <T>(...args: string[]): T => {
    const { out, err, code } = stack.command(...args, '--json');
    if (code !== 0) throw new Error(`${args.join(' ')}: ${code} ${err}`);
    return JSON.parse(out) as T;
  };
  const open = async (id: string): Promise<Exception> => {
    const { exceptions } = await stack.get<{ exceptions: Exception[] }>(`/exceptions?orderId=${id}`);
    if (!exceptions[0]) throw new Error(`no exception about ${id}`);
    return exceptions[0];
  };
  /** Live documents of one order in both ledgers. */
  const stand = async (id: string): Promise<{ orders: string[]; invoices: number; open: number; returns: string[]; receipts: number; mirrored: string[]; paid: number; credits: string[] }> => {
    const [gp, xero] = await Promise.all([stack.gp(), stack.xero()]);
    const orders = gp.orders.filter((o) => o.integrationId === keyOf(id));
    const invoices = gp.invoices.filter((i) => orders.some((o) => o.number === i.orderNumber));
    return {
      orders: orders.map((o) => o.status).sort(), invoices: invoices.length, open: invoices.reduce((a, i) => a + cents(i.open ?? '0'), 0), returns: gp.returns.filter((r) => r.integrationId === keyOf(id)).map((r) => r.status),
      receipts: gp.receipts.filter((r) => r.description === keyOf(id) && r.status !== 'voided').length, mirrored: xero.invoices.filter((i) => i.reference.startsWith(`${keyOf(id)} `)).map((i) => i.status),
      paid: xero.payments.filter((p) => p.reference.startsWith(`${keyOf(id)}/`) && p.status === 'AUTHORISED').reduce((a, p) => a + cents(p.amount), 0), credits: xero.creditNotes.filter((c) => c.number.startsWith('CN-') && c.reference.includes(keyOf(id))).map((c) => `${c.status} ${c.total}`),
    };
  };
  const balanced = async (): Promise<void> => {
    const [gp, xero] = await Promise.all([stack.books('gp'), stack.books('xero')]);
    expect([gp.balanced, gp.receivables.matches, xero.balanced, xero.receivablesControlMatches]).toEqual([true, true, true, true]);
  };

  it('an order with an unknown item waits with cause, fix, owner, money and both documents; an edit lets it go on', async () => {
    const id = '6200000000001';
    await stack.sendOrder(unknownItem(id));
    await stack.reaches([id], 'parked');
    const exception = await open(id);
    expect(exception).toMatchObject({ code: 'item-not-mapped', orderId: id, amount: '20.00' });
    expect([exception.failure.fix.length > 10, exception.owner.length > 2, exception.class]).toEqual([true, true, 'lookup']);
    const detail = json<{ before: { line_items: { sku: string }[] }; after: { lines: { sku: string }[] }; decisions: string[] }>('exceptions', 'show', exception.id);
    expect([detail.before.line_items[0]?.sku, detail.after.lines[0]?.sku, detail.decisions]).toEqual(['NO-SUCH-MUG', 'NO-SUCH-MUG', ['retry', 'edit', 'skip', 'undo']]);
    expect(stack.command('exceptions', 'edit', exception.id, '--set', 'lines[0].net.minor=abc', '--reason', 'x')).toMatchObject({ code: 2, err: expect.stringMatching(/lines\[0\]\.net\.minor is "abc"\. Fix: /) });
    const preview = json<{ applied: boolean; diff: { path: string }[] }>('exceptions', 'edit', exception.id, '--set', 'lines[0].sku=MUG-WHITE', '--reason', 'typo in the shop', '--dry-run');
    expect([preview.applied, preview.diff.map((d) => d.path)]).toEqual([false, ['lines[0].sku']]);
    json('exceptions', 'edit', exception.id, '--set', 'lines[0].sku=MUG-WHITE', '--reason', 'typo in the shop');
    await stack.reaches([id], 'tied-out');
    expect(await stand(id)).toMatchObject({ orders: ['invoiced'], invoices: 1, open: 0, mirrored: ['PAID'] });
    const closed = json<{ edits: { by: string; reason: string; diff: object[] }[] }>('exceptions', 'show', exception.id);
    expect(closed.edits).toMatchObject([{ by: 'local-admin', reason: 'typo in the shop', diff: [{ path: 'lines[0].sku', before: 'NO-SUCH-MUG', after: 'MUG-WHITE' }] }]);
    expect((await stack.get<{ exceptions: Exception[] }>(`/exceptions?orderId=${id}`)).exceptions).toHaveLength(0);
  });

  it('four eyes: who corrected an order cannot approve it, and what was approved is that content', async () => {
    const id = '6200000000002';
    await stack.sendOrder(unknownItem(id, { price: '4000.00' }));
    await stack.reaches([id], 'parked');
    json('exceptions', 'edit', (await open(id)).id, '--set', 'lines[0].sku=MUG-WHITE', '--reason', 'typo');
    await stack.reaches([id], 'awaiting-approval');
    const { approval, makers } = await story(id);
    expect(makers).toEqual(['local-admin']);
    const path = `/runs/order-to-cash/demo/shopify/${id}/approval`;
    expect((await stack.post(path, { decision: 'approve', reason: 'mine' }, 'admin')).status).toBe(403);
    expect((await stack.post(path, { decision: 'approve', reason: 'old', contentHash: 'another' }, 'approver')).status).toBe(409);
    expect((await stack.post(path, { decision: 'approve', reason: 'looked at', contentHash: approval?.contentHash }, 'approver')).status).toBe(200);
    await stack.reaches([id], 'tied-out');
  });

  it('an approval nobody answers is reminded of, passed on, and ended by the policy, across a restart of the worker', async () => {
    const id = '6200000000003';
    await stack.sendOrder(orderBody({ id, price: '4500.00' }));
    await stack.reaches([id], 'awaiting-approval');
    await new Promise((wake) => setTimeout(wake, 4_000));
    stack.kill('worker');
    await stack.reaches([id], 'cancelled', 60_000);
    expect((await story(id)).approval).toMatchObject({ remindedAt: expect.any(String), escalatedAt: expect.any(String), decided: { approver: 'policy' } });
    expect((await stand(id)).orders).toEqual([]);
  });

  it('many exceptions of one cause are one incident, decided in one act with a preview', async () => {
    const ids = Array.from({ length: 25 }, (_, i) => String(6_200_000_000_100 + i));
    await Promise.all(ids.map((id) => stack.sendOrder(unknownItem(id, {}, 'NO-SUCH-CUP'))));
    await stack.reaches(ids, 'parked');
    const { incidents } = await stack.get<{ incidents: { cause: string; count: number; money: { currency: string; amount: string }[] }[] }>('/incidents');
    const incident = incidents.find((i) => i.count === 25);
    expect(incident?.money).toEqual([{ currency: 'USD', amount: '500.00' }]);
    const preview = json<{ count: number; dryRun: boolean; what: string }>('exceptions', 'skip', '--cause', incident?.cause ?? '', '--reason', 'not ours');
    expect([preview.count, preview.dryRun]).toEqual([25, true]);
    await stack.reaches(ids, 'parked');
    const act = json<{ act: { total: number; done: number; failed: number } }>('exceptions', 'skip', '--cause', incident?.cause ?? '', '--reason', 'not ours', '--yes');
    expect(act.act).toMatchObject({ total: 25, done: 25, failed: 0 });
    await stack.reaches(ids, 'skipped');
    expect((await stack.get<{ incidents: { cause: string }[] }>('/incidents')).incidents.some((i) => i.cause === incident?.cause)).toBe(false);
  });

  it('an order edited before its invoice takes the place of the first one', async () => {
    const id = '6200000000011';
    await stack.settings('gp', { pauseWarehouse: true });
    await stack.sendOrder(orderBody({ id }));
    await stack.reaches([id], 'awaiting-invoice');
    await stack.sendOrder(orderBody({ id, price: '12.50' }), 'orders/updated');
    for (let i = 0; i < 60 && (await stand(id)).orders.join() !== 'open,voided'; i += 1) await new Promise((wake) => setTimeout(wake, 300));
    expect((await stand(id)).orders).toEqual(['open', 'voided']);
    await stack.settings('gp', { pauseWarehouse: false });
    await stack.reaches([id], 'tied-out');
    expect(await stand(id)).toMatchObject({ orders: ['invoiced', 'voided'], invoices: 1, open: 0, receipts: 2, paid: 2500, mirrored: ['PAID'] });
  });

  it('an order edited after it was finished is taken up again and waits for a person; an address alone changes nothing', async () => {
    const [dearer, moved] = ['6200000000012', '6200000000013'];
    await Promise.all([dearer, moved].map((id) => stack.sendOrder(orderBody({ id }))));
    await stack.reaches([dearer, moved], 'tied-out');
    await stack.sendOrder(orderBody({ id: dearer, price: '15.00' }), 'orders/updated');
    await stack.sendOrder(orderBody({ id: moved, customer: 'Test Mover' }), 'orders/updated');
    await stack.reaches([dearer], 'needs-attention');
    expect(await open(dearer)).toMatchObject({ code: 'order-edited' });
    json('exceptions', 'skip', (await open(dearer)).id, '--reason', 'credited by hand');
    await stack.reaches([dearer], 'skipped');
    await stack.reaches([moved], 'tied-out');
    expect(await stand(dearer)).toMatchObject({ orders: ['invoiced'], invoices: 1, paid: 2000 });
    expect(await stand(moved)).toMatchObject({ orders: ['invoiced'], invoices: 1, paid: 2000, credits: [] });
  });

  it('an order cancelled after both ledgers agreed is returned in GP and credited and refunded in Xero', async () => {
    const [id, two] = ['6200000000021', '6200000000022'];
    await stack.sendOrder(orderBody({ id }));
    await stack.sendOrder(orderBody({ id: two, quantity: 3, price: '33.33', customer: 'Pat ship-in-two' }));
    await stack.reaches([id, two], 'tied-out');
    await Promise.all([id, two].map((order) => stack.change(order, 'cancel')));
    await stack.reaches([id, two], 'cancelled');
    expect(await stand(id)).toMatchObject({ invoices: 1, open: 0, returns: ['posted'], receipts: 0, credits: ['PAID 20.00'] });
    expect(await stand(two)).toMatchObject({ invoices: 2, open: 0, returns: ['posted', 'posted'], receipts: 0 });
    await balanced();
    const notes = (await story(id)).hops.filter((h) => h.step === 'undo').map((h) => h.note ?? '').join();
    expect(notes).toMatch(/returned/);
  });

  it('an invoice that GP has not posted is voided with its order: its draft goes, and nothing is left to post', async () => {
    const id = '6200000000031';
    await stack.settings('gp', { pausePoster: true });
    await stack.sendOrder(orderBody({ id }));
    for (let i = 0; i < 80 && !(await stand(id)).mirrored.includes('DRAFT'); i += 1) await new Promise((wake) => setTimeout(wake, 300));
    await stack.change(id, 'cancel');
    await stack.reaches([id], 'cancelled');
    expect((await stand(id)).mirrored.filter((s) => s !== 'DELETED')).toEqual([]);
    await stack.settings('gp', { pausePoster: false });
    await new Promise((wake) => setTimeout(wake, 2_000));
    const gp = await stack.gp();
    const numbers = gp.orders.filter((o) => o.integrationId === keyOf(id)).map((o) => o.number);
    expect(gp.invoices.filter((v) => numbers.includes(v.orderNumber)).map((v) => v.status)).toEqual(['voided']);
    expect(await stand(id)).toMatchObject({ returns: [], receipts: 0 });
    await balanced();
  });

  it('undo by a person reverses a stuck order; a retry from an earlier step finds what stands; a run that was ended from outside begins anew and goes on', async () => {
    const [undone, again, lost] = ['6200000000041', '6200000000042', '6200000000043'];
    await stack.settings('xero', { periodLockDate: '2099-12-31' });
    await Promise.all([undone, again, lost].map((id) => stack.sendOrder(orderBody({ id }))));
    await stack.reaches([undone, again, lost], 'needs-attention');
    const connection = await Connection.connect({ address: stack.addresses.temporal });
    await new Client({ connection }).workflow.getHandle(orderWorkflowId({ pairId: 'demo', sourceId: 'shopify', orderId: lost })).terminate('lost');
    await connection.close();
    await new Promise((wake) => setTimeout(wake, 1_500));
    expect(json('exceptions', 'undo', '--order', lost, '--reason', 'x')).toMatchObject({ count: 1, effects: [], cannot: [{ count: 1, why: expect.stringContaining('retry it, which begins it anew') }] });
    const { evidence } = json<{ exception: { failure: { evidence?: { request: string; reply: string } } } }>('exceptions', 'show', again).exception.failure;
    expect([evidence?.request, evidence?.reply]).toEqual([expect.stringContaining(`SHP-${again}`), expect.stringContaining('lock date')]);
    expect(stack.command('exceptions', 'show', again).out).toMatch(/Request \(without secrets\)[\s\S]+Reply[\s\S]+lock date[\s\S]+Document before mapping[\s\S]+Document after mapping/);
    await stack.settings('xero', { periodLockDate: null });
    json('exceptions', 'undo', undone, '--reason', 'entered by hand');
    json('exceptions', 'retry', again, '--from', 'order', '--reason', 'period opened');
    expect(json('exceptions', 'retry', '--order', lost, '--reason', 'period opened', '--yes')).toMatchObject({ act: { total: 1, done: 1 } });
    await stack.reaches([undone], 'cancelled');
    await stack.reaches([again, lost], 'tied-out');
    expect(await stand(lost)).toMatchObject({ orders: ['invoiced'], invoices: 1, open: 0, receipts: 1, paid: 2000, mirrored: ['PAID'] });
    expect(await stand(undone)).toMatchObject({ invoices: 1, open: 0, returns: ['posted'], receipts: 0, mirrored: [] });
    expect(await stand(again)).toMatchObject({ orders: ['invoiced'], invoices: 1, open: 0, receipts: 1, paid: 2000 });
    await balanced();
  });

  it('the command line speaks in tables and in JSON, and names what is wrong with a command', () => {
    expect(stack.command('runs', 'list').out).toMatch(/order +id +phase +total/);
    expect(json<{ runs: object[] }>('runs').runs.length).toBeGreaterThan(3);
    expect(stack.command('runs', 'show', '6200000000021').out).toMatch(/returned/);
    expect(json<{ approvals: object[] }>('approvals').approvals).toEqual([]);
    expect(json<{ deliveries: object[] }>('inbox').deliveries.length).toBeGreaterThan(3);
    expect(stack.command('exceptions').out).toMatch(/Nothing waits|owner/);
    expect(stack.command('exceptions', 'retry')).toMatchObject({ code: 2, err: expect.stringContaining('Fix:') });
    expect(stack.command('exceptions', 'show', 'nothing-like-it')).toMatchObject({ code: 2, err: expect.stringContaining('no open exception') });
    expect(stack.command('shrug')).toMatchObject({ code: 2, err: expect.stringContaining('no command') });
  });
});
