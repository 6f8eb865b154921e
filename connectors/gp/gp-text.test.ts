import fc from 'fast-check';
import { inCodePage } from '../../canonical/code-page';
import { abbreviate, checkKeys, fieldLengths, gpKey, gpText, unreadable, type GpField } from './gp-text';

const fields = Object.keys(fieldLengths) as GpField[];

describe('gpText', () => {
  it.each([
    ['Zoë Müller', 'Zoë Müller'], ['Łukasz Żółć', 'Lukasz Zólc'], ['Ştefan Ţepeş', 'Stefan Tepes'], ['Nguyễn Văn', 'Nguyen Van'], ['“Quoted” – it’s €5…', '“Quoted” – it’s €5…'],
    ['山田 太郎 Ltd', '? ? Ltd'], ['Party 🎉🎉 hat 👩‍🚀', 'Party ? hat ?'], ['ＡＢＣ ①', 'ABC 1'], ['a\tb\r\nc\u0007', 'a b c'], ['non‑breaking', 'non-breaking'],
  ])('writes %j as %j', (given, wanted) => expect(gpText('CUSTNAME', given).text).toBe(wanted));

  it('says nothing about text that stays, and both forms about text that changes', () => {
    expect(gpText('CUSTNAME', 'Zoë')).toEqual({ text: 'Zoë', warnings: [] });
    expect(gpText('CUSTNAME', 'Łukasz').warnings[0]).toMatch(/"Łukasz".*"Lukasz"/);
  });
  it('puts a placeholder where nothing is readable', () => expect(gpText('CUSTNAME', '山田 太郎')).toMatchObject({ text: unreadable, warnings: [expect.stringContaining('山田 太郎')] }));
  it('shortens by dropping inner vowels first, and shows a cut', () => {
    expect(abbreviate('International Business', 20)).toBe('Intrntnl Business');
    expect(abbreviate('x'.repeat(30), 10)).toBe('xxxxxxxxx~');
    expect(gpText('CSTPONBR', 'Purchase order number 4711').warnings).toHaveLength(1);
  });
  it('always fits the field and the code page, is stable, and never changes in silence', () => {
    fc.assert(fc.property(fc.constantFrom(...fields), fc.string({ unit: 'grapheme', maxLength: 150 }), (field, given) => {
      const { text, warnings } = gpText(field, given);
      expect(text.length).toBeLessThanOrEqual(fieldLengths[field]);
      expect([...text].every(inCodePage)).toBe(true);
      expect(gpText(field, text).text).toBe(text);
      if (warnings.length === 0) expect(text).toBe(given.normalize('NFC').replace(/\s+/gu, ' ').trim());
    }), { numRuns: 500 });
  });
});

describe('gpKey', () => {
  it('never rewrites a key', () => {
    expect(gpKey('CUSTNMBR', 'WEB1')).toEqual({ ok: true, value: 'WEB1' });
    for (const bad of ['', ' ', ' A', 'A'.repeat(16), 'Ł1']) expect(gpKey('CUSTNMBR', bad)).toMatchObject({ ok: false, failure: { code: 'text-unusable', field: 'CUSTNMBR' } });
  });
  it('names the first key that does not fit', () => expect(checkKeys([['DOCID', 'WEBORD'], ['ITEMNMBR', 'X'.repeat(31)]])).toMatchObject({ ok: false, failure: { field: 'ITEMNMBR' } }));
});
