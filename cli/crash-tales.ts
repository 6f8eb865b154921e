import { type Body } from './crash-bodies';

export const acts = ['approve', 'reject', 'cancel', 'change', 'pay', 'undo', 'skip'] as const;
export type Act = (typeof acts)[number];
/** `when`: the phases in which it is done. A `free` one is done at any instant under kills: how it ends is the same. */
export type Step = { act: Act; when: readonly string[]; free: boolean };
/**
 * One order's life: what people do with it, where it comes to rest, and what is compared. `effect`: whether it was taken back before or after
 * its invoice is a matter of the instant; what it leaves in the books is not.
 */
export type Tale = {
  kind: string; orderId: string; steps: Step[]; ends: string; compare: 'documents' | 'effect';
  /** Sent before the kills begin, so that what follows happens under them. */
  early: boolean; body: Body; changed?: Body;
};

const goods = [['TSHIRT-BLK-M', 'T-shirt black, M', 2450], ['MUG-WHITE', 'Mug, white', 1290], ['CAP-RED', 'Cap, red', 1899], ['HOODIE-GRY-L', 'Hoodie grey, L', 5990], ['STICKER-SET', 'Sticker set', 499]] as const;
const step = (act: Act, when: string | string[], free = false): Step => ({ act, when: typeof when === 'string' ? [when] : when, free });
type Rest = Pick<Tale, 'steps' | 'ends'> & Partial<Pick<Tale, 'compare' | 'early' | 'changed'>> & { body?: Body };

const named = (body: Body, name: string): Body => ({ ...body, customer: { id: `${body.customer.id}9`, name } });
const titled = (body: Body, word: string): Body => ({ ...body, lines: body.lines.map((l) => ({ ...l, title: `${l.title} ${word}` })) });
const dearer = (body: Body): Body => ({ ...body, lines: body.lines.map((l, i) => (i === 0 ? { ...l, quantity: l.quantity + 1 } : l)) });
const repriced = (body: Body): Body => ({ ...body, lines: body.lines.map((l, i) => (i === 0 ? { ...l, cents: l.cents + 100 } : l)) });
const large = (body: Body): Body => ({ ...body, currency: 'USD', lines: body.lines.map((l, i) => (i === 0 ? { ...l, cents: 300_000, quantity: 2 } : l)) });
const tied = 'tied-out';

/** Every kind of life an order can have here; what a test of one order shows is put under kills. */
const kinds: Record<string, (body: Body) => Rest> = {
  'paid in euro': (body) => ({ body: { ...body, currency: 'EUR' }, steps: [], ends: tied }),
  'shipped in two': (body) => ({ body: titled({ ...body, lines: body.lines.map((l) => ({ ...l, quantity: l.quantity + 1 })) }, 'ship-in-two'), steps: [], ends: tied }),
  'approved': (body) => ({ body: large(body), steps: [step('approve', 'awaiting-approval')], ends: tied }),
  'cancelled after both ledgers agreed': () => ({ steps: [step('cancel', tied)], ends: 'cancelled', early: true }),
  'edited before its invoice': (body) => ({ body: titled(body, 'never-ship'), changed: dearer(body), steps: [step('change', 'awaiting-invoice', true)], ends: tied }),
  'refused': (body) => ({ body: { ...body, wrongByCents: 700 }, steps: [], ends: 'parked' }),
  'cancelled at any instant': () => ({ steps: [step('cancel', ['awaiting-invoice', tied], true)], ends: 'cancelled', compare: 'effect' }),
  'edited after its end, undone': (body) => ({ changed: repriced(body), steps: [step('change', tied), step('undo', 'needs-attention')], ends: 'cancelled', early: true }),
  'rejected': (body) => ({ body: large(body), steps: [step('reject', 'awaiting-approval')], ends: 'cancelled' }),
  'paid late, in Canadian dollars': (body) => ({ body: { ...body, currency: 'CAD', paid: false, gateway: 'stripe' }, steps: [step('pay', 'awaiting-payment', true)], ends: tied }),
  'cancelled before it shipped': (body) => ({ body: titled(body, 'never-ship'), steps: [step('cancel', 'awaiting-invoice', true)], ends: 'cancelled' }),
  'customer on hold': (body) => ({ body: named(body, 'Holly on-hold'), steps: [step('approve', 'awaiting-approval')], ends: tied }),
  'refused, then mended': (body) => ({ body: { ...body, wrongByCents: 700 }, changed: body, steps: [step('change', 'parked', true)], ends: tied }),
  'edited after its end, skipped': (body) => ({ changed: repriced(body), steps: [step('change', tied), step('skip', 'needs-attention')], ends: 'skipped', early: true }),
  'added to after its end': (body) => ({ changed: dearer(body), steps: [step('change', tied)], ends: tied, early: true }),
};
export const kindNames = Object.keys(kinds);

function bodyOf(random: () => number, more: { id: string; customers: number; createdAt: string }): Body {
  const whose = Math.floor(random() * more.customers);
  const start = Math.floor(random() * goods.length);
  return {
    id: more.id, customer: { id: String(7_700_000_000 + whose), name: `Casey Customer${whose}` }, currency: 'USD', taxPercent: random() < 0.6 ? 8.25 : 0, shippingCents: random() < 0.5 ? 795 : 0,
    gateway: random() < 0.5 ? 'shopify_payments' : 'manual', paid: true, createdAt: more.createdAt,
    lines: Array.from({ length: 1 + Math.floor(random() * 2) }, (_, i) => { const [sku, title, cents] = goods[(start + i) % goods.length] ?? goods[0]; return { sku, title, cents, quantity: 1 + Math.floor(random() * 3) }; }),
  };
}

/** So many tales for a seed: the kinds take turns, beginning at another one for every seed, so that a few seeds show all. */
export function talesOf(ask: { seed: number; count: number; createdAt: string }, random: () => number): Tale[] {
  const customers = Math.max(2, Math.ceil(ask.count / 4));
  return Array.from({ length: ask.count }, (_, i) => {
    const kind = kindNames[(ask.seed * 5 + i) % kindNames.length] ?? '';
    const orderId = String(6_500_000_000_000 + (ask.seed % 1_000_000) * 100_000 + i);
    const body = bodyOf(random, { id: orderId, customers, createdAt: ask.createdAt });
    return { kind, orderId, body, compare: 'documents', early: false, ...kinds[kind]?.(body) } as Tale;
  });
}
