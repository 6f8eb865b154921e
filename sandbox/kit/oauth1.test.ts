import fc from 'fast-check';
import { oauth1Header } from '../../connectors/oauth1';
import { OAuth1Gate } from './oauth1';

const keys = { consumerKey: 'ck', consumerSecret: 'c&s', token: 't k', tokenSecret: 't+s' };
const rules = { methods: ['HMAC-SHA1', 'HMAC-SHA256'], windowSeconds: 300 };

describe('the gate of OAuth 1.0a', () => {
  it('accepts the photo request of RFC 5849 §1.2, at its hour, once', () => {
    const url = 'http://photos.example.net/photos?file=vacation.jpg&size=original';
    const authorization = 'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk", oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131202", oauth_nonce="chapoH", oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"';
    const gate = (now: number): OAuth1Gate => new OAuth1Gate({ consumerKey: 'dpf43f3p2l4k3l03', consumerSecret: 'kd94hf93k423kf44', token: 'nnch734d00sl2jdk', tokenSecret: 'pfkkdhi9sl3r4s00' }, { ...rules, now: () => now });
    const then = gate(137_131_202_000);
    expect([then.refusal({ method: 'GET', url, authorization }), then.refusal({ method: 'GET', url, authorization })]).toEqual([undefined, { why: 'nonce' }]);
    expect(gate(137_131_602_000).refusal({ method: 'GET', url, authorization })).toEqual({ why: 'timestamp' });
    expect(gate(137_131_202_000).refusal({ method: 'POST', url, authorization })).toEqual({ why: 'signature' });
  });

  it('agrees with another signer about any parameters, and refuses the request when one of them is another', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9_.~-]{1,8}$/).filter((n) => !n.startsWith('oauth'));
    fc.assert(fc.property(fc.uniqueArray(fc.tuple(name, fc.string({ unit: 'grapheme', maxLength: 12 })), { maxLength: 6, selector: ([n]) => n }), (pairs) => {
      const gate = new OAuth1Gate(keys, rules);
      const url = `http://shop.example/rest/V1/orders?${pairs.map(([n, v]) => `${encodeURIComponent(n)}=${encodeURIComponent(v)}`).join('&')}`;
      const signed = (): string => oauth1Header('GET', url, keys);
      expect(gate.refusal({ method: 'GET', url, authorization: signed() })).toBeUndefined();
      expect(gate.refusal({ method: 'GET', url: `${url}&more=1`, authorization: signed() })).toEqual({ why: 'signature' });
      expect(gate.refusal({ method: 'GET', url, authorization: oauth1Header('GET', url, { ...keys, tokenSecret: 'x' }) })).toEqual({ why: 'signature' });
    }), { numRuns: 100 });
  });

  it('takes the parameters from the query too, and says what is missing', () => {
    const header = oauth1Header('GET', 'http://a.example/x?b=2', { consumerKey: 'ck', consumerSecret: 'cs' });
    const query = [...header.matchAll(/(oauth_\w+)="([^"]*)"/g)].map((m) => `${m[1] ?? ''}=${m[2] ?? ''}`);
    const gate = new OAuth1Gate({ consumerKey: 'ck', consumerSecret: 'cs' }, rules);
    expect(gate.refusal({ method: 'GET', url: `http://a.example/x?b=2&${query.join('&')}`, authorization: undefined })).toBeUndefined();
    expect(gate.refusal({ method: 'GET', url: `http://a.example/x?b=2&${query.filter((q) => !q.startsWith('oauth_nonce')).join('&')}`, authorization: undefined })).toEqual({ why: 'missing', parameter: 'oauth_nonce' });
    expect(gate.refusal({ method: 'GET', url: 'http://a.example/x?b=2', authorization: 'Basic eA==' })).toEqual({ why: 'absent' });
  });
});
