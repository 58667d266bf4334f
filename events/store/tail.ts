import type { Position } from './event-store.ts';
import { comparePositions } from './position.ts';

export interface Report {
  /** Something failed and will be tried again. */
  warn(details: Readonly<Record<string, unknown>>, message: string): void;
}

export const SILENT: Report = { warn: () => undefined };

/** A pause that ends early, without an error, when the signal fires. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

/** 50 ms doubling to 5 s, with half of it random, so that many subscribers do not come back at once. */
export function backOff(failures: number): number {
  const full = Math.min(5_000, 50 * 2 ** Math.min(failures, 10));
  return full / 2 + (Math.random() * full) / 2;
}

/** Rejects when `work` has not answered in `ms`: a half-open connection never says that it is gone. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The end of the log as this process knows it, for all its subscribers at once: one look per wake-up or poll, however
 * many they are. What it knows may be old, never too new.
 */
export class Tail {
  #known: Position | null = null;
  #waiting = new Set<() => void>();
  #look: Promise<void> | undefined;
  #lookAgain = false;
  /** A hint came while nobody waited for one. */
  #hinted = false;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  readonly #closing = new AbortController();
  readonly #readHead: () => Promise<Position | null>;
  readonly #pollMs: number | null;
  readonly #report: Report;

  /** `pollMs` null: whoever appends always calls `advance`, so there is nothing to poll for. */
  constructor(readHead: () => Promise<Position | null>, pollMs: number | null, report: Report) {
    this.#readHead = readHead;
    this.#pollMs = pollMs;
    this.#report = report;
  }

  /** Fires when the store closes; whatever follows the log then ends. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** The known end, when it lies past `cursor`. */
  past(cursor: Position | null): Position | null {
    if (this.#known === null) return null;
    return cursor === null || comparePositions(this.#known, cursor) > 0 ? this.#known : null;
  }

  /** An append of this process reached `position`. */
  advance(position: Position): void {
    if (this.past(position) !== null || this.#known === position) return;
    this.#known = position;
    this.#wakeAll();
  }

  /** Looks at the store; throws when it cannot be read. */
  async refresh(): Promise<Position | null> {
    const head = await within(30_000, 'The end of the log', this.#readHead());
    if (head !== null) this.advance(head);
    return head;
  }

  /** A hint that something was appended somewhere. Hints that come while one is being followed are one more look. */
  hint(): void {
    if (this.closing.aborted) return;
    if (this.#waiting.size === 0) {
      this.#hinted = true;
      return;
    }
    this.#hinted = false;
    if (this.#look !== undefined) {
      this.#lookAgain = true;
      return;
    }
    this.#look = this.#lookOnce().finally(() => {
      this.#look = undefined;
      if (this.#lookAgain) {
        this.#lookAgain = false;
        this.hint();
      }
    });
  }

  /** Resolves when the known end moved, or the signal fired, or `ms` passed (null: no limit). */
  async moved(signal: AbortSignal, ms: number | null = null): Promise<void> {
    if (signal.aborted || this.closing.aborted) return;
    this.#schedule();
    await new Promise<void>((resolve) => {
      const timer = ms === null ? undefined : setTimeout(() => done(), ms);
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
      if (this.#hinted) this.hint();
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    this.#wakeAll();
    await this.#look;
  }

  async #lookOnce(): Promise<void> {
    try {
      await this.refresh();
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      this.#report.warn({ err: error }, 'the end of the log could not be read; polling goes on');
    }
  }

  #schedule(): void {
    if (this.#pollMs === null || this.#timer !== undefined || this.closing.aborted) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.hint();
        if (this.#waiting.size > 0) this.#schedule();
      },
      this.#failures === 0 ? this.#pollMs : backOff(this.#failures) + this.#pollMs,
    );
  }

  #wakeAll(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
