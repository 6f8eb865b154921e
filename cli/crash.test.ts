import { bodyText, totalCents } from './crash-bodies';
import { readFlags } from './crash-flags';
import { pickVictims, programsOf, randomOf } from './crash-kills';
import { summaryOf, totalsOf, type Report } from './crash-report';
import { kindNames, talesOf } from './crash-tales';
import { judge, type Ledgers } from './crash-verdict';
import { outageReportOf, type OutageReport } from './outage-report';
import { type OutageOutcome } from './outage-run';
import { forgetInstallation } from './own-installation';

describe('flags of a crash run', () => {
  it.each([[['--seed', 'x'], /--seed is "x"/], [['--orders', '0'], /--orders is "0"/], [['--minutes', ''], /--minutes is ""/], [['--seeds', '1.5'], /--seeds is "1.5"/], [['--frob'], /--frob/]] as [string[], RegExp][])('%p is a clear mistake', (argv, words) => {
    expect(() => readFlags(argv)).toThrow(words);
  });
  it('reads what it is told', () => {
    expect(readFlags(['--seed', '7', '--orders', '20', '--minutes', '0.5', '--twins', '--json'])).toEqual({ seed: 7, seeds: undefined, orders: 20, minutes: 0.5, twins: true, outage: false, json: true, keep: false });
  });
});

describe('a seed', () => {
  it('kills any mix of all programs, the same ones every time', () => {
    const draw = (twins: boolean): string[][] => { const random = randomOf(9); return Array.from({ length: 300 }, () => pickVictims(random, programsOf(twins))); };
    expect(draw(false)).toEqual(draw(false));
    expect(new Set(draw(true).flat())).toEqual(new Set(['api', 'worker', 'gp-agent', 'temporal', 'store', 'sandbox', 'api-2', 'worker-2', 'gp-agent-2']));
    expect(draw(false).every((names) => names.length > 0 && new Set(names).size === names.length)).toBe(true);
    expect(draw(false).some((names) => names.length > 1)).toBe(true);
  });
  it('makes the same orders of every kind every time, with totals that add up but for the refused', () => {
    const tales = talesOf({ seed: 3, count: 28, createdAt: '2026-11-01T00:00:00.000Z' }, randomOf(4));
    expect(tales).toEqual(talesOf({ seed: 3, count: 28, createdAt: '2026-11-01T00:00:00.000Z' }, randomOf(4)));
    expect(new Set(tales.map((t) => t.kind))).toEqual(new Set(kindNames));
    expect(new Set(tales.map((t) => t.orderId)).size).toBe(28);
    expect(new Set(tales.map((t) => t.body.currency))).toEqual(new Set(['USD', 'EUR', 'CAD']));
    for (const { body } of tales) {
      const order = JSON.parse(bodyText(body, body.createdAt)) as { total_price: string };
      expect(Math.round(Number(order.total_price) * 100)).toBe(totalCents(body) + (body.wrongByCents ?? 0));
    }
  });
  it('shows every kind within three seeds of a dozen orders', () => {
    const kinds = [1, 2, 3].flatMap((seed) => talesOf({ seed, count: 10, createdAt: '' }, randomOf(seed)).map((t) => t.kind));
    expect(new Set(kinds)).toEqual(new Set(kindNames));
  });
});

const books = { balanced: true, trialBalance: [{ account: 'a', debit: '10.00', credit: '0.00' }], receivables: { matches: true } };
function ledgers(over: { invoices?: number; payments?: number; credits?: number; key?: string } = {}): Ledgers {
  const { invoices = 1, payments = 1, credits = 0, key = 'SHP-1' } = over;
  const times = <T>(n: number, one: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => one(i));
  return {
    gpBooks: books, xeroBooks: books,
    gp: { orders: [{ number: 'WO1', orderNumber: '', integrationId: key, total: '10.00', status: 'invoiced', currency: 'USD' }], invoices: times(invoices, (i) => ({ number: `I${i}`, orderNumber: 'WO1', integrationId: '', total: '10.00', status: 'posted', currency: 'USD', open: '0' })),
      returns: times(credits, (i) => ({ number: `R${i}`, orderNumber: '', integrationId: key, total: '10.00', status: 'posted', currency: 'USD', open: '0' })), receipts: [], applies: [] },
    xero: { invoices: times(invoices, (i) => ({ number: `I${i}`, reference: `${key} #1`, status: 'PAID', total: '10.00', amountDue: '0' })), payments: times(payments, (i) => ({ invoiceNumber: `I${i}`, amount: '10.00', reference: `${key}/p${i}`, status: 'AUTHORISED', account: '091' })),
      creditNotes: times(credits, (i) => ({ number: `CN-I${i}`, reference: `${key} I${i}`, status: 'PAID', total: '10.00', remaining: '0', refunds: [{ amount: '10.00', reference: 'r' }] })), contacts: [] },
  };
}
const one = [{ key: 'SHP-1', compare: 'documents' as const }];

describe('the verdict', () => {
  it('sees what is lost, half-done, doubled, and whose', () => {
    expect(judge(one, ledgers(), ledgers())).toMatchObject({ lost: 0, halfDone: 0, duplicates: 0, booksEqual: true, notes: [] });
    expect(judge(one, { ...ledgers(), gp: { ...ledgers().gp, orders: [], invoices: [] }, xero: { ...ledgers().xero, invoices: [], payments: [] } }, ledgers())).toMatchObject({ lost: 1 });
    expect(judge(one, ledgers({ payments: 0 }), ledgers())).toMatchObject({ halfDone: 1, duplicates: 0 });
    expect(judge(one, ledgers({ payments: 2 }), ledgers())).toMatchObject({ duplicates: 1 });
    expect(judge(one, ledgers({ key: 'SHP-2' }), ledgers())).toMatchObject({ lost: 1, duplicates: 3 });
  });
  it('takes an order that was taken back for what it leaves in the books, whatever documents say so', () => {
    const back = [{ key: 'SHP-1', compare: 'effect' as const }];
    const never = { ...ledgers(), gp: { ...ledgers().gp, orders: [], invoices: [] }, xero: { ...ledgers().xero, invoices: [], payments: [] } };
    const voided = { ...never, gp: { ...ledgers().gp, invoices: ledgers().gp.invoices.map((i) => ({ ...i, status: 'voided' })) } };
    expect(judge(back, voided, never)).toMatchObject({ lost: 0, halfDone: 0, duplicates: 0 });
    expect(judge(back, ledgers({ credits: 1 }), never)).toMatchObject({ lost: 0, halfDone: 0, duplicates: 0 });
    expect(judge(back, ledgers(), never)).toMatchObject({ halfDone: 1 });
  });
  it('holds the books of both runs against each other', () => {
    const other = { ...ledgers(), gpBooks: { ...books, trialBalance: [{ account: 'a', debit: '10.01', credit: '0.00' }] } };
    expect(judge(one, other, ledgers()).booksEqual).toBe(false);
    expect(judge(one, { ...ledgers(), xeroBooks: { ...books, balanced: false } }, ledgers()).booksEqual).toBe(false);
  });
});

it('several seeds have totals and a table', () => {
  const report = (seed: number, ok: boolean): Report => ({ seed, orders: 10, kills: 3, lost: ok ? 0 : 1, halfDone: 0, duplicates: 0, booksEqual: ok, ok, minutes: 1, twins: false, durationMs: 1_000, phases: {}, kinds: {}, timeline: [], notes: [] });
  expect(totalsOf([report(1, true), report(2, false)])).toMatchObject({ seeds: 2, orders: 20, kills: 6, lost: 1, booksEqual: false, ok: false, failed: [2] });
  expect(summaryOf([report(1, true), report(2, false)])).toMatch(/2 .*NOT equal.*NOT ok/);
});

describe('the verdict on an outage', () => {
  const incident = { kind: 'connector', subject: 'connector/demo/gp', code: 'system-unavailable', closed: true };
  const outcome = (over: Partial<OutageOutcome> = {}): OutageOutcome => ({
    orderIds: ['1', '2', '3'], customers: { 1: 'a', 2: 'b', 3: 'a' }, phases: { 1: 'tied-out', 2: 'tied-out', 3: 'tied-out' }, entered: ['SHP-2', 'SHP-1', 'SHP-3'], incidentsDuring: [{ ...incident, closed: false }], incidents: [incident],
    memory: { worker: { early: 200, late: 220 } }, downMs: 1_000, drainMs: 1_000, killed: [], ...over,
  });
  const verdict = (over: Partial<OutageOutcome>): OutageReport => outageReportOf({ orders: 3, minutes: 1, twins: false }, outcome(over));
  it('is content with one incident and every customer in order, whoever came first among them', () => expect(verdict({})).toMatchObject({ ok: true, posted: 3, outOfOrder: 0, incidents: 1, exceptions: 0, notes: [] }));
  it.each([
    ['an order overtaken', { entered: ['SHP-3', 'SHP-2', 'SHP-1'] }, { outOfOrder: 1 }], ['an order left', { phases: { 1: 'tied-out', 2: 'awaiting-invoice', 3: 'tied-out' } }, { posted: 2 }], ['an order twice', { entered: ['SHP-1', 'SHP-2', 'SHP-3', 'SHP-2'] }, { notes: ['SHP-2 stands twice in GP'] }],
    ['an incident left open', { incidents: [{ ...incident, closed: false }] }, { incidents: 1 }], ['two incidents', { incidents: [incident, incident] }, { incidents: 2 }], ['an outage nobody was told of', { incidentsDuring: [] }, {}],
    ['an exception per order', { incidentsDuring: [{ ...incident, closed: false }, { kind: 'run', subject: 'r', code: 'system-unavailable', closed: false }] }, { exceptions: 1 }], ['memory that grows', { memory: { worker: { early: 200, late: 400 } } }, { notes: ['worker grew from 200 to 400 MiB'] }],
  ] as [string, Partial<OutageOutcome>, Partial<OutageReport>][])('sees %s', (_name, over, want) => expect(verdict(over)).toMatchObject({ ok: false, ...want }));
});

it('a trial leads nowhere but to itself', () => {
  const env = { DATABASE_URL: 'postgres://x', TEMPORAL_ADDRESS: 'prod:7233', TEMPORAL_CLI_PATH: '/t', XERO_CLIENT_ID: 'c', GP_USER: '', PATH: '/bin' };
  expect(forgetInstallation(env).sort()).toEqual(['DATABASE_URL', 'TEMPORAL_ADDRESS', 'XERO_CLIENT_ID']);
  expect(env).toEqual({ TEMPORAL_CLI_PATH: '/t', GP_USER: '', PATH: '/bin' });
});
