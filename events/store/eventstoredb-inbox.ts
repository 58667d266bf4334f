/** What a subscription brought and its handler has not taken yet, in the order of the log. */
import type { Position, RecordedEvent } from './event-store.ts';

type Item =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  /** Nothing up to here is left out. */
  | { readonly kind: 'reached'; readonly position: Position }
  | { readonly kind: 'caught-up' };

export interface Taken {
  readonly events: readonly RecordedEvent[];
  /** How far the log is read once these are handled; null when nothing tells. */
  readonly reached: Position | null;
  readonly caughtUp: boolean;
}

export class Inbox {
  readonly #items: Item[] = [];
  #events = 0;
  #failure: Error | null = null;
  #wake: () => void = () => undefined;

  push(item: Item): void {
    this.#items.push(item);
    if (item.kind === 'event') this.#events += 1;
    this.#wake();
  }

  /** No more will come. What came before is still handed out first. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  /** Events that wait. */
  get size(): number {
    return this.#events;
  }

  get empty(): boolean {
    return this.#items.length === 0;
  }

  /** Are there `size` events, or the end of what there is, or an error? */
  #ready(size: number, live: boolean): boolean {
    if (this.#failure !== null || this.#events >= size) return true;
    return live ? this.#items.length > 0 : this.#items.some((item) => item.kind === 'caught-up');
  }

  /**
   * Up to `size` events, as full as they get: before the end of the log is reached it waits for a whole batch, or until
   * nothing came for `quietMs`; later it gives at once what is there. Null after `idleMs` without anything.
   */
  async take(
    size: number,
    { live, quietMs, idleMs, signal }: { live: boolean; quietMs: number; idleMs: number; signal: AbortSignal },
  ): Promise<Taken | null> {
    while (!this.#ready(size, live) && !signal.aborted) {
      const arrived = this.#items.length;
      await this.#something(this.#items.length > 0 ? quietMs : idleMs, signal);
      if (this.#items.length === arrived && this.#failure === null) break;
    }
    if (this.#items.length > 0) return this.#cut(size);
    if (this.#failure !== null) throw this.#failure;
    return null;
  }

  #cut(size: number): Taken {
    const events: RecordedEvent[] = [];
    let reached: Position | null = null;
    let caughtUp = false;
    for (;;) {
      const item = this.#items[0];
      if (item === undefined || (item.kind === 'event' && events.length >= size)) break;
      this.#items.shift();
      if (item.kind === 'event') {
        this.#events -= 1;
        events.push(item.event);
        reached = item.event.position;
      } else if (item.kind === 'reached') reached = item.position;
      else caughtUp = true;
    }
    return { events, reached, caughtUp };
  }

  #something(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      this.#wake = done;
    });
  }
}
