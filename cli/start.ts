import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPairFiles } from '../config/pairs';
import { parsePair, type Pair } from '../mapping/pair';
import { keptKinds } from '../mapping/sync/rules';
import { sendOrders, settle } from './demo';
import { syncMasters } from './demo-sync';
import { help, type Options, otherShops, readOptions, UsageError } from './options';
import { bringUp, type Up } from './processes';
import { createProgress } from './progress';
import { makeReport, type Report, tableOf } from './report';
import { scanLedgers } from './scan-ledgers';

export type StartInput = { root: string; temporalBinary: string | undefined; argv: readonly string[] };

const isAlive = (pid: number): boolean => { try { process.kill(pid, 0); return true; } catch (error) { return (error as NodeJS.ErrnoException).code === 'EPERM'; } };

/** One installation runs once per data folder. */
function claim(data: string): () => void {
  const file = join(data, 'tieout.pid');
  mkdirSync(data, { recursive: true });
  if (existsSync(file)) {
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid > 0 && pid !== process.pid && isAlive(pid)) throw new Error(`Tieout is running on "${data}" already (process ${pid}). Fix: stop it, or give another folder with --data.`);
  }
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

const pairsOf = (up: Up): Pair[] => readPairFiles((up.env['TIEOUT_PAIR_FILES'] ?? 'config/pairs/demo.json').split(',')).map(parsePair);

async function runOrders(up: Up, options: Options, progress: ReturnType<typeof createProgress>): Promise<Report> {
  const startedAt = new Date().toISOString();
  const began = Date.now();
  const [pair] = pairsOf(up);
  const keyPrefix = pair?.sources[0]?.keyPrefix ?? 'SHP';
  progress.say(options.samples ? `sending the order bodies of ${options.samples}` : `sending ${options.orders} sample orders`);
  const sent = await sendOrders(up, options);
  const settled = await settle(up, sent, { startedAt, tell: (phases, done) => progress.tell(phases, done, sent.length) });
  progress.end();
  progress.say('scanning both ledgers');
  const keys = settled.flatMap((s) => (s.orderId === undefined ? [] : [`${keyPrefix}-${s.orderId}`]));
  const scan = await scanLedgers([...new Set(keys)], up.env, pair?.xero.connectionId ?? 'demo');
  return makeReport(settled, scan, { keyPrefix, durationMs: Date.now() - began });
}

function tellAddresses(up: Up, options: Options): void {
  const { api, ui, sandbox } = up.addresses;
  const lines = [
    ['api', api], ['API page', `${api}/docs`], ...(ui ? [['Temporal UI', `${ui}/namespaces/default/workflows`]] : []),
    ...(sandbox ? [['GP sandbox', sandbox.gp], ['Xero sandbox', sandbox.xero], ['shop sandbox', sandbox.shop], ['gateway sandbox', sandbox.gateway], ...otherShops.flatMap((kind) => (sandbox[kind] ? [[`${kind} sandbox`, sandbox[kind]]] : []))] : []), ['API keys', join(options.data, 'local.json')], ['logs', join(options.data, 'logs')],
  ];
  process.stdout.write(`\n${lines.map(([name, value]) => `  ${(name ?? '').padEnd(20)}${value ?? ''}`).join('\n')}\n\nEverything stays up. Ctrl-C stops it; the next start goes on with the same data.\n`);
}

/** A signal to npm ends npm and the shell it runs us in, and does not reach us: then our parent is another one. Without npm, who starts us may leave. */
function stopWithNpm(stop: () => void): void {
  const parent = process.ppid;
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const timer = setInterval(() => { if (process.ppid === parent) return; clearInterval(timer); stop(); }, 500);
  timer.unref();
}

/** npm start: brings everything up, sends orders, tells what each became, and stays up (or stops, with --once). */
export async function start({ root, temporalBinary, argv }: StartInput): Promise<void> {
  const progress = createProgress(process.stderr);
  let options: Options | 'help';
  try { options = readOptions(argv, root); } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
  if (options === 'help') { process.stdout.write(`${help}\n`); return; }
  process.chdir(root);
  const release = claim(options.data);
  let up: Up | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (code: number): Promise<void> => (stopping ??= (async () => {
    progress.end();
    await up?.supervisor.stop();
    release();
    process.exit(code);
  })());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { progress.say('stopping'); void stop(options.once ? 130 : 0); });
  stopWithNpm(() => { progress.say('npm is gone; stopping'); void stop(options.once ? 130 : 0); });
  try {
    up = await bringUp({ root, temporalBinary, options, say: progress.say });
    const { addresses, supervisor } = up;
    const tellWhere = (): void => { writeFileSync(join(options.data, 'addresses.json'), JSON.stringify({ ...addresses, pids: supervisor.pids() }, null, 2)); };
    supervisor.onRestart = tellWhere;
    tellWhere();
    const report = await runOrders(up, options, progress);
    const [pair] = pairsOf(up);
    if (addresses.sandbox && options.orders > 0 && options.samples === undefined && pair && keptKinds(pair.sync).length > 0) await syncMasters(up, pair.pairId, progress.say);
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `\n${tableOf(report)}\n`);
    if (options.once) await stop(report.ok ? 0 : 1);
    else tellAddresses(up, options);
  } catch (error) {
    progress.end();
    if (stopping) return;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    await stop(1);
  }
}
