import fc from 'fast-check';
import { toCodePage, inCodePage } from './code-page';
import { gpText } from '../connectors/gp/gp-text';

describe('other scripts in GP', () => {
  it.each([
    ['Мария Петрова', 'Mariya Petrova'], ['Щукин Объезд', 'Shchukin Obezd'], ['Київ, Україна', 'Kiyiv, Ukrayina'], ['Ђорђе Љубић', 'Djordje Ljubic'], ['Γιώργος Παπαδόπουλος', 'Giorgos Papadopoylos'], ['さくら', 'sakura'], ['トヨタ', 'toyota'], ['김민수', 'gimminsu'],
    ['Łukasz Ñandú', 'Lukasz Ñandú'], ['Zoë 😀', 'Zoë ?'], ['李小龙', '?'],
  ])('%s is written %s', (given, written) => { expect(toCodePage(given)).toBe(written); });
  it('keeps both forms in the warning, and says where nothing can be read', () => {
    expect(gpText('CUSTNAME', 'Мария')).toEqual({ text: 'Mariya', warnings: [expect.stringMatching(/"Мария" was written as "Mariya"/)] });
    expect(gpText('CUSTNAME', '李小龙')).toEqual({ text: '(not readable)', warnings: [expect.stringContaining('李小龙')] });
  });
  it('whatever comes in, what goes out is of the code page and holds no control character', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => { for (const char of toCodePage(text)) expect(inCodePage(char)).toBe(true); }));
  });
});
