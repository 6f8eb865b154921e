import { Decimal } from 'decimal.js';
import { type Company } from './model';

export type Columns = { [column: string]: string | Columns[] };
/** One record of a requester document, before it is XML. Conditions and order mostly ask for its keys and its stamp (DEX_ROW_TS), so only the rows that are answered get all their columns. */
export type RowSet = { documentType: string; table: string; element: string; keys: Record<string, string>; stamp?: string; columns(): Columns };
/** A requester document type: all its rows, and how a condition on one column finds them without looking at all. */
export type Source = { all(c: Company): RowSet[]; by?: Record<string, (c: Company, value: string) => RowSet[]>; since?(c: Company, iso: string): RowSet[] };

/** DEX_ROW_TS: UTC without a zone. */
export const stamp = (iso: string): string => iso.replace('T', ' ').replace('Z', '');
export const char = (text: string, length: number): string => text.padEnd(length);
export const five = (value: Decimal.Value): string => new Decimal(value).toFixed(5);
export const some = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);
