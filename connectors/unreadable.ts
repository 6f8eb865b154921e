import { type Failure } from '../canonical/failure';

/** The failure of an order body that is not what its sender promises: field and value named. */
export const unreadable = (field: string, value: string, why: string): Failure => ({
  code: 'order-unreadable', field, value: value.slice(0, 80), message: `The shop's order cannot be read: ${field} is ${why}.`, fix: 'Open the order in the shop; if it looks right there, send the delivery again. Otherwise enter it by hand.',
});
