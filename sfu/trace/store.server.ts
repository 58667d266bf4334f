/** The table of traces: found by the code that the person reads to support, kept for 30 days. */
import { readSupportCode } from '#events/access/support-code.server.ts';
import type { LessonRole } from '#events/access/roles.ts';
import type { Database } from '#platform/database/database.ts';
import { migrate } from '#platform/database/schema.server.ts';
import type { StoredTrace } from './trace.ts';

/** Steps that ran are never changed; see platform/database/schema.server.ts. */
const SCHEMA = [
  `CREATE TABLE signalling_trace (
     code text PRIMARY KEY, lesson_id text NOT NULL, person_id text NOT NULL, role text NOT NULL,
     began_at int8 NOT NULL, dropped int8 NOT NULL, entries text NOT NULL, saved_at int8 NOT NULL)`,
  `CREATE INDEX signalling_trace_saved ON signalling_trace (saved_at)`,
  `CREATE INDEX signalling_trace_lesson ON signalling_trace (lesson_id)`,
  `CREATE INDEX signalling_trace_person ON signalling_trace (person_id)`,
  // Whoever was erased may still be connected to some node, which holds what it has not stored yet.
  `CREATE TABLE signalling_trace_erased (person_id text PRIMARY KEY)`,
];

/** Wall ms, from when something was last added. */
export const KEPT_MS = 30 * 24 * 3_600_000;
/** Old ones are looked for at most so often, wall ms. */
const SWEEP_MS = 3_600_000;

export type TraceHead = Omit<StoredTrace, 'entries' | 'dropped'>;

export interface TraceStore {
  /** In the place of what was kept under this code before. */
  save(trace: StoredTrace): Promise<void>;
  /** By the code as somebody wrote it down: small letters, blanks and dashes do not matter. */
  find(code: string): Promise<StoredTrace | null>;
  /** The latest ones; of one lesson, or (null) of all. */
  latest(lessonId: string | null, count: number): Promise<readonly TraceHead[]>;
  /** All of one person, and what is saved of them later. */
  forget(personId: string): Promise<void>;
}

interface HeadRow {
  readonly code: string;
  readonly lesson_id: string;
  readonly person_id: string;
  readonly role: LessonRole;
  readonly began_at: number;
}
interface Row extends HeadRow {
  readonly dropped: number;
  readonly entries: string;
}

const headOf = (row: HeadRow): TraceHead => ({
  code: row.code,
  lessonId: row.lesson_id,
  personId: row.person_id,
  role: row.role,
  beganAt: row.began_at,
});

/** Prepares the table. `wallNow`: wall ms. */
export async function createTraceStore(db: Database, wallNow: () => number = Date.now): Promise<TraceStore> {
  await migrate(db, 'traces', SCHEMA);
  let sweptAt = 0;
  async function sweep(now: number): Promise<void> {
    await db.query('DELETE FROM signalling_trace WHERE saved_at < $1', [now - KEPT_MS]);
    sweptAt = now;
  }
  await sweep(wallNow());
  return {
    async save({ code, lessonId, personId, role, beganAt, dropped, entries }) {
      const now = wallNow();
      await db.query(
        `INSERT INTO signalling_trace (code, lesson_id, person_id, role, began_at, dropped, entries, saved_at)
         SELECT $1, $2, $3, $4, $5::int8, $6::int8, $7, $8::int8
         WHERE NOT EXISTS (SELECT 1 FROM signalling_trace_erased WHERE person_id = $3)
         ON CONFLICT (code) DO UPDATE SET dropped = $6, entries = $7, saved_at = $8
           WHERE signalling_trace.person_id = $3 AND signalling_trace.lesson_id = $2`,
        [code, lessonId, personId, role, beganAt, dropped, JSON.stringify(entries), now],
      );
      if (now - sweptAt > SWEEP_MS) await sweep(now);
    },

    async find(code) {
      const asked = readSupportCode(code);
      if (asked === null) return null;
      const [row] = await db.query<Row>(
        `SELECT code, lesson_id, person_id, role, began_at, dropped, entries FROM signalling_trace
         WHERE code = $1 AND saved_at >= $2`,
        [asked, wallNow() - KEPT_MS],
      );
      if (row === undefined) return null;
      const entries: StoredTrace['entries'] = JSON.parse(row.entries);
      return { ...headOf(row), dropped: row.dropped, entries };
    },

    async latest(lessonId, count) {
      const rows = await db.query<HeadRow>(
        `SELECT code, lesson_id, person_id, role, began_at FROM signalling_trace
         WHERE saved_at >= $1 AND ($2::text IS NULL OR lesson_id = $2) ORDER BY saved_at DESC LIMIT $3`,
        [wallNow() - KEPT_MS, lessonId, count],
      );
      return rows.map(headOf);
    },

    async forget(personId) {
      await db.query('INSERT INTO signalling_trace_erased (person_id) VALUES ($1) ON CONFLICT DO NOTHING', [personId]);
      await db.query('DELETE FROM signalling_trace WHERE person_id = $1', [personId]);
    },
  };
}
