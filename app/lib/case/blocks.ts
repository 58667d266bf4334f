/**
 * A long list cut into blocks, of which only those in sight are drawn. A new day begins a new block, under its heading.
 * Pure.
 */
import type { CaseItem } from './items.ts';

/** Rows of a block: a screen or so. */
export const BLOCK = 25;
/** As many are drawn before anything is known of the screen; a list of no more is drawn whole. */
export const FIRST = 100;

export interface Block {
  /** Tells it apart for as long as its first row is the same. */
  readonly key: string;
  /** Midnight of the day that begins with it; null: it goes on with the day before it. */
  readonly day: number | null;
  readonly items: readonly CaseItem[];
  /** How many rows stand before it. */
  readonly before: number;
}

/** In the order given, which is never rearranged. @param dayOf midnight of the day of an instant, ms. */
export function blocksOf(items: readonly CaseItem[], dayOf: (at: number) => number, size = BLOCK): readonly Block[] {
  const blocks: { key: string; day: number | null; items: CaseItem[]; before: number }[] = [];
  let today: number | null = null;
  for (const [index, item] of items.entries()) {
    const day = dayOf(item.at);
    const last = blocks.at(-1);
    if (last && day === today && last.items.length < size) last.items.push(item);
    else blocks.push({ key: item.id, day: day === today ? null : day, items: [item], before: index });
    today = day;
  }
  return blocks;
}

/** Remembers the day that it was last asked about: neighbours are nearly always of the same one. */
export function dayFinder(dayStart: (at: number, days: number) => number): (at: number) => number {
  let from = 0;
  let to = 0;
  return (at) => {
    if (at < from || at >= to) [from, to] = [dayStart(at, 0), dayStart(at, 1)];
    return from;
  };
}
