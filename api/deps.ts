import { type PayloadCodec } from '@temporalio/common';
import { type Logger } from 'pino';
import { type Story } from '../canonical/story';
import { type SourceSetup } from '../connectors/source';
import { type Store } from '../store/types';
import { type ApprovalDecided, type ExceptionDecided, type OrderToCashInput, type PaymentSeen, type SourceChanged } from '../workflows/messages';
import { type DoorKind } from './doors';
import { type SyncDoor } from './sync-door';
import { type Tide } from './tide';

export type Source = { pairId: string; sourceId: string; secrets: string[]; /** What the pair says of it. */ setup: SourceSetup };
export interface SourceRegistry { find(kind: DoorKind, account: string): Source | undefined }

/** The api's only way to Temporal. */
export interface OrderDoor {
  start(input: OrderToCashInput): Promise<'started' | 'running' | 'finished'>;
  /** Takes a finished order up again: what stands is read back, and what changed is acted on. */
  reopen(input: OrderToCashInput & { reopen: { seq: number } }): Promise<'started' | 'running'>;
  isRunning(runId: string): Promise<boolean>;
  /** Runs that somebody ended, or that were lost: at most a thousand, the latest. One of the same order may be running again. */
  endedEarly(): Promise<string[]>;
  /** Begins a decision over many exceptions; asking again for the same act changes nothing. */
  startBulk(actId: string): Promise<void>;
  signal(runId: string, signal: 'sourceChanged' | 'approvalDecided' | 'exceptionDecided', payload: SourceChanged | ApprovalDecided | ExceptionDecided): Promise<'sent' | 'finished'>;
  /** Deliver or create: an early payment starts the run, which then waits for its order. */
  paymentSeen(input: OrderToCashInput, payment: PaymentSeen): Promise<'sent' | 'finished'>;
  story(runId: string): Promise<Story | undefined>;
  ready(): Promise<boolean>;
}

/** What the codec endpoint needs; absent when payloads are plain. */
export type PayloadDesk = { codec: PayloadCodec; ticketHolds(ticket: string): boolean; uiOrigins: string[] };

export type ApiDeps = { store: Store; sources: SourceRegistry; orders: OrderDoor; sync: SyncDoor; log: Logger; uiBaseUrl: string; namespace: string; version: string; payloads?: PayloadDesk; /** How many proxies of ours stand before the api: their X-Forwarded-For is believed. */ trustedProxies?: number; /** How deliveries come in, which says how fast orders begin. */ tide: Tide; /** There is something new in the inbox. */ nudge(): void };
