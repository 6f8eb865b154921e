import { Decimal } from 'decimal.js';
import { moneyText } from '../canonical/money';
import { type Settled } from './demo';
import { type Scan } from './scan-ledgers';

export type Result = {
  orderId: string | null; state: 'tied-out' | 'parked' | 'failed'; reason?: string; gpOrder: string | null; gpInvoices: string[]; xeroInvoices: string[]; payments: string[]; receipts: string[]; total: string | null; currency: string | null; difference: string;
};
export type Report = { ok: boolean; sent: number; tiedOut: number; parked: number; failed: number; difference: string; durationMs: number; results: Result[] };

const parkedPhases = new Set<string>(['parked', 'awaiting-payment', 'awaiting-approval', 'cancelled']);
const total = (texts: readonly string[]): Decimal => texts.reduce((a, t) => a.plus(t), new Decimal(0));

function reasonOf(settled: Settled): string | undefined {
  if (settled.phase === 'tied-out') return undefined;
  if (settled.failure) return `${settled.failure.code}: ${settled.failure.message}`;
  if (settled.phase === 'unsettled') return 'not-settled: it did not settle in time; see its run in the Temporal UI';
  return `${settled.phase}: ${settled.waitingFor ?? ''}`;
}

/** One order as both ledgers hold it. Figures come from the scan; only the phase and the reason come from us. */
function resultOf(settled: Settled, scan: Scan, keyPrefix: string): Result {
  const key = `${keyPrefix}-${settled.orderId ?? ''}`;
  const gp = (scan.gp[key] ?? []).filter((s) => s.status !== 'voided');
  const xero = (scan.xero[key] ?? []).filter((i) => !['DELETED', 'VOIDED'].includes(i.status));
  const invoices = gp.flatMap((s) => s.invoices).filter((i) => i.posted && !i.voided);
  const receipts = gp.flatMap((s) => s.receipts).filter((r) => !r.voided);
  const posted = xero.filter((i) => i.status !== 'DRAFT');
  // What came before the invoice was received, too.
  const payments = posted.flatMap((i) => [...i.payments, ...i.prepayments.map((p) => ({ paymentId: p.prepaymentId, amount: p.amount }))]);
  const sold = total(invoices.map((i) => moneyText(i.total)));
  const difference = sold.minus(total(posted.map((i) => moneyText(i.total)))).abs().plus(total(receipts.map((r) => moneyText(r.amount))).minus(total(payments.map((p) => moneyText(p.amount)))).abs());
  const tied = settled.phase === 'tied-out' && difference.isZero() && invoices.length > 0;
  const state = tied ? 'tied-out' : parkedPhases.has(settled.phase) ? 'parked' : 'failed';
  const reason = settled.phase === 'tied-out' && !tied ? `ledgers-differ: the scan of both ledgers finds a difference of ${difference.toFixed(2)}` : reasonOf(settled);
  return {
    orderId: settled.orderId ?? null, state, ...(reason === undefined ? {} : { reason }), gpOrder: gp[0]?.orderNumber ?? null, gpInvoices: invoices.map((i) => i.number), xeroInvoices: posted.map((i) => i.invoiceNumber),
    payments: payments.map((p) => p.paymentId), receipts: receipts.map((r) => r.number), total: invoices.length > 0 ? sold.toFixed(2) : settled.total ?? null, currency: invoices[0]?.currency ?? settled.currency ?? null, difference: difference.toFixed(2),
  };
}

/** The verdict: ok only when every order tied out or is parked for a named reason, and the ledgers agree. */
export function makeReport(settled: readonly Settled[], scan: Scan, more: { keyPrefix: string; durationMs: number }): Report {
  const results = settled.map((s) => resultOf(s, scan, more.keyPrefix));
  const count = (state: Result['state']): number => results.filter((r) => r.state === state).length;
  const difference = total(results.filter((r) => r.state !== 'parked').map((r) => r.difference));
  return { ok: count('failed') === 0 && difference.isZero(), sent: results.length, tiedOut: count('tied-out'), parked: count('parked'), failed: count('failed'), difference: difference.toFixed(2), durationMs: more.durationMs, results };
}

/** The table people read. */
export function tableOf(report: Report): string {
  const head = ['order', 'state', 'GP order', 'GP invoice', 'Xero invoice', 'payment', 'receipt', 'total', 'difference'];
  const few = (list: string[], length = 40): string => (list.length > 2 ? `${list[0] ?? ''} +${list.length - 1}` : list.join(' ')).slice(0, length);
  const rows = report.results.map((r) => [r.orderId ?? '(none)', r.state, r.gpOrder ?? '', few(r.gpInvoices), few(r.xeroInvoices), few(r.payments.map((p) => p.slice(0, 8))), few(r.receipts), r.total === null ? '' : `${r.total} ${r.currency ?? ''}`, r.difference]);
  const widths = head.map((h, i) => Math.max(h.length, ...rows.map((r) => (r[i] ?? '').length)));
  const line = (cells: string[]): string => cells.map((c, i) => (i >= 7 ? c.padStart(widths[i] ?? 0) : c.padEnd(widths[i] ?? 0))).join('  ').trimEnd();
  const reasons = report.results.filter((r) => r.reason).map((r) => `  ${r.orderId ?? '(none)'}: ${r.reason ?? ''}`);
  const verdict = `${report.sent} sent, ${report.tiedOut} tied out, ${report.parked} parked, ${report.failed} failed; difference between the ledgers ${report.difference}; ${(report.durationMs / 1000).toFixed(1)} s`;
  return [line(head), line(widths.map((w) => '─'.repeat(w))), ...rows.map(line), '', ...(reasons.length > 0 ? ['Not tied out, and why:', ...reasons, ''] : []), verdict].join('\n');
}
