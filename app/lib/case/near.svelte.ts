/** Which blocks of a long list are drawn: those near the screen, and those that something on the page holds on to. */
import { SvelteSet } from 'svelte/reactivity';

/** So far beyond the screen is drawn too, px. */
const MARGIN = 1_000;
/** A row's height until one was measured, px. */
const GUESS = 42;

export class NearBlocks {
  private readonly near = new SvelteSet<string>();
  private readonly held = new SvelteSet<string>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- read when a block goes, and never watched
  private readonly heights = new Map<string, number>();
  private measured = { height: 0, rows: 0 };
  private observer: IntersectionObserver | null = null;
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- elements until the observer is there
  private readonly waiting = new Set<HTMLElement>();
  /** Until then nothing is known of the screen. */
  awake = $state(false);

  isNear(key: string): boolean {
    return this.near.has(key) || this.held.has(key);
  }

  /** Draws a block wherever it is, for as long as it is the last one that was asked for. */
  hold(key: string): void {
    if (this.held.has(key)) return;
    this.held.clear();
    this.held.add(key);
  }

  /** Height of a block that is not drawn, px. */
  heightOf(key: string, rows: number): number {
    const each = this.measured.rows === 0 ? GUESS : this.measured.height / this.measured.rows;
    return this.heights.get(key) ?? each * rows;
  }

  /** For the block's element: watches it until it goes. */
  watch(element: HTMLElement): () => void {
    if (this.observer) this.observer.observe(element);
    else this.waiting.add(element);
    return () => {
      this.observer?.unobserve(element);
      this.waiting.delete(element);
      this.near.delete(element.dataset['block'] ?? '');
    };
  }

  /** Begins to look; gives the end of it. */
  start(): () => void {
    const seen = (entries: readonly IntersectionObserverEntry[]): void => {
      for (const { target, isIntersecting, boundingClientRect } of entries) {
        if (!(target instanceof HTMLElement)) continue;
        const { block = '', rows, drawn } = target.dataset;
        if (isIntersecting) this.near.add(block);
        else {
          if (drawn === 'true') this.remember(block, boundingClientRect.height, Number(rows));
          this.near.delete(block);
        }
      }
      this.awake = true;
    };
    this.observer = new IntersectionObserver(seen, { rootMargin: `${MARGIN}px 0px` });
    for (const element of this.waiting) this.observer.observe(element);
    this.waiting.clear();
    const forget = (): void => this.heights.clear();
    addEventListener('resize', forget);
    return () => {
      removeEventListener('resize', forget);
      this.observer?.disconnect();
      this.observer = null;
    };
  }

  private remember(key: string, height: number, rows: number): void {
    if (!this.heights.has(key))
      this.measured = { height: this.measured.height + height, rows: this.measured.rows + rows };
    this.heights.set(key, height);
  }
}
