import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { open, parseKeyRing, seal } from './sealing';

const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;

describe('sealing', () => {
  it('opens what it sealed, in its place only', () => {
    const ring = parseKeyRing(key('k1'));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => {
      const sealed = seal(ring, 'inbox/1', Buffer.from(bytes));
      expect(open(ring, 'inbox/1', sealed).equals(Buffer.from(bytes))).toBe(true);
      expect(() => open(ring, 'inbox/2', sealed)).toThrow();
    }), { numRuns: 30 });
  });
  it('still opens with a retired key, seals with the new one, and names a missing one', () => {
    const [a, b] = [key('a'), key('b')];
    const old = seal(parseKeyRing(a), 'x', 'secret');
    const both = parseKeyRing(`${b},${a}`);
    expect(open(both, 'x', old).toString()).toBe('secret');
    expect(seal(both, 'x', 'new').startsWith('b.')).toBe(true);
    expect(() => open(parseKeyRing(b), 'x', old)).toThrow(/"a"/);
  });
  it('refuses keys that are none', () => {
    expect(() => parseKeyRing('')).toThrow(/empty/);
    expect(() => parseKeyRing('k1:c2hvcnQ=')).toThrow(/5 bytes/);
    expect(() => parseKeyRing('nokey')).toThrow(/<id>:<base64>/);
  });
});
