import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { type OwnActivityName, type ReadActivityName } from '../activities/contract';
import { createDeskActivities } from '../activities/desk';
import { type DeskDeps, type FeedDeps } from '../activities/deps';
import { createFeedActivities } from '../activities/feed';
import { type MasterDeps } from '../activities/master/deps';
import { createMasterActivities } from '../activities/master/master';
import { type FaultMode } from '../sandbox/kit/faults';
import { tableOf } from './exactly-once/page';
import { retrying } from './exactly-once/retrying';
import { type Arranged, type Write, type Writes } from './exactly-once/write';
import { gpWrites } from './exactly-once/writes-gp';
import { gpMasterWrites } from './exactly-once/writes-gp-masters';
import { refusesPayment, usesUnnoted, xeroWrites } from './exactly-once/writes-xero';
import { xeroMasterWrites } from './exactly-once/writes-xero-masters';
import { Killed, World } from './exactly-once/world';
import { root } from './support/child';

jest.setTimeout(60_000);

/** Every activity of the contract is in one of these three; a new one that is in none is a type error here, and a failure below. */
const reads: Record<ReadActivityName, true> = { recallOrder: true, loadFeed: true, readXeroFigures: true, readGpFigures: true, readChanges: true, readOrderStates: true, readCustomers: true, readFiscalPeriods: true, loadSync: true, readGpMasters: true };
const own: Record<OwnActivityName, true> = { acceptOrder: true, recordProgress: true, planUndo: true, planAdjustment: true, planSupplement: true, proveTieOut: true, matchChanges: true, reportConnector: true, decideBatch: true, sweepSource: true, deliverChanges: true, followCustomers: true, refreshCalendar: true, turnHasCome: true,
  planMasters: true, rememberMasters: true, keepMasters: true, markMasters: true, trackBatch: true, findGone: true, pullXeroMasters: true };
const writes: Writes = { ...gpWrites, ...gpMasterWrites, ...xeroWrites, ...xeroMasterWrites };

/** What goes wrong, once, with the call that is tried. */
const faults: [string, FaultMode, { delayMs?: number }?][] = [
  ['its reply is lost, after it was done', 'timeout-after-commit'], ['its reply is lost, and nothing was done', 'timeout-before-commit'],
  ['its reply is lost, and it is done while we look', 'reset-late-commit', { delayMs: 150 }],
  ['a gateway answers 502, after it was done', 'error-502-after-commit'], ['a gateway answers 502, and nothing was done', 'error-502-before-commit'], ['503', 'unavailable-503'],
  ['500 that is kept under the key, after it was done', 'cached-500-after-commit'], ['500 that is kept under the key, and nothing was done', 'cached-500-before-commit'],
  ['429', 'rate-minute'], ['the socket is reset, after it was done', 'reset-after-commit'], ['the socket is reset, and nothing was done', 'reset-before-commit'],
  ['the reply breaks off', 'truncated-after-commit'], ['half a reply', 'half-reply-after-commit'],
  ['HTML with 200, after it was done', 'html-200-after-commit'], ['HTML with 200, and nothing was done', 'html-200-before-commit'],
];

const cases = Object.entries(writes).flatMap(([activity, calls]) => calls.map((write: Write) => [`${activity}: ${write.call}`, write] as const));
let world: World;
let n = 0;
/** A reply that is late on a busy machine is given up after 300 ms here: then all is arranged anew, under another number. */
const arrange = (write: Write): Promise<Arranged> => retrying(() => write.arrange(world, (n += 1)));

beforeAll(async () => { world = await World.up(); });
afterAll(async () => { await world.down(); });

describe.each(cases)('%s', (_name, write) => {
  const { system } = write.at;
  afterEach(async () => { await world.control(system, '/faults', { method: 'DELETE' }); });

  it.each(faults)('%s', async (_what, mode, more = {}) => {
    const it = await arrange(write);
    await world.control(system, '/faults', { method: 'POST', body: { mode, operation: write.at.operation, ...(write.at.system === 'gp' ? { text: write.at.text } : {}), times: 1, ...more } });
    const hands = world.process();
    const answer = await retrying(() => it.ask(hands));
    expect(await world.control(system, '/faults')).toMatchObject({ rules: [] });
    await it.proof(answer);
  });

  it('its process dies between the write and the receipt', async () => {
    const it = await arrange(write);
    await expect(it.ask(world.process({ death: { [write.at.system]: write.at.method } }))).rejects.toBeInstanceOf(Killed);
    await it.proof(await retrying(() => it.ask(world.process())));
  });

  it('two processes are asked at once', async () => {
    const it = await arrange(write);
    const answers = await Promise.all([1, 2].map(() => retrying(() => it.ask(world.process()))));
    const next = await it.ask(world.process()).catch((error: unknown) => error);
    if (write.unkeyed && next instanceof ApplicationFailure) { expect(next.type).toBe('duplicate-conflict'); return; }
    for (const answer of [...answers, next]) await it.proof(answer);
  });
});

it('an invoice whose payment Xero refuses is not forgotten for it', () => refusesPayment(world, (n += 1)));

it('a prepayment that nobody noted is used, not paid a second time', () => usesUnnoted(world, (n += 1)));

it('holds every activity of the contract: writes are walked, reads and our own are named as such', () => {
  const all = { ...createDeskActivities({} as DeskDeps), ...createFeedActivities({} as FeedDeps), ...createMasterActivities({} as MasterDeps), ...world.process().xero, ...world.process().gp };
  expect(Object.keys({ ...reads, ...own, ...writes }).sort()).toEqual(Object.keys(all).sort());
  for (const [activity, calls] of Object.entries(writes)) expect([activity, calls.length > 0]).toEqual([activity, true]);
});

it('is what docs/exactly-once.md tells, call by call', () => {
  expect(readFileSync(join(root, 'docs/exactly-once.md'), 'utf8')).toContain(tableOf(writes));
});

it('leaves both ledgers balanced', async () => {
  expect(await world.control('xero', '/books')).toMatchObject({ balanced: true, receivablesControlMatches: true });
  expect(await world.control('gp', '/books')).toMatchObject({ balanced: true, receivables: { matches: true } });
});
