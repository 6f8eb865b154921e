import { Decimal } from 'decimal.js';
import { bookLines, type BookEntry, decimalsOf, roundTo, total } from '../kit/decimal';
import { type Company, nextNumber, type Receipt, settingsOf, type SopDocument, type SopLine, type SopTax, sopKey } from './model';
import { seedAccounts } from './seeds';

/** People of the company, played by a clock: the warehouse ships orders and makes invoices, the poster posts batches. */
const says = (doc: SopDocument, word: string): boolean => [doc.customerName, ...doc.lines.map((l) => l.description)].some((t) => t.toLowerCase().includes(word));

/** A part of an amount: what quantity bears, the last shipment takes what is left. */
function part(amount: string, share: Decimal, more: { last: boolean; shipped: Decimal.Value; decimals: number }): string {
  return (more.last ? new Decimal(amount).minus(more.shipped) : roundTo(new Decimal(amount).times(share), more.decimals)).toFixed();
}

type Shipment = { lines: SopLine[]; last: boolean };
const shipmentsOf = (order: SopDocument): number => (says(order, 'ship-in-three') ? 3 : says(order, 'ship-in-two') || says(order, 'ship-half') ? 2 : 1);

/** What goes out now: an even part of every line where the order says so, else what one site has; the last shipment takes what is left. */
function pick(order: SopDocument): Shipment {
  const open = order.lines.filter((l) => new Decimal(l.remaining).gt(0));
  const here = open.filter((l) => l.site === open[0]?.site);
  const wanted = shipmentsOf(order);
  if (wanted === 1 || order.shipments >= wanted - 1) return { lines: here, last: here.length === open.length };
  if (order.lines.length > 1 && wanted === 2) return { lines: order.lines.slice(0, Math.ceil(order.lines.length / 2)), last: false };
  const parts = open.map((l) => ({ ...l, remaining: new Decimal(l.quantity).div(wanted).floor().toFixed() })).filter((l) => new Decimal(l.remaining).gt(0));
  return parts.length === 0 ? { lines: open, last: true } : { lines: parts, last: false };
}

type Shipped = { quantity: Decimal; extended: Decimal; tax: Decimal };

function shipLine(line: SopLine, shipped: Shipped, decimals: number): SopLine {
  const quantity = new Decimal(line.remaining);
  const last = quantity.plus(shipped.quantity).eq(line.quantity);
  const share = quantity.div(line.quantity);
  const extended = part(line.extended, share, { last, shipped: shipped.extended, decimals });
  const unitPrice = quantity.eq(line.quantity) ? line.unitPrice : new Decimal(extended).div(quantity).toDecimalPlaces(5).toFixed();
  return { ...line, quantity: quantity.toFixed(), remaining: '0', extended, unitPrice, markdown: quantity.eq(line.quantity) ? line.markdown : '0', tax: part(line.tax, share, { last, shipped: shipped.tax, decimals }) };
}

const invoicesOf = (c: Company, order: SopDocument): SopDocument[] => c.find.sopByOrigin(order.number).filter((d) => d.type === 3);

function shipTaxes(order: SopDocument, lines: readonly SopLine[], first: boolean): SopTax[] {
  const goods = lines.flatMap((line) => {
    const own = order.taxes.filter((t) => t.type === 0 && t.seq === line.seq);
    const sum = total(own.map((t) => t.amount));
    return own.map((t, i) => ({ ...t, base: line.extended, amount: own.length === 1 || sum.isZero() ? line.tax
      : i === own.length - 1 ? new Decimal(line.tax).minus(total(own.slice(0, -1).map((o) => roundTo(new Decimal(line.tax).times(o.amount).div(sum), decimalsOf(order.currency))))).toFixed()
        : roundTo(new Decimal(line.tax).times(t.amount).div(sum), decimalsOf(order.currency)).toFixed() }));
  });
  return [...goods, ...(first ? order.taxes.filter((t) => t.type !== 0) : [])];
}

/** Transfers what is picked to an invoice of its own number; freight goes with the first shipment. */
export function ship(c: Company, order: SopDocument): SopDocument {
  const before = order.shipments === 0 ? [] : invoicesOf(c, order);
  const { lines: picked, last } = pick(order);
  const decimals = decimalsOf(order.currency);
  const shippedOf = (seq: number): Shipped => {
    const gone = before.flatMap((d) => d.lines).filter((l) => l.seq === seq);
    return { quantity: total(gone.map((l) => l.quantity)), extended: total(gone.map((l) => l.extended)), tax: total(gone.map((l) => l.tax)) };
  };
  const lines = picked.map((line) => shipLine(line, shippedOf(line.seq), decimals));
  const first = before.length === 0;
  const taxes = shipTaxes(order, lines, first);
  const subtotal = total(lines.map((l) => l.extended));
  const tax = total(lines.map((l) => l.tax));
  const once = (amount: string): string => (first ? amount : '0');
  const stamp = c.now().toISOString();
  const number = `STDINV${String(nextNumber(c, 'STDINV', 1001)).padStart(7, '0')}`;
  const { distributions: _made, ...plain } = order;
  const invoice: SopDocument = {
    ...plain, type: 3, number, origin: order.number, docId: 'STDINV', date: stamp.slice(0, 10), batch: `SHIP${stamp.slice(2, 10).replaceAll('-', '')}`, lines, taxes, subtotal: subtotal.toFixed(), tax: tax.toFixed(),
    freight: once(order.freight), freightTax: once(order.freightTax), misc: once(order.misc), tradeDiscount: once(order.tradeDiscount),
    total: total([subtotal, tax, once(order.freight), once(order.freightTax), once(order.misc)]).minus(once(order.tradeDiscount)).toFixed(),
    posted: false, history: false, integrationId: '', createdAt: stamp, changedAt: stamp, shipments: 0,
  };
  c.sop.put(sopKey(3, number), invoice);
  const left = order.lines.map((l) => { const gone = lines.find((s) => s.seq === l.seq); return gone ? { ...l, remaining: new Decimal(l.remaining).minus(gone.quantity).toFixed() } : l; });
  c.sop.put(sopKey(2, order.number), { ...order, lines: left, shipments: order.shipments + 1, history: last, changedAt: stamp });
  return invoice;
}

function journal(c: Company, document: { number: string; date: string; currency: string; rate: string }, entries: BookEntry[]): void {
  const entry = nextNumber(c, 'journal', 1);
  const lines = bookLines(entries, { rate: document.rate, currency: document.currency, rounding: seedAccounts.rounding });
  c.journals.put(String(entry), { entry, document: document.number, date: document.date, currency: document.currency, rate: document.rate, lines, changedAt: c.now().toISOString() });
}

/** DISTTYPE of the customer's own row. */
const receivableType = 2;

/** What an invoice posts; a return posts the opposite. */
function entriesOf(doc: SopDocument): BookEntry[] {
  // A return's own distributions are what it posts; the caller turns a return round.
  if (doc.distributions) return doc.distributions.map((d) => ({ account: d.account, amount: new Decimal(doc.type === 4 ? d.credit : d.debit).minus(doc.type === 4 ? d.debit : d.credit), ...(d.type === receivableType ? { control: true } : {}) }));
  const sales = new Map<string, Decimal>();
  for (const l of doc.lines) {
    const account = (doc.type === 4 ? l.returnsAccount : l.salesAccount) ?? seedAccounts.sales;
    sales.set(account, (sales.get(account) ?? new Decimal(0)).plus(l.extended));
  }
  return [
    { account: seedAccounts.receivables, amount: new Decimal(doc.total), control: true },
    ...[...sales].map(([account, amount]) => ({ account, amount: amount.negated() })),
    { account: seedAccounts.freight, amount: new Decimal(doc.freight).negated() }, { account: seedAccounts.misc, amount: new Decimal(doc.misc).negated() },
    { account: seedAccounts.tax, amount: total([doc.tax, doc.freightTax, doc.miscTax]).negated() }, { account: seedAccounts.tradeDiscounts, amount: new Decimal(doc.tradeDiscount) },
  ];
}

/** Work → history and open receivables, with its journal. */
export function postInvoice(c: Company, doc: SopDocument): void {
  journal(c, doc, entriesOf(doc));
  const stamp = c.now().toISOString();
  c.sop.put(sopKey(3, doc.number), { ...doc, posted: true, history: true, changedAt: stamp });
  c.receivables.put(doc.number, { number: doc.number, customer: doc.customer, amount: doc.total, open: doc.total, currency: doc.currency, rate: doc.rate, changedAt: stamp });
}

/** A return is a credit of the customer: everything its invoice posted, the other way round. */
export function postReturn(c: Company, doc: SopDocument): void {
  journal(c, doc, entriesOf(doc).map((entry) => ({ ...entry, amount: entry.amount.negated() })));
  const stamp = c.now().toISOString();
  c.sop.put(sopKey(4, doc.number), { ...doc, posted: true, history: true, changedAt: stamp });
  c.returns.put(doc.number, { number: doc.number, customer: doc.customer, amount: doc.total, open: doc.total, currency: doc.currency, rate: doc.rate, changedAt: stamp });
}

export function postReceipt(c: Company, receipt: Receipt): void {
  const cash = c.checkbooks.get(receipt.checkbook) ?? seedAccounts.cash;
  journal(c, receipt, [{ account: cash, amount: new Decimal(receipt.amount) }, { account: seedAccounts.receivables, amount: new Decimal(receipt.amount).negated() }]);
  c.receipts.put(receipt.number, { ...receipt, posted: true, changedAt: c.now().toISOString() });
}

/** A reversing journal for everything a document posted, on its own date. */
export function reverse(c: Company, document: string, date: string): void {
  for (const j of c.find.journalsByDocument(document)) {
    const entry = nextNumber(c, 'journal', 1);
    const lines = j.lines.map((l) => ({ account: l.account, debit: l.credit, credit: l.debit, baseDebit: l.baseCredit, baseCredit: l.baseDebit }));
    c.journals.put(String(entry), { ...j, entry, lines, date, changedAt: c.now().toISOString() });
  }
}

/** Documents that somebody has to work on, kept by their ids so that a tick costs what is open, not what ever was. */
export type Desk = { orders: Set<string>; invoices: Set<string>; returns: Set<string>; receipts: Set<string>; lastPostAt: number };

export function openDesk(c: Company): Desk {
  const sop = c.sop.values();
  return {
    orders: new Set(sop.filter((d) => d.type === 2 && !d.history && !d.voided).map((d) => d.number)), invoices: new Set(sop.filter((d) => d.type === 3 && !d.posted && !d.voided).map((d) => d.number)),
    returns: new Set(sop.filter((d) => d.type === 4 && !d.posted && !d.voided).map((d) => d.number)),
    receipts: new Set(c.receipts.values().filter((r) => !r.posted && !r.voided).map((r) => r.number)), lastPostAt: 0,
  };
}

function shipDue(c: Company, desk: Desk, force: boolean): void {
  const settings = settingsOf(c);
  const now = c.now().getTime();
  for (const number of desk.orders) {
    const order = c.sop.get(sopKey(2, number));
    if (!order || order.voided || order.history) { desk.orders.delete(number); continue; }
    if (says(order, 'never-ship') || (order.shipments > 0 && says(order, 'ship-half')) || (!force && now - Date.parse(order.changedAt) < settings.shipDelayMs)) continue;
    const invoice = c.disk.transaction(() => ship(c, order));
    desk.invoices.add(invoice.number);
    if (c.sop.get(sopKey(2, number))?.history) desk.orders.delete(number);
  }
}

function postDue(c: Company, desk: Desk): void {
  for (const number of desk.invoices) {
    const doc = c.sop.get(sopKey(3, number));
    if (!doc || doc.posted || doc.voided) { desk.invoices.delete(number); continue; }
    if (says(doc, 'never-post')) continue;
    c.disk.transaction(() => postInvoice(c, doc));
    desk.invoices.delete(number);
  }
  for (const number of desk.returns) {
    const doc = c.sop.get(sopKey(4, number));
    if (!doc || doc.posted || doc.voided) { desk.returns.delete(number); continue; }
    c.disk.transaction(() => postReturn(c, doc));
    desk.returns.delete(number);
  }
  for (const number of desk.receipts) {
    const receipt = c.receipts.get(number);
    if (!receipt || receipt.posted || receipt.voided) { desk.receipts.delete(number); continue; }
    c.disk.transaction(() => postReceipt(c, receipt));
    desk.receipts.delete(number);
  }
}

/** One tick of the people's clock; `force` lets them act at once. */
export function tick(c: Company, desk: Desk, force = false): void {
  const settings = settingsOf(c);
  if (!settings.pauseWarehouse) shipDue(c, desk, force);
  const now = c.now().getTime();
  if (settings.pausePoster || (!force && now - desk.lastPostAt < settings.postIntervalMs)) return;
  desk.lastPostAt = now;
  postDue(c, desk);
}
