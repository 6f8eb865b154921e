import { z } from 'zod';

/**
 * One kind of order among many: drafts, wholesale, tills. The first route whose conditions all hold decides; an order that fits none is a paid web
 * order. An empty condition list is no condition.
 */
export const Route = z.object({
  name: z.string().min(1).max(60),
  when: z.object({
    sources: z.array(z.string()).optional(),
    /** The shop's own word for where it was placed (Shopify `source_name`): `web`, `pos`, `shopify_draft_order`, an app's number. */
    channels: z.array(z.string()).optional(),
    /** Any of these tags, whatever their case. */
    tags: z.array(z.string()).optional(),
    /** The shop agreed payment terms with the buyer. */
    terms: z.boolean().optional(),
    /** The buyer is a company. */
    company: z.boolean().optional(),
  }).default({}),
  /** `order`: a document per order. `hold`: a person looks first. `skip`: somebody else books it (a till's closing), so nothing is posted here. */
  posting: z.enum(['order', 'hold', 'skip']).default('order'),
  /** `before`: nothing is posted until it is paid. `terms`: it is ordered and invoiced unpaid, and the receipt is made when the money comes. */
  payment: z.enum(['before', 'terms']).default('before'),
  /** Days from invoice to due date on terms; the shop's own terms win where it states them. */
  dueDays: z.number().int().min(0).max(365).optional(),
  /** When an order on terms is proved: once it is paid, or once it is invoiced in both ledgers with the same amount open. */
  tieOut: z.enum(['paid', 'invoiced']).default('paid'),
  /** `own`: the buyer has an account. `shared`: everybody of this route stands on one account, `customerNumber`. */
  customer: z.enum(['own', 'shared']).default('own'),
  customerNumber: z.string().regex(/^[A-Z0-9]{1,15}$/, 'at most 15 capitals or digits').optional(),
}).refine((r) => r.customer === 'own' || r.customerNumber !== undefined, { path: ['customerNumber'], message: 'a shared customer needs its GP customer number' });
export type Route = z.infer<typeof Route>;
