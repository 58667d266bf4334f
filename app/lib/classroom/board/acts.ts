/** Undo and redo of one's own acts: marks are set and taken away, so no stroke ever changes hands. */
import type * as Y from 'yjs';
import { eraseStrokes, restoreStrokes } from '#sync/documents/board-writer.ts';
import type { Author } from '#sync/documents/people.ts';

interface Act {
  readonly kind: 'draw' | 'erase';
  readonly keys: readonly string[];
}

/** Acts that can be undone; older ones stay as they are. */
const MOST = 500;

export class Acts {
  private readonly doc: Y.Doc;
  private readonly author: Author;
  private done: Act[] = [];
  private undone: Act[] = [];

  constructor(doc: Y.Doc, author: Author) {
    this.doc = doc;
    this.author = author;
  }

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  drew(key: string): void {
    this.note({ kind: 'draw', keys: [key] });
  }

  /** Marks strokes as erased; gives those that were not before. `act` joins an earlier erasing of the same gesture. */
  erase(keys: readonly string[], gesture: string[]): readonly string[] {
    const fresh = eraseStrokes(this.doc, this.author, keys);
    if (fresh.length === 0) return fresh;
    if (gesture.length === 0) this.note({ kind: 'erase', keys: gesture });
    gesture.push(...fresh);
    return fresh;
  }

  /** Acts that others have overtaken are passed over, so that each press does something. */
  undo(): void {
    for (let act = this.done.pop(); act; act = this.done.pop()) {
      const changed = act.kind === 'draw' ? this.mark(act) : this.unmark(act);
      this.undone.push(act);
      if (changed) return;
    }
  }

  redo(): void {
    for (let act = this.undone.pop(); act; act = this.undone.pop()) {
      const changed = act.kind === 'draw' ? this.unmark(act) : this.mark(act);
      this.done.push(act);
      if (changed) return;
    }
  }

  private mark({ keys }: Act): boolean {
    return eraseStrokes(this.doc, this.author, keys).length > 0;
  }

  private unmark({ keys }: Act): boolean {
    return restoreStrokes(this.doc, this.author, keys).length > 0;
  }

  private note(act: Act): void {
    this.done.push(act);
    if (this.done.length > MOST) this.done.shift();
    this.undone = [];
  }
}
