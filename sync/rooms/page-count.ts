/** How many pages a board has, and of whom: nobody pushes the others' pages away with their own. */
import type * as Y from 'yjs';
import { PAGES } from '../documents/board.ts';
import type { Surface } from '../documents/names.ts';
import { MOST_OWN_PAGES, MOST_SHARED_PAGES, parsePage } from '../documents/pages.ts';
import { authorOfEntry } from '../documents/people.ts';

export class PageCount {
  /** Page that is there, or was → who added it. */
  private readonly added = new Map<string, string>();
  private readonly there = new Set<string>();

  constructor(surface: Surface, doc: Y.Doc) {
    if (surface !== 'board') return;
    for (const [key, value] of doc.getMap<unknown>(PAGES).entries())
      this.know(key, value, authorOfEntry(doc, key)?.personId);
  }

  /** Whether with `value` under `key` there would be a page more. */
  adds(key: string, value: unknown): boolean {
    return parsePage(value)?.gone === false && !this.there.has(key);
  }

  /** Whether with `value` under `key` there would be more pages than this person may have. */
  isFull(key: string, value: unknown, personId: string): boolean {
    if (!this.adds(key, value)) return false;
    if (this.there.size >= MOST_SHARED_PAGES) return true;
    let own = 0;
    for (const one of this.there) if (this.added.get(one) === personId) own += 1;
    return own >= MOST_OWN_PAGES;
  }

  /** A value of `pages` has entered. */
  learn(key: string, value: unknown): void {
    this.know(key, value, undefined);
  }

  private know(key: string, value: unknown, author: string | undefined): void {
    const page = parsePage(value);
    if (!page) return;
    if (!this.added.has(key)) this.added.set(key, author ?? page.by);
    if (page.gone) this.there.delete(key);
    else this.there.add(key);
  }
}
