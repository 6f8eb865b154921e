import { type Outcome } from '../../canonical/failure';
import { type MasterKind, type MasterRecord, type MasterWrite, type MasterWritten } from '../../canonical/master';

export type MasterPage = { records: MasterRecord[]; next?: string; watermark: string };
export type MasterAsk = { kind: MasterKind; since?: string; cursor?: string; limit: number };

/** Master records of one organisation: contacts (as customers or vendors), items, accounts, tax rates, tracking options and currencies. */
export interface XeroMasters {
  changedMasters(ask: MasterAsk): Promise<Outcome<MasterPage>>;
  readMasters(kind: MasterKind, ids: string[]): Promise<Outcome<MasterRecord[]>>;
  /** At most fifty of one kind: one call where Xero takes lists (contacts, items), one each for the others. */
  writeMasters(writes: MasterWrite[]): Promise<Outcome<MasterWritten>[]>;
}
