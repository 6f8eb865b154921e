import { type CreditNote } from './accounting-sdk';
import { done, failed, type Outcome } from '../../canonical/failure';
import { moneyText } from '../../canonical/money';
import { type BatchKind, type Found } from './batch-write';
import { createCoalescer } from './coalescer';
import { allocate, type CreditKind, payBack } from './customer-credit';
import { type Door } from './door';
import { toModel } from './documents';
import { allocationToXero, canHold, notHeld, refundToXero } from './money-to-xero';
import { rowsOf, sameId, unreadable } from './reads';
import { type XeroClient, type XeroCreditNote, type XeroCreditNoteDraft } from './types';
import { CreditNoteWire } from './wire';
import { createWriteOnce } from './write-once';
import { createWriter } from './writer';
import { toXeroCreditNote } from './xero-to-ledger';

/** Numbers in one filter; rows a filter of so many may give (numbers of purchase credit notes are not unique). */
const filterMax = 20;
const pageSize = 200;

const sameNumber = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const firstWord = (reference: string): string => reference.split(' ')[0] ?? '';
const expectedTotal = (draft: XeroCreditNoteDraft): string => moneyText(draft.total);
const creditNoteToXero = (draft: XeroCreditNoteDraft): CreditNote => toModel(draft.document);
const isOurs = (note: XeroCreditNote, draft: XeroCreditNoteDraft): boolean =>
  note.contactId === draft.contactId && note.currency === draft.currency && moneyText(note.total) === expectedTotal(draft) && firstWord(note.reference) === firstWord(draft.reference) && !['DELETED', 'VOIDED'].includes(note.status);

const kind: CreditKind = { words: 'credit note', key: '' };

type Read = (numbers: readonly string[]) => Promise<Outcome<XeroCreditNote[]>>;

/** Sales credit notes by number. Paged, since only a paged listing is sure to hold allocations and payments. */
async function byNumbers(door: Door, numbers: readonly string[]): Promise<Outcome<XeroCreditNote[]>> {
  const found: XeroCreditNote[] = [];
  for (let from = 0; from < numbers.length; from += filterMax) {
    const where = numbers.slice(from, from + filterMax).map((n) => `CreditNoteNumber=="${n}"`).join(' OR ');
    const body = await door.read('credit notes', 3, (api, tenant) => api.getCreditNotes(tenant, undefined, where, undefined, 1, undefined, pageSize));
    if (!body.ok) return body;
    const rows = rowsOf(body.value.creditNotes, CreditNoteWire, 'credit notes');
    if (!rows.ok) return rows;
    if (rows.value.length >= pageSize) return failed(unreadable('credit notes', 'it is more than a page'));
    found.push(...rows.value.filter((r) => r.type === 'ACCRECCREDIT').map(toXeroCreditNote));
  }
  return done(found);
}

/** Askers of the same moment share their filters; each gets the rows of its own numbers. */
function createRead(door: Door): Read {
  const shared = createCoalescer<readonly string[], Outcome<XeroCreditNote[]>>({ max: filterMax, inFlightMax: 2, send: async (asks) => {
    const rows = await byNumbers(door, [...new Set(asks.flat())]);
    return asks.map((numbers) => (rows.ok ? done(rows.value.filter((r) => numbers.some((n) => sameNumber(n, r.creditNoteNumber)))) : rows));
  } });
  return (numbers) => (numbers.length === 0 ? Promise.resolve(done([])) : shared(numbers));
}

async function byId(door: Door, creditNoteId: string): Promise<Outcome<XeroCreditNote>> {
  const body = await door.read(creditNoteId, 3, (api, tenant) => api.getCreditNote(tenant, creditNoteId));
  if (!body.ok) return body;
  const rows = rowsOf(body.value.creditNotes, CreditNoteWire, creditNoteId);
  if (!rows.ok) return rows;
  const [row] = rows.value;
  if (row && !sameId(row.creditNoteID, creditNoteId)) return failed(unreadable(creditNoteId, 'it tells of another credit note'));
  return row ? done(toXeroCreditNote(row)) : failed(unreadable(creditNoteId, 'it is empty'));
}

function creditNoteKind(door: Door, read: Read): BatchKind<XeroCreditNoteDraft, XeroCreditNote> {
  return {
    name: 'credit note', keyOf: (d) => d.creditNoteNumber, wire: creditNoteToXero,
    elementKey: (e) => { const number = typeof e === 'object' && e !== null ? (e as Record<string, unknown>)['creditNoteNumber'] : undefined; return typeof number === 'string' ? number : ''; },
    async send(drafts, { generation, ready }) {
      const creditNotes = drafts.map(creditNoteToXero);
      const call = await door.write({ what: drafts.map((d) => d.creditNoteNumber).join(', ').slice(0, 80), priority: 2, ready }, (api, tenant) => api.createCreditNotes(tenant, { creditNotes }, false, 4, door.key(['credit-notes', creditNotes, generation])));
      return call.ok ? { ok: true, body: call.body.creditNotes } : call;
    },
    parse(element, draft) {
      const wire = CreditNoteWire.safeParse(element);
      if (!wire.success) return failed(unreadable(draft.creditNoteNumber, wire.error.issues[0]?.message ?? ''));
      const note = toXeroCreditNote(wire.data);
      if (!sameNumber(note.creditNoteNumber, draft.creditNoteNumber) || note.currency !== draft.currency) return failed(unreadable(draft.creditNoteNumber, 'it tells of another credit note'));
      const expected = expectedTotal(draft);
      if (moneyText(note.total) === expected) return done(note);
      return failed({ code: 'totals-do-not-add-up', system: 'xero', document: draft.creditNoteNumber, value: moneyText(note.total), message: `Xero computed ${moneyText(note.total)} for ${draft.creditNoteNumber}, GP has ${expected} ${draft.currency}; the credit note stands in Xero.`, fix: 'Void it in Xero, look at its lines and taxes, then retry.' });
    },
    async look(drafts) {
      const rows = await read(drafts.map((d) => d.creditNoteNumber));
      return rows.ok ? done(drafts.map((d): Found<XeroCreditNote> => { const row = rows.value.find((r) => sameNumber(r.creditNoteNumber, d.creditNoteNumber)); return !row ? { kind: 'absent' } : isOurs(row, d) ? { kind: 'ours', value: row } : { kind: 'foreign' }; })) : rows;
    },
  };
}

type CreditNotes = Pick<XeroClient, 'createCreditNote' | 'allocateCreditNote' | 'refundCreditNote' | 'readCreditNotes'>;

/** Credit notes, their allocations and their refunds; see `XeroClient`. */
export function createCreditNotes(door: Door): CreditNotes {
  const read = createRead(door);
  const write = createWriter(creditNoteKind(door, read));
  const writeOnce = createWriteOnce();
  return {
    async createCreditNote(draft, options) {
      if (!canHold(draft.currency)) return failed(notHeld(draft.currency, draft.creditNoteNumber));
      const outcome = await write(draft, options);
      return outcome.ok ? done({ creditNote: outcome.value.value, existed: outcome.value.existed }) : outcome;
    },
    async allocateCreditNote(ask, options) {
      const { creditNoteId: id, invoiceId, amount } = ask;
      const body = allocationToXero(ask);
      return allocate({ id, invoiceId, amount, kind, body, options, look: () => byId(door, id), send: (idempotency) => door.write({ what: `an allocation of credit note ${id}`, priority: 2, ready: options?.mine }, (api, tenant) => api.createCreditNoteAllocation(tenant, id, body, false, idempotency)) }, { door, writeOnce });
    },
    async refundCreditNote(ask, options) {
      const { creditNoteId: id, amount, reference } = ask;
      return payBack({ id, amount, reference, kind, payment: refundToXero(ask), options, look: () => byId(door, id) }, { door, writeOnce });
    },
    readCreditNotes: (numbers) => read(numbers),
  };
}
