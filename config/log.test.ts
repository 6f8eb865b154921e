import { inspect } from 'node:util';
import fc from 'fast-check';
import { createLog } from './log';
import { scrub, scrubText } from './scrub';

function lines(act: (log: ReturnType<typeof createLog>) => void): string {
  const written: string[] = [];
  act(createLog('test', 'trace', { write: (line: string) => { written.push(line); } }));
  return written.join('');
}

const secrets = ['hunter2hunter2', 'ann@example.org', 'ann%40example.org', 'Holly Hush', 'tk_admin_0123456789', 'shpat_abcdef', 'whsec_zzz', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJob2xseSJ9.sig', 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY='];

describe('log', () => {
  it('writes no secret and no person, wherever they stand in the fields', () => {
    const failure = Object.assign(new Error('no customer Holly Hush'), { name: 'ApplicationFailure', type: 'document-rejected', details: [{ evidence: { request: '<CUSTNAME>Holly Hush</CUSTNAME>' } }], cause: new Error('Holly Hush') });
    const axios = Object.assign(new Error('Request failed with status code 500'), { config: { auth: { password: 'hunter2hunter2' }, headers: { Authorization: 'Basic aHVudGVyMg==' } }, response: { data: 'Holly Hush' } });
    const text = lines((log) => {
      log.info({ password: 'hunter2hunter2', deep: { a: { b: { accessToken: 'hunter2hunter2', Client_Secret: 'hunter2hunter2', 'api-key': 'hunter2hunter2' } } }, list: [{ email: 'ann@example.org' }], customer: { name: 'Holly Hush' } }, 'fields');
      log.warn({ why: 'Bearer hunter2hunter2 for ann@example.org', path: '/webhooks/shopify/ann%40example.org', url: 'postgres://tieout:hunter2hunter2@db/x', ring: 'k1:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=' }, 'ann@example.org wrote tk_admin_0123456789');
      log.error({ error: failure }, 'a failure');
      log.error({ err: axios }, 'a call');
      log.error(failure);
      log.error({ error: new SyntaxError('Unexpected token H, "Holly Hush" is not valid JSON') }, 'a parser');
      log.error({ error: Object.assign(new Error('invalid input syntax for type uuid: "Holly Hush"'), { code: '22P02' }) }, 'a database');
      log.info({ path: '/codec/t/1793491260.abcdefghijkl/decode', rawBody: Buffer.from('Holly Hush'), bytes: Buffer.from('Holly Hush'), token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJob2xseSJ9.sig', auth: 'shpat_abcdef whsec_zzz' }, 'rest');
    });
    for (const secret of [...secrets, 'abcdefghijkl']) expect([secret, text.includes(secret)]).toEqual([secret, false]);
    for (const kept of ['document-rejected', 'Request failed with status code 500', '22P02', 'log.test.ts', '[email]']) expect(text).toContain(kept);
  });
  it('keeps what is needed to find a run', () => {
    const line = JSON.parse(lines((log) => { log.info({ run: 'order-to-cash/demo/shopify/820982911946154508', code: 'period-closed', ms: 12, at: new Date(0), causes: ['SQL 2627'] }, 'GP call failed'); })) as object;
    expect(line).toMatchObject({ name: 'test', run: 'order-to-cash/demo/shopify/820982911946154508', code: 'period-closed', ms: 12, at: '1970-01-01T00:00:00.000Z', causes: ['SQL 2627'], msg: 'GP call failed' });
  });
  it('writes one line, whatever is put into it', () => {
    const text = lines((log) => { log.info({ account: 'a\n{"level":60,"msg":"forged"}' }, 'line\nbreak'); });
    expect([text.trim().split('\n').length, (JSON.parse(text) as { level: number }).level]).toEqual([1, 30]);
  });
  it('scrubs anything without throwing, and leaves no planted secret in it', () => fc.assert(fc.property(fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withNullPrototype: true, maxDepth: 8 }), fc.constantFrom('ann@example.org', 'Bearer hunter2hunter2'), (value, secret) => {
    expect(inspect(scrub({ value, planted: [`x ${secret} y`] }), { depth: 20 })).not.toContain(secret.replace('Bearer ', ''));
  })));
  it('takes a hostile text of any length in bounded time', () => {
    const started = process.cpuUsage();
    for (const text of ['a'.repeat(1_000_000), `${'a.'.repeat(500_000)}@`, '@'.repeat(1_000_000), `//${':'.repeat(1_000_000)}@`]) expect(scrubText(text).length).toBeLessThan(600);
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(10_000); // What grows with the square takes hours.
  });
});
