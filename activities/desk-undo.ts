import { GpSalesNumber, type OrderKey } from '../canonical/ids';
import { type LedgerInvoice } from '../canonical/ledger';
import { moneyText, type Money } from '../canonical/money';
import { accountingDate, dayIn } from '../mapping/accounting-date';
import { takenBack } from '../mapping/adjust-order';
import { type Pair } from '../mapping/pair';
import { readCalendar } from './calendar';
import { moneyHash } from './content-hash';
import { type AdjustmentAsk, type AdjustmentPlan, type ReturnPlan, type RunRef, type UndoPlan } from './contract';
import { type DeskDeps } from './deps';
import { failureToThrow, valueOrThrow } from './failing';
import { gpReturn, gpReturnApplication } from './gp-documents';
import { type MappingPins } from './mapping-book';

/** Corrections are dated on the first day, from today on, that is open in both ledgers; with none they wait for a person. */
export async function correctionDay(pair: Pair, deps: DeskDeps): Promise<string> {
  const day = accountingDate(dayIn(deps.now().toISOString(), pair.timezone), await readCalendar(deps.store, pair), 're-date');
  if (!day.ok) throw failureToThrow({ code: 'period-closed', field: 'date', value: day.from, message: `A correction cannot be dated: ${day.why}.`, fix: 'Open a period in both ledgers, then retry.' });
  return day.date;
}

type ReturnAsk = { key: string; orderKey: string; invoice: LedgerInvoice; date: string; reason: string };
type With = { pair: Pair; pins: MappingPins | undefined; deps: DeskDeps };

/** One return document; its number is reserved for the key, once. */
async function planReturn({ key, orderKey, invoice, date, reason }: ReturnAsk, { pair, pins, deps }: With): Promise<ReturnPlan> {
  const n = await deps.store.numbers.reserve({ pairId: pair.pairId, series: 'return', key, first: 1 });
  const number = GpSalesNumber.parse(`${pair.gp.returnPrefix}${String(n).padStart(7, '0')}`);
  const ask = { number, orderKey: orderKey as OrderKey, batch: `${pair.gp.batchPrefix}${date.replaceAll('-', '').slice(2)}`, date, reason };
  const { draft } = valueOrThrow(await gpReturn(invoice, ask, { pair, pins, mappings: deps.mappings }));
  return { number, invoice, date, reason, draft };
}

async function planApplication(ask: { number: string; invoice: string; amount: Money; date: string }, { pair, pins, deps }: With): Promise<UndoPlan['returns'][number]['application']> {
  return valueOrThrow(await gpReturnApplication(ask, { pair, pins, mappings: deps.mappings })).draft;
}

/** Numbers, dates and documents of corrections: reserved once per invoice, dated on the first day open in both ledgers. */
export async function planUndo({ run, mappings, orderKey, invoices }: { run: RunRef; mappings?: MappingPins; orderKey: string; invoices: LedgerInvoice[] }, deps: DeskDeps): Promise<UndoPlan> {
  const of: With = { pair: await deps.pairs.get(run.pairId), pins: mappings, deps };
  const date = await correctionDay(of.pair, deps);
  const returns = await Promise.all(invoices.map(async (invoice) => {
    const ret = await planReturn({ key: invoice.number, orderKey, invoice, date, reason: 'Order taken back' }, of);
    return { ...ret, application: await planApplication({ number: ret.number, invoice: invoice.number, amount: invoice.total, date }, of) };
  }));
  await deps.store.documents.intendAll(returns.map((ret) => ({ pairId: run.pairId, runId: run.runId, system: 'gp', kind: 'return', key: ret.invoice.number, number: ret.number, amount: moneyText(ret.invoice.total), currency: ret.invoice.currency })));
  return { date, returns };
}

/** The oldest open invoices first, as payments are. */
function applied(total: Money, invoices: AdjustmentAsk['invoices']): { applications: { invoice: string; amount: Money }[]; left: Money } {
  let left = BigInt(total.minor);
  const applications = invoices.flatMap(({ invoice, open }) => {
    const amount = BigInt(open) < left ? BigInt(open) : left;
    left -= amount > 0n ? amount : 0n;
    return amount > 0n ? [{ invoice: invoice.number, amount: { minor: amount.toString(), currency: total.currency } }] : [];
  });
  return { applications, left: { minor: left.toString(), currency: total.currency } };
}

/** The key of a correction begins with the order's own, so that the order's later runs know of it. */
export const correctionKey = (orderKey: string): string => `${orderKey}/edit/`;

/** See the contract. The key of its number is what it takes back, so that asking again gives the same. */
export async function planAdjustment(ask: AdjustmentAsk, deps: DeskDeps): Promise<AdjustmentPlan> {
  const { run, mappings, orderKey, after, lines, invoices } = ask;
  const pair = await deps.pairs.get(run.pairId);
  const of: With = { pair, pins: mappings, deps };
  const [first] = invoices;
  const taken = valueOrThrow(takenBack(invoices.map((i) => i.invoice), after, lines));
  if (!first) throw new Error('an adjustment without an invoice');
  const date = await correctionDay(pair, deps);
  const zero = { ...taken.total, minor: '0' };
  const invoice: LedgerInvoice = { ...first.invoice, ...taken, misc: zero, tradeDiscount: zero };
  const key = `${correctionKey(orderKey)}${after.version}`;
  const ret = await planReturn({ key, orderKey, invoice, date, reason: `Edited ${after.version.slice(0, 10)}` }, of);
  await deps.store.documents.intend({ pairId: run.pairId, runId: run.runId, system: 'gp', kind: 'return', key, number: ret.number, amount: moneyText(taken.total), currency: taken.total.currency, contentHash: moneyHash(after) });
  const { applications, left } = applied(taken.total, invoices);
  return { ret, applications: await Promise.all(applications.map(async (a) => ({ ...a, draft: await planApplication({ number: ret.number, ...a, date }, of) }))), left };
}
