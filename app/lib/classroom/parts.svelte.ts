/**
 * What the classroom is made of behind its lobby, as code that comes when it is wanted: on a slow line the lobby is there
 * seconds sooner, and the room before its board.
 */

/** Between two tries to get what did not come, ms. */
const AGAIN_MS = 2_000;

export class Part<T> {
  /** Once it is here. */
  code: T | null = $state.raw(null);
  /** It was asked for and did not come; it is still tried for. */
  failed: boolean = $state(false);
  readonly #fetch: () => Promise<T>;
  #loading: Promise<T> | null = null;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  /** Resolves when it is here, however often it takes. Never rejects. */
  load(): Promise<T> {
    this.#loading ??= this.#tryUntilHere();
    return this.#loading;
  }

  async #tryUntilHere(): Promise<T> {
    for (;;) {
      try {
        const code = await this.#fetch();
        this.code = code;
        this.failed = false;
        return code;
      } catch (error) {
        console.warn('A part of the classroom did not come:', error);
        this.failed = true;
        await new Promise((done) => setTimeout(done, AGAIN_MS));
      }
    }
  }
}

/** The room with its people and controls. */
export const inside = new Part(async () => (await import('./Inside.svelte')).default);
/** Board and chat. */
export const work = new Part(() => import('./work.ts'));
/** What is left when it is over. */
export const after = new Part(() => import('./after.ts'));
