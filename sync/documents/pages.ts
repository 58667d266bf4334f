/**
 * The board's pages: `pages`, entry key → `{ by, o, paper, gone? }`. The key names who added the page. Deleting is a mark, so
 * that it can be taken back; the last writer's order and paper hold.
 */
import type * as Y from 'yjs';
import { FIRST_PAGE, PAGES } from './board.ts';
import { clientOfEntry } from './keys.ts';

export const PAPERS = ['dots', 'grid', 'ruled', 'plain'] as const;
export type Paper = (typeof PAPERS)[number];

export interface PageState {
  /** Pages stand in this order; ties by key. */
  readonly order: number;
  readonly paper: Paper;
  readonly gone: boolean;
}
export interface BoardPage extends PageState {
  readonly key: string;
}

export type StoredPage = { by: string; o: number; paper: Paper; gone?: 1 };

export const AS_IT_CAME: PageState = { order: 0, paper: 'dots', gone: false };
/** Pages of one board. */
export const MOST_PAGES = 300;
/** From so many pages on only who arranges the board adds some: the others leave room for theirs. */
export const MOST_SHARED_PAGES = 200;
/** Pages of one person who does not arrange the board. */
export const MOST_OWN_PAGES = 20;

export const storePage = (by: string, { order, paper, gone }: PageState): StoredPage => ({
  by,
  o: order,
  paper,
  ...(gone ? { gone: 1 as const } : {}),
});

/** A page as stored, or null when the value is something else. */
export function parsePage(value: unknown): (PageState & { by: string }) | null {
  if (typeof value !== 'object' || value === null || !('by' in value) || !('o' in value) || !('paper' in value))
    return null;
  const { by, o: order, paper: name } = value;
  const paper = PAPERS.find((one) => one === name);
  if (typeof by !== 'string' || typeof order !== 'number' || !(Math.abs(order) <= 1e10) || !paper) return null;
  return { by, order, paper, gone: 'gone' in value && value.gone === 1 };
}

/** A page as it stands; the first one stands without being written. */
export function readPage(doc: Y.Doc, key: string): PageState | null {
  const page = parsePage(doc.getMap<unknown>(PAGES).get(key));
  if (page) return { order: page.order, paper: page.paper, gone: page.gone };
  return key === FIRST_PAGE ? AS_IT_CAME : null;
}

/** The pages that are there, in their order: never none. */
export function readPages(doc: Y.Doc): BoardPage[] {
  const keys = new Set([FIRST_PAGE, ...doc.getMap<unknown>(PAGES).keys()]);
  const found: BoardPage[] = [];
  for (const key of keys) {
    const page = clientOfEntry(key) === null ? null : readPage(doc, key);
    if (page && !page.gone) found.push({ key, ...page });
  }
  if (found.length === 0) return [{ key: FIRST_PAGE, ...AS_IT_CAME }];
  return found.sort((a, b) => a.order - b.order || (a.key < b.key ? -1 : 1)).slice(0, MOST_PAGES);
}
