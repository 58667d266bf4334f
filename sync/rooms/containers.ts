/**
 * Where in a document a struct lives, as far as the rules need to know. An append names only its left neighbour, so this
 * is remembered for every struct (index.ts).
 */
import { MESSAGES } from '../documents/chat.ts';
import { CHANGES, ERASED, PAGES, STROKES } from '../documents/board.ts';
import { PEOPLE } from '../documents/people.ts';
import type { Surface } from '../documents/names.ts';

export type Root = typeof PEOPLE | typeof STROKES | typeof ERASED | typeof CHANGES | typeof PAGES | typeof MESSAGES;

export type Container =
  /** Below a root that is not ours: anything goes, nobody of ours looks there. */
  | { readonly kind: 'free' }
  /** Replaced by a tombstone, or collected. */
  | { readonly kind: 'gone' }
  /** One key of one of our maps. */
  | { readonly kind: 'entry'; readonly root: Root; readonly key: string }
  /** The array in a stroke that is being drawn. */
  | { readonly kind: 'ink'; readonly key: string }
  /** Directly in one of our roots without a key, or deeper than our documents go: nothing belongs there. */
  | { readonly kind: 'misplaced' };

const ROOTS: Readonly<Record<Surface, readonly Root[]>> = {
  board: [PEOPLE, STROKES, ERASED, CHANGES, PAGES],
  chat: [PEOPLE, MESSAGES],
};

export const rootOf = (surface: Surface, name: string): Root | null =>
  ROOTS[surface].find((root) => root === name) ?? null;

const FREE: Container = { kind: 'free' };
export const GONE: Container = { kind: 'gone' };
const MISPLACED: Container = { kind: 'misplaced' };

/** Gives one object for one place, so that neighbours in the same place share it. */
export class Containers {
  private readonly entries = new Map<string, Container>();
  private readonly surface: Surface;

  constructor(surface: Surface) {
    this.surface = surface;
  }

  inRoot(name: string, key: string | null): Container {
    const root = rootOf(this.surface, name);
    if (!root) return FREE;
    return key === null ? MISPLACED : this.once(`${root}/${key}`, () => ({ kind: 'entry', root, key }));
  }

  /** Inside the type that the item in `parent` holds. */
  inType(parent: Container): Container {
    if (parent.kind === 'free' || parent.kind === 'gone') return parent;
    if (parent.kind !== 'entry' || parent.root !== STROKES) return MISPLACED;
    const { key } = parent;
    return this.once(`ink/${key}`, () => ({ kind: 'ink', key }));
  }

  private once(name: string, make: () => Container): Container {
    let container = this.entries.get(name);
    if (!container) this.entries.set(name, (container = make()));
    return container;
  }
}
