import { type z } from 'zod';
import { done, failed, type Failure, type Outcome } from '../canonical/failure';
import { MoneyError } from '../canonical/money';
import { parseLossless, valueAt } from './lossless';

/** The failure of an order body that is not what its sender promises: field and value named. */
export const unreadable = (field: string, value: string, why: string): Failure => ({
  code: 'order-unreadable', field, value: value.slice(0, 80), message: `The shop's order cannot be read: ${field} is ${why}.`, fix: 'Open the order in the shop; if it looks right there, send the delivery again. Otherwise enter it by hand.',
});

/** Body text → what `schema` promises, or the first field that is not; `unwrap` takes an envelope off. */
export function readBody<T>(text: string, schema: z.ZodType<T>, unwrap: (body: unknown) => unknown): Outcome<T> {
  const body = unwrap(parseLossless(text));
  if (typeof body !== 'object' || body === null) return failed(unreadable('body', text.slice(0, 40), 'not a JSON object'));
  const parsed = schema.safeParse(body);
  if (parsed.success) return done(parsed.data);
  const issue = parsed.error.issues[0];
  const path = issue?.path ?? [];
  return failed(unreadable(path.join('.') || 'body', valueAt(body, path), `"${valueAt(body, path).slice(0, 60)}", expected ${issue?.message ?? 'something else'}`));
}

/** Runs a translation; an amount that its currency cannot hold becomes `money-invalid` instead of an exception. */
export function withMoney<T>(translate: () => Outcome<T>): Outcome<T> {
  try {
    return translate();
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    return failed({ code: 'money-invalid', value: error.value, message: `An amount of the order cannot be kept: ${error.message}.`, fix: 'Correct the order in the shop, or enter it by hand.' });
  }
}

/** The order's parts do not make what it states; nothing is made to fit. */
export const mismatch = (field: string, value: string, message: string): Failure => ({
  code: 'totals-do-not-add-up', field, value, message, fix: 'Look at the order in the shop: something it charges is not in the delivery. Enter it by hand, or correct the order there and retry.',
});
