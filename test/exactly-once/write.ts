import { type WriteActivityName } from '../../activities/contract';
import { type GpClient } from '../../connectors/gp/types';
import { type XeroClient } from '../../connectors/xero/types';
import { type Hands, type World } from './world';

/** One arranged write: how it is asked for, and what must hold once it was answered; `left` is what the ledger holds of it, `named` what the answer names. */
export type Arranged<A = unknown> = { ask(hands: Hands): Promise<A>; proof(answer: A): Promise<void> };

type At = { system: 'xero'; operation: string; method: keyof XeroClient } | { system: 'gp'; operation: string; text: string; method: keyof GpClient };

/**
 * One outside call of a write activity: where the simulator meets it, the words for docs/exactly-once.md, and how it is brought about. A new call is
 * one more object in writes-gp.ts or writes-xero.ts; the walk and the page follow.
 */
export type Write = {
  /** The call as the other system names it. */
  call: string;
  at: At;
  /** What of ours stands in it. */
  key: string;
  /** When it is looked up, and how. */
  look: string;
  /** What happens when its reply is lost. */
  lost: string;
  /** Nothing of the other system keeps two processes from doing it at the same instant: then the second look must notice. */
  unkeyed?: true;
  arrange(world: World, n: number): Promise<Arranged>;
};
/** Every write activity of the contract with its outside calls: one that is missing is a type error. */
export type Writes = Record<WriteActivityName, Write[]>;

export const arranged = <A>(it: Arranged<A>): Arranged => ({ ask: it.ask, proof: (answer) => it.proof(answer as A) });
