/**
 * A board at every moment of its history, as plain items: rows go in once, in their order, and from then on any moment is
 * there at once. To whoever draws it is a board like any other.
 */
import * as Y from 'yjs';
import { byOrder, readBoard, type BoardReader, type Item } from './board-reader.ts';
import { FIRST_PAGE, PAGES } from './board.ts';
import type { HistoryRow } from './history.ts';
import { readPages, type BoardPage } from './pages.ts';
import type { Author } from './people.ts';
import { RIGHTS, parseRight } from './rights.ts';
import { Steps, Versions } from './versions.ts';

interface Version {
  readonly item: Item;
  /** Numbers of `item.points` that were drawn by then; the array grows on while a stroke is drawn. */
  readonly drawn: number;
}

/** When and by whom an item came, business ms. */
export interface Origin {
  readonly at: number;
  readonly author: Author | null;
  /** Drawn without a connection and sent after the end. */
  readonly late: boolean;
}

/** Between two steps that show where something goes on: page changes of one person. */
interface Look {
  readonly step: number;
  readonly page: string;
}

export class BoardReplay implements BoardReader {
  readonly steps = new Steps();
  /** Rows that Yjs could not read. */
  broken = 0;
  private readonly doc = new Y.Doc();
  private readonly reader = readBoard(this.doc);
  private readonly versions = new Versions<Version>();
  private readonly pageLists: { readonly step: number; readonly list: readonly BoardPage[] }[] = [
    { step: 0, list: readPages(this.doc) },
  ];
  private readonly looks: Look[] = [{ step: 0, page: FIRST_PAGE }];
  private readonly lateKeys = new Set<string>();
  private readonly listeners = new Set<(keys: ReadonlySet<string>) => void>();
  private readonly whole = new Map<string, { version: Version; item: Item }>();
  private people: ReadonlySet<string> | null = null;
  private showLate = true;
  private step = 0;
  private isLate = false;
  private pagesChanged = false;
  private turned: string | null = null;

  constructor() {
    this.reader.onChange((keys) => this.note(keys));
    this.doc.getMap<unknown>(PAGES).observe(() => {
      this.pagesChanged = true;
    });
    const rights = this.doc.getMap<unknown>(RIGHTS);
    rights.observe(({ keysChanged }) => {
      if (!keysChanged.has('turn')) return;
      const change = parseRight('board', 'turn', rights.get('turn'))?.change;
      if (change?.kind === 'turn') this.turned = change.page;
    });
  }

  /** Takes in the next row. The moment that is shown stays. */
  add({ at, body, late }: Pick<HistoryRow, 'at' | 'body' | 'late'>): void {
    this.isLate = late;
    const step = this.steps.add(at);
    try {
      Y.applyUpdate(this.doc, body, 'history');
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.broken += 1;
    }
    if (this.pagesChanged) this.pageLists.push({ step, list: readPages(this.doc) });
    if (this.turned !== null) this.look(this.turned);
    this.pagesChanged = false;
    this.turned = null;
  }

  /** How many steps are shown. */
  get shown(): number {
    return this.step;
  }

  /** Shows the board after so many steps. */
  seek(step: number): void {
    this.step = step;
    const changed = this.versions.seek(step);
    if (changed.size > 0) this.tell(changed);
  }

  /** Shows only what these people drew; null for everybody. What came late is shown unless `late` is false. */
  filter(people: ReadonlySet<string> | null, late: boolean): void {
    this.people = people;
    this.showLate = late;
    this.tell(new Set(this.versions.firsts().keys()));
  }

  get(key: string): Item | undefined {
    const version = this.versions.get(key);
    return version && this.isShown(key) ? this.itemOf(key, version) : undefined;
  }

  visible(page?: string): Item[] {
    return this.there(page).sort(byOrder);
  }

  count(page?: string): number {
    return this.there(page).length;
  }

  top(): number {
    return this.there().reduce((top, { z }) => Math.max(top, Math.ceil(z)), 0);
  }

  author(key: string): Author | null {
    return this.reader.author(key);
  }

  tally(page?: string): { name: string | null; count: number }[] {
    const tally = new Map<string | null, { name: string | null; count: number }>();
    for (const { key } of this.there(page)) {
      const author = this.author(key);
      const line = tally.get(author?.personId ?? null);
      if (line) line.count += 1;
      else tally.set(author?.personId ?? null, { name: author?.name ?? null, count: 1 });
    }
    return [...tally.values()].sort((a, b) => Number(a.name === null) - Number(b.name === null) || b.count - a.count);
  }

  onChange(listener: (keys: ReadonlySet<string>) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Where an item came from; null for one that never was. */
  origin(key: string): Origin | null {
    const step = this.versions.firstStep(key);
    if (step === null) return null;
    return { at: this.steps.timeOf(step), author: this.author(key), late: this.lateKeys.has(key) };
  }

  /** Every item that ever was: when it came, and whose it is. In the order of coming. */
  origins(): { key: string; origin: Origin }[] {
    const found: { key: string; origin: Origin }[] = [];
    for (const key of this.versions.firsts().keys()) {
      const origin = this.origin(key);
      if (origin) found.push({ key, origin });
    }
    return found;
  }

  /** What stands on a page in the end. */
  finals(page: string): Item[] {
    const found: Item[] = [];
    for (const key of this.versions.firsts().keys()) {
      const version = this.versions.final(key);
      if (version && !version.item.erased && version.item.page === page) found.push(version.item);
    }
    return found;
  }

  /** An item as it was in the end; undefined when there is none. */
  final(key: string): Item | undefined {
    return this.versions.final(key)?.item;
  }

  /** How many items came late. */
  get late(): number {
    return this.lateKeys.size;
  }

  /** The pages as they were. */
  pages(): readonly BoardPage[] {
    return lastUpTo(this.pageLists, this.step)?.list ?? [];
  }

  /** The pages as they were in the end. */
  finalPages(): readonly BoardPage[] {
    return this.pageLists.at(-1)?.list ?? [];
  }

  /** The page on which something happened last, or to which everybody was turned. */
  focus(): string {
    return lastUpTo(this.looks, this.step)?.page ?? FIRST_PAGE;
  }

  destroy(): void {
    this.reader.destroy();
    this.doc.destroy();
    this.listeners.clear();
  }

  private there(page?: string): Item[] {
    const found: Item[] = [];
    for (const version of this.versions.now()) {
      const { item } = version;
      if (item.erased || (page !== undefined && item.page !== page) || !this.isShown(item.key)) continue;
      found.push(this.itemOf(item.key, version));
    }
    return found;
  }

  private isShown(key: string): boolean {
    if (!this.showLate && this.lateKeys.has(key)) return false;
    return this.people === null || this.people.has(this.author(key)?.personId ?? '');
  }

  /** The same object as long as it is the same version: who draws may keep what it made of it. */
  private itemOf(key: string, version: Version): Item {
    const { item, drawn } = version;
    if (drawn === item.points.length) return item;
    const known = this.whole.get(key);
    if (known?.version === version) return known.item;
    const cut = { ...item, points: item.points.slice(0, drawn) };
    this.whole.set(key, { version, item: cut });
    return cut;
  }

  private note(keys: ReadonlySet<string>): void {
    const step = this.steps.count;
    let page: string | null = null;
    for (const key of keys) {
      const item = this.reader.get(key);
      this.versions.add(step, key, item ? { item, drawn: item.points.length } : null);
      if (this.isLate && this.versions.firstStep(key) === step) this.lateKeys.add(key);
      if (item) ({ page } = item);
    }
    if (page !== null && !this.isLate) this.look(page);
  }

  private look(page: string): void {
    if (this.looks.at(-1)?.page !== page) this.looks.push({ step: this.steps.count, page });
  }

  private tell(keys: ReadonlySet<string>): void {
    for (const listener of this.listeners) listener(keys);
  }
}

/** The last of a rising list that holds at a step. */
export function lastUpTo<T extends { readonly step: number }>(list: readonly T[], step: number): T | undefined {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.step ?? 0) <= step) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}
