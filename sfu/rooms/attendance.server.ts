/**
 * The facts that live media tells the lesson: who came, when they were really here, when media really flowed.
 * Each connection has a queue of its own, so that its facts arrive in order; what fails is tried again for as long as
 * the process lives, and what could not be told before it ended is told by the next one, from the presence table.
 */
import type { LessonRole } from '#events/access/roles.ts';
import type { CommandContext, Submit } from '#events/handling/submit.ts';
import type { LessonCommand } from '#events/lesson/decide.ts';
import type { MediaDirection } from '#events/lesson/events.ts';
import type { RoomWord } from '#events/lesson/room.ts';
import { idFrom, newId } from '#events/shared/ids.ts';
import { isRefusal, type Refusal } from '#events/shared/refusal.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Log } from '../log.ts';
import type { PresenceTable } from './presence.server.ts';

export interface ConnectionIds {
  readonly connectionId: string;
  readonly lessonId: string;
  readonly personId: string;
}

export type LeaveReason = 'left' | 'disconnected' | 'replaced' | 'removed' | 'node-lost';

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
/** From here on a failure is worth a line in the log: about 20 s. */
const LONG_TRIES = 8;
/** Facts that may wait in one lesson while the store is away. */
const MOST_WAITING = 2_000;

/** A connection that this node looks after: its row is kept fresh until its end is told. */
interface Open {
  readonly ids: ConnectionIds;
  readonly role: LessonRole;
  /** How often its JoinLesson was asked: each time has command ids of its own. */
  times: number;
  state: 'here' | 'joining-again' | 'ending';
}

export class Attendance {
  readonly #submit: Submit;
  readonly #presence: PresenceTable;
  readonly #clock: BusinessClock;
  readonly #log: Log;
  readonly #queues = new Map<string, Promise<void>>();
  readonly #open = new Map<string, Open>();
  /** Facts that wait, by lesson. */
  readonly #waiting = new Map<string, number>();
  /** Connections whose facts were given up: the next start ends them, from their rows. */
  readonly #abandoned = new Set<string>();
  readonly #sleepers = new Set<() => void>();
  #givingUp = false;
  #facts = 0;

  constructor(submit: Submit, presence: PresenceTable, clock: BusinessClock, log: Log) {
    this.#submit = submit;
    this.#presence = presence;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Asks the lesson to let the person in; its refusal is the answer. The row is written first: a crash in between
   * leaves a row without a fact, which the next start clears, and never a fact without a row.
   */
  async begin(ids: ConnectionIds, role: LessonRole): Promise<Refusal | null> {
    const now = this.#clock.now();
    await this.#presence.add({ ...ids, lastSeen: now });
    this.#open.set(ids.connectionId, { ids, role, times: 1, state: 'here' });
    const command: LessonCommand = { type: 'JoinLesson', now, data: { ...pick(ids), role } };
    let answer: Awaited<ReturnType<Submit>>;
    try {
      answer = await this.#submit(command, this.#context(ids, 'join', { kind: 'person', id: ids.personId, role }));
    } catch (error) {
      // Whether the fact was written is unknown; ending the connection is right either way.
      this.end(ids, role, now, 'disconnected');
      throw error;
    }
    if (!isRefusal(answer)) return null;
    await this.#remove(ids).catch(() => this.forget(ids));
    return answer;
  }

  /**
   * Says that this node lives, and who is here. A row that is gone although its connection is here was taken by another
   * node while this one stood still: the connection is begun again.
   * @returns the connections that are begun again: what flowed over them has to be told anew.
   */
  async heartbeat(connected: readonly string[]): Promise<readonly string[]> {
    const there = await this.#presence.heartbeat([...this.#open.keys()], connected, this.#clock.now());
    const again: string[] = [];
    for (const connectionId of connected) {
      const open = this.#open.get(connectionId);
      if (open === undefined || open.state !== 'here' || there.has(connectionId)) continue;
      open.state = 'joining-again';
      open.times += 1;
      void this.#queue(open.ids, () => this.#joinAgain(open));
      again.push(connectionId);
    }
    return again;
  }

  /** @param at business time it really happened, ms. */
  media(
    ids: ConnectionIds,
    role: LessonRole,
    direction: MediaDirection,
    kind: 'started' | 'stopped',
    at: number,
  ): void {
    // Starts only: an end that was let go would make the time before it grow.
    if (kind === 'started' && (this.#waiting.get(ids.lessonId) ?? 0) >= MOST_WAITING) {
      this.#log.error({ lesson: ids.lessonId, direction }, 'Media was not noted: too many facts wait for the store');
      return;
    }
    this.#facts += 1;
    const what = `${direction}-${kind}-${at}-${this.#facts}`;
    void this.#queue(ids, async () => {
      const type = kind === 'started' ? 'StartMedia' : 'StopMedia';
      const now = this.#clock.now();
      await this.#tell(
        { type, now, data: { ...pick(ids), direction, at: Math.min(at, now) } },
        this.#context(ids, what, { kind: 'person', id: ids.personId, role }),
      );
      await this.#presence.seen(ids.connectionId, Math.min(at, now));
    });
  }

  /**
   * Whether their page could be seen: told like media, in the order of their connection's own facts.
   * @param at business time it really changed, ms.
   */
  page(ids: ConnectionIds, role: LessonRole, type: 'PageHidden' | 'PageShown', at: number): void {
    // Once more: never an end, so that nobody is away for longer than they were.
    if (type === 'PageHidden' && (this.#waiting.get(ids.lessonId) ?? 0) >= MOST_WAITING) {
      this.#log.error({ lesson: ids.lessonId }, 'A hidden page was not noted: too many facts wait for the store');
      return;
    }
    this.#facts += 1;
    const what = `${type}-${at}-${this.#facts}`;
    void this.#queue(ids, async () => {
      const { lessonId, personId } = ids;
      const now = this.#clock.now();
      const data = { lessonId, by: personId, at: Math.min(at, now), word: { type, personId } };
      await this.#tell(
        { type: 'NoteRoom', now, data },
        this.#context(ids, what, { kind: 'person', id: personId, role }),
      );
    });
  }

  /**
   * Something that happened in a lesson's room, in the order in which it did.
   * @param by who did it; null: the room's own rule.
   * @returns resolves when the lesson has it, or nobody tries any more.
   */
  note(
    lessonId: string,
    by: { readonly personId: string; readonly role: LessonRole } | null,
    word: RoomWord,
  ): Promise<void> {
    if ((this.#waiting.get(lessonId) ?? 0) >= MOST_WAITING) {
      this.#log.error({ lesson: lessonId, word: word.type }, 'An act was not noted: too many facts wait for the store');
      return Promise.resolve();
    }
    const at = this.#clock.now();
    const what = `${word.type}-${newId()}`;
    // One queue a lesson: what a new co-host does comes after their being named.
    const ids = { connectionId: `room-${lessonId}`, lessonId, personId: by?.personId ?? 'sfu' };
    const actor: CommandContext['actor'] =
      by === null ? { kind: 'system', id: 'sfu' } : { kind: 'person', id: by.personId, role: by.role };
    return this.#queue(ids, async () => {
      const now = Math.max(at, this.#clock.now());
      const data = { lessonId, by: by?.personId ?? null, at, word };
      await this.#tell({ type: 'NoteRoom', now, data }, this.#context(ids, what, actor));
    });
  }

  /** @param at business time they were last here, ms. */
  end(ids: ConnectionIds, role: LessonRole, at: number, reason: LeaveReason): void {
    const what = `leave-${this.#ending(ids)}`;
    void this.#queue(ids, () => this.#leave(ids, at, reason, what, { kind: 'person', id: ids.personId, role }));
  }

  /** The lesson itself ended and closed every attendance; only the rows are left to go. */
  forget(ids: ConnectionIds): void {
    this.#ending(ids);
    void this.#queue(ids, () => this.#remove(ids));
  }

  /** Ends what nodes that are gone left open, at the moment each was last seen. */
  async closeOrphans(): Promise<number> {
    const orphans = await this.#presence.orphans();
    for (const row of orphans) {
      // Not the id of the connection's own leaving: it may be begun again, and lost again.
      await this.#leave(row, row.lastSeen, 'node-lost', `lost-${row.lastSeen}`, { kind: 'system', id: 'sfu' });
      this.#log.info({ lesson: row.lessonId, connection: row.connectionId }, 'Ended a connection of a lost node');
    }
    return orphans.length;
  }

  /**
   * Resolves when everything that was reported so far has been told.
   * @param withinMs wall ms after which what still fails is given up for good; without it trying never ends.
   */
  async settled(withinMs: number | null = null): Promise<void> {
    const timer = withinMs === null ? null : setTimeout(() => this.#giveUp(), withinMs);
    while (this.#queues.size > 0) await Promise.all(this.#queues.values());
    if (timer !== null) clearTimeout(timer);
  }

  #giveUp(): void {
    this.#givingUp = true;
    for (const wake of this.#sleepers) wake();
  }

  /** From here on the connection is not begun again. Gives how often it was begun. */
  #ending({ connectionId }: ConnectionIds): number {
    const open = this.#open.get(connectionId);
    if (open === undefined) return 1;
    open.state = 'ending';
    return open.times;
  }

  async #remove({ connectionId }: ConnectionIds): Promise<void> {
    await this.#presence.remove(connectionId);
    this.#open.delete(connectionId);
  }

  async #joinAgain(open: Open): Promise<void> {
    const { ids, role } = open;
    const now = this.#clock.now();
    await this.#presence.add({ ...ids, lastSeen: now });
    const answer = await this.#submit(
      { type: 'JoinLesson', now, data: { ...pick(ids), role } },
      this.#context(ids, `join-${open.times}`, { kind: 'person', id: ids.personId, role }),
    );
    if (isRefusal(answer)) {
      this.#log.info({ lesson: ids.lessonId, code: answer.code }, 'A connection could not be begun again');
      return this.#remove(ids);
    }
    this.#log.warn({ lesson: ids.lessonId, connection: ids.connectionId }, 'Began a connection again');
    if (open.state === 'joining-again') open.state = 'here';
  }

  async #leave(
    ids: ConnectionIds,
    at: number,
    reason: LeaveReason,
    what: string,
    actor: CommandContext['actor'],
  ): Promise<void> {
    const now = this.#clock.now();
    await this.#tell(
      { type: 'LeaveLesson', now, data: { ...pick(ids), at: Math.min(at, now), reason } },
      this.#context(ids, what, actor),
    );
    await this.#remove(ids);
  }

  async #tell(command: LessonCommand, context: CommandContext): Promise<void> {
    const answer = await this.#submit(command, context);
    // After the lesson's end its attendance is closed: a late fact has nothing left to say.
    if (isRefusal(answer)) this.#log.info({ type: command.type, code: answer.code }, 'A late fact was not needed');
  }

  #context(ids: ConnectionIds, what: string, actor: CommandContext['actor']): CommandContext {
    return {
      commandId: idFrom('sfu', ids.connectionId, what),
      correlationId: ids.connectionId,
      causationId: ids.connectionId,
      actor,
    };
  }

  #queue(ids: ConnectionIds, work: () => Promise<void>): Promise<void> {
    const key = ids.connectionId;
    const before = this.#queues.get(key) ?? Promise.resolve();
    this.#waiting.set(ids.lessonId, (this.#waiting.get(ids.lessonId) ?? 0) + 1);
    const run = before.then(() => this.#withRetries(ids, work));
    const mine = run.finally(() => {
      if (this.#queues.get(key) === mine) this.#queues.delete(key);
      const left = (this.#waiting.get(ids.lessonId) ?? 1) - 1;
      if (left > 0) this.#waiting.set(ids.lessonId, left);
      else this.#waiting.delete(ids.lessonId);
    });
    this.#queues.set(key, mine);
    return mine;
  }

  async #withRetries(ids: ConnectionIds, work: () => Promise<void>): Promise<void> {
    for (let attempt = 1; !this.#abandoned.has(ids.connectionId); attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (this.#givingUp) return this.#abandon(ids, error);
        if (attempt === LONG_TRIES)
          this.#log.error({ err: error, lesson: ids.lessonId }, 'An attendance fact cannot be told yet');
        await this.#sleep(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1)));
      }
    }
  }

  /** Nobody keeps the row fresh any more, so that the next start ends the connection when it was last seen. */
  #abandon(ids: ConnectionIds, error: unknown): void {
    this.#abandoned.add(ids.connectionId);
    this.#open.delete(ids.connectionId);
    this.#log.error({ err: error, lesson: ids.lessonId }, 'An attendance fact could not be told; its row stays');
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#sleepers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#sleepers.add(done);
    });
  }
}

const pick = ({ connectionId, lessonId, personId }: ConnectionIds) => ({ connectionId, lessonId, personId });
