import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { document, node, type Entry } from './econnect-xml';

export const documentTypeNames = ['Customer', 'Sales_Transaction', 'Cash_Receipt', 'Receivables_Transaction', 'GL_Transaction', 'Fiscal_Period', 'Customer_Address', 'Internet_Address', 'Vendor', 'Vendor_Address',
  'Item', 'GL_Account', 'Tax_Detail', 'Tax_Schedule', 'Payment_Terms', 'Currency', 'GL_Segment', 'Account_Format'] as const;
export type DocumentTypeName = (typeof documentTypeNames)[number];

/** Columns a condition may name. */
export const conditionColumns = ['DEX_ROW_TS', 'SOPNUMBE', 'ORIGNUMB', 'DOCNUMBR', 'ORDOCNUM', 'CUSTNMBR', 'INTEGRATIONID', 'TRXDSCRN', 'VENDORID', 'ITEMNMBR', 'ACTNUMST', 'TAXDTLID', 'TAXSCHID', 'PYMTRMID', 'CURNCYID', 'SGMTNUMB', 'SGMNTID'] as const;
export type Condition = { column: (typeof conditionColumns)[number]; op: '=' | '>=' | '>' | '<' | '<=' | 'IN'; values: readonly string[] };

export type ReadRequest = { type: DocumentTypeName; index?: readonly string[]; where?: readonly Condition[]; rowMax: number; /** The records alone, without the rows below them. */ masterOnly?: boolean };

function refused(value: string): Failure {
  return { code: 'text-unusable', field: 'WhereClause', value, system: 'gp', message: `"${value}" cannot be searched for in GP: it holds other characters than letters, digits, blanks and . : _ / # + -`, fix: 'Correct the number at its source.' };
}

/** Can a value be asked for by a condition? Keys that cannot are still read in ranges of keys. */
export const isSearchable = (value: string): boolean => searchable.test(value) && !value.includes('--');

/** Only these characters reach the SQL predicate: no quote, no semicolon, no bracket. */
const searchable = /^[A-Za-z0-9 ._:/#+-]{1,60}$/;

function whereClause(conditions: readonly Condition[]): Outcome<string | undefined> {
  for (const value of conditions.flatMap((c) => c.values)) if (!isSearchable(value)) return failed(refused(value));
  const parts = conditions.map(({ column, op, values }) => {
    const literals = values.map((value) => `'${value}'`);
    return op === 'IN' ? `${column} IN (${literals.join(',')})` : `${column} ${op} ${literals[0] ?? "''"}`;
  });
  return done(parts.length === 0 ? undefined : parts.join(' AND '));
}

/**
 * A read through GetEntity: complete documents straight to the caller (OUTPUTTYPE 2, FORLIST 1), bounded by ROWCOUNT. Conditions are joined by
 * AND. Failure `text-unusable` for a value that could be more than a value.
 */
export function requestToEconnect(request: ReadRequest, names: Partial<Record<DocumentTypeName, string>>): Outcome<string> {
  const where = whereClause(request.where ?? []);
  if (!where.ok) return where;
  const odd = request.index?.find((value) => !searchable.test(value));
  if (odd !== undefined) return failed(refused(odd));
  const index = (suffix: 'TO' | 'FROM'): Entry[] => (request.index ?? []).map((value, i) => [`INDEX${i + 1}${suffix}`, value]);
  return done(document('RQeConnectOutType', node('eConnectOut', [
    ['DOCTYPE', names[request.type] ?? request.type], ['OUTPUTTYPE', request.masterOnly ? 1 : 2], ...index('TO'), ...index('FROM'), ['FORLOAD', 0], ['FORLIST', 1], ['ACTION', 0], ['ROWCOUNT', request.rowMax], ['REMOVE', 0],
    ['WhereClause', where.value],
  ])));
}
