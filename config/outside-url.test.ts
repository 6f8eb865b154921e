import fc from 'fast-check';
import { readEnv } from './env';
import { isMetadataHost, outsideUrl } from './outside-url';

const good = { DATABASE_URL: 'postgres://u:p@h/d', TIEOUT_SECRET_KEYS: 'k1:x', XERO_CLIENT_ID: 'c', XERO_CLIENT_SECRET: 's', XERO_TENANT_ID: 't', GP_ECONNECT_URL: 'http://gp/e', GP_USER: 'u', GP_PASSWORD: 'hunter2' };
const hostOf = (url: string): string => new URL(url).hostname;

describe('addresses of other systems', () => {
  it.each([['file:///etc/passwd'], ['javascript:alert(1)'], ['gopher://127.0.0.1:70/x'], ['ftp://x/y'], ['//x/y'], ['x'], [''], ['http://'], ['data:text/plain,x'], ['http://user:hunter2@x/'], ['https://user@x/'], ['https://x/#y']])('refuses %s', (url) => expect(outsideUrl.safeParse(url).success).toBe(false));
  it.each(['https://api.xero.com/api.xro/2.0', 'http://localhost:8091/x', 'http://10.0.0.5/e', 'http://gp.corp.example:48620/D.asmx', 'http://[::1]:8092'])('takes %s', (url) => expect([outsideUrl.safeParse(url).success, isMetadataHost(hostOf(url))]).toEqual([true, false]));
  it.each([
    'http://169.254.169.254/latest/meta-data', 'http://0xa9fea9fe/', 'http://2852039166/', 'http://0251.0376.0251.0376/', 'http://169.254.43518/', 'http://169.254.1.1', 'http://[fe80::1]/', 'http://[fd00:ec2::254]/', 'http://[::ffff:169.254.169.254]/', 'http://[::ffff:a9fe:a9fe]/',
    'http://[64:ff9b::a9fe:a9fe]/', 'http://[::169.254.169.254]/', 'http://metadata.google.internal/computeMetadata/v1/', 'http://METADATA.google.internal./', 'http://100.100.100.200/', 'http://0.0.0.0:80/', 'http://[::]/', 'http://%31%36%39.254.169.254/', 'http://１６９.254.169.254/',
  ])('knows the metadata host in %s', (url) => expect(isMetadataHost(hostOf(url))).toBe(true));
  it('knows every link-local address, in whatever form it is written', () => fc.assert(fc.property(fc.nat(255), fc.nat(255), fc.constantFrom('dotted', 'number', 'hex', 'mapped'), (c, d, form) => {
    const n = (169 * 2 ** 24) + (254 * 2 ** 16) + (c * 256) + d;
    const host = { dotted: `169.254.${c}.${d}`, number: String(n), hex: `0x${n.toString(16)}`, mapped: `[::ffff:169.254.${c}.${d}]` }[form];
    expect(isMetadataHost(hostOf(`http://${host}/`))).toBe(true);
  })));
  it('is checked at start for every process, told with the variable and the fix, and can be allowed', () => {
    const inward = { ...good, GP_ECONNECT_URL: 'http://169.254.169.254/latest', GP_WEB_SERVICES_URL: 'http://0xa9fea9fe/' };
    expect(() => readEnv('gp-agent', inward)).toThrow(/2 mistake[\s\S]*GP_ECONNECT_URL is "http:\/\/169.254.169.254\/latest": link-local[\s\S]*TIEOUT_ALLOW_LINK_LOCAL=true/);
    expect(readEnv('gp-agent', { ...inward, TIEOUT_ALLOW_LINK_LOCAL: 'true' }).gp.econnectUrl).toBe('http://169.254.169.254/latest');
    expect(() => readEnv('worker', { ...good, SHOPIFY_ADMIN_URL: 'http://metadata.google.internal' })).toThrow(/SHOPIFY_ADMIN_URL/);
    expect(() => readEnv('api', { ...good, TIEOUT_TEMPORAL_UI_URL: 'javascript:alert(1)' })).toThrow(/TIEOUT_TEMPORAL_UI_URL/);
    for (const name of ['XERO_API_URL', 'XERO_IDENTITY_URL', 'XERO_CONNECTIONS_URL', 'SHOPIFY_ADMIN_URL']) expect(() => readEnv('worker', { ...good, [name]: 'file:///etc/passwd' })).toThrow(new RegExp(`${name} is "file:///etc/passwd": only https`));
  });
  it('never repeats credentials that stand in an address', () => {
    const complaint = (): unknown => readEnv('worker', { ...good, XERO_API_URL: 'https://user:hunter2@api.xero.com', DATABASE_URL: 'mysql://u:hunter2@h/d' });
    expect(complaint).toThrow(/2 mistake[\s\S]*DATABASE_URL has a value that does not fit: write it as postgres/);
    expect(complaint).toThrow(/XERO_API_URL has a value that does not fit: leave user name and password out/);
    expect(complaint).not.toThrow(/hunter2/);
  });
});
