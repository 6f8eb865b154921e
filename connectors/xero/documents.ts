import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { done, failed, type Outcome } from '../../canonical/failure';
import { XeroContactId, type XeroInvoiceId } from '../../canonical/ids';
import { moneyDecimal, moneyText, type Money } from '../../canonical/money';
import { type XeroContactDraft, type XeroCreditNoteDraft, type XeroDocument, type XeroInvoiceDraft, type XeroPaymentDraft, type XeroPrepaymentDraft } from './types';

const Line = z.looseObject({ Quantity: z.number(), UnitAmount: z.number(), TaxAmount: z.number().default(0) });
const Sales = z.looseObject({ Contact: z.looseObject({ ContactID: z.string() }), Reference: z.string().max(255).default(''), CurrencyCode: z.string().length(3), LineAmountTypes: z.literal('Exclusive'), LineItems: z.array(Line).min(1) });
const InvoiceShape = Sales.extend({ InvoiceNumber: z.string().min(1).max(255) });
const CreditNoteShape = Sales.extend({ CreditNoteNumber: z.string().min(1).max(255) });
const ContactShape = z.looseObject({ ContactNumber: z.string().min(1).max(50), Name: z.string().min(1).max(255) });
const PaymentShape = z.looseObject({ Invoice: z.looseObject({ InvoiceID: z.string() }), Account: z.looseObject({ Code: z.string().min(1).max(10) }), Date: z.iso.date(), Amount: z.number().positive(), Reference: z.string().min(1).max(255) });
const PrepaymentShape = z.looseObject({
  Type: z.literal('RECEIVE-PREPAYMENT'), Contact: z.looseObject({ ContactID: z.string() }), BankAccount: z.looseObject({ Code: z.string().min(1).max(10) }), Date: z.iso.date(), LineAmountTypes: z.enum(['NoTax', 'Inclusive']),
  LineItems: z.array(z.looseObject({ Description: z.string().min(1).max(4000), Quantity: z.number().positive(), UnitAmount: z.number() })).min(1),
});

function read<T>(shape: z.ZodType<T>, document: XeroDocument, what: string): Outcome<T> {
  const parsed = shape.safeParse(document);
  if (parsed.success) return done(parsed.data);
  const [issue] = parsed.error.issues;
  return failed({ code: 'document-rejected', system: 'xero', field: issue?.path.map(String).join('.') || what, message: `The ${what} that the mapping made cannot be sent to Xero: ${issue?.path.map(String).join('.') || what} is no usable value (${issue?.message ?? ''}).`, fix: 'Correct the rules of this field in the mapping document, publish it and retry with it.' });
}

/** Xero's own sum: each line rounded to cents, its tax as given. */
const sumOf = (lines: readonly z.infer<typeof Line>[]): Decimal =>
  lines.reduce((total, l) => total.plus(new Decimal(l.Quantity).times(l.UnitAmount).toDecimalPlaces(2, Decimal.ROUND_HALF_UP)).plus(l.TaxAmount), new Decimal(0));

type SalesDraft = Omit<XeroInvoiceDraft, 'invoiceNumber'>;
function salesDraft(sales: z.infer<typeof Sales>, document: XeroDocument, { total, number }: { total: Money; number: string }): Outcome<SalesDraft> {
  const sum = sumOf(sales.LineItems);
  const contactId = XeroContactId.safeParse(sales.Contact.ContactID);
  if (!contactId.success) return failed({ code: 'document-rejected', system: 'xero', document: number, field: 'Contact.ContactID', value: sales.Contact.ContactID.slice(0, 80), message: `${number} names no contact of Xero.`, fix: 'Correct the rule of Contact.ContactID in the mapping document, then retry.' });
  if (sales.CurrencyCode !== total.currency || !sum.eq(moneyDecimal(total))) {
    return failed({ code: 'totals-do-not-add-up', system: 'xero', document: number, field: 'LineItems', value: sum.toFixed(2), message: `The lines of ${number} make ${sum.toFixed(2)} ${sales.CurrencyCode} in Xero's arithmetic; the ledger has ${moneyText(total)} ${total.currency}. Nothing was sent.`, fix: 'Correct the line rules of the mapping document, publish it and retry with it.' });
  }
  return done({ contactId: contactId.data, reference: sales.Reference, currency: sales.CurrencyCode, total, document });
}

/** An invoice as a mapping made it (Xero's own words) → what may be sent: `total` is what the order ledger says it is. Failures: `document-rejected`, `totals-do-not-add-up`. */
export function invoiceDraft(document: XeroDocument, total: Money): Outcome<XeroInvoiceDraft> {
  const shape = read(InvoiceShape, document, 'invoice');
  if (!shape.ok) return shape;
  const sales = salesDraft(shape.value, document, { total, number: shape.value.InvoiceNumber });
  return sales.ok ? done({ invoiceNumber: shape.value.InvoiceNumber, ...sales.value }) : sales;
}

/** The same for a credit note: positive amounts, always authorised. */
export function creditNoteDraft(document: XeroDocument, total: Money): Outcome<XeroCreditNoteDraft> {
  const shape = read(CreditNoteShape, document, 'credit note');
  if (!shape.ok) return shape;
  const sales = salesDraft(shape.value, document, { total, number: shape.value.CreditNoteNumber });
  return sales.ok ? done({ creditNoteNumber: shape.value.CreditNoteNumber, ...sales.value }) : sales;
}

/** A contact as a mapping made it. */
export function contactDraft(document: XeroDocument): Outcome<XeroContactDraft> {
  const shape = read(ContactShape, document, 'contact');
  return shape.ok ? done({ contactNumber: shape.value.ContactNumber, name: shape.value.Name, document }) : shape;
}

/** A payment as a mapping made it: it must pay what it was made for, and bear the reference by which it is found again. */
export function paymentDraft(document: XeroDocument, of: { invoiceId: XeroInvoiceId; amount: Money; reference: string }): Outcome<XeroPaymentDraft> {
  const shape = read(PaymentShape, document, 'payment');
  if (!shape.ok) return shape;
  const { Invoice, Account, Amount, Date: date, Reference } = shape.value;
  const wrong = Invoice.InvoiceID !== of.invoiceId ? ['Invoice.InvoiceID', Invoice.InvoiceID, of.invoiceId] : Reference !== of.reference ? ['Reference', Reference, of.reference] : undefined;
  if (wrong) return failed({ code: 'document-rejected', system: 'xero', document: of.reference, field: wrong[0] ?? '', value: (wrong[1] ?? '').slice(0, 80), message: `${wrong[0] ?? ''} of the payment that the mapping made is "${wrong[1] ?? ''}"; it is to be "${wrong[2] ?? ''}", by which the payment is found again. Nothing was sent.`, fix: 'Correct the rule of this field in the mapping document, publish it and retry with it.' });
  if (!moneyDecimal(of.amount).eq(Amount)) return failed({ code: 'totals-do-not-add-up', system: 'xero', document: of.reference, field: 'Amount', value: String(Amount), message: `The payment that the mapping made is over ${Amount}; ${moneyText(of.amount)} ${of.amount.currency} are to be paid. Nothing was sent.`, fix: 'Correct the rule of Amount in the mapping document, publish it and retry with it.' });
  return done({ ...of, accountCode: Account.Code, date, document });
}

/** Money before its invoice as a mapping made it: its lines make what was paid, the first one begins with our key, and its contact is the buyer's. */
export function prepaymentDraft(document: XeroDocument, of: { contactId: XeroContactId; amount: Money; key: string; notBefore: string }): Outcome<XeroPrepaymentDraft> {
  const shape = read(PrepaymentShape, document, 'prepayment');
  if (!shape.ok) return shape;
  const { Contact, BankAccount, Date: date, LineItems } = shape.value;
  const first = LineItems[0]?.Description.split(' ')[0] ?? '';
  const wrong = Contact.ContactID !== of.contactId ? ['Contact.ContactID', Contact.ContactID, of.contactId] : first !== of.key ? ['LineItems.0.Description', first, of.key] : undefined;
  if (wrong) return failed({ code: 'document-rejected', system: 'xero', document: of.key, field: wrong[0] ?? '', value: (wrong[1] ?? '').slice(0, 80), message: `${wrong[0] ?? ''} of the prepayment that the mapping made is "${wrong[1] ?? ''}"; it is to be "${wrong[2] ?? ''}", by which the prepayment is found again. Nothing was sent.`, fix: 'Correct the rule of this field in the mapping document, publish it and retry with it.' });
  const total = sumOf(LineItems.map((l) => ({ ...l, TaxAmount: 0 })));
  if (!moneyDecimal(of.amount).eq(total)) return failed({ code: 'totals-do-not-add-up', system: 'xero', document: of.key, field: 'LineItems', value: total.toFixed(2), message: `The lines of the prepayment that the mapping made are over ${total.toFixed(2)}; ${moneyText(of.amount)} ${of.amount.currency} were paid. Nothing was sent.`, fix: 'Correct the line rules of the mapping document, publish it and retry with it.' });
  return done({ ...of, accountCode: BankAccount.Code, date, document });
}

/** Xero's words → those of its client library: `InvoiceNumber` is `invoiceNumber` there, at every depth. */
export function toModel<T>(value: unknown): T {
  if (Array.isArray(value)) return value.map((v) => toModel<unknown>(v)) as T;
  if (typeof value !== 'object' || value === null) return value as T;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k.charAt(0).toLowerCase() + k.slice(1), toModel<unknown>(v)])) as T;
}
