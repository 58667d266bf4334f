/**
 * Where the provider's books and ours differ: told to people, never corrected. A difference has one row, told apart by who
 * found it and what it is about; it closes by itself at the first whole look that does not find it. Rules RC8–RC9.
 */
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';

export type DriftClass = 'missing-here' | 'missing-there' | 'amount' | 'state' | 'duplicate' | 'timing';

export interface Drift {
  readonly class: DriftClass;
  /** What it is about: an id at the provider, or the name of a sum. */
  readonly subject: string;
  readonly bookingId: string | null;
  readonly ours: string;
  readonly theirs: string;
  readonly note: string;
}

/** One look at everything of a kind. `scope` names who looks, so that one does not close what another found. */
export interface Look {
  differs(drift: Drift): Promise<void>;
  /** This booking could not be read this time: what is open about it stays open. Null: nothing may be taken for looked at. */
  unread(bookingId: string | null): void;
  /** Ends a look that came to its end: whatever it did not find again is resolved. */
  done(): Promise<void>;
}

/** `now`: business ms. */
export function lookFor({ db, log }: { db: Database; log: Log }, scope: string, now: number): Look {
  const seen = new Set<string>();
  const unread = new Set<string>();
  let whole = true;
  const at = Math.floor(now);
  return {
    async differs({ class: kind, subject, bookingId, ours, theirs, note }) {
      const id = `${scope}:${kind}:${subject}`;
      seen.add(id);
      const [row] = await db.query<{ fresh: boolean }>(
        `INSERT INTO worker.drift AS known (drift_id, class, subject, booking_id, ours, theirs, first_seen_at, last_seen_at, note)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)
         ON CONFLICT (drift_id) DO UPDATE SET ours = excluded.ours, theirs = excluded.theirs, note = excluded.note,
           booking_id = excluded.booking_id, last_seen_at = excluded.last_seen_at,
           first_seen_at = CASE WHEN known.resolved_at IS NULL THEN known.first_seen_at ELSE excluded.first_seen_at END,
           resolved_at = NULL
         RETURNING first_seen_at = last_seen_at AS fresh`,
        [id, kind, subject, bookingId, ours, theirs, at, note],
      );
      if (row?.fresh)
        log.error(
          { alert: 'drift', class: kind, subject, bookingId, ours, theirs },
          'the provider’s books and ours differ',
        );
    },
    unread(bookingId) {
      if (bookingId === null) whole = false;
      else unread.add(bookingId);
    },
    async done() {
      if (!whole) return;
      await db.query(
        `UPDATE worker.drift SET resolved_at = $1
         WHERE resolved_at IS NULL AND left(drift_id, $2) = $3 AND NOT drift_id = ANY($4)
           AND (booking_id IS NULL OR NOT booking_id = ANY($5))`,
        [at, scope.length + 1, `${scope}:`, [...seen], [...unread]],
      );
    },
  };
}
