import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { main } from './mapping';

const root = resolve(__dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'tieout-mapping-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: unknown): string => { const path = join(folder, name); writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content)); return path; };

async function call(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const [out, err] = [process.stdout.write, process.stderr.write];
  process.stdout.write = (text): boolean => { said.out += String(text); return true; };
  process.stderr.write = (text): boolean => { said.err += String(text); return true; };
  try { return { code: await main(argv, root), ...said }; } finally { process.stdout.write = out; process.stderr.write = err; }
}
const json = (out: string): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>;

const document = (over: object = {}): object => ({
  format: 'tieout-mapping/1', name: 'contact-of-order', title: 'Buyer → Xero contact', version: 1, expressions: 'jsonata@2.2.2', source: 'canonical.sales-order', target: 'xero.contact',
  rules: [{ kind: 'direct', to: 'Name', from: 'customer.name', fit: 'free' }, { kind: 'lookup', to: 'AccountNumber', lookup: 'groups', key: 'channel' }], lookups: { groups: { kind: 'static', match: 'exact', noMatch: { policy: 'blank' }, rows: [{ key: 'web', value: 'W' }, { key: 'pos', value: 'P' }] } },
  tests: [{ name: 'a buyer', source: { customer: { name: 'Ann Lee' }, channel: 'pos' }, exactly: { Name: 'Ann Lee', AccountNumber: 'P' } }], ...over,
});

describe('npm run mapping', () => {
  it('check: 0 for a good document, 1 with findings for a bad one', async () => {
    expect(json((await call('check', file('good.json', document()), '--json')).out)).toEqual({ mapping: 'contact-of-order', version: 1, ok: true, errors: 0, warnings: 0, findings: [] });
    const bad = await call('check', file('bad.json', document({ rules: [{ kind: 'direct', to: 'Nam', from: 'customer.name' }] })), '--json');
    expect([bad.code, json(bad.out)]).toEqual([1, expect.objectContaining({ ok: false, errors: 2, findings: expect.arrayContaining([expect.objectContaining({ code: 'unknown-field', rule: '1', field: 'Nam' })]) as unknown })]);
    const unreadable = await call('check', file('unreadable.json', document({ rules: [{ kind: 'nonsense' }] })), '--json');
    expect([unreadable.code, json(unreadable.out)['findings']]).toEqual([1, [expect.objectContaining({ code: 'mapping-invalid', field: 'rules.0.kind' })]]);
  });
  it('run: says why each field holds what it holds', async () => {
    const doc = file('doc.json', '{"customer":{"name":"Ann Lee"},"channel":"pos"}');
    const told = json((await call('run', file('good.json', document()), doc, '--json')).out);
    expect(told).toMatchObject({ ok: true, value: { Name: 'Ann Lee', AccountNumber: 'P' }, explanations: [{ field: 'Name', rule: '1', because: 'rule 1: from customer.name' }, { field: 'AccountNumber', rule: '2', because: 'rule 2: lookup groups, row 2 for pos' }] });
    expect((await call('run', file('good.json', document()), doc)).out).toContain('because rule 2, lookup groups, row 2 for pos');
    const failed = await call('run', file('strict.json', document({ rules: [{ kind: 'direct', to: 'Name', from: 'customer.company', required: true }] })), doc, '--json');
    expect([failed.code, json(failed.out)]).toEqual([1, expect.objectContaining({ ok: false, failure: expect.objectContaining({ code: 'field-missing', field: 'Name' }) as unknown })]);
  });
  it('test: runs the test cases, of one document or of all that ship', async () => {
    expect((await call('test', file('good.json', document()))).code).toBe(0);
    const wrong = await call('test', file('wrong.json', document({ tests: [{ name: 'wrong', source: { customer: { name: 'Ann' } }, expect: { Name: 'Bob' } }] })), '--json');
    expect([wrong.code, json(wrong.out)['failed']]).toEqual([1, 1]);
  });
  it('diff, list, schemas, export', async () => {
    expect(json((await call('diff', file('good.json', document()), file('other.json', document({ version: 2, lookups: { groups: { kind: 'static', match: 'exact', noMatch: { policy: 'hold' }, rows: [] } } })), '--json')).out)).toMatchObject({ same: false, changes: [{ says: 'Lookup "groups": a value without a row waits for a person; before, it leaves it blank.' }, { kind: 'removed' }, { kind: 'removed' }] });
    expect((await call('list', '--json')).code).toBe(0);
    expect(json((await call('schemas', 'gp.sales-transaction', '--json')).out)['fields']).toEqual(expect.arrayContaining([expect.objectContaining({ path: 'taSopHdrIvcInsert.SOPNUMBE', length: 21, required: true })]));
    const out = join(folder, 'out.json');
    expect((await call('export', file('good.json', document()), out)).code).toBe(0);
    expect((await call('export', file('good.json', document()), out)).code).toBe(2);
  });
  it('import, publish, retire: drafts go into a running installation with pair and reason, and are put to work by their version', async () => {
    const asked: { path: string; key: string | undefined; body: { reason?: string; document?: { name: string } } }[] = [];
    const server = createServer((request, reply) => {
      let text = '';
      request.on('data', (part: Buffer) => { text += part.toString(); });
      request.on('end', () => {
        asked.push({ path: `${request.method ?? ''} ${request.url ?? ''}`, key: request.headers.authorization, body: JSON.parse(text) as { reason: string } });
        const wrong = request.url?.includes('/versions/9/') ?? false;
        reply.writeHead(wrong ? 409 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(wrong ? { title: 'Only a draft can be published', detail: 'Version 9 is retired.' } : { name: 'contact-of-order', version: 2, state: 'draft', ok: true }));
      });
    });
    await new Promise<void>((up) => { server.listen(0, '127.0.0.1', up); });
    const there = ['--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--key', 'k', '--pair', 'demo', '--reason', 'wider groups'];
    try {
      const brought = await call('import', file('good.json', document()), ...there);
      expect([brought.code, brought.out]).toEqual([0, expect.stringContaining('contact-of-order@2')]);
      expect((await call('publish', 'contact-of-order@2', ...there)).code).toBe(0);
      expect((await call('retire', 'contact-of-order@2', ...there)).code).toBe(0);
      expect(asked.map((a) => [a.path, a.key, a.body.reason])).toEqual(['draft', 'versions/2/publish', 'versions/2/retire'].map((end) => [`POST /mappings/demo/contact-of-order/${end}`, 'Bearer k', 'wider groups']));
      expect(asked[0]?.body.document?.name).toBe('contact-of-order');
      expect(await call('publish', 'contact-of-order@9', ...there)).toMatchObject({ code: 1, err: expect.stringContaining('Version 9 is retired.') });
      expect(await call('import', file('good.json', document()), file('bad.json', document({ rules: [] })), ...there)).toMatchObject({ code: 1 });
      expect(asked).toHaveLength(4);
    } finally { server.close(); }
    expect(await call('import', file('good.json', document()), '--pair', 'demo')).toMatchObject({ code: 2, err: expect.stringContaining('--reason is missing. Fix: ') });
    expect(await call('publish', 'contact-of-order', ...there)).toMatchObject({ code: 2, err: expect.stringContaining('sales-order-to-gp-order@2') });
  });
  it.each([[[], ''], [['nonsense'], 'is no command'], [['check'], 'takes check FILE'], [['check', 'no-such-thing'], 'no document of that name'], [['check', './nowhere.json'], 'no such file'], [['run', 'x', 'y', '--flag'], 'Fix:'], [['schemas', 'x.y'], 'no such schema']])('%j is a mistake in the command', async (argv, words) => {
    const { code, err } = await call(...argv);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });
});
