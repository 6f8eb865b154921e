import { type Generated, type JSONColumnType } from 'kysely';

type Json = JSONColumnType<object>;

/** The tables as stored. Instants are timestamptz and come out as Date. */
export interface Tables {
  pairs: { pair_id: string; configuration: Json; updated_at: Date };
  inbox: {
    id: string; pair_id: string; source_id: string; source_kind: string; account: string; dedup_key: string; topic: string; delivery_id: string;
    event_time: Date | null; api_version: string | null; order_id: string | null; version: string | null; body: string;
    state: string; reason: string | null; note: string | null; workflow_id: string | null; attempts: Generated<number>;
    received_at: Generated<Date>; due_at: Generated<Date>; claimed_until: Date | null; handled_at: Date | null; seq: Generated<string>; buyer: string | null;
  };
  runs: { run_id: string; pair_id: string; source_id: string; order_id: string; order_name: string | null; phase: string; needs_attention: boolean; total: string | null; currency: string | null; story: string; seq: number; created_at: Generated<Date>; updated_at: Date };
  numbers: { pair_id: string; series: string; key: string; n: string };
  counters: { pair_id: string; series: string; next: string };
  documents: { pair_id: string; system: string; kind: string; key: string; run_id: string; number: string | null; external_id: string | null; amount: string | null; currency: string | null; content_hash: string | null; state: string; asked: Generated<number>; holder: string | null; held_until: Date | null; intended_at: Generated<Date>; written_at: Date | null; in_line: Generated<boolean>; line_place: Generated<string> };
  links: { pair_id: string; kind: string; from_system: string; from_id: string; to_system: string; to_id: string; updated_at: Generated<Date>; base: string | null; rev: Generated<number>; partly: Generated<number> };
  link_history: { pair_id: string; kind: string; from_system: string; from_id: string; to_system: string; to_id: string; replaced_at: Generated<Date>; action: Generated<string>; who: Generated<string>; reason: Generated<string>; n: Generated<string> };
  payments: { pair_id: string; id: string; payment_id: string; run_id: string };
  watermarks: { name: string; value: string };
  feed: { run_id: string; hash: string };
  facts: { name: string; value: string; read_at: Date };
  exceptions: {
    id: string; run_id: string; pair_id: string; step: string; failure: string; opened_at: Generated<Date>; closed_at: Date | null; decision: string | null; decided_by: string | null; reason: string | null;
    kind: string; class: string; code: string; cause: string; system: string | null; document: string | null; order_id: string | null; order_name: string | null; amount: string | null; currency: string | null;
    owner: string; evidence: string | null; attempts: Generated<number>; updated_at: Generated<Date>; seq: Generated<string>;
    source_id: string | null; assigned: string | null; stand: Generated<number>; outcome: string | null; taken_at: Date | null; taken_by: string | null; taken_decision: string | null; taken_reason: string | null; taken_act: string | null; taken_stand: number | null; told_act: string | null;
  };
  cause_owners: { cause: string; owner: string; who: string; at: Generated<Date> };
  order_copies: { run_id: string; pair_id: string; source: string | null; canonical: string | null; coded: string | null; updated_at: Generated<Date> };
  order_edits: { run_id: string; n: number; canonical: string; base_hash: string; base_version: string; diff: string; who: string; reason: string; at: Generated<Date>; active: Generated<boolean> };
  mapping_versions: { pair_id: string; name: string; version: number; state: string; document: string; who: string; reason: string; created_at: Generated<Date>; published_at: Date | null; published_by: string | null; publish_reason: string | null; retired_at: Date | null };
  bulk_acts: { id: string; who: string; filter: string; decision: string; total: number; done: Generated<number>; failed: Generated<number>; cursor: Generated<string>; upto: string; state: string; created_at: Generated<Date>; finished_at: Date | null };
  connections: { id: string; secret: string; version: number; updated_at: Generated<Date> };
  leases: { name: string; token: string; until: Date };
  budget: { organisation: string; minute_start: Date; minute_used: number; day: string; day_used: number; blocked_until: Date | null; /** Slot → when it expires by itself, epoch ms. */ slots: JSONColumnType<Record<string, number>, string | undefined, string> };
  api_keys: { id: string; name: string; role: string; salt: string; hash: string; created_at: Generated<Date>; revoked_at: Date | null };
  notices: { id: string; channel: string; pair_id: string; body: string; state: string; attempts: Generated<number>; note: string | null; created_at: Generated<Date>; due_at: Generated<Date>; claimed_until: Date | null; sent_at: Date | null; seq: Generated<string> };
  notice_subjects: { pair_id: string; about: string; started_at: Date; notice: string };
  audit: { id: Generated<string>; at: Generated<Date>; who: string; action: string; subject: string; detail: string | null };
  master_records: { pair_id: string; kind: string; system: string; id: string; foreign_id: string | null; state: string; merged_into: string | null; protected: string | null; version: Date; fields: string; hash: string; changed: string | null; seen_at: Generated<Date> };
  master_keys: { pair_id: string; kind: string; system: string; key: string; id: string };
  sync_issues: { id: string; pair_id: string; kind: string; type: string; subject: string; gp_id: string | null; xero_id: string | null; title: string; detail: string; opened_at: Generated<Date>; closed_at: Date | null; decision: string | null; decided_by: string | null; reason: string | null; seq: Generated<string> };
  sync_batches: { id: string; pair_id: string; kinds: string; mode: string; state: string; who: string; started_at: Generated<Date>; ended_at: Date | null; total: Generated<number>; totals: Generated<string>; samples: Generated<string>; note: string | null };
}
