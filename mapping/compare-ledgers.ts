import { type JournalLine, type LedgerFigures } from '../canonical/ledger';
import { compareMoney, isZero, moneyText, subtract, sum, type Money } from '../canonical/money';
import { type Pair } from './pair';

/** One named difference between the books, in words and as an amount (GP minus Xero). */
export type Difference = { what: string; gp: string; xero: string; amount: Money };

/** Accounts that the pair declares equivalent share one group; an account nobody paired is a group of its own. */
function accountGroups(pair: Pair): (ledger: 'gp' | 'xero', account: string) => string {
  const group = new Map<string, string>();
  const join = (gp: string, xero: string): void => {
    const name = group.get(`gp:${gp}`) ?? group.get(`xero:${xero}`) ?? `${gp} / ${xero}`;
    group.set(`gp:${gp}`, name);
    group.set(`xero:${xero}`, name);
  };
  for (const { gp, xero } of Object.values(pair.accounts)) join(gp, xero);
  for (const { gpCashAccount, xeroAccount } of Object.values(pair.gateways)) join(gpCashAccount, xeroAccount);
  return (ledger, account) => group.get(`${ledger}:${account}`) ?? `${ledger} ${account} (not paired)`;
}

function netByGroup(lines: readonly JournalLine[], groupOf: (account: string) => string): Map<string, Money> {
  const nets = new Map<string, Money>();
  for (const line of lines) {
    const name = groupOf(line.account);
    const net = subtract(line.debit, line.credit);
    const before = nets.get(name);
    nets.set(name, before ? sum([before, net], net.currency) : net);
  }
  return nets;
}

const text = (amount: Money | undefined): string => (amount ? moneyText(amount) : 'missing');

function compareInvoices(gp: LedgerFigures, xero: LedgerFigures, currency: string): Difference[] {
  const none: Money = { minor: '0', currency };
  const differences: Difference[] = [];
  const numbers = new Set([...gp.invoices, ...xero.invoices].map((i) => i.number));
  for (const number of numbers) {
    const a = gp.invoices.find((i) => i.number === number);
    const b = xero.invoices.find((i) => i.number === number);
    for (const field of ['net', 'tax', 'total', 'open'] as const) {
      const amount = subtract(a?.[field] ?? none, b?.[field] ?? none);
      if (!isZero(amount)) differences.push({ what: `${field} of invoice ${number}`, gp: text(a?.[field]), xero: text(b?.[field]), amount });
    }
  }
  return differences;
}

function compareCash(gp: LedgerFigures, xero: LedgerFigures, currency: string): Difference[] {
  const received = (figures: LedgerFigures): Money => sum(figures.received.map((r) => r.amount), currency);
  const amount = subtract(received(gp), received(xero));
  return isZero(amount) ? [] : [{ what: 'cash received', gp: moneyText(received(gp)), xero: moneyText(received(xero)), amount }];
}

function compareJournals(ledgers: { gp: LedgerFigures; xero: LedgerFigures }, pair: Pair, currency: string): Difference[] {
  const groupOf = accountGroups(pair);
  const gp = netByGroup(ledgers.gp.journals, (account) => groupOf('gp', account));
  const xero = netByGroup(ledgers.xero.journals, (account) => groupOf('xero', account));
  const none: Money = { minor: '0', currency };
  return [...new Set([...gp.keys(), ...xero.keys()])].sort().flatMap((name) => {
    const amount = subtract(gp.get(name) ?? none, xero.get(name) ?? none);
    return isZero(amount) ? [] : [{ what: `account ${name}`, gp: text(gp.get(name)), xero: text(xero.get(name)), amount }];
  });
}

/**
 * Do both books say the same about one order? Invoices one by one (net, tax, total, still open), cash received, and the journals by paired
 * account, all in document currency and to the cent. An empty answer is the proof.
 */
export function compareLedgers(ledgers: { gp: LedgerFigures; xero: LedgerFigures }, pair: Pair, currency: string): Difference[] {
  const { gp, xero } = ledgers;
  return [...compareInvoices(gp, xero, currency), ...compareCash(gp, xero, currency), ...compareJournals(ledgers, pair, currency)];
}

/** Differences as one sentence for the story and the report. */
export function differenceText(differences: readonly Difference[]): string {
  return differences.slice(0, 5).map((d) => `${d.what}: GP ${d.gp}, Xero ${d.xero}`).join('; ') + (differences.length > 5 ? ` (and ${differences.length - 5} more)` : '');
}

/** The largest single difference, as an absolute amount. */
export function largestDifference(differences: readonly Difference[], currency: string): Money {
  const absolute = differences.map((d) => ({ ...d.amount, minor: d.amount.minor.replace('-', '') }));
  return absolute.reduce((a, b) => (compareMoney(a, b) >= 0 ? a : b), { minor: '0', currency });
}
