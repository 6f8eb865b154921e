import { frame, messagesIn } from './postgres-wire';
import { Prepared, prepareLimits, type Settled } from './prepared';

const z = (text: string): Buffer => Buffer.from(`${text}\0`);
const parse = (text: string, name = ''): Buffer => frame('P', Buffer.concat([z(name), z(text), Buffer.from([0, 0])]));
const bind = (value: string, name = ''): Buffer => frame('B', Buffer.concat([z(''), z(name), Buffer.from([0, 0, 0, 1, 0, 0, 0, value.length]), Buffer.from(value), Buffer.from([0, 0])]));
const tail = [frame('D', z('P')), frame('E', Buffer.from([0, 0, 0, 0, 0])), frame('S', Buffer.alloc(0))];
const unit = (text: string, value = 'x'): Buffer[] => [parse(text), bind(value), ...tail];
const answers = (...types: string[]): Buffer => Buffer.concat(types.map((type) => frame(type, Buffer.from(type === 'Z' ? 'I' : ''))));
const error = (sqlState: string): Buffer => Buffer.concat([frame('E', Buffer.from(`SERROR\0C${sqlState}\0Mwhy\0\0`)), answers('Z')]);
const seen = (bytes: Buffer | Settled | undefined): string => (bytes === undefined ? '' : Buffer.isBuffer(bytes) ? messagesIn(bytes).map((m) => m.type).join('') : `${seen(bytes.answer)}${bytes.outdated ? ' outdated' : ''}`);

/** Asks for a statement as often as it takes to be planned. */
function planned(prepared: Prepared, text: string): string {
  for (let n = 1; n < prepareLimits.askedFrom; n += 1) expect(prepared.plan(unit(text))).toBeUndefined();
  const first = prepared.plan(unit(text));
  expect(seen(first?.unit)).toBe('PBDES');
  expect(seen(first?.settle(answers('1', '2', 'n', 'C', 'Z')))).toBe('12nCZ');
  return messagesIn(first?.unit ?? Buffer.alloc(0))[0]?.body.toString().split('\0')[0] ?? '';
}

describe('statements that are asked again', () => {
  it('are parsed once, bound by the name they were given, and answered as if they had been parsed', () => {
    const prepared = new Prepared();
    const name = planned(prepared, 'select $1');
    const again = prepared.plan(unit('select $1', 'yes'));
    const [bound] = messagesIn(again?.unit ?? Buffer.alloc(0));
    expect([seen(again?.unit), bound?.body.toString('latin1')]).toEqual(['BDES', bind('yes', name).subarray(5).toString('latin1')]);
    expect(seen(again?.settle(answers('2', 'T', 'D', 'C', 'Z')))).toBe('12TDCZ');
  });
  it('are other ones when a letter or a type of a parameter differs', () => {
    const prepared = new Prepared();
    planned(prepared, 'select $1');
    expect(prepared.plan(unit('select $2'))).toBeUndefined();
    expect(prepared.plan([frame('P', Buffer.concat([z(''), z('select $1'), Buffer.from([0, 1, 0, 0, 0, 25])])), bind('x'), ...tail])).toBeUndefined();
  });
  it('that could not be parsed are not kept; one that failed later is', () => {
    const prepared = new Prepared({ ...prepareLimits, askedFrom: 1 });
    expect(seen(prepared.plan(unit('selct'))?.settle(error('42601')))).toBe('EZ');
    expect(seen(prepared.plan(unit('selct'))?.unit)).toBe('PBDES');
    prepared.plan(unit('insert'))?.settle(Buffer.concat([answers('1', '2', 'n'), error('23505')]));
    expect(seen(prepared.plan(unit('insert'))?.unit)).toBe('BDES');
  });
  it.each(['0A000', '26000'])('are asked again as they came when their plan does not hold any more (%s), and planned anew', (sqlState) => {
    const prepared = new Prepared({ ...prepareLimits, askedFrom: 1 });
    prepared.plan(unit('select $1'))?.settle(answers('1', '2', 'C', 'Z'));
    expect(seen(prepared.plan(unit('select $1'))?.settle(error(sqlState)))).toBe('EZ outdated');
    const anew = prepared.plan(unit('select $1'));
    expect(seen(anew?.unit)).toBe('CPBDES');
    expect(seen(anew?.settle(answers('3', '1', '2', 'C', 'Z')))).toBe('12CZ');
  });
  it('are told every other error', () => {
    const prepared = new Prepared({ ...prepareLimits, askedFrom: 1 });
    prepared.plan(unit('select $1'))?.settle(answers('1', '2', 'C', 'Z'));
    expect(seen(prepared.plan(unit('select $1'))?.settle(error('25P02')))).toBe('EZ');
    expect(seen(prepared.plan(unit('select $1'))?.settle(Buffer.concat([answers('2', 'n'), error('0A000')])))).toBe('12nEZ');
  });
  it('are planned anew after so many uses, after so long, and when tables change', () => {
    const clock = { at: 0 };
    const prepared = new Prepared({ ...prepareLimits, askedFrom: 1, uses: 3, ageMs: 1_000 }, () => clock.at);
    const once = (): string => { const asked = prepared.plan(unit('select $1')); asked?.settle(seen(asked.unit).includes('P') ? answers(...(seen(asked.unit).startsWith('C') ? ['3'] : []), '1', '2', 'Z') : answers('2', 'Z')); return seen(asked?.unit); };
    expect([once(), once(), once(), once(), once(), once()]).toEqual(['PBDES', 'BDES', 'BDES', 'BDES', 'CPBDES', 'BDES']);
    clock.at = 1_000;
    expect([once(), once()]).toEqual(['CPBDES', 'BDES']);
    prepared.heard(frame('Q', z('begin')));
    expect(once()).toBe('BDES');
    prepared.heard(frame('Q', z('ALTER TABLE runs ADD COLUMN x int')));
    expect(once()).toBe('CPBDES');
  });
  it('are bounded: the one not asked for longest is closed', () => {
    const prepared = new Prepared({ ...prepareLimits, askedFrom: 1, kept: 2 });
    for (const text of ['a', 'b']) prepared.plan(unit(text))?.settle(answers('1', '2', 'Z'));
    prepared.plan(unit('a'))?.settle(answers('2', 'Z'));
    prepared.plan(unit('c'))?.settle(answers('1', '2', 'Z'));
    expect([seen(prepared.plan(unit('a'))?.unit), seen(prepared.plan(unit('b'))?.unit)]).toEqual(['CBDES', 'PBDES']);
  });
  it.each([
    ['a statement with a name', [parse('select 1', 'own'), bind('x', 'own'), ...tail]], ['a bind of another statement', [parse('select 1'), bind('x', 'own'), ...tail]], ['a description of the statement', [parse('select 1'), frame('D', z('S')), ...tail.slice(1)]],
    ['two statements', [parse('select 1'), bind('x'), parse('select 2'), bind('x'), ...tail]], ['a flush', [parse('select 1'), bind('x'), ...tail.slice(0, 2), frame('H', Buffer.alloc(0))]], ['a simple query', [frame('Q', z('select 1'))]], ['nothing', []],
  ])('%s passes as it is', (_what, messages) => {
    const prepared = new Prepared({ ...prepareLimits, askedFrom: 1 });
    expect([prepared.plan(messages), prepared.plan(messages)]).toEqual([undefined, undefined]);
  });
});
