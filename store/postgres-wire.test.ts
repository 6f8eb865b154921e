import fc from 'fast-check';
import { messagesIn, onlyReads, panicIn, refusal } from './postgres-wire';

const message = (type: string, body: string): Buffer => {
  const bytes = Buffer.from(body);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length + 4);
  return Buffer.concat([Buffer.from(type), length, bytes]);
};
const parsed = (statement: string, name = ''): Buffer => Buffer.concat([message('P', `${name}\0${statement}\0\0\0`), message('B', '\0\0\0\0\0\0\0\0'), message('E', '\0\0\0\0\0'), message('S', '')]);

describe('a unit of the protocol', () => {
  it.each(['select 1', '  SELECT * from runs where id = $1', 'show server_version', 'commit', 'ROLLBACK', 'set client_encoding to utf8'])('%s only reads', (statement) => {
    expect([onlyReads(parsed(statement)), onlyReads(parsed(statement, 'named')), onlyReads(message('Q', `${statement}\0`))]).toEqual([true, true, true]);
  });
  it.each(['insert into t values (1)', 'begin', 'update t set a = 1', 'with x as (insert into t values (1) returning *) select * from x', 'select 1 from t for update', 'select * from t for no key update skip locked', "select nextval('s')", 'select * into u from t', 'select 1; delete from t', 'create table t (a int)'])('%s may write', (statement) => {
    expect([onlyReads(parsed(statement)), onlyReads(message('Q', `${statement}\0`))]).toEqual([false, false]);
  });
  it('that names a statement parsed before may write', () => { expect(onlyReads(Buffer.concat([message('B', '\0s1\0'), message('S', '')]))).toBe(false); });
  it('of any bytes is read without end or error', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => { const unit = Buffer.from(bytes); expect(messagesIn(unit).length).toBeLessThanOrEqual(60); onlyReads(unit); panicIn(unit); }));
  });
});

it('a refusal is an error of its SQLSTATE, and ready for the next', () => {
  const [error, ready, ...rest] = messagesIn(refusal('53100', 'no room'));
  expect([error?.type, error?.body.toString().split('\0'), ready?.type, ready?.body.toString(), rest]).toEqual(['E', ['SERROR', 'VERROR', 'C53100', 'Mno room', '', ''], 'Z', 'I', []]);
  expect(panicIn(refusal('53100', 'VPANIC'))).toBeUndefined();
});

it('a PANIC is found behind other messages, with its words', () => {
  expect(panicIn(Buffer.concat([message('D', 'x'), message('E', 'SPANIC\0VPANIC\0C53100\0Mcould not write\0\0')]))).toBe('could not write');
});
