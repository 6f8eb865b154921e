import { done, failed, type Failure, type Outcome } from '../canonical/failure';
import { Gate, InOrder } from './gate';

const failure = (code: Failure['code']): Outcome<never> => failed({ code, message: 'm', fix: 'f' });

/** A gate before a system that answers the probe with these in turn, then is there. */
function gateWith(probes: Outcome<unknown>[]): { gate: Gate; told: (string | undefined)[] } {
  const told: (string | undefined)[] = [];
  const gate = new Gate({ probe: async () => probes.shift() ?? done(true), tell: async (f) => { told.push(f?.code); }, life: () => ({ beat: () => undefined, cancelled: new AbortController().signal }), firstMs: 5, maxMs: 5 });
  return { gate, told };
}

describe('the gate', () => {
  it.each(['system-unavailable', 'reconnect-needed', 'certificate-invalid', 'unauthorized', 'outcome-unknown'] as const)('closes by %s while the probe fails, tells once, and lets the act look when it goes on', async (code) => {
    const { gate, told } = gateWith([failure('system-unavailable'), failure('reconnect-needed')]);
    const seen: boolean[] = [];
    const outcomes = [failure(code), done('written')];
    const act = async (again: boolean): Promise<Outcome<string>> => { seen.push(again); return outcomes.shift() ?? done('?'); };
    expect(await gate.through(act)).toEqual(done('written'));
    expect([seen, told, gate.paused]).toEqual([[false, true], ['system-unavailable', undefined], undefined]);
  });
  it('passes on at once what a reachable system answers, and an unknown outcome when the system is there', async () => {
    const { gate, told } = gateWith([]);
    for (const code of ['document-rejected', 'document-locked', 'outcome-unknown', 'rate-limited'] as const) expect(await gate.through(async () => failure(code))).toEqual(failure(code));
    expect(told).toEqual([]);
  });
  it('lets those who stood in line look first, in the order they came', async () => {
    const { gate } = gateWith([failure('system-unavailable')]);
    const order: string[] = [];
    const first = gate.through(async (again) => { if (!again) return failure('system-unavailable'); order.push('first'); return done(1); });
    await new Promise((wake) => { setTimeout(wake, 1); });
    const rest = ['a', 'b'].map((name) => gate.through(async (again) => { order.push(`${name} ${again}`); return done(2); }));
    await Promise.all([first, ...rest]);
    expect(order).toEqual(['first', 'a true', 'b true']);
  });
  it('tells its last word until it was heard: whoever is told may be away too', async () => {
    const heard: (string | undefined)[] = [];
    let deaf = 0;
    const gate = new Gate({ probe: async () => done(true), life: () => ({ beat: () => undefined, cancelled: new AbortController().signal }), firstMs: 5, maxMs: 5, tell: async (f) => {
      if (f === undefined && deaf < 3) { deaf += 1; throw new Error('the store is away'); }
      heard.push(f?.code);
    } });
    gate.doubt({ code: 'system-unavailable', message: 'm', fix: 'f' });
    expect(await gate.through(async () => done('on'))).toEqual(done('on'));
    for (let i = 0; i < 50 && heard.length === 0; i += 1) await new Promise((wake) => { setTimeout(wake, 5); });
    expect([deaf, heard]).toEqual([3, [undefined]]);
  });
  it('frees a waiting act when its worker stops', async () => {
    const stop = new AbortController();
    const gate = new Gate({ probe: async () => (stop.signal.aborted ? done(true) : failure('system-unavailable')), tell: async () => undefined, life: () => ({ beat: () => undefined, cancelled: stop.signal }), firstMs: 40 });
    const waiting = gate.through(async () => failure('system-unavailable'));
    setTimeout(() => stop.abort(new Error('stopping')), 20);
    await expect(waiting).rejects.toThrow('stopping');
  });
});

it('keeps acts of one key in order, other keys side by side, and goes on after a failure', async () => {
  const inOrder = new InOrder();
  const ends: string[] = [];
  const slow = (name: string, ms: number, fails = false) => async (): Promise<string> => { await new Promise((wake) => { setTimeout(wake, ms); }); ends.push(name); if (fails) throw new Error(name); return name; };
  await Promise.allSettled([inOrder.run('c1', slow('one', 30, true)), inOrder.run('c1', slow('two', 1)), inOrder.run('c2', slow('other', 5))]);
  expect(ends).toEqual(['other', 'one', 'two']);
});
