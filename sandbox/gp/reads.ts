import { Decimal } from 'decimal.js';
import { GpSqlError } from './errors';
import { total } from '../kit/decimal';
import { type Company, type Journal, type Receipt, periodsOf, type SopDocument } from './model';
import { baseCurrency } from './seeds';

export type RowSet = { documentType: string; table: string; element: string; keys: Record<string, string>; columns: Columns };
type Columns = { [column: string]: string | Columns[] };

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const stamp = (iso: string): string => iso.replace('T', ' ').replace('Z', '');
const char = (text: string, length: number): string => text.padEnd(length);
const five = (value: Decimal.Value): string => new Decimal(value).toFixed(5);

function sopRow(d: SopDocument): RowSet {
  const remaining = d.type === 2 && !d.voided ? total(d.lines.map((l) => (new Decimal(l.quantity).isZero() ? 0 : new Decimal(l.extended).times(l.remaining).div(l.quantity)))) : new Decimal(0);
  const open = d.type === 2 && !d.history && !d.voided;
  return {
    documentType: 'Sales_Transaction', table: d.history ? 'SOP30200' : 'SOP10100', element: 'SO_Trans', keys: { SOPNUMBE: d.number, SOPTYPE: String(d.type) },
    columns: {
      SOPTYPE: String(d.type), SOPNUMBE: char(d.number, 21), ORIGTYPE: d.origin ? '2' : '0', ORIGNUMB: char(d.origin, 21), DOCID: char(d.docId, 15), DOCDATE: `${d.date}T00:00:00`, GLPOSTDT: d.posted ? `${d.date}T00:00:00` : '1900-01-01T00:00:00',
      BACHNUMB: char(d.batch, 15), CUSTNMBR: char(d.customer, 15), CUSTNAME: char(d.customerName, 65), CSTPONBR: char(d.customerPo, 21), SUBTOTAL: five(d.subtotal), FRTAMNT: five(d.freight), MISCAMNT: five(d.misc),
      TAXAMNT: five(d.tax), FRTTXAMT: five(d.freightTax), MSCTXAMT: five(d.miscTax), TRDISAMT: five(d.tradeDiscount), DOCAMNT: five(d.total), PYMTRCVD: '0.00000', CURNCYID: char(d.currency, 15),
      XCHGRATE: d.currency === baseCurrency ? '0.0000000' : new Decimal(d.rate).toFixed(7), VOIDSTTS: d.voided ? '1' : '0', PSTGSTUS: d.posted ? '2' : '0', INTEGRATIONID: char(d.integrationId, 31), REFRENCE: char(d.reference, 31),
      REMSUBTO: five(open && remaining.isZero() ? '0.00001' : remaining), DEX_ROW_TS: stamp(d.changedAt),
      Line: d.lines.map((l) => ({ LNITMSEQ: String(l.seq), ITEMNMBR: char(l.item, 31), ITEMDESC: char(l.description, 101), QUANTITY: five(l.quantity), QTYREMAI: five(l.remaining), QTYCANCE: '0.00000', UNITPRCE: five(l.unitPrice), XTNDPRCE: five(l.extended), MRKDNAMT: five(l.markdown), TAXAMNT: five(l.tax) })),
      Tax: d.taxes.map((t) => ({ LNITMSEQ: String(t.seq), TAXDTLID: char(t.detail, 15), STAXAMNT: five(t.amount), TDTTXSLS: five(t.base) })),
    },
  };
}

const receiptRow = (r: Receipt): RowSet => ({
  documentType: 'Cash_Receipt', table: r.posted ? 'RM20101' : 'RM10201', element: 'Cash_Receipt', keys: { DOCNUMBR: r.number },
  columns: { DOCNUMBR: char(r.number, 21), CUSTNMBR: char(r.customer, 15), DOCDATE: `${r.date}T00:00:00`, ORTRXAMT: five(r.amount), CURTRXAM: five(r.open), BACHNUMB: char(r.batch, 15), CHEKBKID: char(r.checkbook, 15), CHEKNMBR: char(r.checkNumber, 21),
    TRXDSCRN: char(r.description, 31), CURNCYID: char(r.currency, 15), PSTGSTUS: r.posted ? '2' : '0', VOIDSTTS: r.voided ? '1' : '0', DEX_ROW_TS: stamp(r.changedAt) },
});

function receivableRows(c: Company): RowSet[] {
  const applies = c.applies.values();
  const row = (number: string, type: string, more: { customer: string; amount: string; open: string; currency: string; changedAt: string; applies: typeof applies }): RowSet => ({
    documentType: 'Receivables_Transaction', table: 'RM20101', element: 'RM_Trans', keys: { DOCNUMBR: number, RMDTYPAL: type },
    columns: { DOCNUMBR: char(number, 21), RMDTYPAL: type, CUSTNMBR: char(more.customer, 15), ORTRXAMT: five(more.amount), CURTRXAM: five(more.open), CURNCYID: char(more.currency, 15), VOIDSTTS: '0', DEX_ROW_TS: stamp(more.changedAt),
      Apply: more.applies.map((a) => ({ APTODCNM: char(a.to, 21), APTODCTY: '1', APFRDCNM: char(a.from, 21), APFRDCTY: '9', APPTOAMT: five(a.amount), DATE1: `${a.date}T00:00:00` })) },
  });
  return [
    ...c.receivables.values().map((r) => row(r.number, '1', { ...r, applies: applies.filter((a) => a.to === r.number) })),
    ...c.receipts.values().filter((r) => r.posted && !r.voided).map((r) => row(r.number, '9', { ...r, applies: applies.filter((a) => a.from === r.number) })),
  ];
}

const journalRow = (j: Journal): RowSet => ({
  documentType: 'GL_Transaction', table: 'GL20000', element: 'GL_Trans', keys: { JRNENTRY: String(j.entry) },
  columns: { JRNENTRY: String(j.entry), TRXDATE: `${j.date}T00:00:00`, ORDOCNUM: char(j.document, 21), CURNCYID: char(j.currency, 15), XCHGRATE: new Decimal(j.rate).toFixed(7), DEX_ROW_TS: stamp(j.changedAt),
    Line: j.lines.map((l) => ({ ACTNUMST: char(l.account, 129), DEBITAMT: five(l.baseDebit), CRDTAMNT: five(l.baseCredit), ORDBTAMT: five(l.debit), ORCRDAMT: five(l.credit), ORDOCNUM: char(j.document, 21) })) },
});

/** Requester document types of this company. */
const sources: Record<string, (c: Company) => RowSet[]> = {
  Sales_Transaction: (c) => c.sop.values().map(sopRow),
  Cash_Receipt: (c) => c.receipts.values().map(receiptRow),
  Receivables_Transaction: receivableRows,
  GL_Transaction: (c) => c.journals.values().map(journalRow),
  Customer: (c) => c.customers.values().map((k) => ({ documentType: 'Customer', table: 'RM00101', element: 'Customer', keys: { CUSTNMBR: k.number },
    columns: { CUSTNMBR: char(k.number, 15), CUSTNAME: char(k.name, 65), HOLD: k.hold ? '1' : '0', DEX_ROW_TS: stamp(k.changedAt), Address: Object.entries(k.addresses).map(([code, a]) => ({ ADRSCODE: char(code, 15), ...a })) } })),
  Item: (c) => c.items.values().map((i) => ({ documentType: 'Item', table: 'IV00101', element: 'Item', keys: { ITEMNMBR: i.item }, columns: { ITEMNMBR: char(i.item, 31), ITEMDESC: char(i.description, 101), DEX_ROW_TS: stamp(new Date(0).toISOString()) } })),
  Fiscal_Period: (c) => periodsOf(c).map((p) => ({ documentType: 'Fiscal_Period', table: 'SY40100', element: 'Fiscal_Period', keys: { YEAR1: String(p.year), PERIODID: String(p.period), SERIES: String(p.series) },
    columns: { YEAR1: String(p.year), PERIODID: String(p.period), SERIES: String(p.series), PERIODDT: `${p.from}T00:00:00`, PERDENDT: `${p.to}T00:00:00`, CLOSED: p.closed ? '1' : '0' } })),
};

type Test = (columns: Columns) => boolean;
const compare: Record<string, (a: string, b: string) => boolean> = { '=': (a, b) => a === b, '>=': (a, b) => a >= b, '>': (a, b) => a > b, '<=': (a, b) => a <= b, '<': (a, b) => a < b };

/** `COL op 'value'` and `COL IN ('a','b')` joined by AND; everything else is a SQL error, so nothing can be smuggled in. */
export function parseWhere(clause: string): Test[] {
  if (clause.trim() === '') return [];
  return clause.split(/\s+AND\s+/i).map((term): Test => {
    const list = /^\s*([A-Z0-9_]+)\s+IN\s*\(([^()]*)\)\s*$/i.exec(term);
    const values = list?.[2]?.split(',').map((v) => /^\s*'([^']*)'\s*$/.exec(v)?.[1]);
    if (list && values && values.every((v) => v !== undefined)) {
      const wanted = new Set(values);
      return (columns) => wanted.has(String(columns[list[1] ?? ''] ?? '').trimEnd());
    }
    const one = /^\s*([A-Z0-9_]+)\s*(=|>=|>|<=|<)\s*'([^']*)'\s*$/i.exec(term);
    if (!one) throw new GpSqlError(102, `Incorrect syntax near '${term.slice(0, 40)}'.`);
    const [, column = '', op = '=', value = ''] = one;
    return (columns) => compare[op]?.(String(columns[column] ?? '').trimEnd(), value) ?? false;
  });
}

const toXml = (columns: Columns): string => Object.entries(columns).map(([name, value]) => (typeof value === 'string' ? `<${name}>${escape(value)}</${name}>` : value.map((v) => `<${name}>${toXml(v)}</${name}>`).join(''))).join('');

export type Query = { documentType: string; where: string; rows: number; indexes: Record<number, { from: string; to: string }> };

/** What an eConnectOut request gets back, oldest change first. */
export function runQuery(c: Company, query: Query): string {
  const source = sources[query.documentType];
  if (!source) throw new GpSqlError(50000, `The requester document type ${query.documentType} is not set up in eConnect_Out_Setup`);
  const tests = parseWhere(query.where);
  const rows = source(c).filter((r) => tests.every((t) => t(r.columns))).filter((r) => Object.values(r.keys).every((key, i) => {
    const range = query.indexes[i + 1];
    return !range || range.from === '' || (key >= range.from && key <= (range.to || range.from));
  }));
  rows.sort((a, b) => String(a.columns['DEX_ROW_TS'] ?? '').localeCompare(String(b.columns['DEX_ROW_TS'] ?? '')));
  const limited = query.rows > 0 ? rows.slice(0, query.rows) : rows;
  const nodes = limited.map((r) => {
    const keys = Object.entries(r.keys).map(([k, v]) => ` ${k}="${escape(v)}"`).join('');
    return `<eConnect ACTION="0" Requester_DOCTYPE="${r.documentType}" DBNAME="TWO" TABLENAME="${r.table}" DATE1="1/1/1900 12:00:00 AM"${keys}><${r.element}>${toXml(r.columns)}</${r.element}></eConnect>`;
  });
  return `<root>${nodes.join('')}</root>`;
}
