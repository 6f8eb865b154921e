import { type MirrorInput, type MirrorResult, type PrepayInput, type ReturnPlan, type XeroActivities } from '../../activities/contract';
import { XeroContactId } from '../../canonical/ids';
import { type LedgerInvoice } from '../../canonical/ledger';
import { money } from '../../canonical/money';
import { contactOf, invoiceOf } from '../../connectors/xero/drafts.test-data';
import { type Arranged, arranged, type Write } from './write';
import { type World } from './world';

const usd = (text: string): ReturnType<typeof money> => money(text, 'USD');
const date = '2026-11-20';

type Case = { input: MirrorInput; number: string; orderKey: string; customer: string; run: MirrorInput['run'] };
/** An invoice of 28.00 as GP made it, of an order and a customer of its own. */
function caseOf(n: number, over: Partial<LedgerInvoice> = {}): Case {
  const id = String(n).padStart(6, '0');
  const [orderKey, number, customer] = [`SHP-${id}`, `STDINV${id}`, `WEB${id}`];
  const run = { pairId: 'demo', runId: `order-to-cash/demo/shopify/${id}`, sourceId: 'shopify', orderId: id };
  const invoice: LedgerInvoice = {
    number, orderNumber: `WO${id}`, date, customerNumber: customer, currency: 'USD', rate: '1', freight: usd('5'), freightTax: usd('1'), misc: usd('0'), tradeDiscount: usd('0'), tax: usd('2'), total: usd('28'),
    lines: [{ lineKey: '16384', item: 'MUG-WHITE', description: 'Mug', quantity: '2', unitPrice: '10', net: usd('20'), tax: usd('2') }], posted: true, voided: false, changedAt: `${date}T00:00:00Z`, ...over,
  };
  return { input: { run, orderKey, orderName: `#${id}`, invoice, order: { customer: { name: `Customer ${id}`, guest: false } }, asDraft: false }, number, orderKey, customer, run };
}

const ofInvoice = async (world: World, number: string) => {
  const held = await world.documents('xero');
  return {
    invoices: held.invoices.filter((i) => i.number === number), payments: held.payments.filter((p) => p.invoiceNumber === number && p.status === 'AUTHORISED'), notes: held.creditNotes.filter((c) => c.number === `CN-${number}`).map((c) => ({ ...c, refunds: [...c.refunds].sort((a, b) => Number(b.amount) - Number(a.amount)) })), contacts: held.contacts,
  };
};

function mirrors(world: World, n: number): Arranged {
  const { input, number, customer } = caseOf(n);
  return arranged<MirrorResult>({
    ask: (hands) => hands.xero.mirrorInvoice(input),
    async proof(answer) {
      const held = await ofInvoice(world, number);
      expect(held.contacts.filter((c) => c.number === customer)).toHaveLength(1);
      expect(held.invoices).toMatchObject([{ id: answer.invoiceId, status: 'AUTHORISED', total: '28.00' }]);
      expect(answer).toMatchObject({ number, total: usd('28'), figures: { invoices: [{ number, open: usd('28') }] } });
      expect(await world.store.links.get({ pairId: 'demo', kind: 'customer', from: 'gp', fromId: customer, to: 'xero' })).toBe(held.contacts.find((c) => c.number === customer)?.id);
      expect((await world.store.documents.byRun(input.run.runId)).filter((d) => d.kind === 'invoice')).toMatchObject([{ state: 'written', number, externalId: answer.invoiceId }]);
    },
  });
}

/** Someone whose contact stands already, so that the invoice is the first write. */
async function known(world: World, n: number, over: Partial<LedgerInvoice> = {}): Promise<Case> {
  const it = caseOf(n, over);
  const contact = await world.xeroClient().ensureContact(contactOf(it.customer, `Customer ${n}`));
  if (!contact.ok) throw new Error(contact.failure.message);
  await world.store.links.put({ pairId: 'demo', kind: 'customer', from: 'gp', fromId: it.customer, to: 'xero', toId: contact.value.contactId });
  return it;
}

type Unmirrored = Awaited<ReturnType<XeroActivities['unmirrorInvoice']>>;
type Standing = { paid?: string[]; draft?: boolean; locked?: boolean };
/** A mirrored invoice as `standing` says, to be taken back. */
async function toUnmirror(world: World, n: number, standing: Standing): Promise<Case> {
  const it = await known(world, n);
  const hands = world.process();
  if (standing.locked) {
    const contactId = XeroContactId.parse(await world.store.links.get({ pairId: 'demo', kind: 'customer', from: 'gp', fromId: it.customer, to: 'xero' }));
    const made = await world.xeroClient().createInvoice(invoiceOf({ invoiceNumber: it.number, contactId, reference: `${it.orderKey} #1`, date: '2026-03-10', dueDate: '2026-03-24', currency: 'USD', status: 'AUTHORISED', lines: [{ description: 'Mug', quantity: '1', net: usd('28'), tax: usd('0'), accountCode: '200', taxType: 'NONE' }] }));
    if (!made.ok) throw new Error(made.failure.message);
    return it;
  }
  const { invoiceId } = await hands.xero.mirrorInvoice({ ...it.input, asDraft: standing.draft ?? false });
  if (standing.paid) await hands.xero.settleInXero({ run: it.run, orderKey: it.orderKey, invoiceNumbers: [it.number], payments: standing.paid.map((amount, i) => ({ invoiceId, paymentId: `pi_${i}`, accountCode: '091', amount: usd(amount), date, rate: '1' })) });
  return it;
}

async function unmirrors(world: World, n: number, more: { standing: Standing; answer: Unmirrored; left: object; note?: object }): Promise<Arranged> {
  const it = await toUnmirror(world, n, more.standing);
  return arranged<Unmirrored>({
    ask: (hands) => hands.xero.unmirrorInvoice({ run: it.run, number: it.number, orderKey: it.orderKey, date: '2026-11-22' }),
    async proof(answer) {
      const held = await ofInvoice(world, it.number);
      expect(answer).toEqual(more.answer.document ? { ...more.answer, document: `CN-${it.number}` } : more.answer);
      expect(held.invoices).toMatchObject([more.left]);
      expect(held.notes).toMatchObject(more.note ? [more.note] : []);
      expect(held.notes).toHaveLength(more.note ? 1 : 0);
    },
  });
}

type Credited = Awaited<ReturnType<XeroActivities['creditReturn']>>;
/** Half of an open invoice that came back to GP. */
async function credits(world: World, n: number): Promise<Arranged> {
  const it = await toUnmirror(world, n, {});
  const { invoice } = it.input;
  const number = `RTN${it.number.slice(-6)}`;
  const ret: ReturnPlan = {
    number, invoice: { ...invoice, lines: invoice.lines.map((l) => ({ ...l, quantity: '1', net: usd('10'), tax: usd('1') })), freight: usd('0'), freightTax: usd('0'), tax: usd('1'), total: usd('11') }, date: '2026-11-22', reason: 'Edited 2026-11-21',
  };
  return arranged<Credited>({
    ask: (hands) => hands.xero.creditReturn({ run: it.run, orderKey: it.orderKey, ret, applications: [{ invoice: it.number, amount: usd('8') }] }),
    async proof(answer) {
      const notes = (await world.documents('xero')).creditNotes.filter((c) => c.number === `CN-${number}`);
      expect(answer).toMatchObject({ number: `CN-${number}`, total: usd('11') });
      expect(notes).toMatchObject([{ status: 'AUTHORISED', total: '11.00', remaining: '3.00', allocations: [{ amount: '8.00' }], refunds: [] }]);
      expect((await ofInvoice(world, it.number)).invoices).toMatchObject([{ status: 'AUTHORISED', total: '28.00', amountDue: '20.00' }]);
    },
  });
}

const numbered = 'the second one is refused by the number, looked up and found';
const once = 'looked up; absent, it is asked for again under the same idempotency key, so one still under way cannot become two';

const contact: Write = {
  call: 'PUT /Contacts', at: { system: 'xero', operation: 'PUT Contacts', method: 'ensureContact' }, key: '`ContactNumber` = GP customer number', look: 'always, by `ContactNumber`', lost: once, arrange: async (world, n) => mirrors(world, n),
};
const invoice: Write = {
  call: 'PUT /Invoices', at: { system: 'xero', operation: 'PUT Invoices', method: 'createInvoice' }, key: '`InvoiceNumber` = GP invoice number; `Reference` begins with the order key', look: 'where the intent is not new, by `InvoiceNumber`', lost: `looked up by the number; ${numbered}`,
  arrange: async (world, n) => { await known(world, n); return mirrors(world, n); },
};

/** A posted invoice with its payment in one act. Half of what is due: nothing but keys and looks keeps Xero from taking it twice. */
async function mirrorsPaid(world: World, n: number): Promise<Arranged> {
  const it = await known(world, n);
  const pay = { payments: [{ paymentId: 'pi_1', accountCode: '091', amount: usd('14'), date, rate: '1' }], invoiceNumbers: [it.number] };
  return arranged<MirrorResult>({
    ask: (hands) => hands.xero.mirrorInvoice({ ...it.input, pay }),
    async proof(answer) {
      const held = await ofInvoice(world, it.number);
      expect(held.payments).toMatchObject([{ amount: '14.00', account: '091', reference: `${it.orderKey}/pi_1` }]);
      expect(held.invoices).toMatchObject([{ id: answer.invoiceId, status: 'AUTHORISED', total: '28.00', amountDue: '14.00' }]);
      expect(answer).toMatchObject({ number: it.number, paid: true, figures: { invoices: [{ number: it.number, open: usd('14') }], received: [{ reference: `${it.orderKey}/pi_1`, amount: usd('14') }] } });
      expect((await world.store.documents.byRun(it.run.runId)).map((d) => [d.kind, d.state]).sort()).toEqual([['invoice', 'written'], ['payment', 'written']]);
    },
  });
}
const payment: Write = {
  call: 'PUT /Payments', at: { system: 'xero', operation: 'PUT Payments', method: 'createPayment' }, key: '`Reference` = order key / payment', look: 'where the intent is not new, in the invoice\'s payments', lost: once, arrange: mirrorsPaid,
};

/** A payment that Xero refuses for good is told beside the invoice, which stands; asked again by itself it is taken. */
export async function refusesPayment(world: World, n: number): Promise<void> {
  const it = await known(world, n);
  const payment = { paymentId: 'pi_1', accountCode: '091', amount: usd('28'), date, rate: '1' };
  const answer = await world.process().xero.mirrorInvoice({ ...it.input, pay: { payments: [{ ...payment, amount: usd('30') }], invoiceNumbers: [it.number] } });
  expect(answer).toMatchObject({ number: it.number, status: 'AUTHORISED', failure: { system: 'xero' } });
  expect(answer.paid).toBeUndefined();
  const settled = await world.process().xero.settleInXero({ run: it.run, orderKey: it.orderKey, invoiceNumbers: [it.number], payments: [{ ...payment, invoiceId: answer.invoiceId }] });
  expect(settled.figures.invoices).toMatchObject([{ number: it.number, open: usd('0'), status: 'PAID' }]);
}

type Prepaid = Awaited<ReturnType<XeroActivities['prepayInXero']>>;
const prepayOf = (it: Case): PrepayInput => ({
  run: it.run, orderKey: it.orderKey, orderName: it.input.orderName, customerNumber: it.customer, order: it.input.order, payments: [{ payment: { paymentId: 'pi_1', aliases: [], gateway: 'stripe', amount: usd('14'), paidAt: `${date}T10:00:00Z` }, date }],
});
const prepaymentsOf = async (world: World, it: Case) => (await world.documents('xero')).prepayments.filter((p) => p.lines[0]?.description.startsWith(`${it.orderKey}/`));
const taken = { total: '14.00', account: '091', refunds: [], status: 'AUTHORISED' };

/** Money of an order that is not invoiced yet. */
async function prepays(world: World, it: Case): Promise<Arranged> {
  return arranged<Prepaid>({
    ask: (hands) => hands.xero.prepayInXero(prepayOf(it)),
    async proof(answer) {
      const held = await prepaymentsOf(world, it);
      expect(held).toMatchObject([{ ...taken, id: answer.prepayments[0]?.prepaymentId, remaining: '14.00', allocations: [] }]);
      expect((await world.documents('xero')).contacts.filter((c) => c.number === it.customer)).toHaveLength(1);
      expect((await world.store.documents.byRun(it.run.runId)).filter((d) => d.kind === 'prepayment')).toMatchObject([{ state: 'written', key: `${it.orderKey}/pi_1`, externalId: held[0]?.id }]);
    },
  });
}

/** An invoice whose payment stands before it: half of what is due, so that nothing but the look keeps Xero from taking it twice. */
async function settlesPrepaid(world: World, n: number): Promise<Arranged> {
  const it = await known(world, n);
  const hands = world.process();
  const ask = prepayOf(it);
  await hands.xero.prepayInXero({ ...ask, payments: ask.payments.map((p) => ({ ...p, payment: { ...p.payment, amount: usd('28') } })) });
  const { invoiceId } = await hands.xero.mirrorInvoice(it.input);
  return arranged<Awaited<ReturnType<XeroActivities['settleInXero']>>>({
    ask: (h) => h.xero.settleInXero({ run: it.run, orderKey: it.orderKey, invoiceNumbers: [it.number], payments: [{ invoiceId, paymentId: 'pi_1', accountCode: '091', amount: usd('14'), date, rate: '1', prepaid: true }] }),
    async proof(answer) {
      const held = await ofInvoice(world, it.number);
      expect([held.payments, await prepaymentsOf(world, it)]).toMatchObject([[], [{ total: '28.00', remaining: '14.00', allocations: [{ invoiceNumber: it.number, amount: '14.00' }] }]]);
      expect(held.invoices).toMatchObject([{ status: 'AUTHORISED', amountDue: '14.00' }]);
      expect(answer).toMatchObject({ payments: [{ invoiceId, amount: usd('14') }], figures: { invoices: [{ number: it.number, open: usd('14') }], received: [{ reference: `${it.orderKey}/pi_1`, amount: usd('14') }] } });
      expect(answer.figures.journals.filter((j) => j.account === '091')).toMatchObject([{ debit: usd('14'), credit: usd('0') }]);
    },
  });
}

type Refunded = Awaited<ReturnType<XeroActivities['refundPrepayment']>>;
async function refundsPrepaid(world: World, n: number): Promise<Arranged> {
  const it = await known(world, n);
  const ask = prepayOf(it);
  await world.process().xero.prepayInXero(ask);
  const [paid] = ask.payments;
  if (!paid) throw new Error('no payment');
  return arranged<Refunded>({
    ask: (hands) => hands.xero.refundPrepayment({ run: it.run, orderKey: it.orderKey, customerNumber: it.customer, payment: paid.payment, date: '2026-11-22' }),
    async proof(answer) {
      expect(answer).toEqual({ existed: true, amount: usd('14') });
      expect(await prepaymentsOf(world, it)).toMatchObject([{ status: 'PAID', remaining: '0.00', refunds: [{ amount: '14.00', reference: `${it.orderKey}/pi_1/unused` }] }]);
    },
  });
}

/** A process dies before it notes its prepayment: the invoice takes it all the same, and what was never made is paid in the usual way. */
export async function usesUnnoted(world: World, n: number): Promise<void> {
  const it = await known(world, n);
  const ask = prepayOf(it);
  const [paid] = ask.payments;
  if (!paid) throw new Error('no payment');
  await world.process({ death: { xero: 'createPrepayment' } }).xero.prepayInXero(ask).catch(() => undefined);
  const { invoiceId } = await world.process().xero.mirrorInvoice(it.input);
  const whole = { invoiceId, amount: usd('14'), date, rate: '1', prepaid: true as const };
  const other = { ...paid.payment, paymentId: 'pi_2' };
  const settled = await world.process().xero.settleInXero({ run: it.run, orderKey: it.orderKey, invoiceNumbers: [it.number], payments: [{ ...whole, paymentId: 'pi_1', payment: paid.payment }, { ...whole, paymentId: 'pi_2', payment: other }] });
  expect(settled.figures.invoices).toMatchObject([{ number: it.number, open: usd('0'), status: 'PAID' }]);
  expect([(await ofInvoice(world, it.number)).payments, await prepaymentsOf(world, it)]).toMatchObject([[{ reference: `${it.orderKey}/pi_2`, amount: '14.00' }], [{ total: '14.00', remaining: '0.00', allocations: [{ invoiceNumber: it.number }] }]]);
  const nothingLeft = { run: it.run, orderKey: it.orderKey, customerNumber: it.customer, date };
  for (const payment of [paid.payment, other]) expect(await world.process().xero.refundPrepayment({ ...nothingLeft, payment })).toEqual({ existed: false });
}

export const xeroWrites = {
  mirrorInvoice: [contact, invoice, payment],
  authoriseInvoice: [{
    call: 'POST /Invoices/{id} AUTHORISED', at: { system: 'xero', operation: 'POST Invoices', method: 'setInvoiceStatus' }, key: 'the invoice\'s id', look: 'always, by id: what is authorised or paid is done', lost: 'looked up by id; a status can be reached only once',
    async arrange(world, n) {
      const it = await known(world, n);
      const { invoiceId } = await world.process().xero.mirrorInvoice({ ...it.input, asDraft: true });
      return arranged<MirrorResult>({
        ask: (hands) => hands.xero.authoriseInvoice({ run: it.run, invoiceId, number: it.number }),
        async proof(answer) {
          expect((await ofInvoice(world, it.number)).invoices).toMatchObject([{ id: invoiceId, status: 'AUTHORISED', total: '28.00', amountDue: '28.00' }]);
          expect(answer).toMatchObject({ invoiceId, number: it.number, status: 'AUTHORISED', total: usd('28') });
        },
      });
    },
  }],
  unmirrorInvoice: [
    { call: 'POST /Invoices/{id} DELETED', at: { system: 'xero', operation: 'POST Invoices', method: 'setInvoiceStatus' }, key: 'the invoice\'s id', look: 'always, by number and by id', lost: 'looked up by id; what is deleted already is done',
      arrange: (world, n) => unmirrors(world, n, { standing: { draft: true }, answer: { existed: true, how: 'deleted' }, left: { status: 'DELETED' } }) },
    { call: 'POST /Invoices/{id} VOIDED', at: { system: 'xero', operation: 'POST Invoices', method: 'setInvoiceStatus' }, key: 'the invoice\'s id', look: 'always, by number and by id', lost: 'looked up by id; what is voided already is done',
      arrange: (world, n) => unmirrors(world, n, { standing: {}, answer: { existed: true, how: 'voided' }, left: { status: 'VOIDED', amountDue: '0.00' } }) },
    { call: 'PUT /CreditNotes', at: { system: 'xero', operation: 'PUT CreditNotes', method: 'createCreditNote' }, key: '`CreditNoteNumber` = `CN-` + invoice number', look: 'where the intent is not new, by `CreditNoteNumber`', lost: `looked up by the number; ${numbered}`,
      arrange: (world, n) => unmirrors(world, n, { standing: { paid: ['28'] }, answer: { existed: true, how: 'refunded', document: 'CN' }, left: { status: 'PAID' }, note: { status: 'PAID', total: '28.00', remaining: '0.00', allocations: [], refunds: [{ amount: '28.00' }] } }) },
    { call: 'PUT /CreditNotes/{id}/Allocations', at: { system: 'xero', operation: 'PUT CreditNotes/Allocations', method: 'allocateCreditNote' }, key: 'note, invoice and amount', look: 'always, in the note\'s allocations', lost: once,
      arrange: (world, n) => unmirrors(world, n, { standing: { locked: true }, answer: { existed: true, how: 'credited', document: 'CN' }, left: { status: 'PAID', amountDue: '0.00' }, note: { status: 'PAID', total: '28.00', remaining: '0.00', allocations: [{ amount: '28.00' }], refunds: [] } }) },
    { call: 'PUT /Payments (refund)', at: { system: 'xero', operation: 'PUT Payments', method: 'refundCreditNote' }, key: '`Reference` = order key / payment / `refund`', look: 'always, in the note\'s payments', lost: once,
      arrange: (world, n) => unmirrors(world, n, { standing: { paid: ['18', '10'] }, answer: { existed: true, how: 'refunded', document: 'CN' }, left: { status: 'PAID' }, note: { status: 'PAID', remaining: '0.00', refunds: [{ amount: '18.00' }, { amount: '10.00' }] } }) },
  ],
  creditReturn: [
    { call: 'PUT /CreditNotes', at: { system: 'xero', operation: 'PUT CreditNotes', method: 'createCreditNote' }, key: '`CreditNoteNumber` = `CN-` + GP return number', look: 'where the intent is not new, by `CreditNoteNumber`', lost: `looked up by the number; ${numbered}`, arrange: credits },
    { call: 'PUT /CreditNotes/{id}/Allocations', at: { system: 'xero', operation: 'PUT CreditNotes/Allocations', method: 'allocateCreditNote' }, key: 'note, invoice and amount', look: 'always, in the note\'s allocations', lost: once, arrange: credits },
  ],
  settleInXero: [{
    call: 'PUT /Payments', at: { system: 'xero', operation: 'PUT Payments', method: 'createPayment' }, key: '`Reference` = order key / payment', look: 'where the intent is not new, in the invoice\'s payments', lost: once,
    async arrange(world, n) {
      const it = await known(world, n);
      const { invoiceId } = await world.process().xero.mirrorInvoice(it.input);
      // Half of what is due: nothing but keys and looks keeps Xero from taking it twice.
      const payment = { invoiceId, paymentId: 'pi_1', accountCode: '091', amount: usd('14'), date, rate: '1' };
      return arranged<Awaited<ReturnType<XeroActivities['settleInXero']>>>({
        ask: (hands) => hands.xero.settleInXero({ run: it.run, orderKey: it.orderKey, invoiceNumbers: [it.number], payments: [payment] }),
        async proof(answer) {
          const held = await ofInvoice(world, it.number);
          expect(held.payments).toMatchObject([{ id: answer.payments[0]?.paymentId, amount: '14.00', account: '091', reference: `${it.orderKey}/pi_1` }]);
          expect(held.invoices).toMatchObject([{ status: 'AUTHORISED', amountDue: '14.00' }]);
          expect(answer).toMatchObject({ payments: [{ invoiceId, amount: usd('14') }], figures: { invoices: [{ number: it.number, open: usd('14') }], received: [{ reference: `${it.orderKey}/pi_1`, amount: usd('14') }] } });
        },
      });
    },
  }, {
    call: 'PUT /Prepayments/{id}/Allocations', at: { system: 'xero', operation: 'PUT Prepayments/Allocations', method: 'allocatePrepayment' }, key: 'prepayment, invoice and amount', look: 'always, in the prepayment\'s allocations', lost: once, arrange: settlesPrepaid,
  }],
  prepayInXero: [
    { ...contact, arrange: async (world, n) => prepays(world, caseOf(n)) },
    { call: 'PUT /BankTransactions (RECEIVE-PREPAYMENT)', at: { system: 'xero', operation: 'PUT BankTransactions', method: 'createPrepayment' }, key: 'first line begins with order key / payment', look: 'always, among the contact\'s prepayments since that day', lost: once, arrange: async (world, n) => prepays(world, await known(world, n)) },
  ],
  refundPrepayment: [{
    call: 'PUT /Payments (refund of a prepayment)', at: { system: 'xero', operation: 'PUT Payments', method: 'refundPrepayment' }, key: '`Reference` = order key / payment / `unused`', look: 'always, in the prepayment\'s payments', lost: once, arrange: refundsPrepaid,
  }],
} satisfies Record<string, Write[]>;
