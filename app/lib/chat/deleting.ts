/**
 * Messages that are about to be deleted: gone from this page at once, and from everybody's when the time to take it back is
 * over. What is deleted in a chat cannot come back (sync/SPEC.md A11), so that time has to be before.
 */
import { SvelteMap } from 'svelte/reactivity';

/** As long as the word about it is shown, ms. */
export const TAKE_BACK_MS = 6_000;

export class Deleting {
  private readonly held = new SvelteMap<string, ReturnType<typeof setTimeout>>();
  private readonly write: (key: string) => void;

  /** @param write deletes it for everybody. */
  constructor(write: (key: string) => void) {
    this.write = write;
  }

  /** Reactive. */
  has(key: string): boolean {
    return this.held.has(key);
  }

  hold(key: string): void {
    if (this.held.has(key)) return;
    this.held.set(
      key,
      setTimeout(() => this.finish(key), TAKE_BACK_MS),
    );
  }

  takeBack(key: string): void {
    clearTimeout(this.held.get(key));
    this.held.delete(key);
  }

  /** Nobody can take anything back any more: the page or the chat is left. */
  finishAll(): void {
    for (const key of [...this.held.keys()]) this.finish(key);
  }

  private finish(key: string): void {
    this.takeBack(key);
    this.write(key);
  }
}
