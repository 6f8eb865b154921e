import { type Kysely, type Migration, type MigrationProvider, sql } from 'kysely';

/** Statements of one step; PostgreSQL and PGlite speak the same SQL. */
const statements = (list: readonly string[]): Migration => ({
  up: async (db: Kysely<unknown>) => {
    for (const text of list) await sql.raw(text).execute(db);
  },
});

/** Steps are for ever: a released one is never edited, a change is a new step. */
const migrations: Record<string, Migration> = {
  '0001_foundation': statements([
    `create table pairs (pair_id text primary key, configuration jsonb not null, updated_at timestamptz not null)`,
    `create table inbox (id uuid primary key, pair_id text not null, source_id text not null, source_kind text not null, account text not null, dedup_key text not null, topic text not null,
      delivery_id text not null, event_time timestamptz, api_version text, order_id text, version text, body text not null, state text not null default 'new', reason text, note text, workflow_id text,
      attempts int not null default 0, received_at timestamptz not null default now(), due_at timestamptz not null default now(), claimed_until timestamptz, handled_at timestamptz, seq bigserial not null,
      unique (source_kind, account, dedup_key))`,
    `create index inbox_due on inbox (due_at, seq) where state = 'new'`,
    `create index inbox_order on inbox (pair_id, source_id, order_id)`,
    `create index inbox_listing on inbox (state, seq desc)`,
    `create table runs (run_id text primary key, pair_id text not null, source_id text not null, order_id text not null, order_name text, phase text not null, needs_attention boolean not null, total text, currency text,
      story text not null, seq int not null, created_at timestamptz not null default now(), updated_at timestamptz not null)`,
    `create index runs_phase on runs (phase, updated_at desc)`,
    `create index runs_order on runs (order_id)`,
    `create table counters (pair_id text not null, series text not null, next bigint not null, primary key (pair_id, series))`,
    `create table numbers (pair_id text not null, series text not null, key text not null, n bigint not null, primary key (pair_id, series, key), unique (pair_id, series, n))`,
    `create table documents (pair_id text not null, system text not null, kind text not null, key text not null, run_id text not null, number text, external_id text, amount text, currency text, content_hash text,
      state text not null, intended_at timestamptz not null default now(), written_at timestamptz, primary key (pair_id, system, kind, key))`,
    `create index documents_run on documents (run_id)`,
    `create index documents_number on documents (pair_id, system, kind, number)`,
    `create table links (pair_id text not null, kind text not null, from_system text not null, from_id text not null, to_system text not null, to_id text not null, updated_at timestamptz not null default now(),
      primary key (pair_id, kind, from_system, from_id, to_system))`,
    `create index links_back on links (pair_id, kind, to_system, to_id)`,
    `create table link_history (pair_id text not null, kind text not null, from_system text not null, from_id text not null, to_system text not null, to_id text not null, replaced_at timestamptz not null default now())`,
    `create table payments (pair_id text not null, id text not null, payment_id text not null, run_id text not null, primary key (pair_id, id))`,
    `create table watermarks (name text primary key, value text not null)`,
    `create table feed (run_id text primary key, hash text not null)`,
    `create table facts (name text primary key, value text not null, read_at timestamptz not null)`,
    `create table exceptions (id uuid primary key, run_id text not null, pair_id text not null, step text not null, failure text not null, opened_at timestamptz not null default now(), closed_at timestamptz, decision text, decided_by text, reason text)`,
    `create unique index exceptions_open on exceptions (run_id) where closed_at is null`,
    `create table connections (id text primary key, secret text not null, version int not null, updated_at timestamptz not null default now())`,
    `create table leases (name text primary key, token text not null, until timestamptz not null)`,
    `create table budget (organisation text primary key, minute_start timestamptz not null, minute_used int not null, day text not null, day_used int not null, blocked_until timestamptz)`,
    `create table budget_slots (organisation text not null, slot text not null, expires_at timestamptz not null, primary key (organisation, slot))`,
    `create table api_keys (id text primary key, name text not null, role text not null, salt text not null, hash text not null, created_at timestamptz not null default now(), revoked_at timestamptz)`,
    `create table audit (id bigserial primary key, at timestamptz not null default now(), who text not null, action text not null, subject text not null, detail text)`,
    `create index audit_subject on audit (subject, id desc)`,
  ]),
  '0002_decisions': statements([
    `alter table exceptions add column kind text not null default 'run', add column class text not null default 'bug', add column code text not null default 'bug', add column cause text not null default '', add column system text,
      add column document text, add column order_id text, add column order_name text, add column amount numeric, add column currency text, add column owner text not null default '', add column evidence text, add column attempts int not null default 1,
      add column updated_at timestamptz not null default now(), add column seq bigserial not null`,
    `create index exceptions_cause on exceptions (cause) where closed_at is null`,
    `create index exceptions_seq on exceptions (seq)`,
    `create table order_copies (run_id text primary key, pair_id text not null, source text, canonical text, coded text, updated_at timestamptz not null default now())`,
    `create table order_edits (run_id text not null, n int not null, canonical text not null, base_hash text not null, base_version text not null, diff text not null, who text not null, reason text not null, at timestamptz not null default now(), active boolean not null default true, primary key (run_id, n))`,
    `create table bulk_acts (id uuid primary key, who text not null, filter text not null, decision text not null, total int not null, done int not null default 0, failed int not null default 0, cursor bigint not null default 0, upto bigint not null, state text not null, created_at timestamptz not null default now(), finished_at timestamptz)`,
  ]),
  // What was intended before this one may have been sent: it counts as asked for.
  '0003_asked': statements([`alter table documents add column asked int not null default 1`]),
  '0010_master_data': statements([
    `create table master_records (pair_id text not null, kind text not null, system text not null, id text not null, foreign_id text, state text not null, merged_into text, protected text, version timestamptz not null, fields text not null, hash text not null,
      changed bigint, primary key (pair_id, kind, system, id))`,
    `create sequence master_changes`,
    `create index master_records_changed on master_records (pair_id, kind, changed) where changed is not null`,
    `create table master_keys (pair_id text not null, kind text not null, system text not null, key text not null, id text not null, primary key (pair_id, kind, system, key, id))`,
    `create index master_keys_id on master_keys (pair_id, kind, system, id)`,
    `alter table links add column base text, add column rev int not null default 0`,
    `create unique index links_one_party on links (pair_id, kind, to_id) where from_system = 'gp' and to_system = 'xero' and rev > 0`,
    `alter table link_history add column action text not null default 'moved', add column who text not null default 'tieout', add column reason text not null default '', add column n bigserial not null`,
    `create table sync_issues (id uuid primary key, pair_id text not null, kind text not null, type text not null, subject text not null, gp_id text, xero_id text, title text not null, detail text not null, opened_at timestamptz not null default now(),
      closed_at timestamptz, decision text, decided_by text, reason text, seq bigserial not null)`,
    `create unique index sync_issues_open on sync_issues (pair_id, kind, subject, type) where closed_at is null`,
    `create table sync_batches (id text primary key, pair_id text not null, kinds text not null, mode text not null, state text not null, who text not null, started_at timestamptz not null default now(), ended_at timestamptz, total int not null default 0, totals text not null default '{}', samples text not null default '[]', note text)`,
  ]),
  // Calls under way stand in the budget's own row, so that taking one is a single statement.
  '0011_budget_slots': statements([`alter table budget add column slots jsonb not null default '{}'`, `drop table budget_slots`]),
  '0012_incidents': statements([
    `alter table exceptions add column source_id text, add column assigned text, add column stand int not null default 0, add column outcome text,
      add column taken_at timestamptz, add column taken_by text, add column taken_decision text, add column taken_reason text, add column taken_act text, add column taken_stand int, add column told_act text`,
    `create index exceptions_open_seq on exceptions (seq) where closed_at is null`,
    `create index exceptions_order on exceptions (order_id)`,
    `create index exceptions_subject on exceptions (run_id, seq)`,
    `create table cause_owners (cause text primary key, owner text not null, who text not null, at timestamptz not null default now())`,
    `create index bulk_acts_newest on bulk_acts (created_at desc)`,
    `create index runs_name on runs (order_name)`,
  ]),
  '0013_holds': statements([`alter table documents add column holder text, add column held_until timestamptz`]),
  // GP orders that are on their way, by customer, so that the next one knows whom it comes after.
  '0014_customer_line': statements([`alter table documents add column in_line boolean not null default false`, `create index documents_line on documents (pair_id, external_id) where in_line and state = 'intended'`]),
  '0015_mapping_versions': statements([
    `create table mapping_versions (pair_id text not null, name text not null, version int not null, state text not null, document text not null, who text not null, reason text not null, created_at timestamptz not null default now(),
      published_at timestamptz, published_by text, publish_reason text, retired_at timestamptz, primary key (pair_id, name, version))`,
    `create unique index mapping_versions_published on mapping_versions (pair_id, name) where state = 'published'`,
  ]),
  // A customer's orders go by date and arrival, not by the numbers they were given; and who comes first may not have been taken yet.
  '0016_line_places': statements([
    `alter table documents add column line_place text not null default ''`,
    `alter table inbox add column buyer text`, `create index inbox_buyer on inbox (pair_id, source_id, buyer, seq) where buyer is not null`,
  ]),
  // When a record was last read from its system: what a full read no longer sees is gone there.
  '0017_master_seen': statements([`alter table master_records add column seen_at timestamptz not null default now()`, `create index link_history_xero on link_history (pair_id, kind, to_id)`]),
  '0018_notices': statements([
    `create table notices (id text not null, channel text not null, pair_id text not null, body text not null, state text not null, attempts int not null default 0, note text, created_at timestamptz not null default now(), due_at timestamptz not null default now(),
      claimed_until timestamptz, sent_at timestamptz, seq bigserial not null, primary key (id, channel))`,
    `create index notices_due on notices (pair_id, seq) where state = 'new'`,
    `create unique index notices_seq on notices (seq)`,
    `create table notice_subjects (pair_id text not null, about text not null, started_at timestamptz not null, notice text not null, primary key (pair_id, about))`,
  ]),
  // How many fields of a pair one side holds only in part; which and how is sealed with the base.
  '0019_held_in_part': statements([`alter table links add column partly int not null default 0`, `create index links_partly on links (pair_id, kind, from_id) where partly > 0`]),
};

export const migrationProvider: MigrationProvider = { getMigrations: async () => migrations };
