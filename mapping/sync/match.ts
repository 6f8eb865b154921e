import { type MasterKind, type MasterRecord } from '../../canonical/master';
import { likeness, plainCode, plainEmail, plainName, plainPhone } from './normalise';

/** How alike two records are, from 0 to 100, and the words for it. */
export type Score = { score: number; reasons: string[] };
export type Candidate = Score & { record: MasterRecord };
/** `sure`: link it. `ask`: a person picks. `none`: it has no counterpart. */
export type Match = { verdict: 'sure'; candidate: Candidate } | { verdict: 'ask'; candidates: Candidate[] } | { verdict: 'none' };
export type Thresholds = { linkAt: number; askAt: number };

/** At most this many candidates are shown to a person. */
const shownMax = 5;
/** A key that so many records share tells nothing (info@…, a switchboard). */
export const sharedMax = 25;

const value = (record: MasterRecord, field: string): string => record.fields[field] ?? '';
const isParty = (kind: MasterKind): boolean => kind === 'customer' || kind === 'vendor';
const codeField: Partial<Record<MasterKind, string>> = { item: 'code', account: 'number', tax: 'code', terms: 'code', currency: 'code' };

function scoreParty(a: MasterRecord, b: MasterRecord): Score {
  const equal = (field: string, plain: (t: string) => string): boolean | undefined => {
    const [x, y] = [plain(value(a, field)), plain(value(b, field))];
    return x === '' || y === '' ? undefined : x === y;
  };
  const name = likeness(plainName(value(a, 'name')), plainName(value(b, 'name')));
  const [tax, email, postcode, phone] = [equal('taxNumber', plainCode), equal('email', plainEmail), equal('billing.postalCode', plainCode), equal('phone', plainPhone)];
  const reasons = [tax === true ? 'same tax number' : '', email === true ? 'same e-mail' : '', name === 1 ? 'same name' : name >= 0.8 ? 'similar name' : '', postcode === true ? 'same postal code' : '', phone === true ? 'same phone' : ''].filter((r) => r !== '');
  let score = Math.round(name * 62);
  if (tax === true) score = Math.max(score, name >= 0.5 ? 97 : 80);
  if (email === true) score = Math.max(score, name >= 0.8 ? 94 : name >= 0.5 ? 82 : 70);
  if (name === 1 && postcode === true) score = Math.max(score, 92);
  else if (name >= 0.8 && postcode === true) score = Math.max(score, 78);
  if (name === 1 && phone === true) score = Math.max(score, 86);
  if (tax === false) { score = Math.min(score, 55); reasons.push('different tax numbers'); }
  else if (name === 1 && postcode === false && tax !== true && email !== true) { score = Math.min(score, 62); reasons.push('different postal codes'); }
  return { score, reasons };
}

function scoreCoded(a: MasterRecord, b: MasterRecord): Score {
  const field = codeField[a.kind];
  if (field && plainCode(value(a, field)) !== '' && plainCode(value(a, field)) === plainCode(value(b, field))) return { score: 96, reasons: [`same ${field}`] };
  if (a.kind === 'tracking' && plainName(value(a, 'category')) !== plainName(value(b, 'category'))) return { score: 0, reasons: [] };
  const name = likeness(plainName(value(a, 'name')), plainName(value(b, 'name')));
  if (a.kind === 'tracking' && name === 1) return { score: 96, reasons: ['same name'] };
  return { score: Math.round(name * 80), reasons: name === 1 ? ['same name'] : name >= 0.8 ? ['similar name'] : [] };
}

/** Stable ids first: a record that names the other's id is that other. Then tax number, e-mail, name with postal code. */
export function scoreOf(a: MasterRecord, b: MasterRecord): Score {
  if (a.foreignId === b.id || b.foreignId === a.id) return { score: 100, reasons: ['carries the other\'s id'] };
  return isParty(a.kind) ? scoreParty(a, b) : scoreCoded(a, b);
}

/** What a record can be found by: its id, its code, its name, and for parties tax number, e-mail and phone, as they are compared. */
export function matchKeys(record: MasterRecord): string[] {
  const name = plainName(value(record, 'name'));
  const code = value(record, codeField[record.kind] ?? '');
  const keys = [`id ${record.id}`, record.foreignId ? `id ${record.foreignId}` : '', code ? `code ${plainCode(code)}` : '', name ? `name ${name}` : '', name ? `start ${name.slice(0, 6)}` : ''];
  if (isParty(record.kind)) {
    const [tax, email, phone] = [plainCode(value(record, 'taxNumber')), plainEmail(value(record, 'email')), plainPhone(value(record, 'phone'))];
    keys.push(tax ? `tax ${tax}` : '', email ? `mail ${email}` : '', phone.length >= 6 ? `phone ${phone}` : '');
  }
  return [...new Set(keys.filter((k) => k !== ''))];
}

/** Finds counterparts among many: candidates share a key with the record, so that a full compare of n and m costs about n + m. */
export class Matcher {
  private readonly byKey = new Map<string, MasterRecord[]>();
  constructor(records: readonly MasterRecord[], private readonly thresholds: Thresholds) {
    for (const record of records) for (const key of matchKeys(record)) { const same = this.byKey.get(key); if (same) same.push(record); else this.byKey.set(key, [record]); }
  }
  /** The best counterparts of a record. Two equally good ones are never chosen between: a person is asked. */
  find(record: MasterRecord): Match {
    const seen = new Map<string, MasterRecord>();
    for (const key of matchKeys(record)) {
      const same = this.byKey.get(key) ?? [];
      if (same.length <= sharedMax || key.startsWith('id ')) for (const r of same) if (r.state !== 'deleted') seen.set(r.id, r);
    }
    const candidates = [...seen.values()].map((r) => ({ record: r, ...scoreOf(record, r) })).filter((c) => c.score >= this.thresholds.askAt).sort((a, b) => b.score - a.score || (a.record.id < b.record.id ? -1 : 1));
    const [best, second] = candidates;
    if (!best) return { verdict: 'none' };
    if (best.score >= this.thresholds.linkAt && (second === undefined || second.score < this.thresholds.linkAt || (best.score === 100 && second.score < 100))) return { verdict: 'sure', candidate: best };
    return { verdict: 'ask', candidates: candidates.slice(0, shownMax) };
  }
}

/**
 * Counterparts for a whole side at once: a record is linked only where the choice is sure in both directions, so that two records never get the
 * same counterpart.
 */
export function matchAll(left: readonly MasterRecord[], right: readonly MasterRecord[], thresholds: Thresholds): Map<string, Match> {
  const there = new Matcher(right, thresholds);
  const back = new Matcher(left, thresholds);
  const settled = (record: MasterRecord): Match => {
    const match = there.find(record);
    if (match.verdict !== 'sure') return match;
    const answer = back.find(match.candidate.record);
    if (answer.verdict === 'sure' && answer.candidate.record.id === record.id) return match;
    return { verdict: 'ask', candidates: [match.candidate] };
  };
  return new Map(left.map((record) => [record.id, settled(record)]));
}
