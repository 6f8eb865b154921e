import { Decimal } from 'decimal.js';
import { GpSqlError } from './errors';
import { total } from '../kit/decimal';
import { kitParts } from './inventory';
import { type Apply, type Company, type Journal, type Receipt, periodsOf, type SopDocument } from './model';
import { masterSources } from './master-rows';
import { partySources } from './party-rows';
import { char, type Columns, five, type RowSet, some, type Source, stamp } from './row-set';
import { userColumns, userDates } from './sales-setup';
import { baseCurrency } from './seeds';

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** What the warehouse did with a line before it is transferred, its unit and its site. */
const handled = (d: SopDocument, l: SopDocument['lines'][number]): Columns => ({
  ATYALLOC: five(d.warehouse !== undefined && d.type === 2 && !d.voided ? l.remaining : 0), QTYFULFI: five(d.warehouse === 'picked' && d.type === 2 && !d.voided ? l.remaining : 0), UOFM: char(l.unit ?? '', 9), LOCNCODE: char(l.site ?? 'MAIN', 11),
});

const blankDate = '1900-01-01T00:00:00';
/** Salesperson, territory and the other words of a header or a line; blank where nobody gave any. */
const moreOf = (more: Record<string, string> | undefined): Columns => ({
  SLPRSNID: char(more?.['SLPRSNID'] ?? '', 15), SALSTERR: char(more?.['SALSTERR'] ?? '', 15), SHIPMTHD: char(more?.['SHIPMTHD'] ?? '', 15),
  ...Object.fromEntries(Object.entries(more ?? {}).filter(([name]) => !['SLPRSNID', 'SALSTERR', 'SHIPMTHD'].includes(name)).map(([name, value]) => [name, /^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00` : value])),
});
/** SOP10106. The child's name in the requester document is this simulator's. */
const userDefinedOf = (d: SopDocument): Columns[] => (d.userDefined === undefined ? [] : [{ ...Object.fromEntries(userColumns.map((n) => [n, char(d.userDefined?.[n] ?? '', 21)])), ...Object.fromEntries(userDates.map((n) => [n, d.userDefined?.[n] === undefined ? blankDate : `${d.userDefined[n]}T00:00:00`])) }]);

const sopColumns = (c: Company, d: SopDocument): Columns => {
  const remaining = d.type === 2 && !d.voided ? total(d.lines.map((l) => (new Decimal(l.quantity).isZero() ? 0 : new Decimal(l.extended).times(l.remaining).div(l.quantity)))) : new Decimal(0);
  const open = d.type === 2 && !d.history && !d.voided;
  return {
    SOPTYPE: String(d.type), SOPNUMBE: char(d.number, 21), ORIGTYPE: d.origin ? '2' : '0', ORIGNUMB: char(d.origin, 21), DOCID: char(d.docId, 15), DOCDATE: `${d.date}T00:00:00`, GLPOSTDT: d.posted ? `${d.date}T00:00:00` : '1900-01-01T00:00:00',
    BACHNUMB: char(d.batch, 15), CUSTNMBR: char(d.customer, 15), CUSTNAME: char(d.customerName, 65), CSTPONBR: char(d.customerPo, 21), SUBTOTAL: five(d.subtotal), FRTAMNT: five(d.freight), MISCAMNT: five(d.misc),
    TAXAMNT: five(d.tax), FRTTXAMT: five(d.freightTax), MSCTXAMT: five(d.miscTax), TRDISAMT: five(d.tradeDiscount), DOCAMNT: five(d.total), PYMTRCVD: '0.00000', CURNCYID: char(d.currency, 15),
    XCHGRATE: d.currency === baseCurrency ? '0.0000000' : new Decimal(d.rate).toFixed(7), VOIDSTTS: d.voided ? '1' : '0', PSTGSTUS: d.posted ? '2' : '0', INTEGRATIONID: char(d.integrationId, 31), REFRENCE: char(d.reference, 31), ...moreOf(d.more),
    REMSUBTO: five(open && remaining.isZero() ? '0.00001' : remaining),
    Line: d.lines.map((l) => ({ LNITMSEQ: String(l.seq), ITEMNMBR: char(l.item, 31), ITEMDESC: char(l.description, 101), QUANTITY: five(l.quantity), QTYREMAI: five(l.remaining), QTYCANCE: '0.00000', UNITPRCE: five(l.unitPrice), XTNDPRCE: five(l.extended), MRKDNAMT: five(l.markdown), TAXAMNT: five(l.tax), ...handled(d, l), ...moreOf(l.more), CMPNTSEQ: '0' }))
      .flatMap((row, i) => [row, ...kitParts(c, d.lines[i] as SopDocument['lines'][number]).map((p) => ({ ...row, CMPNTSEQ: String(p.seq), ITEMNMBR: char(p.item, 31), ITEMDESC: char(p.item, 101), QUANTITY: five(p.quantity), QTYREMAI: five(0), UNITPRCE: five(0), XTNDPRCE: five(0), MRKDNAMT: five(0), TAXAMNT: five(0) }))]),
    User_Defined: userDefinedOf(d),
    Tax: d.taxes.map((t) => ({ LNITMSEQ: String(t.seq), TAXDTLID: char(t.detail, 15), STAXAMNT: five(t.amount), TDTTXSLS: five(t.base) })),
  };
};
const sopRow = (c: Company) => (d: SopDocument): RowSet => ({
  documentType: 'Sales_Transaction', table: d.history ? 'SOP30200' : 'SOP10100', element: 'SO_Trans', keys: { SOPNUMBE: d.number, SOPTYPE: String(d.type) }, stamp: stamp(d.changedAt), columns: () => sopColumns(c, d),
});

const receiptRow = (r: Receipt): RowSet => ({
  documentType: 'Cash_Receipt', table: r.posted ? 'RM20101' : 'RM10201', element: 'Cash_Receipt', keys: { DOCNUMBR: r.number }, stamp: stamp(r.changedAt),
  columns: () => ({ DOCNUMBR: char(r.number, 21), CUSTNMBR: char(r.customer, 15), DOCDATE: `${r.date}T00:00:00`, ORTRXAMT: five(r.amount), CURTRXAM: five(r.open), BACHNUMB: char(r.batch, 15), CHEKBKID: char(r.checkbook, 15), CHEKNMBR: char(r.checkNumber, 21), CSHRCTYP: String(r.kind ?? 1), CRCARDID: char(r.card ?? '', 15),
    TRXDSCRN: char(r.description, 31), CURNCYID: char(r.currency, 15), PSTGSTUS: r.posted ? '2' : '0', VOIDSTTS: r.voided ? '1' : '0' }),
});

type Owed = { number: string; customer: string; amount: string; open: string; currency: string; changedAt: string };
const receivableRow = (owed: Owed, type: 1 | 8 | 9, applies: () => readonly Apply[]): RowSet => ({
  documentType: 'Receivables_Transaction', table: 'RM20101', element: 'RM_Trans', keys: { DOCNUMBR: owed.number, RMDTYPAL: String(type) }, stamp: stamp(owed.changedAt),
  columns: () => ({ DOCNUMBR: char(owed.number, 21), RMDTYPAL: String(type), CUSTNMBR: char(owed.customer, 15), ORTRXAMT: five(owed.amount), CURTRXAM: five(owed.open), CURNCYID: char(owed.currency, 15), VOIDSTTS: '0',
    Apply: applies().map((a) => ({ APTODCNM: char(a.to, 21), APTODCTY: '1', APFRDCNM: char(a.from, 21), APFRDCTY: String(a.type), APPTOAMT: five(a.amount), DATE1: `${a.date}T00:00:00` })) }),
});
const invoiceDue = (c: Company) => (r: Owed): RowSet => receivableRow(r, 1, () => c.find.appliesTo(r.number));
const returnDue = (c: Company) => (r: Owed): RowSet => receivableRow(r, 8, () => c.find.appliesFrom(r.number).filter((a) => a.type === 8));
const receiptDue = (c: Company) => (r: Receipt): RowSet[] => (r.posted && !r.voided ? [receivableRow(r, 9, () => c.find.appliesFrom(r.number).filter((a) => a.type !== 8))] : []);

const journalRow = (j: Journal): RowSet => ({
  documentType: 'GL_Transaction', table: 'GL20000', element: 'GL_Trans', keys: { JRNENTRY: String(j.entry) }, stamp: stamp(j.changedAt),
  columns: () => ({ JRNENTRY: String(j.entry), TRXDATE: `${j.date}T00:00:00`, ORDOCNUM: char(j.document, 21), CURNCYID: char(j.currency, 15), XCHGRATE: new Decimal(j.rate).toFixed(7),
    Line: j.lines.map((l) => ({ ACTNUMST: char(l.account, 129), DEBITAMT: five(l.baseDebit), CRDTAMNT: five(l.baseCredit), ORDBTAMT: five(l.debit), ORCRDAMT: five(l.credit), ORDOCNUM: char(j.document, 21) })) }),
});

const sources: Record<string, Source> = {
  Sales_Transaction: {
    all: (c) => c.sop.values().map(sopRow(c)), since: (c, iso) => c.find.sopSince(iso).map(sopRow(c)),
    by: { SOPNUMBE: (c, v) => c.find.sopByNumber(v).map(sopRow(c)), ORIGNUMB: (c, v) => c.find.sopByOrigin(v).map(sopRow(c)), INTEGRATIONID: (c, v) => c.find.sopByIntegration(v).map(sopRow(c)) },
  },
  Cash_Receipt: {
    all: (c) => c.receipts.values().map(receiptRow), since: (c, iso) => c.find.receiptsSince(iso).map(receiptRow),
    by: { DOCNUMBR: (c, v) => some(c.receipts.get(v)).map(receiptRow), TRXDSCRN: (c, v) => c.find.receiptsByDescription(v).map(receiptRow) },
  },
  Receivables_Transaction: {
    all: (c) => [...c.receivables.values().map(invoiceDue(c)), ...c.returns.values().map(returnDue(c)), ...c.receipts.values().flatMap(receiptDue(c))],
    since: (c, iso) => [...c.find.receivablesSince(iso).map(invoiceDue(c)), ...c.find.returnsSince(iso).map(returnDue(c)), ...c.find.receiptsSince(iso).flatMap(receiptDue(c))],
    by: { DOCNUMBR: (c, v) => [...some(c.receivables.get(v)).map(invoiceDue(c)), ...some(c.returns.get(v)).map(returnDue(c)), ...some(c.receipts.get(v)).flatMap(receiptDue(c))] },
  },
  GL_Transaction: { all: (c) => c.journals.values().map(journalRow), by: { ORDOCNUM: (c, v) => c.find.journalsByDocument(v).map(journalRow) } },
  ...partySources, ...masterSources,
  Fiscal_Period: { all: (c) => periodsOf(c).map((p) => ({ documentType: 'Fiscal_Period', table: 'SY40100', element: 'Fiscal_Period', keys: { YEAR1: String(p.year), PERIODID: String(p.period), SERIES: String(p.series) },
    columns: () => ({ YEAR1: String(p.year), PERIODID: String(p.period), SERIES: String(p.series), PERIODDT: `${p.from}T00:00:00`, PERDENDT: `${p.to}T00:00:00`, CLOSED: p.closed ? '1' : '0' }) })) },
};

type Term = { column: string; op: string; values: string[] };
const holds: Record<string, (a: string, b: string) => boolean> = { '=': (a, b) => a === b, '>=': (a, b) => a >= b, '>': (a, b) => a > b, '<=': (a, b) => a <= b, '<': (a, b) => a < b };
const cellOf = (row: RowSet, column: string): string => String((column === 'DEX_ROW_TS' ? row.stamp : row.keys[column] ?? row.columns()[column]) ?? '').trimEnd();
const meets = (row: RowSet, { column, op, values }: Term): boolean => {
  const value = cellOf(row, column);
  return op === 'IN' ? values.includes(value) : holds[op]?.(value, values[0] ?? '') ?? false;
};

/** `COL op 'value'` and `COL IN ('a','b')` joined by AND; everything else is a SQL error, so nothing can be smuggled in. */
export function parseWhere(clause: string): Term[] {
  if (clause.trim() === '') return [];
  return clause.split(/\s+AND\s+/i).map((term): Term => {
    const list = /^\s*([A-Z0-9_]+)\s+IN\s*\(([^()]*)\)\s*$/i.exec(term);
    const values = list?.[2]?.split(',').map((v) => /^\s*'([^']*)'\s*$/.exec(v)?.[1]);
    if (list && values && values.every((v) => v !== undefined)) return { column: list[1] ?? '', op: 'IN', values };
    const one = /^\s*([A-Z0-9_]+)\s*(=|>=|>|<=|<)\s*'([^']*)'\s*$/i.exec(term);
    if (!one) throw new GpSqlError(102, `Incorrect syntax near '${term.slice(0, 40)}'.`);
    return { column: one[1] ?? '', op: one[2] ?? '=', values: [one[3] ?? ''] };
  });
}

/** The rows that may meet the terms: by an index where one serves, else all. */
function candidates(c: Company, source: Source, terms: readonly Term[]): RowSet[] {
  const keyed = terms.find((t) => (t.op === 'IN' || t.op === '=') && source.by?.[t.column] !== undefined);
  if (keyed) return [...new Set(keyed.values)].flatMap((value) => source.by?.[keyed.column]?.(c, value) ?? []);
  const since = terms.find((t) => t.column === 'DEX_ROW_TS' && t.op.startsWith('>'));
  const at = Date.parse(`${(since?.values[0] ?? '').replace(' ', 'T')}Z`);
  return since && source.since && !Number.isNaN(at) ? source.since(c, new Date(at).toISOString()) : source.all(c);
}

const toXml = (columns: Columns): string => Object.entries(columns).map(([name, value]) => (typeof value === 'string' ? `<${name}>${escape(value)}</${name}>` : value.map((v) => `<${name}>${toXml(v)}</${name}>`).join(''))).join('');

/** `masterOnly`: OUTPUTTYPE 1, the record without the rows below it. */
export type Query = { documentType: string; where: string; rows: number; masterOnly?: boolean; indexes: Record<number, { from: string; to: string }> };

const without = (columns: Columns): Columns => Object.fromEntries(Object.entries(columns).filter(([, v]) => typeof v === 'string'));
const keyOf = (row: RowSet): string => Object.values(row.keys).join('/');

/** What an eConnectOut request gets back: oldest change first where it asks by change, else in the order of the table's key. */
export function runQuery(c: Company, query: Query): string {
  const source = sources[query.documentType];
  if (!source) throw new GpSqlError(50000, `The requester document type ${query.documentType} is not set up in eConnect_Out_Setup`);
  const terms = parseWhere(query.where);
  const rows = candidates(c, source, terms).filter((r) => terms.every((term) => meets(r, term))).filter((r) => Object.values(r.keys).every((key, i) => {
    const range = query.indexes[i + 1];
    return !range || range.from === '' || (key >= range.from && key <= (range.to || range.from));
  }));
  const byKey = terms.some((t) => t.op === '>' && t.column !== 'DEX_ROW_TS') || query.masterOnly === true;
  if (byKey) rows.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  else rows.sort((a, b) => ((a.stamp ?? '') < (b.stamp ?? '') ? -1 : (a.stamp ?? '') > (b.stamp ?? '') ? 1 : 0));
  const limited = query.rows > 0 ? rows.slice(0, query.rows) : rows;
  const nodes = limited.map((r) => {
    const columns = { ...r.columns(), ...(r.stamp === undefined ? {} : { DEX_ROW_TS: r.stamp }) };
    const keys = Object.entries(r.keys).map(([k, v]) => ` ${k}="${escape(v)}"`).join('');
    return `<eConnect ACTION="0" Requester_DOCTYPE="${r.documentType}" DBNAME="TWO" TABLENAME="${r.table}" DATE1="1/1/1900 12:00:00 AM"${keys}><${r.element}>${toXml(query.masterOnly ? without(columns) : columns)}</${r.element}></eConnect>`;
  });
  return `<root>${nodes.join('')}</root>`;
}
