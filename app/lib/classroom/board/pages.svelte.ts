/** The pages of a board as one viewer sees them: which there are, which one is looked at, and what is done to them. */
import type * as Y from 'yjs';
import type { BoardReader } from '#sync/documents/board-reader.ts';
import { addPage, copyItems } from '#sync/documents/board-writer.ts';
import { FIRST_PAGE, PAGES } from '#sync/documents/board.ts';
import {
  MOST_OWN_PAGES,
  MOST_PAGES,
  MOST_SHARED_PAGES,
  readPages,
  type BoardPage,
  type PageState,
  type Paper,
} from '#sync/documents/pages.ts';
import { authorOfEntry, type Author } from '#sync/documents/people.ts';
import type { Act, Acts } from './acts.ts';

export interface PagesPorts {
  readonly doc: Y.Doc;
  readonly author: Author;
  readonly reader: BoardReader;
  readonly acts: Acts;
  /** Arranges everybody's pages: the host, and on a board of their own its student. */
  readonly arranges: boolean;
  /** Whether the viewer may turn pages by themselves. */
  readonly mayTurn: () => boolean;
  /** Whether the viewer may add pages. Reactive. */
  readonly mayAdd: () => boolean;
  /** The board is still coming, in parts: a page may seem to be gone that a later part brings back. */
  readonly arriving: () => boolean;
  readonly onTurn: () => void;
  readonly onAct: () => void;
}

export class Pages {
  list: readonly BoardPage[] = $state.raw([]);
  /** Key of the page that is shown. */
  current = $state(FIRST_PAGE);
  /** Key of a page that is to be shown as soon as it is there. */
  awaited: string | null = $state(null);
  private readonly ports: PagesPorts;
  private readonly stop: () => void;

  constructor(ports: PagesPorts) {
    this.ports = ports;
    const pages = ports.doc.getMap<unknown>(PAGES);
    const look = (): void => this.look();
    pages.observe(look);
    this.stop = () => pages.unobserve(look);
    this.list = readPages(ports.doc);
    // The first page may be gone.
    if (!this.list.some(({ key }) => key === FIRST_PAGE)) this.current = this.list[0]?.key ?? FIRST_PAGE;
  }

  destroy(): void {
    this.stop();
  }

  /** From 0. */
  get index(): number {
    return Math.max(
      0,
      this.list.findIndex(({ key }) => key === this.current),
    );
  }

  get paper(): Paper {
    return this.list[this.index]?.paper ?? 'dots';
  }

  /** Pages that this viewer may add; the server takes no more. */
  get room(): number {
    const { arranges, mayAdd } = this.ports;
    if (!mayAdd()) return 0;
    if (arranges) return Math.max(0, MOST_PAGES - this.list.length);
    const own = this.list.filter(({ key }) => this.isOwn(key)).length;
    return Math.max(0, Math.min(MOST_OWN_PAGES - own, MOST_SHARED_PAGES - this.list.length));
  }

  get mayAdd(): boolean {
    return this.ports.mayAdd();
  }

  get full(): boolean {
    return this.room === 0;
  }

  mayArrange(key: string): boolean {
    return this.ports.arranges || this.isOwn(key);
  }

  private isOwn(key: string): boolean {
    const { doc, author } = this.ports;
    return authorOfEntry(doc, key)?.personId === author.personId;
  }

  /** The viewer turns to a page. */
  turnTo(key: string): void {
    if (this.ports.mayTurn()) this.show(key);
  }

  /** Whoever this viewer follows turned to a page, or they were there before. It may have to come first. */
  show(key: string): void {
    const isHere = this.list.some((page) => page.key === key);
    this.awaited = isHere ? null : key;
    if (key === this.current || !isHere) return;
    this.current = key;
    this.ports.onTurn();
  }

  /** The whole board is here: what is not in it will not come. */
  arrived(): void {
    if (!this.list.some(({ key }) => key === this.awaited)) this.awaited = null;
  }

  step(by: -1 | 1): void {
    const next = this.list[this.index + by];
    if (next) this.turnTo(next.key);
  }

  /** An empty page behind the one that is shown. */
  add(): void {
    this.make(this.index, this.paper, []);
  }

  /** A page with the same on it, behind its original. */
  duplicate(key: string): void {
    const at = this.list.findIndex((page) => page.key === key);
    const original = this.list[at];
    if (original) this.make(at, original.paper, this.ports.reader.visible(key));
  }

  /** The last page is never taken away. */
  remove(key: string): void {
    const page = this.list.find((one) => one.key === key);
    if (page && this.list.length > 1) this.change(page, { gone: true });
  }

  /** To another place in the row, from 0. */
  move(key: string, to: number): void {
    const page = this.list.find((one) => one.key === key);
    const others = this.list.filter((one) => one.key !== key);
    if (!page || to < 0 || to > others.length) return;
    const [before, after] = [others[to - 1]?.order, others[to]?.order];
    this.change(page, { order: between(before, after) });
  }

  setPaper(paper: Paper): void {
    const page = this.list[this.index];
    if (page && page.paper !== paper) this.change(page, { paper });
  }

  /**
   * An empty page behind another one, for something that comes by itself: the viewer is not taken there. Null when there is
   * no room.
   */
  insert(behind: string, paper: Paper, act: Act): string | null {
    if (this.full) return null;
    const { doc, author, acts, onAct } = this.ports;
    const at = this.list.findIndex(({ key }) => key === behind);
    const from = at < 0 ? this.list.length - 1 : at;
    const state: PageState = { order: between(this.list[from]?.order, this.list[from + 1]?.order), paper, gone: false };
    const key = addPage(doc, author, state);
    acts.added(key, state, act);
    onAct();
    return key;
  }

  private make(behind: number, paper: Paper, items: ReturnType<BoardReader['visible']>): void {
    if (this.full) return;
    const { doc, author, acts, reader, onAct } = this.ports;
    const state: PageState = {
      order: between(this.list[behind]?.order, this.list[behind + 1]?.order),
      paper,
      gone: false,
    };
    const act: Act = [];
    const key = addPage(doc, author, state);
    acts.added(key, state, act);
    if (items.length > 0) {
      const keys = copyItems(doc, author, items, { z: reader.top() + 1, page: key, move: ({ place }) => place });
      acts.drew(keys, act);
    }
    onAct();
    this.turnTo(key);
  }

  private change({ key, order, paper, gone }: BoardPage, more: Partial<PageState>): void {
    this.ports.acts.page(key, { order, paper, gone, ...more }, []);
    this.ports.onAct();
  }

  private look(): void {
    const before = this.index;
    this.list = readPages(this.ports.doc);
    if (this.awaited !== null) this.show(this.awaited);
    if (this.list.some(({ key }) => key === this.current)) return;
    // The page is gone: whoever looked at it looks at what stands there now.
    const there = this.list[Math.min(before, this.list.length - 1)];
    if (!there) return;
    if (this.ports.arriving()) this.awaited ??= this.current;
    this.current = there.key;
    this.ports.onTurn();
  }
}

/** A number between two neighbours, or beyond the one that is there. */
const between = (before: number | undefined, after: number | undefined): number => {
  if (before === undefined) return (after ?? 1) - 1;
  return after === undefined ? before + 1 : (before + after) / 2;
};
