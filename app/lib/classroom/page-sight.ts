/**
 * Tells live media whether the lesson's page can be seen (rule P14 of sfu): at once, since a hidden page may be stopped at
 * any moment, and again whenever the word before may be lost.
 */
import type { Ask } from './media-session.ts';

/** What of the document matters here. */
export interface SeenPage extends EventTarget {
  readonly visibilityState: DocumentVisibilityState;
}

export class PageSight {
  readonly #ask: Ask;
  readonly #background: (work: Promise<unknown>) => void;
  #page: SeenPage | null = null;
  /** What the server took from here; null when it may have missed a word. Whoever joins is taken for one who sees. */
  #known: boolean | null = true;

  constructor(ask: Ask, background: (work: Promise<unknown>) => void) {
    this.#ask = ask;
    this.#background = background;
  }

  /**
   * @param page the document; @param host the window.
   * @returns stops listening.
   */
  watch(page: SeenPage, host: EventTarget): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    this.#page = page;
    this.#known = true;
    page.addEventListener('visibilitychange', () => this.look(), { signal });
    // Some browsers say nothing else when one goes to another page and may come back to this one.
    host.addEventListener('pagehide', () => this.#say(false), { signal });
    host.addEventListener('pageshow', () => this.look(), { signal });
    return () => stop.abort();
  }

  /** Says how it is, unless that is known. */
  look(): void {
    const visible = this.#visible;
    if (visible !== this.#known) this.#say(visible);
  }

  /** One is in, perhaps as somebody of whom the server knows nothing. */
  joined(): void {
    if (!this.#visible) this.#known = null;
    this.look();
  }

  get #visible(): boolean {
    return this.#page?.visibilityState !== 'hidden';
  }

  #say(visible: boolean): void {
    // Until it is answered nothing is sure; what is said meanwhile comes after it.
    this.#known = visible;
    this.#background(
      this.#ask('report-page', { visible }).catch((error: unknown) => {
        this.#known = null;
        throw error;
      }),
    );
  }
}
