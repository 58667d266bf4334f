/** Reads the whole log through when an auditor asks, one process at a time; how far it is stands in the database. */
import { randomUUID } from 'node:crypto';
import { HeadsBroken, provenHeads, type HeadLog } from '#events/store/audit/heads.server.ts';
import { verifyChain, type ChainedStore, type ChainVerdict } from '#events/store/chain.ts';
import type { Database } from '#platform/database/database.ts';
import { migrate } from '#platform/database/schema.server.ts';
import type { ChainCheck } from './contract.ts';

/** One row: the check that runs, or the last one. Wall ms. */
const SCHEMA: readonly string[] = [
  `CREATE TABLE audit_check (
     id int PRIMARY KEY CHECK (id = 1),
     run text NOT NULL,
     started_at int8 NOT NULL,
     seen_at int8 NOT NULL,
     ended_at int8,
     records int8 NOT NULL,
     expected int8 NOT NULL,
     verdict text,
     position text,
     reason text
   )`,
  'ALTER TABLE audit_check ADD COLUMN heads int8',
];

/** After so long without a sign of life its process is gone. */
const GONE_AFTER_MS = 60_000;

interface Row {
  readonly started_at: number;
  readonly seen_at: number;
  readonly ended_at: number | null;
  readonly records: number;
  readonly expected: number;
  readonly verdict: 'whole' | 'broken' | null;
  readonly position: string | null;
  readonly reason: string | null;
  readonly heads: number | null;
}

interface Settings {
  readonly store: ChainedStore;
  readonly db: Database;
  /** Hex: what the newest head must be signed with. */
  readonly publicKey: string;
  readonly log: HeadLog;
  /** Wall time, ms. */
  readonly now: () => number;
}

export interface ChainChecks {
  /** False while one runs. `expected`: about how many records there are. */
  start(expected: number): Promise<boolean>;
  state(): Promise<ChainCheck>;
  stop(): Promise<void>;
}

class Stopped extends Error {}

export async function openChainCheck({ store, db, publicKey, log, now }: Settings): Promise<ChainChecks> {
  await migrate(db, 'audit-check', SCHEMA);
  let running: Promise<void> = Promise.resolve();
  let stopping = false;

  async function end(run: string, verdict: ChainVerdict | null, heads: number | null = null): Promise<void> {
    const found =
      verdict === null
        ? { position: null, reason: null }
        : verdict.kind === 'whole'
          ? { position: verdict.head?.position ?? null, reason: null }
          : verdict;
    await db.query(
      'UPDATE audit_check SET ended_at = $2, verdict = $3, position = $4, reason = $5, heads = $6 WHERE id = 1 AND run = $1',
      [run, now(), verdict?.kind ?? null, found.position, found.reason, heads],
    );
  }

  /** With every published head: one that does not hold itself is as much of a find as an event that does not. */
  async function read(run: string): Promise<void> {
    try {
      const heads = await provenHeads(db, publicKey);
      const verdict = await verifyChain(store, heads, async (records) => {
        const rows = await db.query(
          'UPDATE audit_check SET records = $2, seen_at = $3 WHERE id = 1 AND run = $1 RETURNING id',
          [run, records, now()],
        );
        if (stopping || rows.length === 0) throw new Stopped();
      });
      await end(run, verdict, heads.length);
      if (verdict.kind === 'broken') log.error({ alert: 'audit-broken', ...verdict }, 'the log does not hold');
    } catch (error) {
      if (error instanceof HeadsBroken) {
        const { position, message: reason } = error;
        await end(run, { kind: 'broken', position, reason });
        log.error({ alert: 'audit-broken', position, reason }, 'the signed heads do not hold');
        return;
      }
      if (!(error instanceof Stopped)) log.error({ err: error }, 'the log could not be read through');
      await end(run, null);
    }
  }

  return {
    async start(expected) {
      const run = randomUUID();
      const taken = await db.query(
        `INSERT INTO audit_check (id, run, started_at, seen_at, records, expected) VALUES (1, $1, $2, $2, 0, $3)
         ON CONFLICT (id) DO UPDATE SET run = $1, started_at = $2, seen_at = $2, records = 0, expected = $3,
           ended_at = NULL, verdict = NULL, position = NULL, reason = NULL, heads = NULL
         WHERE audit_check.ended_at IS NOT NULL OR audit_check.seen_at < $4 RETURNING id`,
        [run, now(), expected, now() - GONE_AFTER_MS],
      );
      if (taken.length === 0) return false;
      running = read(run).catch((error: unknown) =>
        log.warn({ err: error }, 'how the check of the log ended could not be kept'),
      );
      return true;
    },
    async state() {
      const [row] = await db.query<Row>('SELECT * FROM audit_check');
      return row === undefined ? { kind: 'never' } : stateOf(row, now());
    },
    async stop() {
      stopping = true;
      await running;
    },
  };
}

function stateOf(row: Row, now: number): ChainCheck {
  const { started_at: startedAt, ended_at: checkedAt, records, position } = row;
  if (checkedAt === null && row.seen_at >= now - GONE_AFTER_MS)
    return { kind: 'running', startedAt, records, of: Math.max(records, row.expected) };
  if (checkedAt === null || row.verdict === null) return { kind: 'interrupted', startedAt };
  return row.verdict === 'whole'
    ? { kind: 'whole', checkedAt, records, position, heads: row.heads }
    : { kind: 'broken', checkedAt, position, reason: row.reason ?? '' };
}
