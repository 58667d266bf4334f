/** Tables of the workers. They are durable state, not read models: nothing here is dropped on a rebuild. */
import { migrate } from '#platform/database/schema.server.ts';
import type { Database } from '#platform/database/database.ts';

const STEPS: readonly string[] = [
  `CREATE SCHEMA IF NOT EXISTS worker`,
  // `epoch` fences: whoever takes a duty over raises it, and a commit under an older epoch fails.
  `CREATE TABLE worker.checkpoint (
     consumer text PRIMARY KEY,
     position text,
     ordinal int8 NOT NULL DEFAULT 0,
     epoch int8 NOT NULL DEFAULT 0,
     shape text NOT NULL DEFAULT ''
   )`,
  `CREATE TABLE worker.parked_event (
     consumer text NOT NULL,
     part text NOT NULL,
     event_id text NOT NULL,
     stream text NOT NULL,
     revision int8 NOT NULL,
     position text NOT NULL,
     type text NOT NULL,
     error text NOT NULL,
     parked_at int8 NOT NULL,
     PRIMARY KEY (consumer, part, event_id)
   )`,
  `CREATE TABLE worker.process_state (
     process text NOT NULL,
     key text NOT NULL,
     state jsonb NOT NULL,
     PRIMARY KEY (process, key)
   )`,
  `CREATE TABLE worker.timer (
     key text PRIMARY KEY,
     due_at int8 NOT NULL,
     command jsonb,
     notice jsonb,
     process text NOT NULL,
     correlation_id text NOT NULL,
     causation_id text NOT NULL,
     retry_at int8 NOT NULL DEFAULT 0,
     attempts int4 NOT NULL DEFAULT 0,
     fired_at int8
   )`,
  `CREATE INDEX timer_due ON worker.timer (due_at) WHERE fired_at IS NULL`,
  `CREATE TABLE worker.outbound_call (
     operation_id text PRIMARY KEY,
     booking_id text NOT NULL,
     kind text NOT NULL,
     request jsonb NOT NULL,
     state text NOT NULL,
     provider_id text,
     attempts int4 NOT NULL DEFAULT 0,
     sent_at int8,
     next_at int8 NOT NULL DEFAULT 0,
     problem text,
     correlation_id text NOT NULL,
     causation_id text NOT NULL,
     created_at int8 NOT NULL,
     updated_at int8 NOT NULL
   )`,
  `CREATE INDEX outbound_call_due ON worker.outbound_call (next_at) WHERE state IN ('planned', 'sent', 'unknown')`,
  `CREATE INDEX outbound_call_booking ON worker.outbound_call (booking_id)`,
  `CREATE INDEX outbound_call_provider ON worker.outbound_call (provider_id)`,
  `CREATE TABLE worker.webhook (
     event_id text PRIMARY KEY,
     body text NOT NULL,
     state text NOT NULL,
     attempts int4 NOT NULL DEFAULT 0,
     next_at int8 NOT NULL DEFAULT 0,
     problem text,
     received_at int8 NOT NULL
   )`,
  `CREATE INDEX webhook_due ON worker.webhook (next_at) WHERE state = 'stored'`,
  `CREATE TABLE worker.notice (
     notice_id text PRIMARY KEY,
     person_id text NOT NULL,
     kind text NOT NULL,
     title text NOT NULL,
     body text NOT NULL,
     href text,
     at int8 NOT NULL,
     read_at int8
   )`,
  `CREATE INDEX notice_person ON worker.notice (person_id, at DESC)`,
  `CREATE TABLE worker.mail (
     mail_id text PRIMARY KEY,
     person_id text NOT NULL,
     subject text NOT NULL,
     body text NOT NULL,
     href text,
     calendar text,
     state text NOT NULL,
     attempts int4 NOT NULL DEFAULT 0,
     next_at int8 NOT NULL DEFAULT 0,
     problem text,
     created_at int8 NOT NULL
   )`,
  `CREATE INDEX mail_due ON worker.mail (next_at) WHERE state = 'planned'`,
  // What a webhook says, so that two of them about the same fact are told (effects/webhook-news.ts).
  `ALTER TABLE worker.webhook ADD COLUMN meaning text NOT NULL DEFAULT ''`,
  `CREATE INDEX webhook_meaning ON worker.webhook (meaning) WHERE state = 'done'`,
  // Where the provider's books and ours differ. A row is told apart by what it is about, and closes when both agree.
  `CREATE TABLE worker.drift (
     drift_id text PRIMARY KEY,
     class text NOT NULL,
     subject text NOT NULL,
     booking_id text,
     ours text NOT NULL,
     theirs text NOT NULL,
     first_seen_at int8 NOT NULL,
     last_seen_at int8 NOT NULL,
     resolved_at int8,
     note text NOT NULL DEFAULT ''
   )`,
  `CREATE INDEX drift_open ON worker.drift (first_seen_at) WHERE resolved_at IS NULL`,
  // Business time of the last run of each of the reconciler's jobs, and how far it came.
  `CREATE TABLE worker.reconciler_job (
     job text PRIMARY KEY,
     ran_at int8 NOT NULL,
     cursor text NOT NULL DEFAULT ''
   )`,
  // The provider's own books, line by line, as last read.
  `CREATE TABLE worker.provider_line (
     entity_id text PRIMARY KEY,
     type text NOT NULL,
     debit int8 NOT NULL,
     credit int8 NOT NULL,
     amount int8 NOT NULL,
     fee int8 NOT NULL,
     tax int8 NOT NULL,
     settled boolean NOT NULL,
     settlement_id text,
     utr text,
     payment_id text,
     dispute_id text,
     created_at int8 NOT NULL,
     seen_at int8 NOT NULL
   )`,
  `CREATE INDEX provider_line_payment ON worker.provider_line (payment_id)`,
  // The provider said no for now: it keeps its growing pauses (effects/outbox).
  `ALTER TABLE worker.outbound_call ADD COLUMN refused boolean NOT NULL DEFAULT false`,
  // A webhook that was handled is not read again, and names the payer.
  `UPDATE worker.webhook SET body = '' WHERE state IN ('done', 'given-up')`,
  // A case shows who was told what about its booking, and when the mail of it went out (wall time).
  `ALTER TABLE worker.notice ADD COLUMN booking_id text`,
  `CREATE INDEX notice_booking ON worker.notice (booking_id) WHERE booking_id IS NOT NULL`,
  `ALTER TABLE worker.mail ADD COLUMN notice_id text`,
  `ALTER TABLE worker.mail ADD COLUMN sent_at int8`,
  `CREATE INDEX mail_notice ON worker.mail (notice_id) WHERE notice_id IS NOT NULL`,
];

export const prepareWorkerTables = (db: Database): Promise<void> => migrate(db, 'worker', STEPS);
