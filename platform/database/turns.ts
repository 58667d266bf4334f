import { DatabaseUnavailable } from './errors.ts';

/**
 * Whose turn it is on the one connection. Statements go straight through, in order, while nobody holds it; a holder
 * makes everyone else wait, first come first served.
 */
export class Turns {
  #held = false;
  #queue: { readonly holds: boolean; readonly start: () => void }[] = [];
  readonly #waitMs: number;

  /** Who has waited `waitMs` for a turn gets an error instead: somebody forgot to let go. */
  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /** Sends a single statement in its turn. `send` must hand it over before it first waits: that is what keeps order. */
  async pass<T>(send: () => Promise<T>): Promise<T> {
    if (!this.#held && this.#queue.length === 0) return send();
    return new Promise<T>((resolve, reject) => {
      this.#enqueue(false, () => void send().then(resolve, reject), reject);
    });
  }

  /** Resolves when the caller holds the connection; `release` ends that. */
  async hold(): Promise<void> {
    if (!this.#held && this.#queue.length === 0) this.#held = true;
    else await new Promise<void>((resolve, reject) => this.#enqueue(true, resolve, reject));
  }

  release(): void {
    this.#held = false;
    while (!this.#held) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#held = next.holds;
      next.start();
    }
  }

  #enqueue(holds: boolean, go: () => void, refuse: (error: Error) => void): void {
    const entry = {
      holds,
      start: (): void => {
        clearTimeout(timer);
        go();
      },
    };
    const timer = setTimeout(() => {
      this.#queue = this.#queue.filter((other) => other !== entry);
      refuse(new DatabaseUnavailable(`The database connection was held by someone else for ${this.#waitMs} ms`));
    }, this.#waitMs);
    this.#queue.push(entry);
  }
}
