import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const Env = z.object({
  SANDBOX_DATA_DIR: z.string().min(1).default('.tieout/sandbox'), SANDBOX_HOST: z.string().default('127.0.0.1'),
  SANDBOX_GP_PORT: port.default(8091), SANDBOX_XERO_PORT: port.default(8092), SANDBOX_SHOP_PORT: port.default(8093), SANDBOX_GATEWAY_PORT: port.default(8094),
  SANDBOX_WOOCOMMERCE_PORT: port.default(8095), SANDBOX_MAGENTO_PORT: port.default(8096), SANDBOX_GENERIC_PORT: port.default(8097),
  /** Where webhooks go; several by comma take turns. */ SANDBOX_API_URL: z.string().default('http://127.0.0.1:8080').transform((text) => text.split(',').map((url) => url.trim())).pipe(z.array(z.url()).min(1)), SANDBOX_SHOP: z.string().default('tieout-demo.myshopify.com'), SANDBOX_SHOP_SECRET: z.string().min(1).default('sandbox-shop-secret'),
  SANDBOX_STRIPE_SECRET: z.string().min(1).default('whsec_sandbox'), SANDBOX_XERO_WEBHOOK_KEY: z.string().min(1).default('sandbox-xero-key'),
  /** The account in the address that deliveries of these shops go to. */ SANDBOX_WOOCOMMERCE_ACCOUNT: z.string().min(1).default('woo-demo'), SANDBOX_WOOCOMMERCE_SECRET: z.string().min(1).default('sandbox-woo-secret'),
  SANDBOX_GENERIC_ACCOUNT: z.string().min(1).default('my-shop'), SANDBOX_GENERIC_SECRET: z.string().min(1).default('whsec_c2FuZGJveC1nZW5lcmljLXNlY3JldA=='),
  SANDBOX_GP_USER: z.string().default('tieout'), SANDBOX_GP_PASSWORD: z.string().default('tieout'), SANDBOX_GP_AUTH: z.enum(['basic', 'ntlm']).default('basic'),
});
export type SandboxEnv = z.infer<typeof Env>;

/** The sandbox's own variables; all mistakes at once. */
export function readSandboxEnv(env: NodeJS.ProcessEnv = process.env): SandboxEnv {
  const parsed = Env.safeParse(Object.fromEntries(Object.entries(env).filter(([, v]) => v !== '')));
  if (parsed.success) return parsed.data;
  throw new Error(`The sandbox cannot start:\n${parsed.error.issues.map((i) => `  ${i.path.join('.')}: ${i.message}`).join('\n')}`);
}
