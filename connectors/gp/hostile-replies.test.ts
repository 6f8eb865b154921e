import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { createGpClient } from './client';
import { readRows } from './econnect-rows';
import { shapes } from './reader';
import { find, parseXml, textOf, XmlError } from './strict-xml';
import { type GpSettings } from './types';
import { createWebServices } from './web-services';

const servers: Server[] = [];
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((up) => { server.listen(0, '127.0.0.1', up); });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterAll(() => { for (const server of servers) { server.closeAllConnections(); server.close(); } });

const settings = (base: string, over: Partial<GpSettings> = {}): GpSettings => ({ econnectUrl: `${base}/e`, webServicesUrl: `${base}/w`, auth: { kind: 'basic', user: 'tieout', password: 'planted-password' }, connectionString: 'initial catalog=TWO', companyId: 2, baseCurrency: 'USD', timeoutMs: 30_000, ...over });
const envelope = (inside: string): string => `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inside}</s:Body></s:Envelope>`;
const result = (xml: string): string => envelope(`<GetEntityResponse><GetEntityResult>${xml.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</GetEntityResult></GetEntityResponse>`);
const laughs = `<!DOCTYPE l [<!ENTITY a "ha">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'abcdefghij'[i + 1]} "${`&${'abcdefghij'[i]};`.repeat(10)}">`).join('')}]>`;
const external = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>';

/** Attacks on either layer: the SOAP envelope, and the document escaped inside it. */
const bombs: [string, string][] = [
  ['a DOCTYPE', external + envelope('&x;')], ['a DOCTYPE inside', result(`${external}<root>&x;</root>`)], ['a parameter entity', `<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:1/evil.dtd"> %p;]>${envelope('')}`], ['a billion laughs', laughs + envelope('&j;')], ['a billion laughs inside', result(`${laughs}<root>&j;</root>`)],
  ['an entity nobody defined', envelope('&xxe;')], ['an entity inside', result('<root><eConnect><SO_Trans><CUSTNMBR>&xxe;</CUSTNMBR></SO_Trans></eConnect></root>')], ['a million levels', envelope('<a>'.repeat(1_000_000))], ['a million levels inside', result(`<root>${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}</root>`)],
  ['two million elements', envelope('<a/>'.repeat(2_000_000))], ['a million references', envelope('&#65;'.repeat(1_000_000))], ['a million sections', envelope('<![CDATA[]]>'.repeat(800_000))], ['an endless tag', envelope(`<a ${'b="'.repeat(2_000_000)}`)], ['a NUL', envelope('\u0000')], ['a NUL by number', envelope('&#0;')],
  ['half a surrogate', result('<root>&#xD800;</root>')], ['a character past Unicode', envelope('&#x110000;')], ['U+FFFE', envelope('\ufffe')], ['bytes that are no UTF-8', envelope('caf\ufffd')], ['a prototype', result('<root><eConnect><__proto__><SO_Trans/></__proto__></eConnect></root>')], ['a constructor', envelope('<constructor><prototype/></constructor>')],
  ['HTML', '<!DOCTYPE html><html><body>Sign in</body></html>'], ['HTML without DOCTYPE', '<html><body>Sign in</body></html>'], ['JSON', '{"ok":true}'], ['nothing', ''], ['half an answer', envelope(result('<root/>')).slice(0, 90)], ['text after the root', `${envelope('')}x`], ['two roots', envelope('') + envelope('')], ['another root', '<root/>'],
];

describe('a hostile GP', () => {
  it.each(bombs)('that answers with %s is not understood, soon, and nothing is taken from it', async (_what, body) => {
    const base = await serve((_req, res) => { res.setHeader('content-type', 'text/xml'); res.end(body); });
    const client = createGpClient(settings(base));
    const before = process.cpuUsage();
    expect(await client.readInvoices(['SI0001'])).toMatchObject({ ok: false, failure: { code: 'reply-unreadable', system: 'gp' } });
    if (!body.includes('GetEntityResult')) expect(await createWebServices(settings(base)).getCustomerByKey('C1')).toMatchObject({ ok: false, failure: { code: 'reply-unreadable' } });
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(20_000); // What grows faster than the answer takes minutes here; a busy machine does not.
  }, 60_000);
  it('cannot fill the memory: endless, and compressed a thousand times', async () => {
    const zipped = gzipSync(Buffer.alloc(200_000_000, 0x20));
    const bomb = await serve((_req, res) => { res.writeHead(200, { 'content-type': 'text/xml', 'content-encoding': 'gzip' }); res.end(zipped); });
    const endless = await serve((_req, res) => { const part = Buffer.alloc(1_000_000, 0x20); const more = (): void => { while (res.write(part)); if (!res.destroyed) res.once('drain', more); }; more(); });
    const rss = process.memoryUsage().rss;
    for (const base of [bomb, endless]) expect(await createGpClient(settings(base)).readInvoices(['SI0001'])).toMatchObject({ ok: false, failure: { code: 'reply-unreadable', message: expect.stringContaining('longer than') } });
    expect((process.memoryUsage().rss - rss) / 1e6).toBeLessThan(150);
  }, 60_000);
  it.each([['basic', 301], ['basic', 302], ['basic', 303], ['basic', 307], ['basic', 308], ['ntlm', 302], ['ntlm', 307]] as ['basic' | 'ntlm', number][])('cannot send us elsewhere (%s, %i): the other address is never called', async (kind, status) => {
    const called: string[] = [];
    const inner = await serve((req, res) => { called.push(`${req.method} ${req.headers.authorization}`); res.end(envelope('')); });
    const base = await serve((_req, res) => { res.writeHead(status, { location: `${inner}/latest/meta-data/` }); res.end(); });
    const client = createGpClient(settings(base, { auth: { kind, user: 'tieout', password: 'planted-password' } }));
    expect(await client.readInvoices(['SI0001'])).toMatchObject({ ok: false, failure: { code: 'system-unavailable' } });
    expect(await client.ping()).toMatchObject({ ok: false });
    expect(called).toEqual([]);
  });
  it.each(['basic', 'ntlm'] as const)('cannot keep us waiting by answering drop by drop (%s)', async (kind) => {
    const drips: ReturnType<typeof setInterval>[] = [];
    const base = await serve((req, res) => { req.resume(); res.writeHead(200, { 'content-type': 'text/xml' }); drips.push(setInterval(() => res.write(' '), 100)); });
    const hurried = settings(base, { timeoutMs: 1_000, auth: { kind, user: 'tieout', password: 'planted-password' } });
    const began = Date.now();
    const outcomes = await Promise.all([createGpClient(hurried).readInvoices(['SI0001']), createWebServices(hurried).getCustomerByKey('C1')]);
    drips.forEach(clearInterval);
    expect([outcomes, Date.now() - began < 8_000]).toEqual([[expect.objectContaining({ ok: false }), expect.objectContaining({ ok: false })], true]);
  }, 30_000);
  it('says nothing of our credentials in any failure', async () => {
    const base = await serve((_req, res) => { res.socket?.destroy(); });
    const failure = JSON.stringify([await createGpClient(settings(base)).readInvoices(['SI0001']), await createGpClient(settings(base)).ping()]);
    for (const secret of ['planted-password', Buffer.from('tieout:planted-password').toString('base64')]) expect(failure).not.toContain(secret);
  });
});

describe('strict XML', () => {
  const piece = fc.oneof(fc.constantFrom('<root>', '</root>', '<a>', '</a>', '<a b="c">', '<a/>', '<!--', '-->', '<![CDATA[', ']]>', '<?x', '?>', '<!DOCTYPE x>', '<!ENTITY', '&amp;', '&#65;', '&#0;', '&x;', '&', '<', '>', '"', "'", '<__proto__>', '</__proto__>', '\u0000', '\ud800', '\ufffd'), fc.string({ maxLength: 5 }));
  it('gives a tree or an XmlError for any text, and never touches a prototype', () => fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
    try {
      const tree = parseXml(`<root>${pieces.join('')}</root>`, 'root');
      expect([Object.getPrototypeOf(tree), find(tree, 'nowhere')]).toEqual([Object.prototype, undefined]);
      expect(textOf(tree)).not.toMatch(/[\u0000\ud800-\udfff\ufffd]/);
    } catch (error) { expect(error).toBeInstanceOf(XmlError); }
    expect(Object.keys(Object.prototype)).toEqual([]);
  }), { numRuns: 2_000 }));
  it('gives back any text that XML can hold', () => fc.assert(fc.property(fc.string({ unit: 'grapheme' }).filter((t) => !/[^\t\n\u0020-\ud7ff\ue000-\ufffc\u{10000}-\u{10ffff}]/u.test(t)), (text) => {
    const escaped = text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] ?? c);
    expect(textOf(parseXml(`<root><a>${escaped}</a></root>`, 'root')['a'])).toBe(text);
  })));
  it.each(['NaN', 'Infinity', '-Infinity', '1e400', '1e3', '1,000.00', '1.000,00', '0x10', '', ' ', '--1', '1.', '.5', '1'.repeat(20), `1.${'1'.repeat(13)}`, '١٢', '$1', '1 000', 'null'])('no amount of GP is "%s"', (amount) => {
    const row = (value: string): string => `<root><eConnect><Cash_Receipt><DOCNUMBR>R1</DOCNUMBR><ORTRXAMT>${value}</ORTRXAMT></Cash_Receipt></eConnect></root>`;
    expect(readRows(row(amount), shapes.cash)).toMatchObject({ ok: false, failure: { code: 'reply-unreadable', message: expect.stringContaining('ORTRXAMT') } });
    expect(readRows(row('-12.50000'), shapes.cash)).toMatchObject({ ok: true });
  });
});
