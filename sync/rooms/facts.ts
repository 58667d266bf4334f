/**
 * Tells the lesson who worked on it, once a person, surface and minute of business time, and what its host allowed. Behind
 * everything else: a failure is logged and tried again, and no stroke ever waits for it.
 */
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import type { HostWord } from '#events/lesson/rights.ts';
import { idFrom } from '#events/shared/ids.ts';
import { never } from '#events/shared/never.ts';
import type { DocumentName } from '../documents/names.ts';
import type { RightsChange, StandingRight } from '../documents/rights.ts';
import type { Log } from '../log.ts';
import type { Ruled } from './admit.ts';

const MINUTE = 60_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** Facts that may wait; more means that the log is down for long, and the oldest are let go. */
const MOST = 5_000;

/** What the host said of one thing is told at most so often a lesson and minute. Nobody clicks that much. */
const MOST_WORDS = 120;

interface Work {
  readonly lessonId: string;
  readonly personId: string;
  readonly surface: DocumentName['surface'];
  /** Business ms, floored to the minute. */
  readonly minute: number;
}

interface Said {
  readonly lessonId: string;
  readonly personId: string;
  /** Business ms. */
  readonly at: number;
  readonly word: HostWord;
  /** The struct that says it: the same from every process. */
  readonly struct: string;
}

type Fact = ({ readonly kind: 'work' } & Work) | ({ readonly kind: 'said' } & Said);

/** What the lesson is told of a right; null for what is to be seen in the document itself. */
function hostWord(change: RightsChange, surface: DocumentName['surface']): HostWord | null {
  switch (change.kind) {
    case 'turn':
    // Who leads stays on a page: the lesson is there now, whoever follows.
    case 'at':
      return { type: 'PageTurned', page: change.page };
    case 'closed':
      if (surface === 'chat') return { type: 'ChatClosed', state: change.value ? 'closed' : 'open' };
      return { type: 'BoardLocked', page: null, state: change.value ? 'locked' : 'open' };
    case 'lock':
      return { type: 'BoardLocked', page: change.page, state: change.value ? 'locked' : 'open' };
    case 'write':
      return { type: 'WritingChanged', studentId: null, writing: change.value };
    case 'may': {
      const writing = change.value === null ? 'as-all' : change.value ? 'given' : 'taken';
      return { type: 'WritingChanged', studentId: change.personId, writing };
    }
    case 'follow':
      return { type: 'FollowingLocked', state: change.value ? 'locked' : 'free' };
    case 'reveal':
      return { type: 'BoardRevealed', studentId: change.personId };
    case 'mute':
      return { type: 'ParticipantMuted', studentId: change.personId, state: change.value ? 'muted' : 'heard' };
    case 'private':
      return { type: 'PrivateLinesChanged', state: change.value ? 'allowed' : 'off' };
    case 'pin':
    case 'pages':
      return null;
    default:
      return never(change, 'right');
  }
}

export class Facts {
  private readonly submit: Submit;
  private readonly business: () => number;
  private readonly log: Log;
  /** What was told in the latest minutes, so that it is told once. */
  private readonly told = new Map<string, number>();
  /** Words of hosts, by lesson and minute. */
  private readonly words = new Map<string, { readonly minute: number; count: number }>();
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
    this.push({ kind: 'work', lessonId, personId, surface, minute });
  }

  /** What may not have been told before a process died. It counts for nobody's limit: no host said it just now. */
  ruledBefore({ lessonId, surface }: DocumentName, standing: readonly StandingRight[], at: number): void {
    for (const { client, clock, by, change } of standing) {
      const word = hostWord(change, surface);
      if (word) this.push({ kind: 'said', lessonId, personId: by, at, word, struct: `${surface} ${client} ${clock}` });
    }
  }

  /** @param at business ms. */
  ruled({ lessonId, surface }: DocumentName, personId: string, ruled: readonly Ruled[], at: number): void {
    for (const { client, clock, change } of ruled) {
      const word = hostWord(change, surface);
      if (!word) continue;
      const minute = Math.floor(at / MINUTE) * MINUTE;
      let words = this.words.get(lessonId);
      if (words?.minute !== minute) this.words.set(lessonId, (words = { minute, count: 0 }));
      words.count += 1;
      if (words.count <= MOST_WORDS)
        this.push({ kind: 'said', lessonId, personId, at, word, struct: `${surface} ${client} ${clock}` });
      else if (words.count === MOST_WORDS + 1) this.log.error({ lessonId }, 'a host said too much: facts were let go');
    }
  }

  private push(fact: Fact): void {
    this.queue.push(fact);
    if (this.queue.length > MOST) {
      this.queue.shift();
      this.log.error({ lessonId: fact.lessonId }, 'a fact about board or chat was let go');
    }
    this.running ??= this.run();
  }

  /** Forgets who worked, where the minute is over. */
  sweep(): void {
    const before = this.business() - 2 * MINUTE;
    for (const [key, minute] of this.told) if (minute < before) this.told.delete(key);
    for (const [key, { minute }] of this.words) if (minute < before) this.words.delete(key);
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
        this.log.warn({ err: error, lessonId: fact.lessonId, retryInMs: wait }, 'the lesson could not be told yet');
        await this.pause(wait);
        wait = Math.min(LAST_RETRY_MS, wait * 2);
      }
    }
    this.running = null;
  }

  private async tell(fact: Fact): Promise<void> {
    const { kind, lessonId, personId } = fact;
    const now = this.business();
    const command: AnyCommand =
      kind === 'work'
        ? { type: 'NoteWork', data: { lessonId, personId, surface: fact.surface, minute: fact.minute }, now }
        : { type: 'NoteRights', data: { lessonId, personId, at: fact.at, word: fact.word }, now };
    const answer = await this.submit(command, {
      // The same from every process and at every try.
      commandId:
        kind === 'work'
          ? idFrom('note-work', lessonId, personId, fact.surface, fact.minute)
          : idFrom('note-rights', lessonId, fact.struct),
      correlationId: lessonId,
      causationId: lessonId,
      actor: { kind: 'person', id: personId },
    });
    if (answer.kind === 'refusal') this.log.info({ lessonId, kind, code: answer.code }, 'the lesson did not take note');
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
