/**
 * The table that outlives a crash: one row for each connection that this node has told the lesson about. Whoever
 * starts next finds the rows of a node that is gone and ends those connections at the moment they were last seen.
 */
import type { Database } from '#platform/database/database.ts';
import { migrate } from '#platform/database/schema.server.ts';

export interface PresenceRow {
  readonly connectionId: string;
  readonly lessonId: string;
  readonly personId: string;
  /** Business time, ms. */
  readonly lastSeen: number;
}

/** A node that has not written for this long (wall ms) is gone. Heartbeats come every 5 s. */
export const STALE_MS = 20_000;

interface Stored {
  readonly connection_id: string;
  readonly lesson_id: string;
  readonly person_id: string;
  readonly last_seen: number;
}

export class PresenceTable {
  readonly #db: Database;
  readonly #node: string;

  constructor(db: Database, node: string) {
    this.#db = db;
    this.#node = node;
  }

  async prepare(): Promise<void> {
    await migrate(this.#db, 'presence', [
      `CREATE TABLE presence (
         connection_id text PRIMARY KEY,
         node_id text NOT NULL,
         lesson_id text NOT NULL,
         person_id text NOT NULL,
         last_seen int8 NOT NULL,
         wall_seen int8 NOT NULL)`,
    ]);
  }

  async add(row: PresenceRow): Promise<void> {
    await this.#db.query(
      `INSERT INTO presence (connection_id, node_id, lesson_id, person_id, last_seen, wall_seen)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (connection_id) DO UPDATE SET node_id = $2, last_seen = $5, wall_seen = $6`,
      [row.connectionId, this.#node, row.lessonId, row.personId, row.lastSeen, Date.now()],
    );
  }

  async remove(connectionId: string): Promise<void> {
    await this.#db.query('DELETE FROM presence WHERE connection_id = $1', [connectionId]);
  }

  /** A fact of this moment was told: a crash right after it must not end the connection before it. */
  async seen(connectionId: string, at: number): Promise<void> {
    await this.#db.query('UPDATE presence SET last_seen = $1 WHERE connection_id = $2 AND last_seen < $1', [
      at,
      connectionId,
    ]);
  }

  /**
   * @param held ids that this node still looks after; rows of others are left to grow stale.
   * @param connected those that are really here; those waiting for a reconnect keep the time they were last seen.
   * @param now business time, ms.
   * @returns which of `held` have their row still.
   */
  async heartbeat(held: readonly string[], connected: readonly string[], now: number): Promise<ReadonlySet<string>> {
    if (held.length === 0) return new Set();
    const rows = await this.#db.query<{ connection_id: string }>(
      `UPDATE presence SET wall_seen = $1 WHERE node_id = $2 AND connection_id IN (${places(held, 3)})
       RETURNING connection_id`,
      [Date.now(), this.#node, ...held],
    );
    if (connected.length > 0)
      await this.#db.query(`UPDATE presence SET last_seen = $1 WHERE connection_id IN (${places(connected, 2)})`, [
        now,
        ...connected,
      ]);
    return new Set(rows.map((row) => row.connection_id));
  }

  /** Connections of nodes that are gone: with the embedded database every other node is, since one process owns it. */
  async orphans(): Promise<readonly PresenceRow[]> {
    const staleBefore = this.#db.kind === 'pglite' ? Number.MAX_SAFE_INTEGER : Date.now() - STALE_MS;
    const rows = await this.#db.query<Stored>(
      `SELECT connection_id, lesson_id, person_id, last_seen FROM presence
       WHERE node_id <> $1 AND wall_seen < $2 ORDER BY last_seen LIMIT 500`,
      [this.#node, staleBefore],
    );
    return rows.map((row) => ({
      connectionId: row.connection_id,
      lessonId: row.lesson_id,
      personId: row.person_id,
      lastSeen: row.last_seen,
    }));
  }
}

const places = (values: readonly string[], first: number): string =>
  values.map((_, index) => `$${index + first}`).join(', ');
