import fc from 'fast-check';
import { jsonDepthMax, jsonFault, utf8Text } from './json-text';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('jsonFault', () => {
  it('finds nothing in any JSON that JSON.stringify writes, however its strings look', () => fc.assert(fc.property(fc.jsonValue({ maxDepth: 20, noUnicodeString: false }), fc.constantFrom(undefined, 2), (value, indent) => {
    const text = JSON.stringify(value, undefined, indent);
    expect(jsonFault(text)).toBe(/"__proto__":/.test(text) ? 'prototype-key' : undefined);
  })));
  it('never throws and never takes more than a moment, whatever the text', () => fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'a', '1') })), (text) => { jsonFault(text); })));
  it('counts depth, not what stands in strings', () => {
    expect([jsonFault(nested(jsonDepthMax)), jsonFault(nested(jsonDepthMax + 1)), jsonFault('{"a":'.repeat(5_000_000)), jsonFault(JSON.stringify('['.repeat(999) + '\\"{'))]).toEqual([undefined, 'too-deep', 'too-deep', undefined]);
  });
  it.each([
    ['{"a":1,"a":2}', 'duplicate-key'], ['{"a":1,"\\u0061":1}', 'duplicate-key'], ['{"x":[{"a":1},{"a":1}],"a":{"a":1}}', undefined], ['{"a":"a","b":"a"}', undefined], ['["a","a"]', undefined],
    ['{"__proto__":1}', 'prototype-key'], ['{"x":{"\\u005f_proto__":{}}}', 'prototype-key'], ['{"a":"__proto__"}', undefined], ['{"constructor":1,"prototype":2}', undefined], ['{"a', 'invalid'], ['{"\\u00zz":1}', 'invalid'], ['"a\\\\"', undefined], ['"a\\"', 'invalid'],
  ])('%s → %s', (text, fault) => expect(jsonFault(text)).toBe(fault));
  it('reads 5 MB in time that grows with its length alone', () => {
    const text = JSON.stringify(Array.from({ length: 50_000 }, (_, id) => ({ id, sku: 'MUG "white" \\', price: '10.00', tax_lines: [{ rate: '0.1' }] })));
    const started = process.cpuUsage();
    expect([text.length > 3_000_000, jsonFault(text)]).toEqual([true, undefined]);
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(10_000); // What grows with the square takes hours.
  });
});

describe('utf8Text', () => {
  it('gives back any text, and refuses bytes that are none', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => expect(utf8Text(Buffer.from(text))).toBe(text)));
    for (const bytes of [[0xff], [0xc3, 0x28], [0xe2, 0x82], [0xc0, 0xaf], [0xed, 0xa0, 0x80]]) expect(utf8Text(Uint8Array.from(bytes))).toBeUndefined();
    expect(utf8Text(Buffer.from('\ufeff{}'))).toBe('{}');
  });
});
