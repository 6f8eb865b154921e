import { type RawBuilder, sql } from 'kysely';

/** `ms` from now, by the database's clock: the one clock that all processes share. */
export const fromNow = (ms: number): RawBuilder<Date> => sql<Date>`now() + ${ms} * interval '1 millisecond'`;

/**
 * Is this hold, lease, claim or pause over? None is ever given for ten minutes: a time further ahead was written by a clock that has been set back
 * since, and without this it would last as long as that clock was wrong.
 */
export const isOver = (column: string): RawBuilder<boolean> => sql<boolean>`(${sql.ref(column)} is null or ${sql.ref(column)} <= now() or ${sql.ref(column)} > now() + interval '10 minutes')`;
