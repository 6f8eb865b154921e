import { type Memory, type OutageAsk, type OutageOutcome, simulatedHours } from './outage-run';

export type OutageReport = {
  outage: { hours: number; downMs: number; drainMs: number; killed: string[] }; orders: number; twins: boolean; posted: number; outOfOrder: number; incidents: number; exceptions: number;
  memoryMiB: Record<string, Memory>; kibPerWaitingOrder: Record<string, number>; ok: boolean; notes: string[];
};

/** Growth of one process, from a quarter of the orders to all of them waiting, that still counts as flat; a JavaScript heap breathes by as much. */
const flatMiB = 96;

/** Orders that GP entered before an earlier one of the same customer. */
function overtakers({ orderIds, customers, entered }: Pick<OutageOutcome, 'orderIds' | 'customers' | 'entered'>): string[] {
  const place = new Map(orderIds.map((id, i) => [`SHP-${id}`, i]));
  const latest = new Map<string, number>();
  return entered.filter((key) => {
    const at = place.get(key);
    if (at === undefined) return false;
    const customer = customers[key.slice(4)] ?? '';
    const before = latest.get(customer) ?? -1;
    latest.set(customer, Math.max(before, at));
    return at < before;
  });
}

export function outageReportOf(ask: OutageAsk, outcome: OutageOutcome): OutageReport {
  const { phases, entered, incidents, incidentsDuring, memory } = outcome;
  const late = overtakers(outcome);
  const connector = incidents.filter((e) => e.kind === 'connector');
  const others = [...incidents, ...incidentsDuring].filter((e) => e.kind !== 'connector');
  const twice = entered.filter((key, i) => entered.indexOf(key) !== i);
  const unposted = Object.entries(phases).filter(([, phase]) => phase !== 'tied-out');
  const grown = Object.entries(memory).filter(([, m]) => m.late - m.early > flatMiB);
  const notes = [
    ...unposted.slice(0, 20).map(([id, phase]) => `order ${id} rests as ${phase}`), ...late.slice(0, 20).map((key) => `${key} was entered after a later order of the same customer`), ...twice.map((key) => `${key} stands twice in GP`),
    ...(connector.length === 1 && connector[0]?.subject.endsWith('/gp') && connector[0].closed ? [] : [`incidents: ${JSON.stringify(connector)}`]), ...(incidentsDuring.some((e) => e.kind === 'connector' && !e.closed) ? [] : ['no incident was open while GP was away']),
    ...others.slice(0, 20).map((e) => `an exception of one order: ${e.subject} ${e.code}`), ...grown.map(([name, m]) => `${name} grew from ${m.early} to ${m.late} MiB`),
  ];
  const waiting = Math.max(1, ask.orders - Math.floor(ask.orders / 4));
  return {
    outage: { hours: simulatedHours, downMs: outcome.downMs, drainMs: outcome.drainMs, killed: outcome.killed }, orders: ask.orders, twins: ask.twins, posted: ask.orders - unposted.length, outOfOrder: late.length, incidents: connector.length, exceptions: others.length,
    memoryMiB: memory, kibPerWaitingOrder: Object.fromEntries(Object.entries(memory).map(([name, m]) => [name, Math.round(((m.late - m.early) * 1_024) / waiting)])), ok: notes.length === 0, notes,
  };
}

export function outageTextOf(r: OutageReport): string {
  const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;
  return [
    `GP away for ${r.outage.hours} simulated hours (${seconds(r.outage.downMs)}), ${r.orders} orders arriving${r.twins ? ', two of each program' : ''}${r.outage.killed.length > 0 ? `, SIGKILL ${r.outage.killed.join(', ')} when GP is back` : ''}`,
    `  ${r.posted} of ${r.orders} tied out ${seconds(r.outage.drainMs)} after GP was back; ${r.outOfOrder} before an earlier order of the same customer; ${r.incidents} incident${r.incidents === 1 ? '' : 's'}, ${r.exceptions} exceptions of single orders`,
    ...Object.entries(r.memoryMiB).map(([name, m]) => `  ${name.padEnd(12)} ${m.early} MiB with a quarter waiting, ${m.late} MiB with all (${r.kibPerWaitingOrder[name] ?? 0} KiB per order)`), ...r.notes.map((n) => `  ! ${n}`), r.ok ? 'ok' : 'NOT ok',
  ].join('\n');
}
