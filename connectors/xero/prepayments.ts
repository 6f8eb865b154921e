import { type BankTransaction } from './accounting-sdk';
import { done, failed, type Outcome } from '../../canonical/failure';
import { type Money, moneyText, roundMoney } from '../../canonical/money';
import { allocate, type CreditKind, payBack, sameAmount } from './customer-credit';
import { type Door } from './door';
import { toModel } from './documents';
import { allocationToXero, prepaymentRefundToXero } from './money-to-xero';
import { keyOfReceived, receivedFrom, rowsOf, sameId, unreadable } from './reads';
import { type XeroClient, type XeroPrepayment, type XeroPrepaymentFind } from './types';
import { PrepaymentWire, ReceivedWire } from './wire';
import { createWriteOnce } from './write-once';

const kind: CreditKind = { words: 'prepayment', key: 'prepayment-' };

type Standing = Omit<XeroPrepayment, 'key' | 'accountCode'>;
async function byId(door: Door, prepaymentId: string): Promise<Outcome<Standing | undefined>> {
  const body = await door.read(prepaymentId, 3, (api, tenant) => api.getPrepayment(tenant, prepaymentId));
  if (!body.ok) return body.failure.code === 'document-missing' ? done(undefined) : body;
  const rows = rowsOf(body.value.prepayments, PrepaymentWire, prepaymentId);
  if (!rows.ok) return rows;
  const [row] = rows.value;
  if (!row || !sameId(row.prepaymentID, prepaymentId)) return failed(unreadable(prepaymentId, 'it tells of another prepayment'));
  const amount = (value: number): Money => roundMoney(value, row.currencyCode);
  return done({
    prepaymentId: row.prepaymentID, status: row.status, contactId: row.contact.contactID, date: row.date.slice(0, 10), total: amount(row.total), remaining: amount(row.remainingCredit),
    allocations: row.allocations.map((a) => ({ invoiceId: a.invoice.invoiceID, amount: amount(a.amount) })), refunds: row.payments.map((p) => ({ paymentId: p.paymentID, amount: amount(p.amount), reference: p.reference })),
  });
}

/** One that must be there. */
async function standing(door: Door, prepaymentId: string): Promise<Outcome<Standing>> {
  const found = await byId(door, prepaymentId);
  if (!found.ok) return found;
  return found.value ? done(found.value) : failed({ code: 'document-missing', system: 'xero', document: prepaymentId, message: `Xero does not hold the prepayment ${prepaymentId}.`, fix: 'Look for it in Xero; retry when the money stands there again.' });
}

async function find(door: Door, { contactId, key, notBefore }: XeroPrepaymentFind): Promise<Outcome<ReceivedWire | undefined>> {
  const rows = await receivedFrom(door, { contactId, from: notBefore });
  return rows.ok ? done(rows.value.find((r) => keyOfReceived(r) === key)) : rows;
}

/** Which bank account it came in on only its bank transaction tells. */
async function read(door: Door, by: { prepaymentId: string } | XeroPrepaymentFind): Promise<Outcome<XeroPrepayment | undefined>> {
  const named = 'prepaymentId' in by ? done(undefined) : await find(door, by);
  if (!named.ok) return named;
  if (!('prepaymentId' in by) && !named.value) return done(undefined);
  const found = await byId(door, 'prepaymentId' in by ? by.prepaymentId : named.value?.prepaymentID ?? '');
  if (!found.ok || !found.value || found.value.status === 'VOIDED') return found.ok ? done(undefined) : found;
  const { prepaymentId, contactId, date } = found.value;
  const rows = named.value ? done([named.value]) : await receivedFrom(door, { contactId, from: date, wanted: new Set([prepaymentId]) });
  if (!rows.ok) return rows;
  const received = rows.value.find((r) => sameId(r.prepaymentID, prepaymentId));
  return received ? done({ ...found.value, key: keyOfReceived(received), accountCode: received.bankAccount.code }) : failed(unreadable(prepaymentId, 'no bank transaction tells of it'));
}

type Prepayments = Pick<XeroClient, 'createPrepayment' | 'allocatePrepayment' | 'refundPrepayment' | 'readPrepayment'>;

/** Money before its invoice: received, used for invoices, paid back; see `XeroClient`. */
export function createPrepayments(door: Door): Prepayments {
  const writeOnce = createWriteOnce();
  return {
    async createPrepayment(draft, options) {
      const { key, amount } = draft;
      const bankTransaction = toModel<BankTransaction>(draft.document);
      const outcome = await writeOnce<string>({
        key: JSON.stringify(['prepayment', bankTransaction]), document: key, request: bankTransaction,
        conflict: { message: `Xero holds the prepayment ${key} with another amount than ${moneyText(amount)}.`, fix: 'Compare it with the gateway; remove the wrong one in Xero, then retry.' },
        async look() {
          const found = await find(door, draft);
          if (!found.ok) return found;
          return done(!found.value ? { kind: 'absent' } : sameAmount(roundMoney(found.value.total, amount.currency), amount) ? { kind: 'ours', value: found.value.prepaymentID } : { kind: 'foreign' });
        },
        async send(generation) {
          const call = await door.write({ what: key, priority: 1, ready: options?.mine }, (api, tenant) => api.createBankTransactions(tenant, { bankTransactions: [bankTransaction] }, false, undefined, door.key(['prepayment', bankTransaction, generation])));
          return call.ok ? { ok: true, body: call.body.bankTransactions } : call;
        },
        parse(element) {
          const wire = ReceivedWire.safeParse(element);
          if (!wire.success) return failed(unreadable(key, 'it is no prepayment'));
          return keyOfReceived(wire.data) === key && sameAmount(roundMoney(wire.data.total, amount.currency), amount) ? done(wire.data.prepaymentID) : failed(unreadable(key, 'it tells of another prepayment or amount than was asked'));
        },
      });
      return outcome.ok ? done({ prepaymentId: outcome.value.value, existed: outcome.value.existed }) : outcome;
    },
    async allocatePrepayment(ask, options) {
      const { prepaymentId: id, invoiceId, amount } = ask;
      const body = allocationToXero(ask);
      return allocate({ id, invoiceId, amount, kind, body, options, look: () => standing(door, id), send: (idempotency) => door.write({ what: `an allocation of prepayment ${id}`, priority: 1, ready: options?.mine }, (api, tenant) => api.createPrepaymentAllocations(tenant, id, body, false, idempotency)) }, { door, writeOnce });
    },
    async refundPrepayment(ask, options) {
      const { prepaymentId: id, amount, reference } = ask;
      return payBack({ id, amount, reference, kind, payment: prepaymentRefundToXero(ask), options, look: () => standing(door, id) }, { door, writeOnce });
    },
    readPrepayment: (by) => read(door, by),
  };
}
