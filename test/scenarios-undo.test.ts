import { Client, Connection } from '@temporalio/client';
import { orderWorkflowId, signalNames } from '../workflows/names';
import { keepGolden } from './support/golden';
import { orderBody } from './support/order-body';
import { type GpDoc, Stack } from './support/stack';

jest.setTimeout(180_000);

const cents = (text: string): number => Math.round(Number(text) * 100);
const sum = (texts: string[]): number => texts.reduce((a, t) => a + cents(t), 0);
const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));
const of = (n: number): string => `64000000000${String(n).padStart(2, '0')}`;
const two = (mugs: number, caps: number): { sku: string; price: string; quantity: number; tax: string; left: number }[] => [{ sku: 'MUG-WHITE', price: '4.00', quantity: 2, tax: '0.66', left: mugs }, { sku: 'CAP-RED', price: '5.00', quantity: 3, tax: '1.20', left: caps }];
const onTerms = { more: { tags: 'B2B' }, status: 'pending', gateway: 'stripe' };

type Stand = { orders: GpDoc[]; invoices: GpDoc[]; returns: GpDoc[]; receipts: { status: string }[]; xero: Awaited<ReturnType<Stack['xero']>>['invoices']; credits: Awaited<ReturnType<Stack['xero']>>['creditNotes'] };

/** Taking back what was posted: in reverse, once, across crashes, and never inside a closed period; and an approver's word by every way in. */
describe('undo and approvals', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.up({ policies: { calendarSeconds: 2, editedAfterInvoice: 'adjust' }, pair: { routes: [{ name: 'wholesale', when: { tags: ['b2b'] }, payment: 'terms' }] } });
    const orders = [
      ...[1, 2, 3].map((n) => orderBody({ id: of(n), price: '3000.00' })), ...[11, 12, 13].map((n) => orderBody({ id: of(n), customer: 'Una ship-in-two', quantity: 4 })),
      orderBody({ id: of(21), ...onTerms }), orderBody({ id: of(22) }), orderBody({ id: of(23), ...onTerms }),
      ...[31, 35].map((n) => orderBody({ id: of(n), ...onTerms, lines: two(2, 3), freight: '6.00' })), orderBody({ id: of(32), ...onTerms, lines: two(2, 3) }),
      orderBody({ id: of(41), status: 'pending', gateway: 'stripe' }), orderBody({ id: of(42), price: '3000.00' }), orderBody({ id: of(43), customer: 'Nora never-ship' }), orderBody({ id: of(44), customer: 'Hal ship-half', quantity: 4 }),
      orderBody({ id: of(45), customer: 'Nell never-post' }), orderBody({ id: of(46), ...onTerms, customer: 'Hope ship-half', quantity: 4 }), orderBody({ id: of(47), customer: 'Nick never-ship' }),
      ...[24, 33, 34, 36].map((n) => orderBody({ id: of(n), gateway: 'stripe', lines: two(2, 3), freight: '6.00' })),
    ];
    await Promise.all(orders.map((body) => stack.sendOrder(body)));
  });
  afterAll(async () => { await stack?.down(); });

  const reach = (phase: string, ...numbers: number[]): Promise<void> => stack.reaches(numbers.map(of), phase, 90_000);
  const until = async (what: () => Promise<boolean>, limitMs = 30_000): Promise<boolean> => { for (const end = Date.now() + limitMs; Date.now() < end;) { if (await what().catch(() => false)) return true; await pause(200); } return false; };
  const stand = async (n: number): Promise<Stand> => {
    const [gp, xero] = await Promise.all([stack.gp(), stack.xero()]);
    const key = `SHP-${of(n)}`;
    const orders = gp.orders.filter((o) => o.integrationId === key);
    return { orders, invoices: gp.invoices.filter((i) => orders.some((o) => o.number === i.orderNumber)), returns: gp.returns.filter((r) => r.integrationId === key), receipts: gp.receipts.filter((r) => r.description === key),
      xero: xero.invoices.filter((i) => i.reference.startsWith(`${key} `)), credits: xero.creditNotes.filter((c) => c.reference.startsWith(key)) };
  };
  const balanced = async (): Promise<void> => {
    const [gp, xero] = await Promise.all([stack.books('gp'), stack.books('xero')]);
    expect([gp.balanced, gp.receivables.matches, xero.balanced, xero.receivablesControlMatches]).toEqual([true, true, true, true]);
  };

  it('an approver decides by api, by command line and by a signal; each is named on the run', async () => {
    await reach('awaiting-approval', 1, 2, 3);
    expect((await stack.post(`/runs/order-to-cash/demo/shopify/${of(1)}/approval`, { decision: 'approve', reason: 'by api' }, 'approver')).status).toBe(200);
    expect(stack.command('approvals', 'approve', of(2), '--reason', 'by command line').code).toBe(0);
    const connection = await Connection.connect({ address: stack.addresses.temporal });
    await new Client({ connection, dataConverter: stack.dataConverter }).workflow.getHandle(orderWorkflowId({ pairId: 'demo', sourceId: 'shopify', orderId: of(3) })).signal(signalNames.approvalDecided, { approver: 'ann', decision: 'approve', reason: 'by signal' });
    await connection.close();
    await reach('tied-out', 1, 2, 3);
    const who = await Promise.all([1, 2, 3].map(async (n) => (await stack.get<{ story: { approval?: { decided?: { approver: string; reason: string } } } }>(`/runs/order-to-cash/demo/shopify/${of(n)}`)).story.approval?.decided?.reason));
    expect(who).toEqual(['by api', 'by command line', 'by signal']);
  });

  it('an undo cut off half-way by dying workers and agents goes on, last act first, and takes each document back once', async () => {
    await reach('tied-out', 11, 12, 13);
    await Promise.all([stack.settings('gp', { latencyMs: 150 }), stack.settings('xero', { latencyMs: 150 })]);
    await Promise.all([11, 12, 13].map((n) => stack.change(of(n), 'cancel')));
    expect(await until(async () => (await Promise.all([11, 12, 13].map(stand))).some((s) => s.credits.length > 0))).toBe(true);
    for (const name of ['worker', 'gp-agent', 'worker']) { stack.kill(name); await pause(2_500); }
    await reach('cancelled', 11, 12, 13);
    await Promise.all([stack.settings('gp', { latencyMs: 0 }), stack.settings('xero', { latencyMs: 0 })]);
    for (const n of [11, 12, 13]) {
      const s = await stand(n);
      expect([s.invoices.length, sum(s.invoices.map((i) => i.open ?? '1')), s.returns.map((r) => r.status), sum(s.returns.map((r) => r.total)), s.receipts.map((r) => r.status)]).toEqual([2, 0, ['posted', 'posted'], 4000, ['voided']]);
      expect([s.credits.length, sum(s.credits.map((c) => c.total)), sum(s.credits.map((c) => c.remaining))]).toEqual([2, 4000, 0]);
      const { story } = await stack.get<{ story: { hops: { step: string; to: { system: string } }[] } }>(`/runs/order-to-cash/demo/shopify/${of(n)}`);
      const systems = story.hops.filter((h) => h.step === 'undo').map((h) => h.to.system);
      expect(systems.lastIndexOf('Xero')).toBeLessThan(systems.indexOf('GP'));
    }
    await balanced();
  });

  it('5: pieces taken off after the invoice come back by one return and one credit note of the same lines; the originals stay, and more pieces are a person\'s', async () => {
    await reach('awaiting-payment', 31, 32);
    await Promise.all([stack.sendOrder(orderBody({ id: of(31), ...onTerms, lines: two(2, 1), freight: '6.00' }), 'orders/updated'), stack.sendOrder(orderBody({ id: of(32), ...onTerms, price: '9.00', quantity: 9 }), 'orders/updated')]);
    expect(await until(async () => (await stand(31)).xero[0]?.amountDue === '20.06')).toBe(true);
    await reach('needs-attention', 32);
    const [taken, refused] = [await stand(31), await stand(32)];
    expect([taken.returns.map((r) => [r.status, r.total, r.lines.map((l) => [l.item, l.quantity])]), taken.credits.map((c) => [c.status, c.total, c.remaining])]).toEqual([[['posted', '10.8', [['CAP-RED', '2']]]], [['PAID', '10.80', '0.00']]]);
    expect([taken.invoices.map((i) => [i.total, i.open]), taken.xero.map((i) => [i.total, i.status])]).toEqual([[['30.86', '20.06']], [['30.86', 'AUTHORISED']]]);
    expect([refused.returns, refused.credits]).toEqual([[], []]);
    expect(stack.command('exceptions', 'skip', of(32), '--reason', 'a further order was taken').code).toBe(0);
    await reach('awaiting-payment', 32);
    await stack.pay({ orderId: of(31), amountMinor: 2006, currency: 'USD' });
    await reach('tied-out', 31);
    await balanced();
    await stack.change(of(31), 'cancel');
    await reach('needs-attention', 31);
    const after = await stand(31);
    expect([after.returns.length, after.credits.length, after.receipts.map((r) => r.status)]).toEqual([1, 1, ['posted']]);
  });

  it('5: an order that was paid and finished is corrected too, once; what was paid too much stays as the customer\'s credit in both ledgers', async () => {
    await reach('tied-out', 33);
    const edited = (): Promise<unknown> => stack.sendOrder(orderBody({ id: of(33), gateway: 'stripe', lines: two(2, 1), freight: '6.00' }), 'orders/updated');
    const warned = async (): Promise<boolean> => (await stack.get<{ story: { phase: string; warnings: string[] } }>(`/runs/order-to-cash/demo/shopify/${of(33)}`)).story.warnings.some((w) => w.includes('stay as the customer\'s credit'));
    await edited();
    expect(await until(warned)).toBe(true);
    await reach('tied-out', 33);
    await edited();
    await pause(3_000);
    const { returns, credits, invoices, xero, receipts } = await stand(33);
    expect([returns.map((r) => [r.status, r.total]), credits.map((c) => [c.status, c.total, c.remaining])]).toEqual([[['posted', '10.8']], [['AUTHORISED', '10.80', '10.80']]]);
    expect([invoices.map((i) => [i.total, i.open]), xero.map((i) => [i.total, i.status]), receipts.length]).toEqual([[['30.86', '0']], [['30.86', 'PAID']], 1]);
    expect((await stack.run(of(33)))?.phase).toBe('tied-out');
    await balanced();
  });

  const mugs = { sku: 'MUG-WHITE', price: '4.00', quantity: 2, tax: '0.66' };
  const caps = { sku: 'CAP-RED', price: '5.00', quantity: 3, tax: '1.20' };
  /** Added to when it was finished: booked once it is paid, and all of it taken back when the order is cancelled. */
  async function addedTo(): Promise<void> {
    await reach('tied-out', 34);
    const more = (status: string): Promise<unknown> => stack.sendOrder(orderBody({ id: of(34), gateway: 'stripe', status, freight: '8.00', lines: [{ ...mugs, quantity: 5, tax: '1.65' }, caps, { sku: 'STICKER-SET', price: '2.50', quantity: 2, tax: '0.40' }] }), 'orders/updated');
    await more('partially_paid');
    await reach('awaiting-payment', 34);
    expect((await stand(34)).orders.length).toBe(1);
    await more('paid');
    await reach('tied-out', 34);
    const s = await stand(34);
    expect(s.orders.map((o) => [o.status, o.total, o.lines.map((l) => [l.item, l.quantity, l.tax])])).toEqual([['invoiced', '30.86', expect.anything()], ['invoiced', '20.39', [['MUG-WHITE', '3', '0.99'], ['STICKER-SET', '2', '0.4']]]]);
    expect([s.invoices.map((i) => [i.total, i.open]), s.xero.map((i) => [i.total, i.status]), s.returns, s.credits, s.receipts.map((r) => r.status)]).toEqual([[['30.86', '0'], ['20.39', '0']], [['30.86', 'PAID'], ['20.39', 'PAID']], [], [], ['posted', 'posted']]);
    const payments = (await stack.xero()).payments.filter((p) => p.reference.startsWith(`SHP-${of(34)}/`));
    expect([payments.map((p) => p.amount).sort(), (await stack.run(of(34)))?.total]).toEqual([['20.39', '30.86'], '51.25']);
    await keepGolden(stack, { [of(34)]: 'added-to-when-finished' });
    await stack.change(of(34), 'cancel');
    await reach('cancelled', 34);
    const after = await stand(34);
    expect([after.orders.length, after.invoices.map((i) => i.open), after.returns.map((r) => r.total).sort(), after.credits.map((c) => [c.total, c.remaining]).sort(), after.receipts.map((r) => r.status)]).toEqual([2, ['0', '0'], ['20.39', '30.86'], [['20.39', '0.00'], ['30.86', '0.00']], ['voided', 'voided']]);
  }
  /** Two caps exchanged for four sets of stickers of the same worth, on terms and paid before. */
  async function exchanged(): Promise<void> {
    await Promise.all([reach('awaiting-payment', 35), reach('tied-out', 36)]);
    const swap = (n: number, over: object): Promise<unknown> => stack.sendOrder(orderBody({ id: of(n), ...over, freight: '6.00', lines: [mugs, { ...caps, left: 1 }, { sku: 'STICKER-SET', price: '2.70', quantity: 4 }] }), 'orders/updated');
    await Promise.all([swap(35, onTerms), swap(36, { gateway: 'stripe', status: 'partially_paid' })]);
    await pause(1_000);
    stack.kill('worker');
    expect(await until(async () => (await Promise.all([35, 36].map(stand))).every((s) => s.credits.length === 1), 60_000)).toBe(true);
    await Promise.all([reach('awaiting-payment', 35), reach('tied-out', 36)]);
    for (const n of [35, 36]) {
      const s = await stand(n);
      expect([s.orders.map((o) => o.total), s.returns.map((r) => [r.status, r.total, r.lines.map((l) => [l.item, l.quantity])]), s.credits.map((c) => [c.total, c.remaining])]).toEqual([['30.86', '10.8'], [['posted', '10.8', [['CAP-RED', '2']]]], [['10.80', '0.00']]]);
      expect(s.invoices.map((i) => i.open)).toEqual(s.xero.map((i) => String(Number(i.amountDue))));
      expect([sum(s.invoices.map((i) => i.open ?? '')), s.receipts.length]).toEqual(n === 35 ? [3086, 0] : [0, 1]);
    }
    await stack.pay({ orderId: of(35), amountMinor: 3086, currency: 'USD' });
    await reach('tied-out', 35);
    await keepGolden(stack, { [of(35)]: 'added-to-and-taken-from' });
  }
  it('5: what is added after the invoice is a further order in GP, invoiced, mirrored and paid like the first once it is paid; what the same edit takes off comes back after it and pays for it', async () => {
    await Promise.all([addedTo(), exchanged()]);
    await balanced();
  });

  it('10: cancelled at any phase: nothing, an order and a receipt, or an invoice is taken back; an invoice that GP has not posted is voided; what GP may still ship is a person\'s', async () => {
    await Promise.all([reach('awaiting-payment', 41), reach('awaiting-approval', 42), reach('awaiting-invoice', 43, 44, 45)]);
    await stack.sendOrder(orderBody({ id: of(43), customer: 'Nora never-ship Moved' }), 'orders/updated');
    expect(await until(async () => (await stand(43)).orders.length === 2 && (await stand(44)).xero[0]?.status === 'PAID' && (await stand(45)).invoices.length === 1)).toBe(true);
    expect((await stand(43)).orders.map((o) => [o.status, o.customerName]).sort()).toEqual([['open', 'Nora never-ship Moved'], ['voided', 'Nora never-ship']]);
    await Promise.all([41, 42, 43, 44, 45].map((n) => stack.change(of(n), 'cancel')));
    await Promise.all([reach('cancelled', 41, 42, 43, 45), reach('needs-attention', 44)]);
    for (const n of [41, 42]) expect(await stand(n)).toMatchObject({ orders: [], receipts: [], xero: [] });
    const [nora, hal] = [await stand(43), await stand(44)];
    expect([nora.orders.map((o) => o.status), nora.receipts.map((r) => r.status), nora.xero]).toEqual([['voided', 'voided'], ['voided'], []]);
    expect([hal.invoices.length, hal.returns, hal.credits, hal.receipts.map((r) => r.status)]).toEqual([1, [], [], ['posted']]);
    const why = async (n: number): Promise<(string | undefined)[]> => { const { exceptions: [e] } = await stack.get<{ exceptions: { code: string; failure: { message: string } }[] }>(`/exceptions?orderId=${of(n)}`); return [e?.code, e?.failure.message]; };
    expect(await why(44)).toEqual(['cannot-undo', expect.stringContaining('still to be shipped')]);
    const nell = await stand(45);
    expect([nell.invoices.map((i) => i.status), nell.returns, nell.receipts.map((r) => r.status), nell.xero.filter((i) => i.status !== 'DELETED'), nell.credits]).toEqual([['voided'], [], ['voided'], [], []]);
    await stack.tell('gp', `/orders/${hal.orders[0]?.number ?? ''}/cancel-rest`);
    // Until GP's change is heard of a retry stops where it did.
    expect(await until(async () => {
      const phase = (await stack.run(of(44)))?.phase;
      if (phase === 'needs-attention') stack.command('exceptions', 'retry', of(44), '--reason', 'the rest is cancelled');
      return phase === 'cancelled';
    })).toBe(true);
    const after = await stand(44);
    expect([after.invoices.map((i) => i.open), after.returns.map((r) => r.total), after.credits.map((c) => [c.total, c.remaining]), after.receipts.map((r) => r.status)]).toEqual([['0'], ['20'], [['20.00', '0.00']], ['voided']]);
  });

  it('6: an order edited while a part of it is shipped waits for a person, and goes on as GP has it', async () => {
    await stack.sendOrder(orderBody({ id: of(46), ...onTerms, customer: 'Hope ship-half', quantity: 3 }), 'orders/updated');
    await reach('needs-attention', 46);
    expect(stack.command('exceptions', 'skip', of(46), '--reason', 'the rest is delivered as ordered').code).toBe(0);
    await reach('awaiting-invoice', 46);
    expect((await stand(46)).orders.map((o) => [o.status, o.total])).toEqual([['open', '40']]);
  });

  it('nothing is voided or dated inside a closed period of either ledger: corrections stand on the first open day', async () => {
    await Promise.all([reach('awaiting-payment', 21, 23), reach('tied-out', 22, 24)]);
    const month = new Date().toISOString().slice(0, 7);
    const first = new Date(`${month}-01T00:00:00Z`);
    first.setUTCMonth(first.getUTCMonth() + 1);
    const openDay = first.toISOString().slice(0, 10);
    const lastDay = new Date(first.getTime() - 86_400_000).toISOString().slice(0, 10);
    await Promise.all([stack.settings('gp', { closedPeriods: [month] }), stack.settings('xero', { periodLockDate: lastDay })]);
    await pause(6_000);
    await Promise.all([...[21, 22, 47].map((n) => stack.change(of(n), 'cancel')), stack.sendOrder(orderBody({ id: of(24), gateway: 'stripe', lines: two(2, 1), freight: '6.00' }), 'orders/updated')]);
    await reach('cancelled', 21, 22, 47);
    expect((await stand(47)).receipts.map((r) => r.status)).toEqual(['voided']);
    expect(await until(async () => (await stand(24)).credits.length === 1)).toBe(true);
    expect([(await stand(24)).credits[0]?.date, (await stand(24)).returns.map((r) => r.date)]).toEqual([openDay, [openDay]]);
    for (const n of [21, 22]) {
      const s = await stand(n);
      expect(s.xero.every((i) => i.status === 'PAID' && cents(i.amountDue) === 0)).toBe(true);
      expect([s.credits.map((c) => [c.status, c.date]), s.returns.map((r) => [r.status, r.date]), s.invoices.map((i) => i.open)]).toEqual([[['PAID', openDay]], [['posted', openDay]], ['0']]);
    }
    await balanced();
  });

  it('with no open day anywhere an undo is an exception, and goes on once a period is open', async () => {
    await stack.settings('xero', { periodLockDate: '2099-12-31' });
    await pause(6_000);
    await stack.change(of(23), 'cancel');
    await reach('needs-attention', 23);
    const { exceptions: [stuck] } = await stack.get<{ exceptions: { code: string; failure: { message: string } }[] }>(`/exceptions?orderId=${of(23)}`);
    expect([stuck?.code, (await stand(23)).credits, (await stand(23)).returns]).toEqual(['cannot-undo', [], []]);
    await Promise.all([stack.settings('gp', { closedPeriods: [] }), stack.settings('xero', { periodLockDate: null })]);
    await pause(6_000);
    expect(stack.command('exceptions', 'retry', of(23), '--reason', 'period opened').code).toBe(0);
    await reach('cancelled', 23);
    const s = await stand(23);
    expect([s.xero.map((i) => i.status), s.returns.length, s.invoices.map((i) => i.open)]).toEqual([['VOIDED'], 1, ['0']]);
    await balanced();
  });
});
