import { type Notice } from '../canonical/notice';

/** A notice on its way by one channel. `about` is the question or incident it belongs to. */
export type NoticeRow = { notice: Notice; channel: string; pairId: string; attempts: number };
/** The first notice of a question or incident, while that is open; `startedAt` UTC. */
export type OpenSubject = { about: string; notice: Notice; startedAt: string };

/** What is to be told to people: written down first, told by channels, each stage once. */
export interface NoticeStore {
  /** Writes a stage down for every channel; a stage that is known stays as it is. `opens`: it begins its subject. True when it was new. */
  put(entry: { notice: Notice; pairId: string; about: string; channels: readonly string[]; opens?: { startedAt: string } }): Promise<boolean>;
  /** Subjects that are open, whose name begins so. */
  open(pairId: string, prefix: string): Promise<OpenSubject[]>;
  /** A subject that has ended: if it begins again, it is told anew. */
  end(pairId: string, about: string): Promise<void>;
  /** Takes what is due for these channels, oldest first; what is not given back is due again after `claimMs`. */
  claimDue(ask: { pairId: string; channels: readonly string[]; limit: number; claimMs: number }): Promise<NoticeRow[]>;
  sent(row: Pick<NoticeRow, 'notice' | 'channel'>): Promise<void>;
  /** Not told yet, with the reason; `afterMs` until the next try, undefined: never again. */
  defer(row: Pick<NoticeRow, 'notice' | 'channel'>, why: string, afterMs: number | undefined): Promise<void>;
  /** Newest first. */
  list(filter: { pairId?: string; limit: number }): Promise<{ notice: Notice; channel: string; state: 'new' | 'sent' | 'given-up'; attempts: number; note?: string }[]>;
}
