/**
 * Tells the lesson who worked on it: once a person, surface and minute of business time. Behind everything else: a
 * failure is logged and tried again, and no stroke ever waits for it.
 */
import type { Submit } from '#events/handling/submit.ts';
import { idFrom } from '#events/shared/ids.ts';
import type { DocumentName } from '../documents/names.ts';
import type { Log } from '../log.ts';

const MINUTE = 60_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** Facts that may wait; more means that the log is down for long, and the oldest are let go. */
const MOST = 5_000;

interface Fact {
  readonly lessonId: string;
  readonly personId: string;
  readonly surface: DocumentName['surface'];
  /** Business ms, floored to the minute. */
  readonly minute: number;
}

export class Facts {
  private readonly submit: Submit;
  private readonly business: () => number;
  private readonly log: Log;
  /** What was told in the latest minutes, so that it is told once. */
  private readonly told = new Map<string, number>();
  private queue: Fact[] = [];
  private running: Promise<void> | null = null;
  private closed = false;
  private wake: (() => void) | null = null;

  constructor(submit: Submit, business: () => number, log: Log) {
    this.submit = submit;
    this.business = business;
    this.log = log;
  }

  /** @param at business ms. */
  worked({ lessonId, surface }: DocumentName, personId: string, at: number): void {
    const minute = Math.floor(at / MINUTE) * MINUTE;
    const key = `${surface} ${lessonId} ${personId}`;
    if (this.told.get(key) === minute) return;
    this.told.set(key, minute);
    this.queue.push({ lessonId, personId, surface, minute });
    if (this.queue.length > MOST) {
      this.queue.shift();
      this.log.error({ lessonId }, 'a fact about work on the board or in the chat was let go');
    }
    this.running ??= this.run();
  }

  /** Forgets who worked, where the minute is over. */
  sweep(): void {
    const before = this.business() - 2 * MINUTE;
    for (const [key, minute] of this.told) if (minute < before) this.told.delete(key);
  }

  /** Resolves when everything is told, or trying has ended. */
  async settled(): Promise<void> {
    while (this.running) await this.running;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wake?.();
    await this.settled();
  }

  private async run(): Promise<void> {
    let wait = FIRST_RETRY_MS;
    for (let fact = this.queue[0]; fact && !this.closed; fact = this.queue[0]) {
      try {
        await this.tell(fact);
        this.queue.shift();
        wait = FIRST_RETRY_MS;
      } catch (error) {
        this.log.warn({ err: error, lessonId: fact.lessonId, retryInMs: wait }, 'work could not be noted yet');
        await this.pause(wait);
        wait = Math.min(LAST_RETRY_MS, wait * 2);
      }
    }
    this.running = null;
  }

  private async tell(fact: Fact): Promise<void> {
    const { lessonId, personId, surface, minute } = fact;
    const answer = await this.submit(
      { type: 'NoteWork', data: fact, now: this.business() },
      {
        // The same from every process and at every try.
        commandId: idFrom('note-work', lessonId, personId, surface, minute),
        correlationId: lessonId,
        causationId: lessonId,
        actor: { kind: 'person', id: personId },
      },
    );
    if (answer.kind === 'refusal')
      this.log.info({ lessonId, surface, code: answer.code }, 'the lesson did not take note of work');
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.wake = done;
    });
  }
}
