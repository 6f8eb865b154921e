import { z } from 'zod';
import { Currency, DecimalText } from '../canonical/money';
import { SyncRules } from './sync/rules';
import { Bundle, Units } from './pair-goods';
import { gatewayCards, gpFields, xeroFields } from './pair-fields';
import { Notify } from './pair-notify';
import { Route } from './pair-routes';

const Account = z.string().min(1).max(75);
/** Where one kind of thing stands in both ledgers: the two accounts are equivalent by decision of the bookkeeper. */
const AccountPair = z.object({ gp: Account, xero: Account });

/** Gateway → clearing account in Xero and checkbook (with its cash account) in GP. */
const Gateway = z.object({ xeroAccount: Account, gpCheckbook: z.string().min(1).max(15), gpCashAccount: Account, gpCards: gatewayCards });

export const sourceKinds = ['shopify', 'woocommerce', 'magento', 'generic'] as const;
const Path = z.string().regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, 'a path such as data.order.id').max(200);

const Source = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,30}$/),
  kind: z.enum(sourceKinds),
  /** The shop's own name, e.g. `name.myshopify.com`: the tenant key of its deliveries. */
  account: z.string().min(1).max(100),
  /** Starts every key of ours for this source: 2–6 capitals or digits. */
  keyPrefix: z.string().regex(/^[A-Z0-9]{2,6}$/),
  /** The mapping document that makes its orders canonical; absent: the one of its kind. */
  mapping: z.string().regex(/^[a-z][a-z0-9-]{2,80}$/, 'the name of a mapping document').optional(),
  /** How often this source is asked what changed; else the pair's policy. A source that delivers nothing (Magento) is heard of by this alone. */
  sweepSeconds: z.number().int().min(2).max(86_400).optional(),
  /** Magento: fields of the order where extensions keep charges of their own; each becomes a line of kind "fee". */
  extraTotals: z.array(Path).max(20).optional(),
  /** Generic: where a body keeps the order's id, its last change (an instant with offset) and the name of the event. Absent: the plain order's own fields. */
  paths: z.object({ orderId: Path, version: Path.optional(), topic: Path.optional() }).optional(),
});

/** Within one pair ids and prefixes name one source each, and a shop stands there once. */
function distinct(sources: readonly z.infer<typeof Source>[]): string | undefined {
  for (const [what, values] of [['id', sources.map((s) => s.id)], ['keyPrefix', sources.map((s) => s.keyPrefix)], ['kind and account', sources.map((s) => `${s.kind} ${s.account}`)]] as const) {
    const twice = values.find((v, i) => values.indexOf(v) !== i);
    if (twice !== undefined) return `two sources have the ${what} "${twice}"`;
  }
  return undefined;
}

const Policies = z.object({
  /** Orders above this, in base currency, wait for an approver. Absent: no limit. */
  approvalAbove: DecimalText.optional(),
  testOrders: z.enum(['park', 'allow']).default('park'),
  /** An item number the pair does not list: hold the order, or post it as a described non-inventory line. */
  unknownItem: z.enum(['hold', 'non-inventory']).default('hold'),
  lineWithoutSku: z.enum(['hold', 'non-inventory']).default('non-inventory'),
  /** A date inside a closed period of either ledger. */
  closedPeriod: z.enum(['re-date', 'hold']).default('re-date'),
  /** While GP has not posted the invoice: mirror it to Xero as a draft, or wait. */
  unpostedInvoice: z.enum(['draft', 'wait']).default('draft'),
  /** How long an invoice may stand unposted in GP before its draft is made: most are posted sooner and need none. */
  draftAfterSeconds: z.number().int().min(0).default(300),
  /** An order edited after GP has it and before it is invoiced: void it and enter it anew, or ask a person. */
  editedBeforeInvoice: z.enum(['replace', 'hold']).default('replace'),
  /** From where on the warehouse's work is not undone for an edit without a person's look: goods set aside, picked, or moved to an invoice. */
  editNeedsReview: z.enum(['allocated', 'picked', 'transferred']).default('allocated'),
  /** An order whose amounts changed after its invoice: ask a person, or take back what was taken off by a return and a credit note (a person is asked about everything else). */
  editedAfterInvoice: z.enum(['hold', 'adjust']).default('hold'),
  /** Pieces, items or freight added after the invoice: a further GP order over what was added, whose invoice is mirrored and paid like the first; or ask a person. */
  addedAfterInvoice: z.enum(['supplement', 'person']).default('supplement'),
  /** Stock does not reach: back-order what is missing (GP refuses items that allow none, and the order waits), or sell below zero. */
  shortage: z.enum(['back-order', 'sell-anyway']).default('back-order'),
  /** Buyers without an account of the shop: a customer per e-mail address, or all on `gp.guestCustomer`. */
  guests: z.enum(['by-email', 'shared']).default('by-email'),
  /** Money that comes before its invoice: kept from Xero until there is one, or a prepayment there at once (base currency, not by gift card), which the invoice uses. */
  beforeInvoice: z.enum(['wait', 'prepayment']).default('wait'),
  /** An order of zero moves stock in GP; whether Xero gets an invoice of zero. */
  zeroInvoice: z.enum(['mirror', 'skip']).default('mirror'),
  /** How old the fiscal periods and lock dates may be before they are read again. */
  calendarSeconds: z.number().int().min(1).max(86_400).default(600),
  /** Minutes of silence until approvers are reminded, until the next group is asked, and until silence counts; absent stages do not happen. */
  approval: z.object({
    remindAfterMinutes: z.number().positive().optional(), escalateAfterMinutes: z.number().positive().optional(), silenceAfterMinutes: z.number().positive().optional(),
    onSilence: z.enum(['wait', 'approve', 'reject']).default('wait'),
  }).prefault({ remindAfterMinutes: 240, escalateAfterMinutes: 1440 }),
  /** How often each source is asked what changed, and how far back: deliveries that never came are found this way. */
  sweepSeconds: z.number().int().min(2).max(86_400).default(300),
  sweepOverlapSeconds: z.number().int().min(0).max(86_400).default(900),
  /** Master data: how often both sides are asked what changed, how often GP alone is (it costs none of Xero's calls), and how far back each look reaches. */
  syncSeconds: z.number().int().min(2).max(86_400).default(900),
  syncGpSeconds: z.number().int().min(2).max(86_400).default(60),
  syncOverlapSeconds: z.number().int().min(0).max(86_400).default(600),
}).prefault({});

/** The unit of configuration: one Xero organisation × one GP company × its sources. */
export const Pair = z.object({
  pairId: z.string().regex(/^[a-z0-9-]{1,30}$/),
  name: z.string(),
  timezone: z.string().default('UTC'),
  baseCurrency: Currency,
  sources: z.array(Source).min(1).superRefine((sources, ctx) => { const twice = distinct(sources); if (twice) ctx.addIssue({ code: 'custom', message: twice }); }),
  /** Gateways that send events of their own, by the account name in the webhook path. */
  gatewayEvents: z.array(z.object({ kind: z.enum(['stripe']), account: z.string(), sourceId: z.string() })).default([]),
  ownership: z.object({
    salesOrder: z.enum(['gp', 'xero']).default('gp'), invoice: z.enum(['gp', 'xero']).default('gp'),
    item: z.enum(['gp', 'xero']).default('gp'), cash: z.enum(['gp', 'xero']).default('xero'),
  }).prefault({}),
  policies: Policies,
  /** Kinds of orders that go another way; the first that fits decides. */
  routes: z.array(Route).default([]),
  /** Foreign units per one base unit, from a named source, the same in both ledgers. */
  rates: z.record(Currency, z.object({ rate: DecimalText, source: z.string(), date: z.iso.date() })).default({}),
  gp: z.object({
    company: z.string().min(1).max(5),
    orderPrefix: z.string().max(5).default('WO'), receiptPrefix: z.string().max(5).default('WR'), customerPrefix: z.string().regex(/^[A-Z0-9]{0,5}$/, 'at most five capitals or digits').default('WEB'),
    batchPrefix: z.string().max(4).default('TO'),
    /** Document id and number prefix of returns: how an invoiced order is taken back. */
    returnDocumentId: z.string().max(15).default('WEBRTN'), returnPrefix: z.string().max(5).default('WT'),
    documentId: z.string().max(15), site: z.string().max(10), taxScheduleId: z.string().max(15), addressCode: z.string().max(15).default('PRIMARY'),
    guestCustomer: z.string().regex(/^[A-Z0-9]{1,15}$/, 'at most 15 capitals or digits').default('WEBGUEST'),
    /** The name that shared customers bear in both ledgers: nobody's own. */
    guestName: z.string().min(1).max(64).default('Web customer'),
    /** Shop SKU → GP item number. */
    items: z.record(z.string(), z.string().max(30)).default({}),
    /** Shop SKU → what the bundle is in GP. */
    bundles: z.record(z.string(), Bundle).default({}),
    /** Shop SKU → its units in GP, where GP counts in others than pieces of the shop. */
    units: z.record(z.string(), Units).default({}),
    /** GP item number → the site it leaves from, where that is not `site`. */
    itemSites: z.record(z.string(), z.string().max(10)).default({}),
    /** Item numbers of lines that no stock item stands behind. */
    nonInventory: z.object({ custom: z.string(), tip: z.string(), giftCard: z.string(), fee: z.string() })
      .default({ custom: 'WEB-ITEM', tip: 'WEB-TIP', giftCard: 'WEB-GIFTCARD', fee: 'WEB-FEE' }),
    /** Tax name in the shop → GP tax detail; `*` is the default, absent means hold. */
    taxDetails: z.record(z.string(), z.string().max(15)),
    ...gpFields,
    feedSeconds: z.number().int().min(1).max(3600).default(30),
    feedOverlapSeconds: z.number().int().min(1).max(3600).default(600),
  }),
  xero: z.object({
    connectionId: z.string(),
    taxTypes: z.object({ taxed: z.string(), untaxed: z.string() }),
    paymentTermsDays: z.number().int().min(0).max(365).default(0),
    /** Where prepayments wait for their invoices, such as income in advance. It stays in the pair while one of them may be open. */
    prepaymentAccount: Account.optional(),
    ...xeroFields,
  }),
  accounts: z.object({
    receivables: AccountPair, sales: AccountPair, freight: AccountPair, misc: AccountPair, discounts: AccountPair, tax: AccountPair,
    tips: AccountPair, giftCards: AccountPair, fees: AccountPair,
  }),
  gateways: z.record(z.string(), Gateway),
  /** Master data kept in step between both ledgers: per kind, who owns which field and what happens when both changed it. */
  sync: SyncRules,
  /** Who is told of what waits; absent: nobody, people look for themselves. */
  notify: Notify.optional(),
}).superRefine(({ policies, xero }, ctx) => {
  if (policies.beforeInvoice === 'prepayment' && xero.prepaymentAccount === undefined) ctx.addIssue({ code: 'custom', path: ['xero', 'prepaymentAccount'], message: 'the policy beforeInvoice "prepayment" needs the account where prepayments wait' });
});
export type Pair = z.infer<typeof Pair>;
export type PairSource = z.infer<typeof Source>;
export type PairGateway = z.infer<typeof Gateway>;

/** JSON → Pair, or one error that names every field, its value's trouble and its path. */
export function parsePair(configuration: unknown): Pair {
  const parsed = Pair.safeParse(configuration);
  if (parsed.success) return parsed.data;
  const list = parsed.error.issues.map((i) => `  ${i.path.join('.') || '(document)'}: ${i.message}`).join('\n');
  throw new Error(`The pair configuration has ${parsed.error.issues.length} mistake(s):\n${list}`);
}
