import { isLosslessNumber } from 'lossless-json';
import { z } from 'zod';

/** Money in the gateway's minor units: digits alone; a payment is never negative, an exponent or a fraction is none. */
const Minor = z.preprocess((v) => (isLosslessNumber(v) ? v.toString() : v), z.string().regex(/^\d{1,12}$/, 'whole minor units that are not negative'));
/** What Stripe really sends; event versions from 2013 on. Numbers come in lossless form and leave as text. */
const Text = z.preprocess((v) => (isLosslessNumber(v) ? v.toString() : v), z.string());
const Optional = z.preprocess((v) => (isLosslessNumber(v) ? v.toString() : v ?? undefined), z.string().optional());
/** An id, or the whole object where it was expanded. */
const Reference = z.preprocess((v) => (typeof v === 'object' && v !== null && 'id' in v ? (v as { id: unknown }).id : v ?? undefined), z.string().optional());

export const StripeEvent = z.object({
  id: z.string().min(1), type: z.string().min(1), created: Text, livemode: z.preprocess((v) => v ?? false, z.boolean()),
  data: z.object({ object: z.record(z.string(), z.unknown()) }),
});
export const StripePayment = z.object({
  id: z.string().min(1), amount: Minor, amount_received: z.preprocess((v) => v ?? undefined, Minor.optional()), currency: z.string().length(3), created: Optional, status: Optional,
  payment_intent: Reference, latest_charge: Reference, balance_transaction: Reference,
  /** Told of charges only; whatever else stands there is no card. */
  payment_method_details: z.object({ card: z.object({ brand: z.string().min(1).max(40), last4: z.string().regex(/^\d{4}$/) }) }).optional().catch(undefined),
  metadata: z.preprocess((v) => v ?? {}, z.record(z.string(), z.unknown())),
});
