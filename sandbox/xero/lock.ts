import { lockedThrough, type Organisation } from './model';
import { ValidationError } from './refusal';

/** Nothing is written, changed or taken back on or before the lock date: a closed period's figures are reported already. */
export function checkLock(o: Organisation, date: string): void {
  const locked = lockedThrough(o);
  if (locked !== undefined && date <= locked) throw new ValidationError(`The document date cannot be before the period lock date of ${locked}`);
}
