const foreign = /^(DATABASE_URL|TEMPORAL_(?!CLI_PATH)|SHOPIFY_|STRIPE_|XERO_|GP_|WOOCOMMERCE_|MAGENTO_|GENERIC_|NOTIFY_|SANDBOX_|TIEOUT_)/;

/**
 * Takes out of the environment what would lead programs of a trial to somebody's installation: a trial kills, floods and judges everything it
 * reaches, so it brings its own store, Temporal and systems. Answers the names that were taken out.
 */
export function forgetInstallation(env: NodeJS.ProcessEnv): string[] {
  const names = Object.keys(env).filter((name) => foreign.test(name) && env[name] !== '');
  for (const name of names) delete env[name];
  return names;
}
