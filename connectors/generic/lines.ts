import { Decimal } from 'decimal.js';
import { isZero, money, moneyDecimal, MoneyError, roundMoney, subtract, sum, zero, type Money } from '../../canonical/money';
import { type OrderLine, type ShippingLine, type TaxAmount } from '../../canonical/sales-order';
import { type Amount, type PlainLine, type PlainOrder } from './wire';

/** An amount in the order's currency; more decimals than it holds, or another currency, is `money-invalid`. */
export function amountIn(amount: Amount | undefined, currency: string): Money {
  if (amount === undefined) return zero(currency);
  if (typeof amount === 'string') return money(amount, currency);
  if (amount.currency !== currency) throw new MoneyError(`${amount.minor} ${amount.currency}`, `is not in the order's currency ${currency}`);
  return { minor: BigInt(amount.minor).toString(), currency };
}

const toTaxes = (taxes: PlainLine['taxes'], currency: string): TaxAmount[] => taxes.map((t): TaxAmount => ({ name: t.name, rate: t.rate, amount: amountIn(t.amount, currency), collectedByMarketplace: t.collectedByMarketplace })).filter((t) => !isZero(t.amount));
export const taxSum = (parts: readonly { taxes: TaxAmount[] }[], currency: string): Money => sum(parts.flatMap((p) => p.taxes.map((t) => t.amount)), currency);
const unitText = (value: Decimal): string => value.toDecimalPlaces(5, Decimal.ROUND_HALF_UP).toFixed();

/** `net` as the sender states it; else quantity × unit price − discount, less the taxes where prices contain them. */
function toLine(line: PlainLine, order: PlainOrder, index: number): OrderLine {
  const { currency } = order;
  const taxes = toTaxes(line.taxes, currency);
  const tax = taxSum([{ taxes }], currency);
  const list = line.unitPrice === undefined ? undefined : roundMoney(new Decimal(line.unitPrice).times(line.quantity), currency);
  const off = amountIn(line.discount, currency);
  const gross = subtract(list ?? zero(currency), off);
  const net = line.net !== undefined ? amountIn(line.net, currency) : order.pricesIncludeTax ? subtract(gross, tax) : gross;
  const share = order.pricesIncludeTax && !isZero(gross) && list !== undefined ? roundMoney(moneyDecimal(off).times(moneyDecimal(net)).div(moneyDecimal(gross)), currency) : off;
  const before = moneyDecimal(net).plus(moneyDecimal(share));
  const unit = line.unitPrice !== undefined && !order.pricesIncludeTax ? new Decimal(line.unitPrice) : line.quantity === '0' ? before : before.div(line.quantity);
  const sku = line.sku?.trim();
  return { lineId: line.lineId ?? `line-${index + 1}`, kind: line.kind, ...(sku ? { sku } : {}), description: line.description?.trim() || sku || 'Item', quantity: line.quantity, unitPrice: unitText(unit), discount: share, net, taxes };
}

export const orderLines = (order: PlainOrder): OrderLine[] => order.lines.filter((l) => !new Decimal(l.quantity).isZero()).map((line, i) => toLine(line, order, i));
export const shippingLines = (order: PlainOrder): ShippingLine[] => order.shipping.map((s) => ({ title: s.title, net: amountIn(s.net, order.currency), taxes: toTaxes(s.taxes, order.currency) })).filter((s) => !isZero(s.net) || s.taxes.length > 0);
