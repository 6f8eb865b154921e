import { type Bench } from './bench';
import { BenchUsage, helpOf, readWanted } from './flags';

const nothing = async (): Promise<never> => { throw new Error('not run here'); };
const orders: Bench = { summary: 'orders a second', flags: [{ name: 'rounds', about: 'how often', fallback: 3, least: 1, most: 9, whole: true }], run: nothing };
const ack: Bench = { summary: 'answers', flags: [{ name: 'seconds', about: 'how long', fallback: 10, least: 0.5, most: 60, whole: false }], run: nothing };
const benches = { orders, ack };

describe('readWanted', () => {
  it('takes a bench, its numbers and --json', () => {
    expect(readWanted(['orders', '--rounds', '5', '--json'], benches)).toEqual({ name: 'orders', bench: orders, json: true, numbers: { rounds: 5 } });
    expect(readWanted(['ack'], benches)).toMatchObject({ numbers: { seconds: 10 }, json: false });
  });
  it.each([
    [[], 'Nothing is named'], [['speed'], '"speed" is no bench'], [['orders', 'ack'], '"ack" is one word too many'], [['constructor'], '"constructor" is no bench'],
    [['orders', '--rounds', '0'], '--rounds is "0"'], [['orders', '--rounds', '1.5'], 'whole number from 1 to 9'], [['orders', '--rounds', ''], '--rounds is ""'], [['orders', '--rounds', 'NaN'], '--rounds is "NaN"'],
    [['orders', '--seconds', '3'], '--seconds is "3", and orders does not know it'], [['orders', '--fast'], 'Fix: see npm run bench -- --help'],
  ])('%j is refused with its fix', (argv, why) => {
    expect(() => readWanted(argv, benches)).toThrow(BenchUsage);
    expect(() => readWanted(argv, benches)).toThrow(why);
  });
  it('asks for help anywhere', () => expect(readWanted(['orders', '--help'], benches)).toBe('help'));
});

it('the help names every bench with its flags', () => {
  expect(helpOf(benches)).toMatch(/orders\s+orders a second\n\s+--rounds N\s+how often \(default 3\)/);
});
