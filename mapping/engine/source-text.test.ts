import fc from 'fast-check';
import { jsonFault } from '../../canonical/json-text';
import { asSource, readSource } from './source-text';

describe('readSource', () => {
  it('keeps every digit of every number, and leaves text alone', () => {
    expect(readSource('{"id":9007199254740993,"price":0.10,"e":1.5e3,"t":"a 1.0 \\" 2","l":[-1,{"x":12.00}],"b":true,"n":null}')).toEqual({ ok: true, value: { id: '9007199254740993', price: '0.10', e: '1500', t: 'a 1.0 " 2', l: ['-1', { x: '12.00' }], b: true, n: null } });
  });
  it.each(['{', '{"a":01}', '{"a":1,"a":2}', `${'['.repeat(100)}${']'.repeat(100)}`, '{"__proto__":1}', '', '{"a":.5}'])('%s is refused with a name', (text) => expect(readSource(text)).toMatchObject({ ok: false, failure: { code: 'value-unusable' } }));
  it('takes and refuses what JSON.parse does, however a text is broken', () => {
    const edit = fc.record({ at: fc.nat(200), cut: fc.nat(2), put: fc.constantFrom('0', '1', '-', '+', '.', 'e', 'E', ',', ':', '"', '{', '}', '[', ']', ' ', '\n', 'a', '\\', '01', '1.', '.5', 'null') });
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 3 }), fc.array(edit, { minLength: 1, maxLength: 4 }), (value, edits) => {
      let text = JSON.stringify(value);
      for (const { at, cut, put } of edits) { const i = at % (text.length + 1); text = text.slice(0, i) + put + text.slice(i + cut); }
      let taken = true;
      try { JSON.parse(text); } catch { taken = false; }
      expect([text, readSource(text).ok]).toEqual([text, taken && jsonFault(text) === undefined]);
    }), { numRuns: 5_000 });
  });
  it('reads what JSON.parse reads, but for numbers as text', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const text = JSON.stringify(value);
      const read = readSource(text);
      if (text.includes('"__proto__"')) return;
      expect(read).toEqual({ ok: true, value: asSource(JSON.parse(text)) });
    }));
  });
});
