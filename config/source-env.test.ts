import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePair, type Pair } from '../mapping/pair';
import { readSourceEnv, readSourceSecrets, sourceKey } from './source-env';

const demo = JSON.parse(readFileSync(join(__dirname, 'pairs/demo.json'), 'utf8')) as object;
const source = (id: string, kind: string, more: object = {}): object => ({ id, kind, account: `${id}.example`, keyPrefix: `${id.toUpperCase()}X`.slice(0, 6), ...more });
const pairWith = (...sources: object[]): Pair => parsePair({ ...demo, pairId: 'p', sources, gatewayEvents: [] });

describe('readSourceEnv', () => {
  it('gives each source its own values, the most particular name first', () => {
    const pair = pairWith(source('eu', 'woocommerce'), source('us', 'woocommerce'));
    const found = readSourceEnv([pair], { WOOCOMMERCE_URL: 'https://all.example', WOOCOMMERCE_URL__EU: 'https://eu.example', WOOCOMMERCE_URL__P_EU: 'https://p-eu.example', WOOCOMMERCE_CONSUMER_KEY: 'k', WOOCOMMERCE_CONSUMER_SECRET: 's', WOOCOMMERCE_CONSUMER_SECRET__US: 'us' });
    expect(found.get(sourceKey('p', 'eu'))).toMatchObject({ kind: 'woocommerce', settings: { baseUrl: 'https://p-eu.example', consumerSecret: 's' } });
    expect(found.get(sourceKey('p', 'us'))).toMatchObject({ settings: { baseUrl: 'https://all.example', consumerSecret: 'us' } });
  });
  it('leaves out what is not set, and names every mistake at once without a secret', () => {
    const pair = pairWith(source('m', 'magento'), source('w', 'woocommerce'), source('g', 'generic', { paths: { orderId: 'id' } }));
    expect(readSourceEnv([pair], {}).size).toBe(0);
    const complaint = (): unknown => readSourceEnv([pair], { MAGENTO_URL: 'https://m.example', MAGENTO_CONSUMER_KEY: 'hunter2', WOOCOMMERCE_URL: 'ftp://hunter2@w', WOOCOMMERCE_URL__MARS: 'https://x.example', GENERIC_READ_URL: 'https://g.example/{orderId}', GENERIC_LIST_URL: 'https://g.example' });
    for (const said of [/MAGENTO_CONSUMER_SECRET is not set/, /MAGENTO_ACCESS_TOKEN_SECRET is not set/, /WOOCOMMERCE_URL has a value that does not fit/, /WOOCOMMERCE_URL__MARS names no source/, /paths\.version/]) expect(complaint).toThrow(said);
    expect(complaint).not.toThrow(/hunter2/);
  });
  it('takes an access token alone when told so, and calls no metadata host', () => {
    const pair = pairWith(source('m', 'magento'));
    expect(readSourceEnv([pair], { MAGENTO_URL: 'https://m.example', MAGENTO_AUTH: 'bearer', MAGENTO_ACCESS_TOKEN: 't' }).get(sourceKey('p', 'm'))).toMatchObject({ settings: { access: { kind: 'bearer', token: 't' } } });
    expect(() => readSourceEnv([pair], { MAGENTO_URL__M: 'http://169.254.169.254/', MAGENTO_AUTH: 'bearer', MAGENTO_ACCESS_TOKEN: 't' })).toThrow(/MAGENTO_URL__M .*metadata/);
  });
});

it('gives deliveries the secrets of their own source only', () => {
  const pair = pairWith(source('eu', 'generic'), source('us', 'generic'), source('m', 'magento'));
  const secrets = readSourceSecrets([pair], { GENERIC_WEBHOOK_SECRETS: 'a,b', GENERIC_WEBHOOK_SECRETS__US: 'c' });
  expect([...secrets]).toEqual([[sourceKey('p', 'eu'), ['a', 'b']], [sourceKey('p', 'us'), ['c']], [sourceKey('p', 'm'), []]]);
});

it('refuses a pair in which two sources share id, prefix or shop', () => {
  expect(() => pairWith(source('eu', 'generic'), source('eu', 'shopify'))).toThrow(/two sources have the id "eu"/);
  expect(() => pairWith(source('eu', 'generic', { keyPrefix: 'XX' }), source('us', 'shopify', { keyPrefix: 'XX' }))).toThrow(/keyPrefix "XX"/);
  expect(() => pairWith(source('eu', 'generic', { account: 'a' }), source('us', 'generic', { account: 'a' }))).toThrow(/kind and account "generic a"/);
});
