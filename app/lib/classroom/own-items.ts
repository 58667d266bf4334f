/** Items of a board that this page has written and the server has not said to have. */
import type * as Y from 'yjs';
import { STROKES } from '#sync/documents/board.ts';

export class OwnItems {
  private readonly items: Y.Map<unknown>;
  /** Item → how many changes this page had made with the latest of it. */
  private readonly made = new Map<string, number>();

  constructor(doc: Y.Doc) {
    this.items = doc.getMap(STROKES);
  }

  get keys(): readonly string[] {
    return [...this.made.keys()];
  }

  /** @param made changes of this page, this one among them. */
  wrote({ changed }: Pick<Y.Transaction, 'changed'>, made: number): void {
    const root: unknown = this.items;
    for (const [type, keys] of changed) {
      if (type === root) for (const key of keys) if (key !== null) this.made.set(key, made);
      const holder = type._item;
      if (holder === null || holder.parent !== root) continue;
      // Ink of a stroke that is being drawn.
      if (holder.parentSub !== null) this.made.set(holder.parentSub, made);
    }
  }

  /** @param saved changes of this page that the server has. */
  safe(saved: number): void {
    for (const [key, made] of this.made) if (made <= saved) this.made.delete(key);
  }
}
