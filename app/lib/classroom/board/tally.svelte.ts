/** What is on the page that is shown: how much, by whom, and which words. */
import type { BoardReader, Kind } from '#sync/documents/board-reader.ts';
import { isWriting, type Writing } from '#sync/documents/items.ts';
import { countKinds } from './kinds.ts';

/** Between two counts, ms; by a timer, which hidden pages have too. */
const COUNT_MS = 40;
/** Who drew how much takes all items into the hand, so it is asked seldom, ms: nobody hears it more often. */
const DETAILS_MS = 600;
/** How long clearing can be taken back from where one looks, ms; undo works longer. */
const TAKE_BACK_MS = 8_000;
/** Writings that are read out. */
const MOST_WORDS = 100;

export class Tally {
  count = $state(0);
  authors: { name: string | null; count: number }[] = $state.raw([]);
  /** What is written on the page and which pictures are on it, from top to bottom, for those who hear it. */
  words: readonly { key: string; kind: Writing | 'image'; text: string }[] = $state.raw([]);
  /** How many of each kind there are. */
  kinds: readonly (readonly [Kind, number])[] = $state.raw([]);
  /** Items that were just cleared; 0 for none. */
  cleared = $state(0);
  private readonly reader: BoardReader;
  private readonly page: () => string;
  private readonly onCount: () => void;
  private counting: ReturnType<typeof setTimeout> | undefined;
  private detailing: ReturnType<typeof setTimeout> | undefined;
  private forgetting: ReturnType<typeof setTimeout> | undefined;

  constructor(reader: BoardReader, page: () => string, onCount: () => void) {
    this.reader = reader;
    this.page = page;
    this.onCount = onCount;
  }

  destroy(): void {
    clearTimeout(this.counting);
    clearTimeout(this.detailing);
    clearTimeout(this.forgetting);
  }

  /** Something changed. */
  soon(): void {
    this.counting ??= setTimeout(() => this.now(), COUNT_MS);
  }

  now(): void {
    clearTimeout(this.counting);
    this.counting = undefined;
    this.count = this.reader.count(this.page());
    this.onCount();
    this.detailing ??= setTimeout(() => this.details(), DETAILS_MS);
  }

  /** Another page is shown: all of it at once. */
  turned(): void {
    this.now();
    this.details();
  }

  private details(): void {
    clearTimeout(this.detailing);
    this.detailing = undefined;
    this.authors = this.reader.tally(this.page());
    const there = this.reader.visible(this.page());
    this.kinds = countKinds(there).sort((a, b) => b[1] - a[1]);
    this.words = there
      .flatMap(({ key, kind, text, points, place }) =>
        isWriting(kind) || kind === 'image' ? [{ key, kind, text, top: (points[1] ?? 0) + (place?.[5] ?? 0) }] : [],
      )
      .sort((a, b) => a.top - b.top)
      .slice(0, MOST_WORDS);
  }

  /** Says for a while how much was cleared; 0 ends it. */
  clear(count: number): void {
    this.cleared = count;
    clearTimeout(this.forgetting);
    if (count > 0) this.forgetting = setTimeout(() => (this.cleared = 0), TAKE_BACK_MS);
  }
}
