import demo from '../config/pairs/demo.json';
import { shippedMapping } from '../mapping/documents/shipped';
import { keepGolden } from './support/golden';
import { orderBody } from './support/order-body';
import { Stack } from './support/stack';

jest.setTimeout(180_000);

type Story = { phase: string; mappings?: Record<string, number>; failure?: { code: string; document?: string; field?: string; value?: string; causes?: string[] } };
type Exception = { id: string; orderId?: string; class: string; code: string; cause: string; failure: { document?: string; value?: string; causes?: string[]; fix: string } };
const name = 'shopify-order-to-sales-order';

/** Orders are mapped by the versions of their pair's documents; what cannot be mapped waits, and goes on with a corrected version. */
describe('mapping documents at work', () => {
  let stack: Stack;
  beforeAll(async () => {
    // The pair tracks what it sells by territory, has a card of GP for its gateway, and makes prepayments of what comes before an invoice.
    stack = await Stack.up({ policies: { beforeInvoice: 'prepayment' }, pair: { routes: [{ name: 'on terms', when: { tags: ['b2b'] }, payment: 'terms' }, { name: 'public', when: { tags: ['council'] }, payment: 'terms', tieOut: 'invoiced' }], xero: { ...demo.xero, prepaymentAccount: '830', tracking: [{ category: 'Region', by: 'territory', options: { 'TERRITORY 1': 'East' } }] }, gateways: { ...demo.gateways, stripe: { ...demo.gateways.stripe, gpCards: { visa: 'STRIPE VISA' } } } } });
    await stack.tell('xero', '/entries/trackingCategories', [{ Name: 'Region', Options: [{ Name: 'East' }] }]);
    await stack.tell('xero', '/entries/accounts', [{ Code: '830', Name: 'Income in advance', Type: 'CURRLIAB' }]);
  });
  afterAll(async () => { await stack?.down(); });

  const story = async (id: string): Promise<Story> => (await stack.get<{ story: Story }>(`/runs/order-to-cash/demo/shopify/${id}`)).story;
  const order = (id: string, note: string, over: object = {}): string => orderBody({ id, more: { note }, ...over });
  const exceptions = async (): Promise<Exception[]> => (await stack.get<{ exceptions: Exception[] }>('/exceptions')).exceptions;
  /** Shopify orders whose note is looked up: what stands in no row is not mapped. */
  const desks = (rows: object[]): object => {
    const shipped = shippedMapping(name);
    const rule = { kind: 'lookup', id: 'desk', to: 'note', lookup: 'desks', key: 'note', when: { field: 'note', filled: true } };
    return { ...shipped, lookups: { ...shipped.lookups, desks: { kind: 'static', match: 'exact', noMatch: { policy: 'error' }, rows } }, rules: [rule, ...shipped.rules.filter((r) => !('to' in r && r.to === 'note'))] };
  };
  const publish = (rows: object[]): Promise<number> => publishDocument(name, desks(rows));
  async function publishDocument(named: string, document: object): Promise<number> {
    const drafted = await stack.post(`/mappings/demo/${named}/draft`, { document, reason: 'desks' }, 'operator');
    const { version } = (await drafted.json()) as { version: number };
    const published = await stack.post(`/mappings/demo/${named}/versions/${version}/publish`, { reason: 'desks' }, 'admin');
    expect([drafted.status, published.status, published.ok ? '' : await published.text()]).toEqual([201, 200, '']);
    // Workers know a published version within two seconds.
    await new Promise((wake) => setTimeout(wake, 2_500));
    return version;
  }

  it('what a published version cannot map waits with rule, value and fix; a corrected version lets all of its kind go on, and an order under way keeps its own', async () => {
    const [before, one, two, three] = ['7100000000001', '7100000000002', '7100000000003', '7100000000004'] as const;
    await stack.sendOrder(order(before, 'north', { status: 'pending', gateway: 'stripe' }));
    await stack.reaches([before], 'awaiting-payment');
    expect((await story(before)).mappings?.[name]).toBe(shippedMapping(name).version);

    const strict = await publish([{ key: 'south', value: 'Desk S' }]);
    for (const id of [one, two]) await stack.sendOrder(order(id, 'north'));
    await stack.sendOrder(order(three, 'south'));
    await stack.reaches([one, two], 'parked');
    const open = await exceptions();
    expect(open.map((e) => e.orderId).sort()).toEqual([one, two]);
    expect(open[0]).toMatchObject({ class: 'lookup', code: 'lookup-no-match', failure: { document: name, value: 'north', causes: [expect.stringMatching(new RegExp(`version ${strict}, rule 1 \\(desk\\)`))] } });
    expect(new Set(open.map((e) => e.cause)).size).toBe(1);

    const corrected = await publish([{ key: 'south', value: 'Desk S' }, { key: 'north', value: 'Desk N' }]);
    const [first, second] = [open.find((e) => e.orderId === one), open.find((e) => e.orderId === two)];
    // A retry alone keeps the version that the order was taken with.
    await stack.post(`/exceptions/${first?.id ?? ''}/decision`, { decision: 'retry', reason: 'again' }, 'operator');
    await new Promise((wake) => setTimeout(wake, 2_000));
    expect([(await story(one)).phase, (await story(one)).mappings?.[name]]).toEqual(['parked', strict]);

    const refused = await stack.post(`/exceptions/${second?.id ?? ''}/decision`, { decision: 'retry', reason: 'x', mapping: { name, version: strict } }, 'operator');
    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('retired')]);
    const shown = stack.command('exceptions', 'retry', '--cause', second?.cause ?? '', '--pair', 'demo', '--mapping', `${name}@${corrected}`, '--reason', 'the desk is in the table now');
    expect(shown).toMatchObject({ code: 0, out: expect.stringContaining(`with version ${corrected} of ${name}`) });
    expect(stack.command('exceptions', 'retry', '--cause', second?.cause ?? '', '--pair', 'demo', '--mapping', `${name}@${corrected}`, '--reason', 'the desk is in the table now', '--yes').code).toBe(0);
    await stack.reaches([one, two, three], 'tied-out');
    expect(await Promise.all([one, two, three].map(async (id) => (await story(id)).mappings?.[name]))).toEqual([corrected, corrected, strict]);
    expect((await exceptions()).filter((e) => e.orderId === one || e.orderId === two)).toEqual([]);

    await stack.pay({ orderId: before, amountMinor: 2000, currency: 'USD', events: ['payment_intent.succeeded', 'charge.succeeded'] });
    await stack.reaches([before], 'tied-out');
    expect((await story(before)).mappings?.[name]).toBe(shippedMapping(name).version);
    expect(stack.command('runs', 'show', before).out).toContain(`${name}@${shippedMapping(name).version}`);
  });

  it('a salesperson by an order\'s tag, from the pair\'s own version, reaches GP\'s order and invoice, its territory the tracking in Xero, also of what is taken back; a card payment is one of its card', async () => {
    const gpOrder = 'sales-order-to-gp-order';
    const shipped = shippedMapping(gpOrder);
    const bySeller = { kind: 'table', id: 'seller', to: 'SLPRSNID', rows: [{ when: { expression: '"wholesale" in tags' }, value: 'PAUL W.' }] };
    const document = { ...shipped, rules: shipped.rules.map((r) => (r.kind === 'object' && r.to === 'taSopHdrIvcInsert' ? { ...r, rules: [bySeller, ...r.rules] } : r)) };
    await publishDocument(gpOrder, document);
    const [tagged, plain] = ['7100000000011', '7100000000012'] as const;
    await stack.sendOrder(order(tagged, 'south', { gateway: 'stripe', freight: '5.00', more: { note: 'south', tags: 'spring, wholesale' } }));
    await stack.sendOrder(order(plain, 'south', { gateway: 'stripe', more: { note: 'south', tags: 'spring' } }));
    await stack.reaches([tagged, plain], 'tied-out');
    const { orders, invoices, receipts } = await stack.gp();
    const sold = (key: string): unknown[] => orders.filter((o) => o.integrationId === key).flatMap((o) => [o, ...invoices.filter((i) => i.orderNumber === o.number)]).map((d) => [(d as { more?: Record<string, string> }).more?.['SLPRSNID'], (d as { more?: Record<string, string> }).more?.['SALSTERR']]);
    expect([sold(`SHP-${tagged}`), sold(`SHP-${plain}`)]).toEqual([[['PAUL W.', 'TERRITORY 1'], ['PAUL W.', 'TERRITORY 1']], [[undefined, undefined], [undefined, undefined]]]);
    expect(receipts.filter((r) => r.description === `SHP-${tagged}`)).toMatchObject([{ kind: 2, card: 'STRIPE VISA' }]);
    type Tracked = { reference: string; lines: { tracking?: object[] }[] };
    const trackedIn = (list: unknown, key: string): number[][] => (list as Tracked[]).filter((d) => d.reference.startsWith(key)).map((d) => d.lines.map((l) => l.tracking?.length ?? 0));
    const xero = await stack.xero() as unknown as Record<'invoices' | 'creditNotes', unknown>;
    expect([trackedIn(xero.invoices, `SHP-${tagged}`), trackedIn(xero.invoices, `SHP-${plain}`)]).toEqual([[[1, 1]], [[0]]]);
    await stack.change(tagged, 'cancel');
    await stack.reaches([tagged], 'cancelled');
    expect(trackedIn((await stack.xero() as unknown as Record<'creditNotes', unknown>).creditNotes, `SHP-${tagged}`)).toEqual([[1, 1]]);
    expect((await stack.gp()).returns.filter((r) => r.integrationId === `SHP-${tagged}`)).toMatchObject([{ more: { SLPRSNID: 'PAUL W.', SALSTERR: 'TERRITORY 1' } }]);
  });

  it('money that comes before its invoice is a prepayment in Xero that the invoice takes; a deposit leaves the rest to be paid, and what is cancelled is paid back', async () => {
    const [whole, off, deposit, council] = ['7100000000021', '7100000000022', '7100000000023', '7100000000024'] as const;
    type Xero = Awaited<ReturnType<Stack['xero']>>;
    const of = (xero: Xero, id: string): { prepayments: Xero['prepayments']; payments: Xero['payments']; invoices: Xero['invoices']; notes: Xero['creditNotes'] } => ({
      prepayments: xero.prepayments.filter((p) => p.lines[0]?.description.startsWith(`SHP-${id}/`)), payments: xero.payments.filter((p) => p.reference.startsWith(`SHP-${id}/`)),
      invoices: xero.invoices.filter((i) => i.reference.startsWith(`SHP-${id} `)), notes: xero.creditNotes.filter((c) => c.reference.startsWith(`SHP-${id} `)),
    });
    const until = async (what: (xero: Xero) => boolean): Promise<Xero> => { for (;;) { const xero = await stack.xero(); if (what(xero)) return xero; await new Promise((wake) => setTimeout(wake, 200)); } };
    await stack.settings('gp', { pauseWarehouse: true });
    for (const id of [whole, off]) await stack.sendOrder(orderBody({ id, gateway: 'stripe' }));
    await stack.sendOrder(orderBody({ id: deposit, status: 'pending', gateway: 'stripe', more: { tags: 'b2b' } }));
    await stack.sendOrder(orderBody({ id: council, status: 'partially_paid', gateway: 'stripe', more: { tags: 'council', total_outstanding: '12.00' } }));
    await stack.reaches([deposit, council], 'awaiting-invoice');
    await stack.pay({ orderId: deposit, amountMinor: 800, currency: 'USD' });
    const before = await until((xero) => [whole, off, deposit, council].every((id) => of(xero, id).prepayments.length > 0));
    await stack.reaches([whole, off, deposit], 'awaiting-invoice');
    const waits = (total: string): object => ({ prepayments: [{ status: 'AUTHORISED', account: '091', total, remaining: total }], payments: [], invoices: [] });
    expect([whole, off, deposit].map((id) => of(before, id))).toMatchObject([waits('20.00'), waits('20.00'), waits('8.00')]);

    await stack.change(off, 'cancel');
    await stack.reaches([off], 'cancelled');
    expect(of(await stack.xero(), off)).toMatchObject({ prepayments: [{ status: 'PAID', remaining: '0.00', allocations: [], refunds: [{ amount: '20.00', reference: expect.stringMatching(/\/unused$/) }] }], payments: [], invoices: [] });
    await stack.settings('gp', { pauseWarehouse: false });
    await stack.reaches([whole, council], 'tied-out');
    await stack.reaches([deposit], 'awaiting-payment');
    const sold = await stack.xero();
    const number = of(sold, whole).invoices[0]?.number;
    expect(of(sold, whole)).toMatchObject({ prepayments: [{ status: 'PAID', remaining: '0.00', allocations: [{ invoiceNumber: number, amount: '20.00' }], refunds: [] }], payments: [], invoices: [{ status: 'PAID', amountDue: '0.00' }] });
    expect(of(sold, deposit)).toMatchObject({ prepayments: [{ remaining: '0.00', allocations: [{ amount: '8.00' }] }], payments: [], invoices: [{ status: 'AUTHORISED', amountDue: '12.00' }] });
    await stack.pay({ orderId: deposit, amountMinor: 1200, currency: 'USD' });
    await stack.reaches([deposit], 'tied-out');
    expect(of(await stack.xero(), deposit)).toMatchObject({ prepayments: [{ total: '8.00' }], payments: [{ amount: '12.00', account: '091' }], invoices: [{ status: 'PAID' }] });
    // Taken up again for what came after the invoice: that is a payment of it, and no prepayment.
    await stack.sendOrder(orderBody({ id: council, status: 'paid', gateway: 'stripe', more: { tags: 'council' } }), 'orders/paid');
    await until((xero) => of(xero, council).invoices[0]?.status === 'PAID');
    await stack.reaches([council], 'tied-out');
    expect(of(await stack.xero(), council)).toMatchObject({ prepayments: [{ total: '8.00', remaining: '0.00' }], payments: [{ amount: '12.00' }] });
    await keepGolden(stack, { [deposit]: 'paid-in-part-before-its-invoice' });
    const steps = (await stack.get<{ story: { hops: { step: string; to: { system: string } }[] } }>(`/runs/order-to-cash/demo/shopify/${whole}`)).story.hops.map((h) => h.step);
    expect([steps.filter((s) => s === 'prepayment'), steps.filter((s) => s === 'payment')]).toEqual([['prepayment'], ['payment']]);

    // Taken back after the invoice: the money goes back from where it came in, once.
    for (const id of [whole, council]) await stack.change(id, 'cancel');
    await stack.reaches([whole, council], 'cancelled');
    expect(of(await stack.xero(), whole)).toMatchObject({ prepayments: [{ remaining: '0.00', refunds: [] }], notes: [{ status: 'PAID', total: '20.00', refunds: [{ amount: '20.00' }] }] });
    const back = of(await stack.xero(), council);
    expect([back.prepayments.map((p) => p.refunds), back.notes.map((n) => n.refunds.map((r) => r.amount).sort())]).toEqual([[[]], [['12.00', '8.00']]]);
    const waiting = (await stack.books('xero')).trialBalance.filter((r) => r.account === '830');
    expect(waiting.map((r) => Number(r.debit) - Number(r.credit))).toEqual(waiting.map(() => 0));
  });

  it('leaves both books balanced', async () => {
    const [gp, xero] = await Promise.all([stack.books('gp'), stack.books('xero')]);
    expect([gp.balanced, gp.receivables.matches, xero.balanced]).toEqual([true, true, true]);
  });
});
