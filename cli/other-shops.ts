import { readPairFiles } from '../config/pairs';
import { parsePair, type PairSource } from '../mapping/pair';
import { type Local } from './local';
import { type OtherShop } from './options';
import { type Ports } from './ports';

/** The pair that knows every kind of shop; used when simulated shops are asked for and no pair is named. */
const pairWithAllShops = 'config/pairs/all-shops.json';
const names: Record<OtherShop, string> = { woocommerce: 'WooCommerce', magento: 'Magento', generic: 'the generic sender' };
const wantedPorts: Record<OtherShop, number> = { woocommerce: 8095, magento: 8096, generic: 8097 };

export type OtherShops = { list: readonly OtherShop[]; pairFiles: NodeJS.ProcessEnv; sandbox: NodeJS.ProcessEnv };

/** Ports and accounts of the simulated shops that were asked for; the accounts are those of the pair's first source of their kind. */
export async function planOtherShops(shops: readonly OtherShop[], { ports, local, env }: { ports: Ports; local: Local; env: NodeJS.ProcessEnv }): Promise<OtherShops> {
  if (shops.length === 0) return { list: [], pairFiles: {}, sandbox: {} };
  const files = env['TIEOUT_PAIR_FILES'] || pairWithAllShops;
  const sources = readPairFiles(files.split(',').map((f) => f.trim())).map(parsePair).flatMap((p) => p.sources);
  const account = (kind: PairSource['kind']): string | undefined => sources.find((s) => s.kind === kind)?.account;
  const sandbox: NodeJS.ProcessEnv = { SANDBOX_WOOCOMMERCE_SECRET: local.wooSecret, SANDBOX_GENERIC_SECRET: local.genericSecret };
  for (const kind of shops) {
    sandbox[`SANDBOX_${kind.toUpperCase()}_PORT`] = String(await ports.pick(names[kind], wantedPorts[kind]));
    if (kind !== 'magento') sandbox[`SANDBOX_${kind.toUpperCase()}_ACCOUNT`] = account(kind);
  }
  return { list: shops, pairFiles: { TIEOUT_PAIR_FILES: files }, sandbox };
}

/** How the simulated shops are asked and what they sign with, in the words of the real systems' variables. */
export function otherShopsEnv(at: Partial<Record<OtherShop, string>>, local: Local): NodeJS.ProcessEnv {
  return {
    ...(at.woocommerce ? { WOOCOMMERCE_URL: at.woocommerce, WOOCOMMERCE_CONSUMER_KEY: 'ck_sandbox', WOOCOMMERCE_CONSUMER_SECRET: 'cs_sandbox', WOOCOMMERCE_WEBHOOK_SECRETS: local.wooSecret } : {}),
    ...(at.magento ? { MAGENTO_URL: at.magento, MAGENTO_CONSUMER_KEY: 'sandbox-consumer', MAGENTO_CONSUMER_SECRET: 'sandbox-consumer-secret', MAGENTO_ACCESS_TOKEN: 'sandbox-token', MAGENTO_ACCESS_TOKEN_SECRET: 'sandbox-token-secret' } : {}),
    ...(at.generic ? { GENERIC_READ_URL: `${at.generic}/orders/{orderId}`, GENERIC_LIST_URL: `${at.generic}/orders?since={since}&limit={limit}`, GENERIC_TOKEN: 'sandbox-generic-token', GENERIC_WEBHOOK_SECRETS: local.genericSecret } : {}),
  };
}
