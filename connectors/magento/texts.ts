import { stringify } from 'lossless-json';
import { listIn, parseLossless, plain, record } from '../lossless';
import { type MappingTexts, type SourceReading, type SourceSetup } from '../source';
import { unwrapEvent } from './wire';

/** Fields in which extensions keep charges of their own (named in the pair), as lines of the order. */
function extraTotals(order: unknown, paths: readonly string[]): { lineId: string; description: string; net: string }[] {
  return paths.map((path) => {
    const text = plain(path.split('.').reduce<unknown>((at, key) => record(at)[key], order)) ?? '0';
    return { lineId: path.slice(-40), description: (path.split('.').pop() ?? path).replaceAll('_', ' '), net: /^-?\d{1,15}(\.\d{1,12})?$/.test(text) ? text : '0' };
  });
}

/** The order out of its event, the invoices that tell of its payments, and the charges of extensions. */
export function magentoTexts({ orderText, paymentsText }: SourceReading, setup: SourceSetup): MappingTexts {
  const body = parseLossless(orderText);
  const order = unwrapEvent(body);
  const params: Record<string, string> = {};
  if (paymentsText !== undefined) params['invoices'] = listIn(paymentsText, 'items');
  if (setup.extraTotals) params['extraTotals'] = JSON.stringify(extraTotals(body, setup.extraTotals));
  return { order: order === body ? orderText : stringify(order) ?? orderText, params };
}
