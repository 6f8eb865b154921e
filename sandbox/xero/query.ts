import { paymentType } from './books';
import { type Invoice, type Organisation, type Payment } from './model';
import { PostDataError } from './refusal';

type Get<T> = (row: T, field: string) => string | number | undefined;
const term = /^\s*([A-Za-z.]+)\s*(==|=|>=|<=|>|<)\s*(?:"([^"]*)"|guid\("([^"]*)"\)|DateTime\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\)|(-?\d+(?:\.\d+)?))\s*$/;

/** `where` on optimised fields: terms joined by AND, or one list joined by OR. */
export function parseWhere<T>(where: string, get: Get<T>): (row: T) => boolean {
  if (where.trim() === '') return () => true;
  const parse = (text: string): ((row: T) => boolean) => {
    const m = term.exec(text);
    if (!m) throw new PostDataError(`No property or field can be read from where clause "${text.slice(0, 60)}"`);
    const [, field = '', op = '=='] = m;
    const value = m[3] ?? m[4] ?? (m[5] ? `${m[5]}-${m[6]?.padStart(2, '0')}-${m[7]?.padStart(2, '0')}` : undefined);
    return (row) => {
      const have = get(row, field);
      if (have === undefined) return false;
      const [a, b] = value === undefined ? [Number(have), Number(m[8])] : [String(have).toLowerCase(), value.toLowerCase()];
      return op === '==' || op === '=' ? a === b : op === '>=' ? a >= b : op === '<=' ? a <= b : op === '>' ? a > b : a < b;
    };
  };
  const any = where.split(/\s+OR\s+|\s*\|\|\s*/i);
  if (any.length > 1) { const tests = any.map(parse); return (row) => tests.some((t) => t(row)); }
  const tests = where.split(/\s+AND\s+|\s*&&\s*/i).map(parse);
  return (row) => tests.every((t) => t(row));
}

/**
 * The rows an index can name for a `where`, so that a listing need not scan: ids by the first term an index answers, or by all terms of an OR.
 * Undefined: no index answers. The rows still have to pass the `where` itself.
 */
export function candidates(where: string, index: (field: string, value: string) => Iterable<string> | undefined): Set<string> | undefined {
  const named = (text: string): Iterable<string> | undefined => {
    const m = term.exec(text);
    const value = m?.[3] ?? m?.[4];
    return m && value !== undefined && (m[2] === '==' || m[2] === '=') ? index(m[1] ?? '', value) : undefined;
  };
  const any = where.split(/\s+OR\s+|\s*\|\|\s*/i);
  if (any.length === 1) {
    const first = where.split(/\s+AND\s+|\s*&&\s*/i).map(named).find((ids) => ids !== undefined);
    return first ? new Set(first) : undefined;
  }
  const all = any.map(named);
  return all.every((ids) => ids !== undefined) ? new Set(all.flatMap((ids) => [...(ids ?? [])])) : undefined;
}

const one = (id: string | undefined): string[] => (id === undefined ? [] : [id]);
export const documentIndex = (o: Organisation) => (field: string, value: string): Iterable<string> | undefined => {
  switch (field) {
    case 'Reference': return o.byReference.get(value.toLowerCase()) ?? [];
    case 'InvoiceNumber': return one(o.byNumber.get(value.toLowerCase()));
    case 'CreditNoteNumber': return one(o.creditByNumber.get(value.toLowerCase()));
    case 'InvoiceID': case 'InvoiceId': case 'CreditNoteID': return [value.toLowerCase()];
    default: return undefined;
  }
};
export const paymentIndex = (o: Organisation) => (field: string, value: string): Iterable<string> | undefined => {
  if (['Invoice.InvoiceId', 'Invoice.InvoiceID', 'CreditNote.CreditNoteID', 'CreditNote.CreditNoteId'].includes(field)) return o.paymentsByInvoice.get(value.toLowerCase()) ?? [];
  return field === 'PaymentId' || field === 'PaymentID' ? [value.toLowerCase()] : undefined;
};

export const paymentField = (o: Organisation): Get<Payment> => (p, field) => {
  const type = o.invoices.get(p.invoiceId)?.type;
  const [invoice, note] = type === 'ACCRECCREDIT' ? [undefined, p.invoiceId] : type === 'ARPREPAYMENT' ? [undefined, undefined] : [p.invoiceId, undefined];
  return { Reference: p.reference, Status: p.status, PaymentId: p.id, PaymentID: p.id, PaymentType: paymentType(o.invoices.get(p.invoiceId)), 'Invoice.InvoiceId': invoice, 'Invoice.InvoiceID': invoice, 'CreditNote.CreditNoteId': note, 'CreditNote.CreditNoteID': note, Date: p.date }[field];
};

const documentKeys = (i: Invoice): Record<string, string | number> => (i.type === 'ACCREC' ? { InvoiceNumber: i.number, InvoiceID: i.id, InvoiceId: i.id } : { CreditNoteNumber: i.number, CreditNoteID: i.id, RemainingCredit: Number(i.amountDue) });
export const invoiceField = (o: Organisation): Get<Invoice> => (i, field) => ((
  { Status: i.status, Type: i.type, Reference: i.reference, ...documentKeys(i), Date: i.date, DueDate: i.dueDate, AmountDue: Number(i.amountDue), AmountPaid: Number(i.amountPaid),
  'Contact.ContactID': i.contactId, 'Contact.Name': o.contacts.get(i.contactId)?.name, 'Contact.ContactNumber': o.contacts.get(i.contactId)?.number } as Record<string, string | number | undefined>
)[field]);

export type Page<T> = { rows: T[]; pagination?: { page: number; pageSize: number; pageCount: number; itemCount: number } };

/** UpdatedDateUTC ascending, then id; `page` of up to 1,000. */
export function pageOf<T extends { id: string; updatedAt: string }>(rows: T[], query: Record<string, unknown>, forcePaging: boolean): Page<T> {
  rows.sort((a, b) => (a.updatedAt + a.id < b.updatedAt + b.id ? -1 : 1));
  if (query['page'] === undefined && !forcePaging) return { rows };
  const pageSize = Math.min(1000, Math.max(1, Number(query['pageSize'] ?? 100) || 100));
  const page = Math.max(1, Number(query['page'] ?? 1) || 1);
  return { rows: rows.slice((page - 1) * pageSize, page * pageSize), pagination: { page, pageSize, pageCount: Math.ceil(rows.length / pageSize), itemCount: rows.length } };
}

export const listOf = (value: unknown): string[] | undefined => (typeof value === 'string' && value !== '' ? value.split(',').map((v) => v.trim()) : undefined);
/** If-Modified-Since is inclusive here, to the second. */
export const modifiedSince = (header: string | undefined): ((row: { updatedAt: string }) => boolean) => {
  const at = header ? Date.parse(/[zZ]|GMT|[+-]\d\d:?\d\d$/.test(header) ? header : `${header}Z`) : Number.NaN;
  return (row) => Number.isNaN(at) || Math.floor(Date.parse(row.updatedAt) / 1000) >= Math.floor(at / 1000);
};
