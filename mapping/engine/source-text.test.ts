import fc from 'fast-check';
import { asSource, readSource } from './source-text';

describe('readSource', () => {
  it('keeps every digit of every number, and leaves text alone', () => {
    expect(readSource('{"id":9007199254740993,"price":0.10,"e":1.5e3,"t":"a 1.0 \\" 2","l":[-1,{"x":12.00}],"b":true,"n":null}')).toEqual({ ok: true, value: { id: '9007199254740993', price: '0.10', e: '1500', t: 'a 1.0 " 2', l: ['-1', { x: '12.00' }], b: true, n: null } });
  });
  it.each(['{', '{"a":01}', '{"a":1,"a":2}', `${'['.repeat(100)}${']'.repeat(100)}`, '{"__proto__":1}', '', '{"a":.5}'])('%s is refused with a name', (text) => expect(readSource(text)).toMatchObject({ ok: false, failure: { code: 'value-unusable' } }));
  it('reads what JSON.parse reads, but for numbers as text', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const text = JSON.stringify(value);
      const read = readSource(text);
      if (text.includes('"__proto__"')) return;
      expect(read).toEqual({ ok: true, value: asSource(JSON.parse(text)) });
    }));
  });
});
