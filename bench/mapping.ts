import jsonata from 'jsonata';
import { readPairFiles } from '../config/pairs';
import { join } from 'node:path';
import { standardCatalogue } from '../mapping/catalogue/standard';
import { shippedMapping } from '../mapping/documents/shipped';
import { compileMapping, type CompiledMapping } from '../mapping/engine/compile';
import { runMapping } from '../mapping/engine/run';
import { readSource } from '../mapping/engine/source-text';
import { type MappingInput } from '../mapping/engine/state';
import { parsePair } from '../mapping/pair';
import { gpOrderParams, pairTables } from '../mapping/pair-tables';
import { atLeast, type Ask, type Bench, type Figures } from './bench';
import { bareToCanonical, bareToGp, shopifyOrders } from './mapping-orders';
import { median, round } from './statistics';

const rounds = 5;
const warm = 2;

function compiled(name: string): CompiledMapping {
  const made = compileMapping(shippedMapping(name), standardCatalogue());
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}

async function valueOf(mapping: CompiledMapping, input: MappingInput): Promise<Record<string, unknown>> {
  const result = await runMapping(mapping, input);
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}

/** Milliseconds that this process has spent computing: on a machine that others use too, a clock on the wall would measure them. */
const computedMs = (): number => { const { user, system } = process.cpuUsage(); return (user + system) / 1_000; };

/** Orders per second of one core, the median of several rounds; the first two warm up and are not counted. */
async function rate(texts: readonly string[], one: (text: string, n: number) => Promise<unknown>): Promise<number> {
  const rates: number[] = [];
  for (let i = 0; i < warm + rounds; i += 1) {
    const before = computedMs();
    for (let n = 0; n < texts.length; n += 1) await one(texts[n] ?? '', n);
    if (i >= warm) rates.push(texts.length / ((computedMs() - before) / 1_000));
  }
  return round(median(rates), 0);
}

async function measure(ask: Ask): Promise<Figures> {
  const texts = shopifyOrders(ask.numbers['orders'] ?? 0);
  const pair = parsePair(readPairFiles([join(ask.root, 'config', 'pairs', 'demo.json')])[0]);
  const tables = pairTables(pair);
  const params = { ...gpOrderParams(pair), customerNumber: 'WEB0000001', batch: 'TO261102', date: '2026-11-02', currencyId: 'USD', rate: '1' };
  const numbersOf = (n: number): object => ({ number: `WO${String(n).padStart(7, '0')}`, orderKey: `SHP-${n}` });
  const [toCanonical, toCustomer, toGp] = [compiled('shopify-order-to-sales-order'), compiled('sales-order-to-gp-customer'), compiled('sales-order-to-gp-order')];
  const canonicalOf = async (text: string): Promise<Record<string, unknown>> => {
    const source = readSource(text);
    if (!source.ok) throw new Error(source.failure.message);
    return valueOf(toCanonical, { source: source.value, params: { account: 'own' } });
  };
  ask.say(`${texts.length} orders through the engine, ${warm + rounds} times`);
  const ordersPerSecond = await rate(texts, async (text, n) => {
    const input = { source: await canonicalOf(text), params: { ...params, ...numbersOf(n) }, tables };
    return [await valueOf(toCustomer, input), await valueOf(toGp, input)];
  });
  const firstHopPerSecond = await rate(texts, canonicalOf);
  ask.say('and through bare JSONata');
  const [bareCanonical, bareGp] = [jsonata(bareToCanonical), jsonata(bareToGp)];
  const bareOrdersPerSecond = await rate(texts, async (text, n) => {
    const canonical: unknown = await bareCanonical.evaluate(JSON.parse(text), { account: 'own' });
    return bareGp.evaluate(canonical, { p: { ...params, ...numbersOf(n) }, items: pair.gp.items }) as Promise<unknown>;
  });
  return {
    method: `Orders of five taxed lines as Shopify sends them: JSON text → canonical sales order → GP sales order with customer, one after another in one thread, by the three documents that ship (every check, length, code page and sum included), per second of processor time (garbage collection included), median of ${rounds} rounds after a warm-up. Beside it two plain JSONata expressions that write the same fields with floats and check nothing.`,
    ordersPerSecond, bareOrdersPerSecond, timesBare: round(ordersPerSecond / bareOrdersPerSecond), millisecondsPerOrder: round(1000 / ordersPerSecond, 3), sourceToCanonicalPerSecond: firstHopPerSecond, orders: texts.length, linesPerOrder: 5,
    targets: [atLeast('ordersPerSecond', ordersPerSecond, 2_000)],
  };
}

/** What the transformation of an order costs. */
export const mapping: Bench = {
  summary: 'orders a second through the mapping documents, beside bare JSONata; needs no installation',
  flags: [{ name: 'orders', about: 'orders in one round', fallback: 2_000, least: 50, most: 50_000, whole: true }],
  run: measure,
};
