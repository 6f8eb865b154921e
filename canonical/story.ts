import { type Failure } from './failure';

/** The phases of one order's life, in the words of the console, the search attribute and the api. */
export const phases = [
  'received', 'awaiting-payment', 'awaiting-approval', 'ordering', 'awaiting-invoice', 'invoicing', 'settling', 'proving',
  'tied-out', 'parked', 'needs-attention', 'undoing', 'cancelled', 'skipped', 'differs',
] as const;
export type Phase = (typeof phases)[number];

/** One step of the run: what happened in which system and with which documents. */
export type Hop = {
  step: 'order' | 'receipt' | 'prepayment' | 'invoice' | 'payment' | 'apply' | 'proof' | 'undo' | 'replace' | 'adjust';
  from: { system: string; document: string };
  to: { system: string; document: string };
  at: string;
  amount?: string;
  currency?: string;
  note?: string;
};

/** A question to an approver and its answer. Instants are UTC. */
export type ApprovalStory = {
  needed: string;
  /** Hash of what is approved: a decision about other content is void. */
  contentHash: string;
  askedAt: string;
  remindedAt?: string;
  /** Set when the next group was asked. */
  escalatedAt?: string;
  /** When silence is answered by policy. */
  silenceAt?: string;
  decided?: { approver: string; decision: 'approve' | 'reject'; reason: string; at?: string };
};

/** The answer of the `story` query, and what `GET /runs/{id}` tells. Amounts are decimal text. */
export type Story = {
  runId: string; pairId: string; sourceId: string; orderId: string; orderName?: string;
  phase: Phase;
  /** What it waits for, in words; empty when it ended. */
  waitingFor: string;
  needsAttention: boolean;
  failure?: Failure;
  total?: string; currency?: string;
  gpOrder?: string; gpInvoices: string[]; xeroInvoices: string[]; payments: string[]; receipts: string[];
  hops: Hop[];
  warnings: string[];
  /** Every mapping document that this run works with, and its version. */
  mappings?: Record<string, number>;
  approval?: ApprovalStory;
  /** People who changed this order by hand: none of them may approve it. */
  makers?: string[];
  /** The last decisions that were not taken up, and why (wrong content, own work, no decision). */
  refused?: string[];
  difference?: string;
  updatedAt: string;
};
