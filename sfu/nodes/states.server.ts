/**
 * The states of rooms, kept in the database: a lock, a removal or a co-host outlives a room in which everyone's network
 * was gone at once, and the node that had it (rules D6, N2). Gone with the lesson's end.
 */
import type { Database } from '#platform/database/database.ts';
import { migrate } from '#platform/database/schema.server.ts';
import type { Log } from '../log.ts';
import { FRESH, type RoomState } from '../rooms/state.ts';

/** A lesson lasts hours at most; a state that nobody asked for in this time is not wanted any more, wall ms. */
const KEPT_MS = 6 * 3_600_000;
const RETRY_MS = 1_000;
/** So often in a row a state is tried to be written; then the next change of the room tries again. */
const MOST_TRIES = 30;

/** What is to be written of one lesson: the last one counts. */
interface Pending {
  state: RoomState;
  fence: number;
  readonly written: Promise<void>;
}

export class RoomStates {
  readonly #db: Database;
  readonly #log: Log;
  readonly #pending = new Map<string, Pending>();
  #closing = false;

  private constructor(db: Database, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  static async open(db: Database, log: Log): Promise<RoomStates> {
    await migrate(db, 'sfu-room', [
      `CREATE TABLE sfu_room (
         lesson_id text PRIMARY KEY,
         state text NOT NULL,
         fence int8 NOT NULL,
         kept_at int8 NOT NULL)`,
    ]);
    return new RoomStates(db, log);
  }

  /** Lets go of what nobody changed for hours. */
  async sweep(): Promise<void> {
    await this.#db.query('DELETE FROM sfu_room WHERE kept_at < $1', [Date.now() - KEPT_MS]);
  }

  /** What was kept last, by whichever node; FRESH when nothing was. */
  async of(lessonId: string): Promise<RoomState> {
    const pending = this.#pending.get(lessonId);
    if (pending !== undefined) return pending.state;
    const [row] = await this.#db.query<{ state: string }>('SELECT state FROM sfu_room WHERE lesson_id = $1', [
      lessonId,
    ]);
    // One that an earlier version kept may lack what is new.
    return row === undefined ? FRESH : { ...FRESH, ...(JSON.parse(row.state) as Partial<RoomState>) };
  }

  /** @param fence of the lease: a node that has lost the lesson must not write over the next one's. */
  keep(lessonId: string, state: RoomState, fence: number): void {
    const pending = this.#pending.get(lessonId);
    if (pending !== undefined) {
      Object.assign(pending, { state, fence });
      return;
    }
    const next: Pending = { state, fence, written: Promise.resolve().then(() => this.#write(lessonId)) };
    this.#pending.set(lessonId, next);
  }

  /** Resolves when the last state is written, or cannot be. */
  async written(lessonId: string): Promise<void> {
    await this.#pending.get(lessonId)?.written;
  }

  /** The fence under which it was kept last, by whichever node; 0 when nothing was. */
  async fenceOf(lessonId: string): Promise<number> {
    const [row] = await this.#db.query<{ fence: number }>('SELECT fence FROM sfu_room WHERE lesson_id = $1', [
      lessonId,
    ]);
    return Number(row?.fence ?? 0);
  }

  /** Nothing is kept that names an erased person. */
  async forget(personId: string): Promise<void> {
    await this.#db.query('DELETE FROM sfu_room WHERE position($1 in state) > 0', [JSON.stringify(personId)]);
  }

  async drop(lessonId: string): Promise<void> {
    await this.written(lessonId);
    await this.#db.query('DELETE FROM sfu_room WHERE lesson_id = $1', [lessonId]);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#pending.values()].map(({ written }) => written));
  }

  async #write(lessonId: string): Promise<void> {
    for (let tries = 1; ;) {
      const pending = this.#pending.get(lessonId);
      if (pending === undefined) return;
      const { state, fence } = pending;
      try {
        await this.#store(lessonId, state, fence);
        tries = 1;
        if (pending.state !== state) continue;
        this.#pending.delete(lessonId);
        return;
      } catch (error) {
        if (tries === 1) this.#log.error({ err: error, lesson: lessonId }, 'The state of a room cannot be kept');
        if (this.#closing || tries >= MOST_TRIES) {
          this.#log.error({ err: error, lesson: lessonId }, 'The state of a room was not kept');
          this.#pending.delete(lessonId);
          return;
        }
        tries += 1;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  async #store(lessonId: string, state: RoomState, fence: number): Promise<void> {
    await this.#db.query(
      `INSERT INTO sfu_room (lesson_id, state, fence, kept_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (lesson_id) DO UPDATE SET state = $2, fence = $3, kept_at = $4 WHERE sfu_room.fence <= $3`,
      [lessonId, JSON.stringify(state), fence, Date.now()],
    );
  }
}
