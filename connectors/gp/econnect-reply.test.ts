import { readReply } from './econnect-reply';
import { parseXml, textOf, replyBytesMax } from './strict-xml';

const soap = (body: string): string => `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;
const answer = (status: number, body: string) => readReply('CreateTransactionEntity', { kind: 'reply', status, body });
const good = soap('<CreateTransactionEntityResponse xmlns="http://schemas.microsoft.com/dynamics/gp/2010/01"><CreateTransactionEntityResult>&lt;eConnect/&gt;</CreateTransactionEntityResult></CreateTransactionEntityResponse>');

describe('readReply', () => {
  it('gives the text of the result', () => expect(answer(200, good)).toEqual({ kind: 'result', text: '<eConnect/>' }));
  it.each([
    ['HTML with status 200', 200, '<html><body><br>Sign in</body></html>'], ['well-formed HTML', 200, '<html><body/></html>'], ['a truncated reply', 200, good.slice(0, -20)], ['an empty reply', 200, ''], ['text around the envelope', 200, `${good}<!-- --> x`],
    ['another operation', 200, good.replaceAll('CreateTransactionEntity', 'CreateEntity')], ['a DOCTYPE', 200, `<!DOCTYPE a [<!ENTITY e "x">]>${good}`], ['an entity of its own', 200, good.replace('&lt;', '&e;')], ['a plain 500', 500, 'oops'], ['a plain 503', 503, 'Service Unavailable'],
    ['a fault of the service layer', 500, soap('<s:Fault><faultcode>s:InternalServiceFault</faultcode><faultstring>broken</faultstring></s:Fault>')],
  ])('%s after a write is an unknown outcome', (_what, status, body) => expect(answer(status, body).kind).toBe('unknown'));
  it('tells refusals apart', () => {
    const fault = (detail: string): string => soap(`<s:Fault><faultcode>s:Client</faultcode><faultstring>x</faultstring><detail>${detail}</detail></s:Fault>`);
    expect(answer(401, '')).toMatchObject({ kind: 'refused', failure: { code: 'unauthorized' } });
    expect(answer(404, 'no such page')).toMatchObject({ kind: 'not-sent', failure: { code: 'setup-missing' } });
    expect(answer(500, fault('<a:eConnectFault xmlns:a="q"><a:Message>Error Number = 2221  Stored Procedure taSopHdrIvcInsert  Error Description = Duplicate&#xD;\n</a:Message></a:eConnectFault>'))).toMatchObject({ kind: 'refused', look: true, failure: { code: 'duplicate-conflict' } });
    expect(answer(500, fault('<eConnectSqlFault><Errors><eConnectSqlError><Message>victim</Message><Number>1205</Number></eConnectSqlError></Errors></eConnectSqlFault>'))).toMatchObject({ kind: 'refused', look: false, failure: { code: 'document-locked' } });
    expect(answer(500, soap('<s:Fault><faultcode>a:ActionNotSupported</faultcode><faultstring>no</faultstring></s:Fault>'))).toMatchObject({ kind: 'refused', failure: { code: 'setup-missing' } });
  });
  it('a call that never left is no unknown outcome', () => {
    expect(readReply('CreateTransactionEntity', { kind: 'not-sent', why: 'ECONNREFUSED' })).toMatchObject({ kind: 'not-sent', failure: { code: 'system-unavailable' } });
    expect(readReply('CreateTransactionEntity', { kind: 'lost', why: 'ECONNRESET' }).kind).toBe('unknown');
  });
});

describe('parseXml', () => {
  const long = 'x'.repeat(5_000);
  it.each([
    ['escaped', `&lt;a b=&quot;1&quot;&gt;${long}&amp;amp;&#x41;`, `<a b="1">${long}&amp;A`], ['beside a CDATA section that looks like an end', `${long}<![CDATA[>${long}<]]>`, `${long}>${long}<`],
    ['with a > that nobody escaped', `>${long}>`, `>${long}>`], ['with the letter that marks a place', `\uE0000\uE000${long}`, `\uE0000\uE000${long}`], ['around an element', `${long}1<i/>${long}2`, `${long}1${long}2`], ['that is itself such a place', `\uE0000\uE000`, `\uE0000\uE000`],
  ])('hands on long text whole: %s', (_what, written, read) => {
    const tree = parseXml(`<a><b>${written}</b><c>${long}</c><b2>${long}2</b2></a>`, 'a');
    expect([textOf(tree['b']) === read, textOf(tree['c']) === long, textOf(tree['b2']) === `${long}2`]).toEqual([true, true, true]);
  });
  it.each([['a bare &', `${long} & `], ['an entity that is none', `${long}&nope;`], ['a character that XML forbids', `${long}\u0001`], ['an element without an end', `${long}<c>${long}`]])('refuses in long text %s', (_what, text) => {
    expect(() => parseXml(`<a><b>${text}</b></a>`, 'a')).toThrow();
  });

  it('decodes each entity once, keeps CDATA and spaces', () => {
    const tree = parseXml('<a><b>&amp;lt; &#x41;&#66; </b><c><![CDATA[<x> &amp;]]></c></a>', 'a');
    expect([textOf(tree['b']), textOf(tree['c'])]).toEqual(['&lt; AB ', '<x> &amp;']);
  });
  it('takes thousands of entities, and no endless reply', () => {
    expect(textOf(parseXml(`<a><b>${'&lt;'.repeat(20_000)}</b></a>`, 'a')['b'])).toHaveLength(20_000);
    expect(() => parseXml(`<a>${'x'.repeat(replyBytesMax)}</a>`, 'a')).toThrow(/longer/);
  });
  it.each(['<a></a><a></a>', '<b/>', '<a/>x', '<a>&x;</a>', '<a>1 & 2</a>', '<a', ''])('refuses %j', (text) => expect(() => parseXml(text, 'a')).toThrow());
});
