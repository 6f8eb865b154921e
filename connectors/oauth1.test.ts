import { oauth1Header, percent, signatureBase } from './oauth1';

/** The examples of RFC 5849, sections 1.2 and 3.4.1. */
describe('OAuth 1.0a', () => {
  it('signs the photo request of RFC 5849 §1.2', () => {
    const header = oauth1Header('GET', 'http://photos.example.net/photos?file=vacation.jpg&size=original', {
      consumerKey: 'dpf43f3p2l4k3l03', consumerSecret: 'kd94hf93k423kf44', token: 'nnch734d00sl2jdk', tokenSecret: 'pfkkdhi9sl3r4s00', moment: { nonce: 'chapoH', timestamp: '137131202', method: 'HMAC-SHA1', realm: 'Photos' },
    });
    expect(header).toBe('OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk", oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131202", oauth_nonce="chapoH", oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"');
  });
  it('makes the base string of §3.4.1.1: decoded, encoded once, sorted by name and value', () => {
    const oauth = [['oauth_consumer_key', '9djdj82h48djs9d2'], ['oauth_token', 'kkk9d7dh3k39sjv7'], ['oauth_signature_method', 'HMAC-SHA1'], ['oauth_timestamp', '137131201'], ['oauth_nonce', '7d8f3e4a'], ['c2', ''], ['a3', '2 q']] as const;
    expect(signatureBase('POST', 'http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b', oauth)).toBe('POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7');
  });
  it('encodes brackets, and characters that URL encoding leaves alone', () => {
    expect(percent("a[b] !'()*~-._ü")).toBe('a%5Bb%5D%20%21%27%28%29%2A~-._%C3%BC');
  });
  it('never repeats a nonce, and signs with SHA-256 by itself', () => {
    const one = oauth1Header('GET', 'https://shop.example/rest/V1/orders/1', { consumerKey: 'k', consumerSecret: 's' });
    expect(one).toContain('oauth_signature_method="HMAC-SHA256"');
    expect(one).not.toBe(oauth1Header('GET', 'https://shop.example/rest/V1/orders/1', { consumerKey: 'k', consumerSecret: 's' }));
  });
});
