import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { showDocument } from './show-document';
import { age, amount, table, wrap } from './table';
import { commands, main } from './tieout';
import { instantOf } from './tieout-command';
import { readCommand } from './tieout-read';

const written = (stream: 'stdout' | 'stderr'): { text(): string; undo(): void } => {
  let said = '';
  const spy = jest.spyOn(process[stream], 'write').mockImplementation((part) => { said += String(part); return true; });
  return { text: () => said, undo: () => spy.mockRestore() };
};
async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = [written('stdout'), written('stderr')];
  try { return { code: await main(argv, mkdtempSync(join(tmpdir(), 'tieout-none-'))), out: out.text(), err: err.text() }; } finally { out.undo(); err.undo(); }
}

describe('a mistake in a command is exit code 2 and names field, value and fix', () => {
  it.each([
    [['exceptions', 'list', '--class', 'nonsense'], /--class is "nonsense"\. Fix: give one of value, missing,/], [['exceptions', 'list', '--code', 'no-such-code'], /--code is "no-such-code"\. Fix: .*item-not-mapped/], [['exceptions', 'list', '--limit', '0'], /--limit is "0"\. Fix: .*from 1 to/],
    [['exceptions', 'list', '--min', '12,50'], /--min is "12,50"\. Fix: .*99\.90/], [['exceptions', 'list', '--min', '12.50'], /--min is "12.50", an amount without a currency\. Fix: give --currency/], [['exceptions', 'list', '--since', 'yesterday'], /--since is "yesterday"\. Fix: .*3h/],
    [['exceptions', 'list', '--phase', 'parked'], /--phase is no option of "exceptions list"\. Fix: it takes --class/], [['exceptions', 'list', '--frob'], /--frob is no option\. Fix:/], [['exceptions', 'list', '--class'], /--class has no value\. Fix:/], [['exceptions', 'list', 'stray'], /"stray" is one word too many\. Fix:/],
    [['exceptions', 'show'], /ID is missing\. Fix:/], [['exceptions', 'retry'], /ID is missing, and so is a filter\. Fix:/], [['exceptions', 'skip', '1a2b'], /--reason is missing\. Fix:/], [['exceptions', 'undo', '1a2b', '--reason', ' '], /--reason is empty\. Fix:/], [['exceptions', 'retry', '1a2b', '--class', 'value'], /Both an ID \("1a2b"\) and a filter/],
    [['exceptions', 'retry', '1a2b', '--from', 'nowhere'], /--from is "nowhere"\. Fix: give one of accept, order/], [['exceptions', 'edit', '1a2b', '--reason', 'r'], /--set and --file are missing\. Fix:/], [['exceptions', 'edit', '1a2b', '--set', 'nothing', '--reason', 'r'], /--set is "nothing"\. Fix: write --set PATH=VALUE/],
    [['exceptions', 'edit', '1a2b', '--file', '/no/such.json', '--reason', 'r'], /--file is "\/no\/such\.json", and it cannot be read\. Fix:/], [['exceptions', 'edit', '1a2b', '--file', __filename, '--reason', 'r'], /it is no JSON/], [['exceptions', 'frob'], /"frob" is nothing that exceptions can do\. Fix: one of exceptions list/],
    [['approvals', 'approve', '1001'], /--reason is missing\. Fix:/], [['approvals', 'reject'], /ORDER is missing\. Fix:/], [['runs', 'list', '--phase', 'lost'], /--phase is "lost"\. Fix: give one of received/], [['inbox', 'list', '--state', 'gone'], /--state is "gone"\. Fix: give one of new, started/], [['shrug'], /"shrug" is no command\. Fix: one of exceptions/],
    [['sync', 'frob'], /"frob" is nothing that sync can do\. Fix: one of sync preview/], [['sync', 'links', 'frob'], /"frob" is nothing that sync links can do\. Fix: one of sync links list/], [['sync', 'start', '--kinds', 'customer,people'], /--kinds is "customer,people"\. Fix: give kinds with commas: customer/], [['sync', 'start', '--mode', 'all'], /--mode is "all"\. Fix: give one of changes, full/],
    [['sync', 'conflicts', 'decide', '1a2b', '--reason', 'r'], /No decision is given\. Fix: one of --take gp\|xero/], [['sync', 'conflicts', 'decide', '1a2b', '--leave', '--create', '--reason', 'r'], /Several decisions are given/], [['sync', 'conflicts', 'decide', '1a2b', '--field', 'phone=sap', '--reason', 'r'], /--field is "phone=sap"\. Fix:/], [['sync', 'conflicts', 'decide', '1a2b', '--leave'], /--reason is missing/],
    [['sync', 'links', 'set', 'people', 'a', 'b', '--reason', 'r'], /KIND is "people"\. Fix: one of customer/], [['sync', 'links', 'set', 'customer', 'a', '--reason', 'r'], /XERO-ID is missing/], [['sync', 'links', 'find'], /ID is missing/],
    [['shrug', '--help'], /no command/], [['runs', '--as', 'boss'], /--as is "boss"\. Fix:/], [['exceptions', 'list'], /No installation is known in .* Fix: start one with npm start/],
  ] as [string[], RegExp][])('%p', async (argv, words) => {
    // Where an installation is looked for first, none is known either; the mistake in the words comes before that.
    const { code, out, err } = await run(...argv, '--url', 'http://127.0.0.1:9', '--key', 'k').then((r) => (argv.join() === 'exceptions,list' ? run(...argv) : r));
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(words)]);
  });

  it('an api that is not there is exit code 1 with its address', async () => {
    expect(await run('runs', '--url', 'http://127.0.0.1:9', '--key', 'k')).toMatchObject({ code: 1, err: expect.stringContaining('http://127.0.0.1:9 does not answer. Fix:') });
  });
});

describe('help', () => {
  it('is told for everything, for a group and for each command, and needs no installation', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, err: '', out: expect.stringContaining('exceptions retry [ID…]') });
    const group = await run('approvals', '--help');
    expect([group.code, group.out.includes('approvals approve ORDER'), group.out.includes('inbox list')]).toEqual([0, true, false]);
    for (const command of commands) {
      const { code, out } = await run(...command.words.split(' '), '--help');
      expect([command.words, code, ...['--json', ...(command.flags ?? []).map((f) => `--${f.name}`)].filter((name) => !out.includes(name))]).toEqual([command.words, 0]);
      for (const example of command.examples ?? []) expect(() => readCommand((example.split(' > ')[0]?.match(/"[^"]*"|\S+/g) ?? []).map((w) => w.replaceAll('"', '')), commands)).not.toThrow();
    }
    expect((await run()).code).toBe(2);
  });
});

describe('what people read', () => {
  it.each([[0, '0 s'], [59, '59 s'], [60, '1 min'], [3_599, '59 min'], [10_800, '3 h'], [86_399, '23 h'], [200_000, '2 d'], [-5, '0 s']])('%d seconds are %s', (seconds, words) => expect(age(seconds)).toBe(words));
  it.each([['20.00', 'USD', '20.00 USD'], ['1234567.8', 'EUR', '1,234,567.8 EUR'], ['-1234.00', 'USD', '-1,234.00 USD'], ['500', 'JPY', '500 JPY'], [undefined, 'USD', '']])('%s %s is %s', (value, currency, words) => expect(amount(value, currency)).toBe(words));
  it('a table has numbers to the right, no control characters, and a last column that goes on below', () => {
    expect(table(['order', 'total', 'why'], [['#1', '5.00 USD', 'a\u001b[2Jb'], ['#22', '1,000.00 USD', 'one two three four five six seven eight']], 50).split('\n')).toEqual(['order         total  why', '─────  ────────────  ─────────────────────────────', '#1         5.00 USD  a [2Jb', '#22    1,000.00 USD  one two three four five six', '                     seven eight']);
    expect(wrap('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']);
  });
  it('a document is paths and values, as --set takes them', () => {
    expect(showDocument({ lines: [{ sku: 'MUG', net: { minor: '2000', currency: 'USD' } }], note: 'a\nb' }, 2, 'the rest')).toBe('  lines[0].sku  MUG\n  lines[0].net  20.00 USD\n  … 1 more: the rest');
    expect(showDocument('\u001b]0;x', 5, '')).not.toContain('\u001b');
  });
  it('an instant is a day, an instant or how long ago', () => {
    const now = Date.parse('2026-11-25T08:00:00Z');
    expect(['3h', '30min', '2d', '2026-11-24', '2026-11-24T01:02:03Z', '2026-13-01', 'soon'].map((w) => instantOf(w, now))).toEqual(['2026-11-25T05:00:00.000Z', '2026-11-25T07:30:00.000Z', '2026-11-23T08:00:00.000Z', '2026-11-24T00:00:00.000Z', '2026-11-24T01:02:03.000Z', undefined, undefined]);
  });
});
