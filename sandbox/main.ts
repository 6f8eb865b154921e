import { giveWay } from '../config/give-way';
import { readSandboxEnv } from '../config/sandbox-env';
import { startGateway } from './gateway/server';
import { startGp } from './gp/server';
import { startGeneric } from './generic/server';
import { type Listening } from './kit/http';
import { startMagento } from './magento/server';
import { startShop } from './shop/server';
import { startWooCommerce } from './woocommerce/server';
import { startXero } from './xero/server';

const usual = ['gp', 'xero', 'shop', 'gateway'] as const;
const roles = [...usual, 'woocommerce', 'magento', 'generic'] as const;
type Role = (typeof roles)[number];

/** `node dist/sandbox/main.js [ROLE …]`: without roles the usual four, with `all` every one. Prints its addresses as one JSON line. */
async function main(): Promise<void> {
  giveWay();
  const env = readSandboxEnv();
  const asked = process.argv.slice(2).flatMap((a): string[] => (a === 'all' ? [...roles] : [a]));
  const unknown = asked.filter((a) => !(roles as readonly string[]).includes(a));
  if (unknown.length > 0) throw new Error(`"${unknown.join(' ')}" is no role; use ${roles.join(', ')} or all`);
  const wanted = new Set<Role>(asked.length > 0 ? (asked as Role[]) : usual);
  const common = { host: env.SANDBOX_HOST, dataDir: env.SANDBOX_DATA_DIR };
  const [api = ''] = env.SANDBOX_API_URL;
  const up: Partial<Record<Role, Listening>> = {};
  if (wanted.has('gp')) up.gp = await startGp({ ...common, port: env.SANDBOX_GP_PORT, auth: { kind: env.SANDBOX_GP_AUTH, user: env.SANDBOX_GP_USER, password: env.SANDBOX_GP_PASSWORD } });
  if (wanted.has('xero')) up.xero = await startXero({ ...common, port: env.SANDBOX_XERO_PORT, webhook: { url: `${api}/webhooks/xero/demo`, key: env.SANDBOX_XERO_WEBHOOK_KEY } });
  const gateway = wanted.has('gateway') ? await startGateway({ ...common, port: env.SANDBOX_GATEWAY_PORT, webhookUrl: `${api}/webhooks/stripe/tieout-demo`, secret: env.SANDBOX_STRIPE_SECRET }) : undefined;
  if (gateway) up.gateway = gateway;
  if (wanted.has('shop')) {
    up.shop = await startShop({ ...common, port: env.SANDBOX_SHOP_PORT, shop: env.SANDBOX_SHOP, webhookUrl: env.SANDBOX_API_URL.map((url) => `${url}/webhooks/shopify/${env.SANDBOX_SHOP}`), secret: env.SANDBOX_SHOP_SECRET,
      tellGateway: (p) => { gateway?.pay({ orderId: p.orderId, amountMinor: Math.round(Number(p.amount) * 100), currency: p.currency, paymentIntent: p.paymentIntent }); } });
  }
  if (wanted.has('woocommerce')) {
    up.woocommerce = await startWooCommerce({ ...common, port: env.SANDBOX_WOOCOMMERCE_PORT, site: `https://${env.SANDBOX_WOOCOMMERCE_ACCOUNT}.example`, webhookUrl: `${api}/webhooks/woocommerce/${env.SANDBOX_WOOCOMMERCE_ACCOUNT}`, secret: env.SANDBOX_WOOCOMMERCE_SECRET, consumerKey: 'ck_sandbox', consumerSecret: 'cs_sandbox' });
  }
  if (wanted.has('magento')) up.magento = await startMagento({ ...common, port: env.SANDBOX_MAGENTO_PORT, consumerKey: 'sandbox-consumer', consumerSecret: 'sandbox-consumer-secret', token: 'sandbox-token', tokenSecret: 'sandbox-token-secret' });
  if (wanted.has('generic')) up.generic = await startGeneric({ ...common, port: env.SANDBOX_GENERIC_PORT, webhookUrl: `${api}/webhooks/generic/${env.SANDBOX_GENERIC_ACCOUNT}`, secrets: [env.SANDBOX_GENERIC_SECRET], token: 'sandbox-generic-token' });
  let closing = false;
  const stop = (): void => {
    if (closing) return;
    closing = true;
    void Promise.all(Object.values(up).map((s) => s.close())).then(() => process.exit(0), () => process.exit(1));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
  process.stdout.write(`${JSON.stringify({ sandbox: Object.fromEntries(Object.entries(up).map(([role, s]) => [role, s.url])) })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
