/**
 * The facts that live media tells the lesson: who came, when they were really here, when media really flowed.
 * Each connection has a queue of its own, so that its facts arrive in order; what fails is tried again, and what could
 * not be told before the process ended is told by the next one, from the presence table.
 */
import type { LessonRole } from '#events/access/roles.ts';
import type { CommandContext, Submit } from '#events/handling/submit.ts';
import type { LessonCommand } from '#events/lesson/decide.ts';
import type { MediaDirection } from '#events/lesson/events.ts';
import { idFrom } from '#events/shared/ids.ts';
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
const LAST_RETRY_MS = 8_000;
const TRIES = 8;

export class Attendance {
  readonly #submit: Submit;
  readonly #presence: PresenceTable;
  readonly #clock: BusinessClock;
  readonly #log: Log;
  readonly #queues = new Map<string, Promise<void>>();
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
    await this.#presence.remove(ids.connectionId);
    return answer;
  }

  /** @param at business time it really happened, ms. */
  media(
    ids: ConnectionIds,
    role: LessonRole,
    direction: MediaDirection,
    kind: 'started' | 'stopped',
    at: number,
  ): void {
    this.#facts += 1;
    const what = `${direction}-${kind}-${at}-${this.#facts}`;
    this.#queue(ids, async () => {
      const type = kind === 'started' ? 'StartMedia' : 'StopMedia';
      const now = this.#clock.now();
      await this.#tell(
        { type, now, data: { ...pick(ids), direction, at: Math.min(at, now) } },
        this.#context(ids, what, { kind: 'person', id: ids.personId, role }),
      );
      await this.#presence.seen(ids.connectionId, Math.min(at, now));
    });
  }

  /** @param at business time they were last here, ms. */
  end(ids: ConnectionIds, role: LessonRole, at: number, reason: LeaveReason): void {
    this.#queue(ids, () => this.#leave(ids, at, reason, { kind: 'person', id: ids.personId, role }));
  }

  /** The lesson itself ended and closed every attendance; only the rows are left to go. */
  forget(ids: ConnectionIds): void {
    this.#queue(ids, () => this.#presence.remove(ids.connectionId));
  }

  /** Ends what nodes that are gone left open, at the moment each was last seen. */
  async closeOrphans(): Promise<number> {
    const orphans = await this.#presence.orphans();
    for (const row of orphans) {
      await this.#leave(row, row.lastSeen, 'node-lost', { kind: 'system', id: 'sfu' });
      this.#log.info({ lesson: row.lessonId, connection: row.connectionId }, 'Ended a connection of a lost node');
    }
    return orphans.length;
  }

  /** Resolves when everything that was reported so far has been told, or given up. */
  async settled(): Promise<void> {
    while (this.#queues.size > 0) await Promise.all(this.#queues.values());
  }

  async #leave(ids: ConnectionIds, at: number, reason: LeaveReason, actor: CommandContext['actor']): Promise<void> {
    const now = this.#clock.now();
    await this.#tell(
      { type: 'LeaveLesson', now, data: { ...pick(ids), at: Math.min(at, now), reason } },
      this.#context(ids, 'leave', actor),
    );
    await this.#presence.remove(ids.connectionId);
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

  #queue(ids: ConnectionIds, work: () => Promise<void>): void {
    const key = ids.connectionId;
    const before = this.#queues.get(key) ?? Promise.resolve();
    const run = before.then(() => this.#withRetries(ids, work));
    const mine = run.finally(() => {
      if (this.#queues.get(key) === mine) this.#queues.delete(key);
    });
    this.#queues.set(key, mine);
  }

  async #withRetries(ids: ConnectionIds, work: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (attempt === TRIES) {
          this.#log.error({ err: error, lesson: ids.lessonId }, 'An attendance fact could not be told; its row stays');
          return;
        }
        const pause = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1));
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }
}

const pick = ({ connectionId, lessonId, personId }: ConnectionIds) => ({ connectionId, lessonId, personId });
