import { z } from 'zod';

/** Values as GetEntity sends them: text, CHAR columns padded with spaces, blank dates 1900-01-01, amounts with five decimals. */
const text = z.string().default('').transform((value) => value.trimEnd());
const number = z.string().min(1).transform((value) => value.trimEnd());
const decimal = z.string().trim().regex(/^-?\d{1,19}(\.\d{1,12})?$/, 'a decimal number');
const amount = decimal.default('0');
const whole = z.string().trim().regex(/^-?\d{1,9}$/, 'a whole number').transform(Number);
/** `2026-01-31`, `2026-01-31T00:00:00` or `2026-01-31 00:00:00.000` → `2026-01-31`. */
const date = z.string().trim().regex(/^\d{4}-\d{2}-\d{2}([T ].*)?$/, 'a date').transform((value) => value.slice(0, 10));
/** DEX_ROW_TS: UTC of the SQL host, without a zone → ISO with milliseconds and Z. */
export const stamp = z.string().trim().regex(/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,7})?Z?$/, 'a UTC time stamp')
  .transform((value) => new Date(`${value.replace(' ', 'T').replace('Z', '').replace(/(\.\d{3})\d+$/, '$1')}Z`).toISOString());

export const SalesLineRow = z.object({
  LNITMSEQ: whole, ITEMNMBR: text, ITEMDESC: text, QUANTITY: decimal, QTYREMAI: amount, QTYCANCE: amount, UNITPRCE: decimal, XTNDPRCE: decimal,
  MRKDNAMT: amount, TAXAMNT: amount, UOFM: text, SLPRSNID: text, SALSTERR: text, ATYALLOC: amount, QTYFULFI: amount,
  /** Not zero: a component of the kit on the line of the same LNITMSEQ. */
  CMPNTSEQ: whole.default(0),
});
export const SalesTaxRow = z.object({ LNITMSEQ: whole, TAXDTLID: text, STAXAMNT: amount, TDTTXSLS: amount });

/** A sales document of SOP10100 (work) or SOP30200 (history). SOPTYPE 2 order, 3 invoice; PSTGSTUS 2 posted; REMSUBTO still to invoice. */
export const SalesTransaction = z.object({
  TABLENAME: text, SOPTYPE: whole, SOPNUMBE: number, ORIGTYPE: whole.default(0), ORIGNUMB: text, DOCDATE: date, CUSTNMBR: text, CSTPONBR: text, SLPRSNID: text, SALSTERR: text,
  SUBTOTAL: decimal, FRTAMNT: amount, MISCAMNT: amount, TAXAMNT: amount, FRTTXAMT: amount, MSCTXAMT: amount, TRDISAMT: amount, DOCAMNT: decimal,
  CURNCYID: text, XCHGRATE: amount, VOIDSTTS: whole.default(0), PSTGSTUS: whole.default(0), INTEGRATIONID: text, DEX_ROW_TS: stamp, REMSUBTO: decimal.optional(),
  lines: z.array(SalesLineRow), taxes: z.array(SalesTaxRow),
});
export type SalesTransaction = z.infer<typeof SalesTransaction>;

/** A cash receipt, unposted or posted; CURTRXAM is what is left to apply, where the company sends it. */
export const CashReceiptRow = z.object({
  DOCNUMBR: number, CUSTNMBR: text, ORTRXAMT: decimal, CURTRXAM: decimal.optional(), BACHNUMB: text, PSTGSTUS: whole.default(0), VOIDSTTS: whole.default(0),
  TRXDSCRN: text, CHEKNMBR: text, CURNCYID: text, DEX_ROW_TS: stamp.optional(),
});
export type CashReceiptRow = z.infer<typeof CashReceiptRow>;

export const ApplyRow = z.object({ APTODCNM: number, APTODCTY: whole, APFRDCNM: number, APFRDCTY: whole, APPTOAMT: decimal });
/** A posted receivable (RM20101 open, RM30101 history): RMDTYPAL 1 invoice, 9 receipt; CURTRXAM is still open. */
export const ReceivableRow = z.object({
  DOCNUMBR: number, RMDTYPAL: whole, CUSTNMBR: text, ORTRXAMT: decimal, CURTRXAM: decimal, CURNCYID: text, VOIDSTTS: whole.default(0), DEX_ROW_TS: stamp.optional(),
  applies: z.array(ApplyRow),
});
export type ReceivableRow = z.infer<typeof ReceivableRow>;

export const JournalLineRow = z.object({ ACTNUMST: number, ORDBTAMT: amount, ORCRDAMT: amount, ORDOCNUM: text });
/** A posted journal; ORDBTAMT and ORCRDAMT are in document currency. */
export const JournalRow = z.object({ JRNENTRY: text, ORDOCNUM: text, CURNCYID: text, lines: z.array(JournalLineRow) });
export type JournalRow = z.infer<typeof JournalRow>;

/** SY40100: SERIES 2 financial, 3 sales; PERIODID 0 is the opening balance. */
export const FiscalPeriodRow = z.object({ YEAR1: whole, PERIODID: whole, SERIES: whole, PERIODDT: date, PERDENDT: date, CLOSED: whole.default(0) });
export type FiscalPeriodRow = z.infer<typeof FiscalPeriodRow>;

export const CustomerRow = z.object({ CUSTNMBR: number, CUSTNAME: text, HOLD: whole.default(0) });
export type CustomerRow = z.infer<typeof CustomerRow>;
