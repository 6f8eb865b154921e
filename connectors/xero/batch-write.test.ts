import { done, failed, type Outcome } from '../../canonical/failure';
import { type BatchKind, BatchWriter, type Found, type Item } from './batch-write';
import { type Called } from './door';
import { createWriter } from './writer';

type Draft = { id: string; amount?: number };
type Call = { ids: string; generation: number };
type Answer = Called<unknown> | 'kept';

/** A ledger of payments with no unique number: only keys and looks keep it from doubling. `answers` are what each call meets; the default writes. */
function ledger(answers: ((drafts: readonly Draft[], write: (ids: readonly string[]) => void) => Answer)[], foreign: string[] = []): { kind: BatchKind<Draft, string>; calls: Call[]; held: string[]; blind: { looks: number } } {
  const calls: Call[] = [];
  const held: string[] = [];
  const blind = { looks: 0 };
  const rows = (drafts: readonly Draft[]): { key: string }[] => drafts.map((d) => ({ key: d.id }));
  const write = (ids: readonly string[]): void => { held.push(...ids); };
  const kind: BatchKind<Draft, string> = {
    name: 'payment', keyOf: (d) => d.id, elementKey: (e) => (e as { key: string }).key, wire: (d) => ({ reference: d.id }), parse: (_e, d) => done(`id of ${d.id}`),
    async send(drafts, { generation, ready }) {
      if (!(await ready())) return { ok: false, end: { kind: 'unknown', why: 'gone' } };
      calls.push({ ids: drafts.map((d) => d.id).join(''), generation });
      const answer = answers.shift()?.(drafts, write);
      if (answer !== undefined && answer !== 'kept') return answer;
      write(drafts.map((d) => d.id));
      return { ok: true, body: rows(drafts) };
    },
    async look(drafts): Promise<Outcome<Found<string>[]>> {
      if (blind.looks > 0) { blind.looks -= 1; return failed({ code: 'system-unavailable', message: 'm', fix: 'f' }); }
      return done(drafts.map((d) => (foreign.includes(d.id) ? { kind: 'foreign' } : held.includes(d.id) ? { kind: 'ours', value: `id of ${d.id}` } : { kind: 'absent' })));
    },
  };
  return { kind, calls, held, blind };
}
const lost: Called<never> = { ok: false, end: { kind: 'unknown', why: 'ECONNRESET' } };
const status = (n: number): Called<never> => ({ ok: false, end: { kind: 'unknown', why: `HTTP ${n}`, status: n } });
const refused = (n: number, code: 'payments-do-not-match' | 'rate-limited' | 'document-missing' = 'payments-do-not-match'): Called<never> => ({ ok: false, end: { kind: 'refused', status: n, failure: { code, message: 'm', fix: 'f' } } });
const code = (o: Outcome<{ value: string; existed: boolean }> | undefined): string => (o === undefined ? 'none' : o.ok ? (o.value.existed ? 'existed' : 'written') : o.failure.code);
type Over = { asked?: boolean; taken?: string };
const items = (ids: string, over: Over = {}): Item<Draft>[] => [...ids].map((id) => ({ draft: { id }, asked: over.asked ?? false, mine: async () => over.taken !== id }));
async function write(l: ReturnType<typeof ledger>, ids: string, over: Over = {}): Promise<string> {
  const results = await new BatchWriter(l.kind, async () => undefined).write(items(ids, over));
  return [...ids].map((id) => code(results.get(id))).join(' ');
}

describe('a batch of writes that Xero would double', () => {
  it('asks again under the same key while no answer came, so that a write still under way is not a second one', async () => {
    const l = ledger([() => lost]);
    expect(await write(l, 'ab')).toBe('written written');
    expect(l.calls.map((c) => [c.ids, c.generation])).toEqual([['ab', 0], ['ab', 0]]);
  });
  it('goes on to another key after a 500, which Xero keeps, and after a gateway\'s answer only when it repeats itself', async () => {
    const own = ledger([() => status(500)]);
    expect(await write(own, 'a')).toBe('written');
    expect(own.calls.map((c) => c.generation)).toEqual([0, 1]);
    const gateway = ledger([() => status(502), () => status(502)]);
    expect(await write(gateway, 'a')).toBe('written');
    expect(gateway.calls.map((c) => c.generation)).toEqual([0, 0, 1]);
  });
  it('finds what a lost call wrote, and gives the rest of it time before they are sent', async () => {
    const l = ledger([(_d, put) => { put(['a']); return lost; }]);
    expect(await write(l, 'ab')).toBe('existed written');
    expect([l.calls.map((c) => c.ids), l.held]).toEqual([['ab', 'b'], ['a', 'b']]);
  });
  it('believes a refusal of what may have been sent before only after a look', async () => {
    const late = ledger([() => lost, (_d, put) => { put(['a']); return refused(400); }]);
    expect(await write(late, 'a')).toBe('existed');
    const earlier = ledger([(_d, put) => { put(['a']); return refused(400); }]);
    expect(await write(earlier, 'a', { asked: true })).toBe('existed');
    expect(await write(ledger([() => refused(400)]), 'a')).toBe('payments-do-not-match');
  });
  it('does not send what another process took over while it stood in line; the others go', async () => {
    const l = ledger([]);
    expect(await write(l, 'ab', { taken: 'a' })).toBe('outcome-unknown written');
    expect([l.calls.map((c) => c.ids), l.held]).toEqual([['b'], ['b']]);
  });
  it('tries a call refused as a whole one by one, after a look', async () => {
    const l = ledger([() => refused(404, 'document-missing'), () => refused(404, 'document-missing')]);
    expect(await write(l, 'ab')).toBe('document-missing written');
  });
  it('says unknown when it cannot look, and when nothing helps, without another send', async () => {
    const blind = ledger([() => lost]);
    blind.blind.looks = 1;
    expect([await write(blind, 'a'), blind.calls.length]).toEqual(['outcome-unknown', 1]);
    const never = ledger([() => lost, () => lost, () => lost]);
    expect([await write(never, 'a'), never.calls.length]).toEqual(['outcome-unknown', 3]);
    expect(await write(ledger([() => refused(429, 'rate-limited')]), 'a')).toBe('rate-limited');
    expect(await write(ledger([() => lost], ['a']), 'a')).toBe('duplicate-conflict');
  });
  it('is one write for equal asks of one moment, and looks first where it was asked before', async () => {
    const l = ledger([]);
    const writer = createWriter(l.kind);
    const [a, b] = await Promise.all([writer({ id: 'a' }), writer({ id: 'a' })]);
    expect([code(a), code(b), code(await writer({ id: 'a' }, { lookFirst: true })), l.held]).toEqual(['written', 'existed', 'existed', ['a']]);
  });
});
