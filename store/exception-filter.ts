import { type SelectQueryBuilder, sql, type SqlBool, type RawBuilder } from 'kysely';
import { type Tables } from './schema';
import { type ExceptionFilter } from './types';

/** Whoever was told to look after it, else who usually mends its class. */
export const ownerColumn = sql<string>`coalesce(assigned, owner)`;

const isIdStart = (text: string): boolean => /^[0-9a-f-]{4,36}$/.test(text);

/** The beginning of an id, an order's id or its name with or without the #, or a whole subject. */
function refersTo(ref: string): RawBuilder<SqlBool> {
  const named = sql<SqlBool>`(run_id = ${ref} or order_id = ${ref} or order_name = ${ref} or order_name = ${`#${ref}`})`;
  return isIdStart(ref) ? sql<SqlBool>`(id::text like ${`${ref}%`} or ${named})` : named;
}

/** The conditions of a filter; every field narrows. */
export function conditionsOf(f: ExceptionFilter): RawBuilder<SqlBool>[] {
  const is = (column: string, value: string | undefined): RawBuilder<SqlBool>[] => (value === undefined ? [] : [sql<SqlBool>`${sql.ref(column)} = ${value}`]);
  const given = <T>(value: T | undefined, make: (value: T) => RawBuilder<SqlBool>): RawBuilder<SqlBool>[] => (value === undefined ? [] : [make(value)]);
  return [
    ...given(f.open, (open) => (open ? sql<SqlBool>`closed_at is null` : sql<SqlBool>`closed_at is not null`)),
    ...is('kind', f.kind), ...is('class', f.class), ...is('code', f.code), ...is('cause', f.cause), ...is('system', f.system), ...is('step', f.step), ...is('pair_id', f.pairId), ...is('source_id', f.sourceId), ...is('order_id', f.orderId), ...is('run_id', f.subject), ...is('currency', f.currency),
    ...given(f.owner, (owner) => sql<SqlBool>`${ownerColumn} = ${owner}`), ...given(f.ref, refersTo),
    ...given(f.subjects, (subjects) => sql<SqlBool>`run_id = any(${[...subjects]}::text[])`), ...given(f.ids, (ids) => sql<SqlBool>`id = any(${[...ids]}::uuid[])`), ...given(f.orderIds, (ids) => sql<SqlBool>`order_id = any(${[...ids]}::text[])`),
    ...given(f.amountMin, (amount) => sql<SqlBool>`amount >= ${amount}::numeric`), ...given(f.amountMax, (amount) => sql<SqlBool>`amount <= ${amount}::numeric`),
    ...given(f.openedBefore, (at) => sql<SqlBool>`opened_at <= ${at}::timestamptz`), ...given(f.openedAfter, (at) => sql<SqlBool>`opened_at >= ${at}::timestamptz`),
  ];
}

export const narrow = <O>(query: SelectQueryBuilder<Tables, 'exceptions', O>, filter: ExceptionFilter): SelectQueryBuilder<Tables, 'exceptions', O> =>
  conditionsOf(filter).reduce((q, condition) => q.where(condition), query);
