import { Decimal } from 'decimal.js';
import { done, failed, type Failure, type Outcome } from '../../canonical/failure';
import { add, compareMoney, isZero, moneyText, roundMoney, subtract, sum, zero, type Money } from '../../canonical/money';
import { type OrderLine, type SalesOrder, type TaxAmount } from '../../canonical/sales-order';
import { linePrice, type LinePrice } from './line-price';
import { type GpOrderCoding } from './types';

export type TaxRow = { detail: string; amount: Money; base: Money };
export type CodedOrderLine = { line: OrderLine; item: string; nonInventory: boolean; salesAccount?: string; site?: string; unit?: { unit: string }; sequence: number; price: LinePrice; tax: Money; taxes: TaxRow[] };
/** An order in GP's arithmetic: DOCAMNT = SUBTOTAL + FREIGHT + TAXAMNT + FRTTXAMT, no misc amount, no trade discount. */
export type OrderAmounts = {
  lines: CodedOrderLine[]; freight: Money; freightTax: Money; freightTaxes: TaxRow[];
  subtotal: Money; goodsTax: Money; markdown: Money; total: Money; warnings: string[];
};

/** GP numbers lines in steps of 16384, so that one can be inserted between two. */
export const lineStep = 16_384;

const ours = (taxes: readonly TaxAmount[]): TaxAmount[] => taxes.filter((tax) => !tax.collectedByMarketplace && !isZero(tax.amount));

function notMapped(tax: TaxAmount): Failure {
  return { code: 'tax-not-mapped', field: 'tax', value: tax.name, system: 'gp', message: `The tax "${tax.name}" has no tax detail in GP.`, fix: 'Add it to the tax details of the pair, then retry.' };
}

/** One row per tax detail: two taxes on one detail are one row (GP keys rows by line and detail). */
function taxRows(parts: readonly { taxes: readonly TaxAmount[]; net: Money }[], coding: GpOrderCoding): Outcome<TaxRow[]> {
  const rows = new Map<string, TaxRow>();
  for (const { taxes, net } of parts) {
    const based = new Set<string>();
    for (const tax of ours(taxes)) {
      const detail = coding.taxDetails[tax.name];
      if (detail === undefined) return failed(notMapped(tax));
      const row = rows.get(detail) ?? { detail, amount: zero(net.currency), base: zero(net.currency) };
      rows.set(detail, { detail, amount: add(row.amount, tax.amount), base: based.has(detail) ? row.base : add(row.base, net) });
      based.add(detail);
    }
  }
  return done([...rows.values()]);
}

function codeLine(line: OrderLine, sequence: number, coding: GpOrderCoding): Outcome<CodedOrderLine> {
  const code = coding.lines[line.lineId];
  if (!code) return failed({ code: 'item-not-mapped', field: 'lineId', value: line.lineId, system: 'gp', message: `The line "${line.description}" has no item in GP.`, fix: 'Code the line by the pair, then retry.' });
  const taxes = taxRows([line], coding);
  if (!taxes.ok) return taxes;
  return done({ line, ...code, sequence, price: linePrice({ ...line, ...(code.unit ? { quantity: code.unit.quantity, unitPrice: code.unit.unitPrice } : {}) }), taxes: taxes.value, tax: sum(taxes.value.map((t) => t.amount), line.net.currency) });
}

function codeLines(order: SalesOrder, coding: GpOrderCoding): Outcome<{ lines: CodedOrderLine[]; warnings: string[] }> {
  const lines: CodedOrderLine[] = [];
  const warnings: string[] = [];
  for (const line of order.lines) {
    if (new Decimal(line.quantity).isZero() && isZero(line.net) && ours(line.taxes).length === 0) {
      warnings.push(`The line "${line.description}" has quantity 0 and was left out.`);
      continue;
    }
    const coded = codeLine(line, lineStep * (lines.length + 1), coding);
    if (!coded.ok) return coded;
    if (coded.value.price.comment !== undefined) warnings.push(`The line "${line.description}" was written with quantity 1, because GP's five decimals cannot carry its unit price.`);
    lines.push(coded.value);
  }
  return done({ lines, warnings });
}

/** What the buyer paid us: a tax that a marketplace remits is not ours. */
function expectedTotal(order: SalesOrder): Money {
  const passed = [...order.lines, ...order.shipping].flatMap((part) => part.taxes).filter((tax) => tax.collectedByMarketplace).map((tax) => tax.amount);
  return subtract(order.totals.total, sum(passed, order.currency));
}

/**
 * The amounts of an order as GP will check them (errors 67, 235 and 722), compared with the canonical total before anything is sent.
 * Failures: `totals-do-not-add-up`, `tax-not-mapped`, `item-not-mapped`. Throws MoneyError when an order mixes currencies.
 */
export function orderAmounts(order: SalesOrder, coding: GpOrderCoding): Outcome<OrderAmounts> {
  const coded = codeLines(order, coding);
  if (!coded.ok) return coded;
  const freightTaxes = taxRows(order.shipping, coding);
  if (!freightTaxes.ok) return freightTaxes;
  const { lines, warnings } = coded.value;
  const { currency } = order;
  const subtotal = sum(lines.map((l) => l.line.net), currency);
  const freight = sum(order.shipping.map((s) => s.net), currency);
  const goodsTax = sum(lines.map((l) => l.tax), currency);
  const freightTax = sum(freightTaxes.value.map((t) => t.amount), currency);
  const markdown = roundMoney(lines.reduce((total, l) => total.plus(l.price.markdownTotal), new Decimal(0)), currency);
  const total = sum([subtotal, freight, goodsTax, freightTax], currency);
  const expected = expectedTotal(order);
  if (compareMoney(total, expected) !== 0) {
    return failed({ code: 'totals-do-not-add-up', field: 'DOCAMNT', value: moneyText(total), system: 'gp', document: coding.number,
      message: `Lines, freight and tax add up to ${moneyText(total)} ${currency}, but the order says ${moneyText(expected)}.`,
      fix: 'Correct the order at the source or its mapping, so that its parts add up to its total. Nothing was sent to GP.' });
  }
  return done({ lines, freight, freightTax, freightTaxes: freightTaxes.value, subtotal, goodsTax, markdown, total, warnings });
}
