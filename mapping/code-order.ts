import { failed, done, type Outcome } from '../canonical/failure';
import { moneyText } from '../canonical/money';
import { type OrderLine, type SalesOrder } from '../canonical/sales-order';
import { convertUnits, type Converted } from './convert-units';
import { isComponent } from './explode-bundles';
import { type Pair } from './pair';
import { suggestItems } from './suggest-items';

/** `unit` with its quantity and price where GP counts the item otherwise than the shop; `site` where it does not leave from the pair's site. */
export type CodedLine = { item: string; nonInventory: boolean; salesAccount?: string; site?: string; unit?: Converted };
export type CodedOrder = { lines: Record<string, CodedLine>; taxDetails: Record<string, string>; rate: string; warnings: string[] };

function inUnits(line: OrderLine, pair: Pair): Outcome<{ unit?: Converted }> {
  const units = pair.gp.units[line.sku?.trim() ?? ''];
  if (!units) return done({});
  const unit = convertUnits(line, units);
  if (unit) return done({ unit });
  return failed({ code: 'quantity-not-convertible', field: 'quantity', value: `${line.quantity} × ${line.sku ?? ''}`, message: `${line.quantity} pieces of "${line.sku ?? ''}" are no whole number of ${units.units.map((u) => `${u.unit} (${u.holds} pieces)`).join(' or ')}.`,
    fix: 'Add a smaller unit of this item to the pair (gp.units), or correct the quantity in the shop, then retry.' });
}

function codeItem(line: OrderLine, item: string, pair: Pair): Outcome<CodedLine> {
  const units = inUnits(line, pair);
  if (!units.ok) return units;
  const site = pair.gp.itemSites[item];
  return done({ item, nonInventory: false, ...(site === undefined ? {} : { site }), ...units.value });
}

function unknownItem(line: OrderLine, sku: string | undefined, pair: Pair): Outcome<never> {
  const near = sku ? suggestItems(sku, [...Object.keys(pair.gp.items), ...Object.keys(pair.gp.bundles)]) : [];
  const fix = 'Create the item in GP and list it in the pair (gp.items), or correct the SKU in the shop, then retry.';
  return failed({ code: 'item-not-mapped', field: 'sku', value: sku ?? '', message: sku ? `The item "${sku}" (${line.description}) is not known in GP.` : `The line "${line.description}" has no SKU.`, fix: near.length > 0 ? `Perhaps ${near.join(' or ')} is meant. ${fix}` : fix });
}

function codeGoods(line: OrderLine, pair: Pair): Outcome<CodedLine & { warning?: string }> {
  const sku = line.sku?.trim();
  const bundle = sku ? pair.gp.bundles[sku] : undefined;
  const item = bundle?.as === 'kit' ? bundle.item : sku ? pair.gp.items[sku] ?? (isComponent(sku, pair) ? sku : undefined) : undefined;
  if (item) return codeItem(line, item, pair);
  const policy = sku ? pair.policies.unknownItem : pair.policies.lineWithoutSku;
  if (policy === 'hold') return unknownItem(line, sku, pair);
  const warning = sku ? `Item "${sku}" is not listed: posted as a non-inventory line (${pair.gp.nonInventory.custom})` : undefined;
  return done({ item: pair.gp.nonInventory.custom, nonInventory: true, ...(warning ? { warning } : {}) });
}

function codeLine(line: OrderLine, pair: Pair): Outcome<CodedLine & { warning?: string }> {
  const { nonInventory } = pair.gp;
  switch (line.kind) {
    case 'tip': return done({ item: nonInventory.tip, nonInventory: true, salesAccount: pair.accounts.tips.gp });
    case 'gift-card': return done({ item: nonInventory.giftCard, nonInventory: true, salesAccount: pair.accounts.giftCards.gp });
    case 'fee': return done({ item: nonInventory.fee, nonInventory: true, salesAccount: pair.accounts.fees.gp });
    case 'goods': case 'custom': return codeGoods(line, pair);
  }
}

/** Applies the pair's rules to an order: GP item, unit, site, account and tax detail per line, and the rate. Holds what no rule covers. */
export function codeOrder(order: SalesOrder, pair: Pair): Outcome<CodedOrder> {
  const coded: CodedOrder = { lines: {}, taxDetails: {}, rate: order.currency === pair.baseCurrency ? '1' : pair.rates[order.currency]?.rate ?? '1', warnings: [] };
  for (const line of order.lines) {
    const code = codeLine(line, pair);
    if (!code.ok) return code;
    const { warning, ...rest } = code.value;
    if (warning) coded.warnings.push(warning);
    coded.lines[line.lineId] = rest;
  }
  const taxes = [...order.lines, ...order.shipping].flatMap((l) => l.taxes);
  for (const tax of taxes) {
    const detail = pair.gp.taxDetails[tax.name] ?? pair.gp.taxDetails['*'];
    if (!detail) return failed({ code: 'tax-not-mapped', field: 'tax', value: tax.name, message: `The tax "${tax.name}" is not known to this pair.`, fix: 'Add it to gp.taxDetails with its GP tax detail, then retry.' });
    coded.taxDetails[tax.name] = detail;
  }
  return done(coded);
}

/**
 * A tax that a marketplace collects and remits is not the seller's: it leaves the taxes and passes through as its own line, so that the
 * order's total is still what the buyer paid while no tax liability arises.
 */
export function passMarketplaceTaxThrough(order: SalesOrder): SalesOrder {
  const split = <T extends { taxes: OrderLine['taxes'] }>(part: T): { kept: T; passed: OrderLine['taxes'] } => ({
    kept: { ...part, taxes: part.taxes.filter((t) => !t.collectedByMarketplace) }, passed: part.taxes.filter((t) => t.collectedByMarketplace),
  });
  const lines = order.lines.map(split);
  const shipping = order.shipping.map(split);
  const passed = [...lines, ...shipping].flatMap((p) => p.passed);
  if (passed.length === 0) return order;
  const net = passed.reduce((total, t) => total + BigInt(t.amount.minor), 0n).toString();
  const amount = { minor: net, currency: order.currency };
  const line: OrderLine = { lineId: 'marketplace-tax', kind: 'fee', description: 'Tax collected by the marketplace', quantity: '1',
    unitPrice: decimalOf(amount.minor, order), discount: { minor: '0', currency: order.currency }, net: amount, taxes: [] };
  const less = (minor: string): string => (BigInt(minor) - BigInt(net)).toString();
  const more = (minor: string): string => (BigInt(minor) + BigInt(net)).toString();
  return { ...order, lines: [...lines.map((l) => l.kept), line], shipping: shipping.map((s) => s.kept),
    totals: { ...order.totals, tax: { ...order.totals.tax, minor: less(order.totals.tax.minor) }, lines: { ...order.totals.lines, minor: more(order.totals.lines.minor) } } };
}

const decimalOf = (minor: string, order: SalesOrder): string => moneyText({ minor, currency: order.currency });
