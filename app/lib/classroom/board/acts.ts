/**
 * Undo and redo of one's own acts. Marks are set and taken away, values are put back, so no item ever changes hands; what
 * somebody else has done since is left as it is.
 */
import type * as Y from 'yjs';
import {
  changeItems,
  changeOf,
  changePage,
  eraseStrokes,
  isKeptFrom,
  restoreStrokes,
  rewriteFigure,
} from '#sync/documents/board-writer.ts';
import { STROKES } from '#sync/documents/board.ts';
import type { Change } from '#sync/documents/changes.ts';
import type { PlainItem } from '#sync/documents/items.ts';
import { readPage, type PageState } from '#sync/documents/pages.ts';
import type { Author } from '#sync/documents/people.ts';
import { never } from '#events/shared/never.ts';

type Step =
  | { readonly kind: 'draw'; readonly keys: readonly string[] }
  | { readonly kind: 'erase'; readonly keys: readonly string[] }
  | { readonly kind: 'change'; readonly before: Change; after: Change }
  | { readonly kind: 'write'; readonly key: string; readonly before: PlainItem; after: PlainItem }
  | { readonly kind: 'page'; readonly key: string; readonly before: PageState; readonly after: PageState };

/** What one press of undo takes back. It grows while its gesture lasts. */
export type Act = Step[];

/** Acts that can be undone; older ones stay as they are. */
const MOST = 500;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export class Acts {
  private doc: Y.Doc;
  private readonly author: Author;
  private done: Act[] = [];
  private undone: Act[] = [];

  constructor(doc: Y.Doc, author: Author) {
    this.doc = doc;
    this.author = author;
  }

  /** The board is in another document now: what it does not know of is passed over. */
  goOnWith(doc: Y.Doc): void {
    this.doc = doc;
  }

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  drew(keys: string | readonly string[], act: Act = []): void {
    this.add(act, { kind: 'draw', keys: typeof keys === 'string' ? [keys] : keys });
  }

  /** Marks items as erased; gives those that were not before. `act` joins an earlier part of the same gesture. */
  erase(keys: readonly string[], act: Act): readonly string[] {
    const fresh = eraseStrokes(this.doc, this.author, keys);
    if (fresh.length > 0) this.add(act, { kind: 'erase', keys: fresh });
    return fresh;
  }

  /** Changes items. Of one gesture, what was there before its first change comes back. */
  change(changes: readonly Change[], act: Act): void {
    for (const after of changes) {
      const step = act.find(
        (one) => one.kind === 'change' && one.after.key === after.key && one.after.aspect === after.aspect,
      );
      if (step?.kind === 'change') step.after = after;
      else this.add(act, { kind: 'change', before: this.now(after), after });
    }
    changeItems(this.doc, this.author, changes);
  }

  /** Writes an own item anew. */
  write(key: string, before: PlainItem, after: PlainItem, act: Act): void {
    const step = act.find((one) => one.kind === 'write' && one.key === key);
    if (step?.kind === 'write') step.after = after;
    else this.add(act, { kind: 'write', key, before, after });
    rewriteFigure(this.doc, key, after);
  }

  /** Changes a page; one that was just added is taken away again by undoing. */
  page(key: string, after: PageState, act: Act): void {
    const before = readPage(this.doc, key) ?? { ...after, gone: true };
    changePage(this.doc, this.author, key, after);
    this.add(act, { kind: 'page', key, before, after });
  }

  /** The page was written already, by whoever added it here. */
  added(key: string, after: PageState, act: Act): void {
    this.add(act, { kind: 'page', key, before: { ...after, gone: true }, after });
  }

  /** A gesture that was not meant: as if it had never begun. */
  cancel(act: Act): void {
    const at = this.done.indexOf(act);
    if (at < 0) return;
    this.done.splice(at, 1);
    for (const step of [...act].reverse()) this.run(step, true);
  }

  /** Acts that others have overtaken are passed over, so that each press does something. */
  undo(): void {
    for (let act = this.done.pop(); act; act = this.done.pop()) {
      const changed = [...act].reverse().map((step) => this.run(step, true));
      this.undone.push(act);
      if (changed.includes(true)) return;
    }
  }

  redo(): void {
    for (let act = this.undone.pop(); act; act = this.undone.pop()) {
      const changed = act.map((step) => this.run(step, false));
      this.done.push(act);
      if (changed.includes(true)) return;
    }
  }

  private run(step: Step, back: boolean): boolean {
    switch (step.kind) {
      case 'draw':
      case 'erase':
        return (step.kind === 'draw') === back ? this.mark(step.keys) : this.unmark(step.keys);
      case 'change': {
        const [from, to] = back ? [step.after, step.before] : [step.before, step.after];
        if (!same(this.now(from).value, from.value) || this.isKept(to.key)) return false;
        changeItems(this.doc, this.author, [to]);
        return true;
      }
      case 'write':
        if (!this.doc.getMap(STROKES).has(step.key) || this.isKept(step.key)) return false;
        rewriteFigure(this.doc, step.key, back ? step.before : step.after);
        return true;
      case 'page': {
        const [from, to] = back ? [step.after, step.before] : [step.before, step.after];
        if (!same(readPage(this.doc, step.key), from)) return false;
        changePage(this.doc, this.author, step.key, to);
        return true;
      }
      default:
        return never(step);
    }
  }

  /** What this person has rubbed out of an item's ink. */
  cutsOf(key: string): readonly number[] {
    const change = changeOf(this.doc, 'cuts', key, this.author)?.change;
    return change?.aspect === 'cuts' ? (change.value ?? []) : [];
  }

  /** What holds now of the aspect that a change is about. */
  private now({ key, aspect }: Change): Change {
    const found = changeOf(this.doc, aspect, key, this.author)?.change;
    return found ?? ({ key, aspect, value: null } satisfies Change);
  }

  private mark(keys: readonly string[]): boolean {
    const free = keys.filter((key) => !this.isKept(key));
    return eraseStrokes(this.doc, this.author, free).length > 0;
  }

  /** The host has locked it since. */
  private isKept(key: string): boolean {
    return isKeptFrom(this.doc, this.author, key);
  }

  private unmark(keys: readonly string[]): boolean {
    return restoreStrokes(this.doc, this.author, keys).length > 0;
  }

  private add(act: Act, step: Step): void {
    act.push(step);
    if (act.length > 1) return;
    this.done.push(act);
    if (this.done.length > MOST) this.done.shift();
    this.undone = [];
  }
}
