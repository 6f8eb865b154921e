import { Decimal } from 'decimal.js';
import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { type GpReceiptNumber, type GpSalesNumber, type GpCustomerNumber, type OrderKey } from '../../canonical/ids';
import { moneyDecimal, moneyText, type Money } from '../../canonical/money';
import { rmInvoice, rmReturn, sopOrder, sopReturn, type CreditType } from './document-kinds';
import { type GpApplicationDraft, type GpNodes, type GpOrderDraft, type GpReceiptDraft, type GpReturnDraft, type GpRow } from './types';

/** What a document must say of itself so that it is found again and never written twice: field → value, an amount by its worth. */
type Identity = { what: string; node: string; number: string; says: Record<string, string | number | Money> };

const fix = 'Correct the rule of this field in the mapping document, publish it and retry with it. Nothing was sent.';
const nameOf = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

const isMoney = (value: string | number | Money): value is Money => typeof value === 'object';
const shown = (value: string | number | Money): string => (isMoney(value) ? moneyText(value) : String(value));
function same(written: unknown, expected: string | number | Money): boolean {
  if (!isMoney(expected)) return String(written) === String(expected);
  try { return new Decimal(String(written)).eq(moneyDecimal(expected)); } catch { return false; }
}

const rejected = (field: string, value: unknown, message: string): Failure => ({ code: 'document-rejected', system: 'gp', field, ...(value === undefined ? {} : { value: String(value).slice(0, 80) }), message, fix });

/** Nodes and fields with names of XML, values that are text or numbers: nothing else can be written. */
function readNodes(nodes: Readonly<Record<string, unknown>>, what: string): Outcome<GpNodes> {
  for (const [node, content] of Object.entries(nodes)) {
    const rows = Array.isArray(content) ? content as unknown[] : [content];
    for (const row of rows) {
      if (!nameOf.test(node) || typeof row !== 'object' || row === null || Array.isArray(row)) return failed(rejected(node, undefined, `The ${what} that the mapping made holds "${node.slice(0, 40)}", which is no node of eConnect.`));
      for (const [field, value] of Object.entries(row)) {
        if (!nameOf.test(field) || (typeof value !== 'string' && typeof value !== 'number')) return failed(rejected(field, typeof value === 'object' ? undefined : value, `${node}.${field.slice(0, 40)} of the ${what} that the mapping made is neither text nor a number.`));
      }
    }
  }
  return done(nodes as GpNodes);
}

function identified(nodes: Readonly<Record<string, unknown>>, { what, node, number, says }: Identity): Outcome<GpNodes> {
  const read = readNodes(nodes, what);
  if (!read.ok) return read;
  const head = read.value[node] as GpRow | undefined;
  if (!head || Array.isArray(head)) return failed(rejected(node, undefined, `The ${what} that the mapping made has no ${node}.`));
  for (const [field, expected] of Object.entries(says)) {
    if (same(head[field], expected)) continue;
    const message = `${field} of the ${what} ${number} that the mapping made is "${String(head[field] ?? '')}"; it is to be "${shown(expected)}".`;
    return failed({ ...rejected(field, head[field], message), document: number, ...(isMoney(expected) ? { code: 'totals-do-not-add-up' as const } : {}) });
  }
  return read;
}

/** An order with its customer, as a mapping made it (eConnect's own words) → what may be sent. Failures: `document-rejected`, `totals-do-not-add-up`. */
export function orderDraft(nodes: Readonly<Record<string, unknown>>, of: { number: GpSalesNumber; orderKey: OrderKey; customerNumber: GpCustomerNumber; total: Money }): Outcome<GpOrderDraft> {
  const { number, orderKey, customerNumber, total } = of;
  const read = identified(nodes, { what: 'order', node: 'taSopHdrIvcInsert', number, says: { SOPTYPE: sopOrder, SOPNUMBE: number, INTEGRATIONID: orderKey, CUSTNMBR: customerNumber, CURNCYID: total.currency, DOCAMNT: total } });
  return read.ok ? done({ ...of, nodes: read.value }) : read;
}

/** A cash receipt; a receipt is over more than nothing (`money-invalid`). */
export function receiptDraft(nodes: Readonly<Record<string, unknown>>, of: { number: GpReceiptNumber; orderKey: string; customerNumber: GpCustomerNumber; amount: Money; date: string }): Outcome<GpReceiptDraft> {
  const { number, orderKey, customerNumber, amount } = of;
  if (BigInt(amount.minor) <= 0n) {
    return failed({ code: 'money-invalid', system: 'gp', document: number, field: 'ORTRXAMT', value: moneyText(amount), message: `A receipt of ${moneyText(amount)} ${amount.currency} cannot be entered.`, fix: 'Correct the payment: a receipt is more than zero.' });
  }
  const read = identified(nodes, { what: 'receipt', node: 'taRMCashReceiptInsert', number, says: { DOCNUMBR: number, TRXDSCRN: orderKey, CUSTNMBR: customerNumber, CURNCYID: amount.currency, ORTRXAMT: amount } });
  return read.ok ? done({ ...of, nodes: read.value }) : read;
}

/** A return of a posted invoice, over what the invoice is. */
export function returnDraft(nodes: Readonly<Record<string, unknown>>, of: { number: GpSalesNumber; orderKey: OrderKey; invoice: string; total: Money }): Outcome<GpReturnDraft> {
  const { number, orderKey, invoice, total } = of;
  if (BigInt(total.minor) < 0n) return failed({ code: 'cannot-undo', system: 'gp', document: invoice, message: `The invoice ${invoice} is negative and has no return.`, fix: 'Correct it in GP by hand.' });
  const read = identified(nodes, { what: 'return', node: 'taSopHdrIvcInsert', number, says: { SOPTYPE: sopReturn, SOPNUMBE: number, INTEGRATIONID: orderKey, CURNCYID: total.currency, DOCAMNT: total } });
  return read.ok ? done({ ...of, nodes: read.value }) : read;
}

/** A receipt or a return applied to one invoice. */
export function applicationDraft(nodes: Readonly<Record<string, unknown>>, of: { credit: string; type: CreditType; invoice: string; amount: Money }): Outcome<GpApplicationDraft> {
  const { credit, type, invoice, amount } = of;
  const what = type === rmReturn ? 'application of the return' : 'application of the receipt';
  const read = identified(nodes, { what, node: 'taRMApply', number: credit, says: { APFRDCNM: credit, APFRDCTY: type, APTODCNM: invoice, APTODCTY: rmInvoice, APPTOAMT: amount } });
  return read.ok ? done({ ...of, nodes: read.value }) : read;
}
