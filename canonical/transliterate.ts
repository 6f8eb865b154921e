/** Pairs of a script's letter and its Latin likeness, in the usual practice of passports and maps. */
const table = (text: string): Record<string, string> => Object.fromEntries(text.trim().split(/\s+/).map((pair) => { const [letter = '', latin = ''] = pair.split('='); return [letter, latin]; }));

/** Russian, Ukrainian, Bulgarian, Serbian, Macedonian and Belarusian letters (BGN/PCGN, simplified). */
const cyrillic = table(`а=a б=b в=v г=g д=d е=e ё=yo ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya
  і=i ї=yi є=ye ґ=g ў=w ђ=dj ј=j љ=lj њ=nj ћ=c џ=dz ѓ=gj ќ=kj ѕ=dz`);
/** Modern Greek (ELOT 743, letter by letter). */
const greek = table('α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o');
/** Japanese syllables (Hepburn); katakana is hiragana moved by 0x60. */
const kana = table(`あ=a い=i う=u え=e お=o か=ka き=ki く=ku け=ke こ=ko が=ga ぎ=gi ぐ=gu げ=ge ご=go さ=sa し=shi す=su せ=se そ=so ざ=za じ=ji ず=zu ぜ=ze ぞ=zo た=ta ち=chi つ=tsu て=te と=to
  だ=da ぢ=ji づ=zu で=de ど=do な=na に=ni ぬ=nu ね=ne の=no は=ha ひ=hi ふ=fu へ=he ほ=ho ば=ba び=bi ぶ=bu べ=be ぼ=bo ぱ=pa ぴ=pi ぷ=pu ぺ=pe ぽ=po ま=ma み=mi む=mu め=me も=mo
  や=ya ゆ=yu よ=yo ら=ra り=ri る=ru れ=re ろ=ro わ=wa を=o ん=n ぁ=a ぃ=i ぅ=u ぇ=e ぉ=o ゃ=ya ゅ=yu ょ=yo っ= ゔ=vu`);
const hiragana = (char: string): string => { const code = char.charCodeAt(0); return code >= 0x30a1 && code <= 0x30f6 ? String.fromCharCode(code - 0x60) : char; };

/** Korean syllables are built of lead, vowel and tail (Revised Romanisation, without assimilation). */
const leads = 'g kk n d tt r m b pp s ss _ j jj ch k t p h'.split(' ');
const vowels = 'a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i'.split(' ');
const tails = '_ k k k n n n t l k m l l l p l m p p t t ng t t k t p t'.split(' ');
function korean(code: number): string {
  const index = code - 0xac00;
  return [leads[Math.floor(index / 588)], vowels[Math.floor((index % 588) / 28)], tails[index % 28]].join('').replaceAll('_', '');
}

const capital = (latin: string): string => latin.charAt(0).toUpperCase() + latin.slice(1);

/**
 * One character of another script in Latin letters; undefined where there is no letter-by-letter likeness (Chinese characters are read, not spelled;
 * Arabic and Hebrew leave out the vowels that a name needs).
 */
export function transliterate(char: string): string | undefined {
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0xac00 && code <= 0xd7a3) return korean(code);
  if (char === 'ー') return '';
  const lower = char.toLowerCase();
  const bare = lower.normalize('NFD').charAt(0);
  const latin = cyrillic[lower] ?? cyrillic[bare] ?? greek[bare] ?? kana[hiragana(char)];
  if (latin === undefined) return undefined;
  return lower === char ? latin : capital(latin);
}
