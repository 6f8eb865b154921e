import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { MoneyError } from '../../canonical/money';
import { readReply } from './econnect-reply';
import { readRows, type RowShape, unreadable } from './econnect-rows';
import { documentTypeNames, requestToEconnect, type Condition, type DocumentTypeName, type ReadRequest } from './requests-to-econnect';
import { type SoapTransport } from './soap-transport';
import { type GpSettings } from './types';
import { CashReceiptRow, CustomerRow, FiscalPeriodRow, JournalRow, ReceivableRow, SalesTransaction } from './wire';

/** Rows in one answer, and values in one IN list. */
export const rowMax = 500;
const listMax = 50;

/** Element and details of each document type inside its `<eConnect>`. */
export const shapes = {
  sales: { element: 'SO_Trans', details: { Line: 'lines', Tax: 'taxes' }, schema: SalesTransaction } satisfies RowShape<SalesTransaction>,
  cash: { element: 'Cash_Receipt', details: {}, schema: CashReceiptRow } satisfies RowShape<CashReceiptRow>,
  receivables: { element: 'RM_Trans', details: { Apply: 'applies' }, schema: ReceivableRow } satisfies RowShape<ReceivableRow>,
  journals: { element: 'GL_Trans', details: { Line: 'lines' }, schema: JournalRow } satisfies RowShape<JournalRow>,
  periods: { element: 'Fiscal_Period', details: {}, schema: FiscalPeriodRow } satisfies RowShape<FiscalPeriodRow>,
  customers: { element: 'Customer', details: { Address: 'addresses' }, schema: CustomerRow } satisfies RowShape<CustomerRow>,
} as const;

export type ListRequest = { type: DocumentTypeName; column: Condition['column']; values: readonly string[] };

export type Reader = {
  /** One bounded read. */
  read<T>(request: ReadRequest, shape: RowShape<T>): Promise<Outcome<T[]>>;
  /** All records whose column holds one of these values, in as many reads as needed; no values is no read. */
  readIn<T>(request: ListRequest, shape: RowShape<T>): Promise<Outcome<T[]>>;
};

const unavailable = (type: string, why: string): Failure => ({ code: 'system-unavailable', system: 'gp', message: `GP did not answer a read of ${type}: ${why}.`, fix: 'It is tried again by itself; look at the eConnect service when it lasts.' });

/** Runs a pure translation; an amount that does not fit its currency is GP's answer being wrong, not a crash of ours. */
export function translated<T>(translate: () => T): Outcome<T> {
  try {
    return done(translate());
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    return failed({ code: 'reply-unreadable', system: 'gp', value: error.value, message: `GP sent the amount ${error.message}.`, fix: 'Check the currency of the document in GP.' });
  }
}

/** GP's currency id → ISO; blank is the company's own. */
export function isoOf(id: string, settings: GpSettings): string | undefined {
  if (id === '') return settings.baseCurrency;
  return settings.currencies?.[id] ?? (/^[A-Z]{3}$/.test(id) ? id : undefined);
}

function withIso<T>(rows: T[], settings: GpSettings): Outcome<T[]> {
  const out: T[] = [];
  for (const row of rows) {
    const id: unknown = typeof row === 'object' && row !== null && 'CURNCYID' in row ? row.CURNCYID : undefined;
    const iso = typeof id === 'string' ? isoOf(id, settings) : undefined;
    if (typeof id === 'string' && iso === undefined) {
      return failed({ code: 'currency-not-configured', system: 'gp', field: 'CURNCYID', value: id, message: `GP's currency "${id}" is no ISO code.`, fix: 'Name its ISO code in the agent\'s setting "currencies".' });
    }
    out.push(iso === undefined ? row : { ...row, CURNCYID: iso });
  }
  return done(out);
}

/** Reads through GetEntity. A lost reply to a read is asked once more, then `system-unavailable`, or `reply-unreadable` when something came that is no answer. */
export function createReader(transport: SoapTransport, settings: GpSettings): Reader {
  const names = Object.fromEntries(documentTypeNames.map((name) => [name, settings.documentTypes?.[name] ?? name])) as Record<DocumentTypeName, string>;

  const ask = async (xml: string, type: string): Promise<Outcome<string>> => {
    for (let attempt = 1; ; attempt += 1) {
      const reply = readReply('GetEntity', await transport.call('GetEntity', xml));
      if (reply.kind === 'result') return done(reply.text);
      if (reply.kind === 'not-sent') return failed(reply.failure);
      if (reply.kind === 'refused') return failed(reply.failure);
      if (attempt === 2) return failed(reply.unreadable ? unreadable(`${type}: ${reply.why}`) : unavailable(type, reply.why));
    }
  };

  const reader: Reader = {
    async read(request, shape) {
      const xml = requestToEconnect(request, names);
      if (!xml.ok) return xml;
      const text = await ask(xml.value, request.type);
      if (!text.ok) return text;
      const rows = readRows(text.value, shape);
      return rows.ok ? withIso(rows.value, settings) : rows;
    },
    async readIn(request, shape) {
      const values = [...new Set(request.values)].filter((value) => value !== '');
      if (values.length === 0) return done([]);
      const head = values.slice(0, listMax);
      const rows = await reader.read({ type: request.type, where: [{ column: request.column, op: 'IN', values: head }], rowMax }, shape);
      if (!rows.ok) return rows;
      if (rows.value.length >= rowMax && head.length === 1) return failed({ code: 'reply-unreadable', system: 'gp', field: request.column, value: head[0], message: `GP holds more than ${rowMax} records for ${head[0]}.`, fix: 'Look at these records in GP: one key must not have so many.' });
      const full = rows.value.length >= rowMax;
      const half = Math.ceil(head.length / 2);
      const rest: readonly (readonly string[])[] = full ? [head.slice(0, half), head.slice(half), values.slice(listMax)] : [values.slice(listMax)];
      const all = full ? [] : [...rows.value];
      for (const part of rest) {
        const more = await reader.readIn({ ...request, values: part }, shape);
        if (!more.ok) return more;
        all.push(...more.value);
      }
      return done(all);
    },
  };
  return reader;
}
