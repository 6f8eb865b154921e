import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Decimal } from 'decimal.js';
import { bookLines, isBalanced } from './decimal';
import { DiskStore } from './disk-store';
import { Faults } from './faults';

describe('DiskStore', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tieout-disk-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  it('comes back as it was after any changes, and drops a torn last line', () => {
    let n = 0;
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.option(fc.integer()))), (changes) => {
      const file = join(dir, `s${(n += 1)}`);
      const rows = DiskStore.open(file).collection<number>('t');
      const expected = new Map<string, number>();
      for (const [key, value] of changes) { if (value === null) { rows.delete(key); expected.delete(key); } else { rows.put(key, value); expected.set(key, value); } }
      appendFileSync(file, '[{"c":"t","k":"torn","v":');
      const again = DiskStore.open(file).collection<number>('t');
      expect(new Set(again.values())).toEqual(new Set(expected.values()));
      for (const [k, v] of expected) expect(again.get(k)).toBe(v);
    }), { numRuns: 30 });
  });
  it('tells what changed since an instant, whatever the order in which the stamps came', () => {
    let n = 0;
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 0, max: 9 })), { maxLength: 40 }), fc.integer({ min: 0, max: 9 }), (puts, since) => {
      const rows = DiskStore.open(join(dir, `c${(n += 1)}`)).collection<{ key: string; stamp: string }>('t');
      const changed = rows.changes((row) => row.stamp);
      for (const [key, stamp] of puts) rows.put(key, { key, stamp: String(stamp) });
      const wanted = rows.values().filter((row) => row.stamp >= String(since)).map((row) => row.key);
      expect(changed(String(since)).filter((row) => row.stamp >= String(since)).map((row) => row.key).sort()).toEqual(wanted.sort());
    }), { numRuns: 50 });
  });
  it('does all of a transaction or nothing, in memory and on disk', () => {
    const file = join(dir, 'tx');
    const store = DiskStore.open(file);
    const rows = store.collection<number>('t');
    rows.put('a', 1);
    expect(() => store.transaction(() => { rows.put('a', 2); rows.put('b', 3); rows.delete('a'); throw new Error('no'); })).toThrow('no');
    expect([rows.get('a'), rows.get('b')]).toEqual([1, undefined]);
    store.transaction(() => { rows.put('a', 5); rows.put('b', 6); });
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
    expect(DiskStore.open(file).collection<number>('t').get('b')).toBe(6);
  });
});

describe('Faults', () => {
  it('hit a sentinel document once per operation, in its own system only', () => {
    const gp = new Faults('gp');
    const call = (operation: string, text: string): string | undefined => gp.take({ operation, text, document: 'D1' })?.mode;
    expect(call('create', 'Ann xero-reset-after-commit')).toBeUndefined();
    expect([call('create', 'Ann gp-reset-after-commit'), call('create', 'Ann gp-reset-after-commit'), call('apply', 'Ann reset-after-commit')]).toEqual(['reset-after-commit', undefined, 'reset-after-commit']);
  });
  it('serve a rule as often as it says, where it says', () => {
    const faults = new Faults('xero');
    faults.add({ mode: 'rate-minute', operation: 'PUT', times: 2 });
    const modes = ['GET x', 'PUT x', 'PUT x', 'PUT x'].map((operation) => faults.take({ operation, text: '', document: '' })?.mode);
    expect(modes).toEqual([undefined, 'rate-minute', 'rate-minute', undefined]);
  });
});

it('balances every journal in both currencies, whatever the rate', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 6 }), fc.integer({ min: 100_000, max: 9_999_999 }), (parts, rate) => {
    const amounts = parts.map((p) => new Decimal(p).div(100));
    const all = amounts.reduce((a, b) => a.plus(b));
    const lines = bookLines([{ account: 'AR', amount: all }, ...amounts.map((a, i) => ({ account: `S${i}`, amount: a.negated() }))], { rate: new Decimal(rate).div(1_000_000).toFixed(), currency: 'EUR', rounding: 'R' });
    expect(isBalanced(lines)).toBe(true);
    expect(lines[0]?.baseDebit).toBe(all.div(new Decimal(rate).div(1_000_000)).toDecimalPlaces(2, Decimal.ROUND_HALF_UP).toFixed());
  }));
});
