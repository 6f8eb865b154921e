import { storeTrouble } from '../store/trouble';
import { failureToThrow } from './failing';

/** Activities whose failures name what is wrong with the store, in the Temporal UI and the log, instead of a driver's words; both heal and are tried again. */
export function namingStoreTrouble<T extends object>(activities: T): T {
  const named = Object.entries(activities).map(([name, act]) => [name, async (...input: unknown[]): Promise<unknown> => {
    try {
      return await (act as (...args: unknown[]) => Promise<unknown>)(...input);
    } catch (error) {
      const trouble = storeTrouble(error);
      throw trouble ? failureToThrow(trouble) : error;
    }
  }]);
  return Object.fromEntries(named) as T;
}
