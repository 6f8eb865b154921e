import { type Failure } from '../canonical/failure';

const codeOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '');
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');

/** Classes 08, 53 and 57P: connection, resources, shut down (https://www.postgresql.org/docs/17/errcodes-appendix.html); and the driver's own words for a connection that is gone. */
const away = /^(08\w{3}|53\w{3}|57P0\d|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT)$/;
const gone = /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|terminating connection)/;

/**
 * What a failed statement says about the store itself, and nothing of the statement: `store-full` (its disk), `system-unavailable` (it is away, or
 * takes nobody in). Undefined for what the statement itself was at fault for.
 */
export function storeTrouble(error: unknown): Failure | undefined {
  const code = codeOf(error);
  if (code === '53100') return { code: 'store-full', system: 'store', message: 'The disk of the store is full: nothing can be written down, so nothing is written into a ledger either.', fix: 'Free space on the disk of the database, or enlarge it; everything goes on by itself then.' };
  if (away.test(code) || gone.test(messageOf(error))) return { code: 'system-unavailable', system: 'store', message: `The store does not answer (${code || 'the connection is gone'}).`, fix: 'Start the database; everything goes on by itself then.' };
  return undefined;
}
