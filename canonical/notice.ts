/** What people are told without having asked: an open question to an approver, or an incident that waits for somebody. */
export const noticeTypes = ['approval.asked', 'approval.reminded', 'approval.escalated', 'approval.answered-by-policy', 'incident.opened', 'incident.reminded', 'incident.escalated'] as const;
export type NoticeType = (typeof noticeTypes)[number];

/** Ids and amounts only: no name, address or text of a customer. Amounts are decimal text, instants UTC. */
export type NoticeData = {
  pairId: string;
  /** An approval's order. */ runId?: string; orderId?: string; orderName?: string; askedAt?: string; silenceAt?: string; decision?: 'approve' | 'reject';
  /** An incident's cause. */ code?: string; class?: string; kind?: string; owner?: string; count?: number; since?: string;
  money: { currency: string; amount: string }[];
};
/** `id` is the same however often it is sent: one stage of one question or incident. */
export type Notice = { id: string; type: NoticeType; at: string; data: NoticeData };
