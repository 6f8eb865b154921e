import { type Api } from './api-client';
import { UsageError } from './options';
import { amount } from './table';

export type Run = { runId: string; orderId: string; orderName?: string; phase: string; total?: string; currency?: string; waitingFor: string; failure?: { code: string; message: string }; updatedAt: string };
type Hop = { step: string; from: { system: string; document: string }; to: { system: string; document: string }; amount?: string; currency?: string; at: string; note?: string };
export type Approval = { needed: string; contentHash: string; askedAt: string; remindedAt?: string; escalatedAt?: string; silenceAt?: string; decided?: { approver: string; decision: string; reason: string; at?: string } };
export type Story = { runId: string; orderId: string; orderName?: string; phase: string; total?: string; currency?: string; waitingFor: string; hops: Hop[]; failure?: { code: string; message: string; fix: string }; warnings: string[]; mappings?: Record<string, number>; makers?: string[]; refused?: string[]; approval?: Approval; updatedAt: string };

export const totalOf = (r: { total?: string; currency?: string }): string => amount(r.total, r.currency);

/** The run that is meant: by its order's id or name, or its whole id. */
export async function findRun(api: Api, given: string): Promise<string> {
  if (given.includes('/')) return given;
  const { runs } = await api.get<{ runs: Run[] }>(`/runs?${new URLSearchParams({ ref: given, limit: '20' }).toString()}`);
  const [run] = runs;
  if (!run) throw new UsageError(`ORDER is "${given}", and no run is about it. Fix: give the order's id or name as the shop has it, or the run's id ("runs list" tells them).`);
  if (runs.length > 1) throw new UsageError(`ORDER is "${given}" and fits ${runs.length} runs: ${runs.map((r) => r.runId).join(', ')}. Fix: give one of these.`);
  return run.runId;
}
