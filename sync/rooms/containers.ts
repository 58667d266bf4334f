/**
 * Where in a document a struct lives, as far as the rules need to know. An append names only its left neighbour, so this
 * is remembered for every struct (index.ts).
 */
import { CHANGES, ERASED, PAGES, STROKES } from '../documents/board.ts';
import { DELETED, EDITS, LIVE, MESSAGES, REACTIONS, READ } from '../documents/chat.ts';
import { PEOPLE } from '../documents/people.ts';
import { RIGHTS } from '../documents/rights.ts';
import type { Denial } from '../close-codes.ts';
import type { Surface } from '../documents/names.ts';

/** Only in a chat. */
export type ChatRoot = typeof MESSAGES | typeof EDITS | typeof DELETED | typeof REACTIONS | typeof READ | typeof LIVE;
export type Root =
  typeof PEOPLE | typeof STROKES | typeof ERASED | typeof CHANGES | typeof PAGES | typeof RIGHTS | ChatRoot;

export type Container =
  /** Below a root that is not ours: anything goes, nobody of ours looks there. */
  | { readonly kind: 'free' }
  /** Replaced by a tombstone, or collected. `because`: why it was refused, by this process. */
  | { readonly kind: 'gone'; readonly because?: Denial }
  /** One key of one of our maps. */
  | { readonly kind: 'entry'; readonly root: Root; readonly key: string }
  /** The array in a stroke that is being drawn. */
  | { readonly kind: 'ink'; readonly key: string }
  /** The array in a message that a server-side author is writing. */
  | { readonly kind: 'words'; readonly key: string }
  /** Directly in one of our roots without a key, or deeper than our documents go: nothing belongs there. */
  | { readonly kind: 'misplaced' };

const ROOTS: Readonly<Record<Surface, readonly Root[]>> = {
  board: [PEOPLE, STROKES, ERASED, CHANGES, PAGES, RIGHTS],
  chat: [PEOPLE, MESSAGES, EDITS, DELETED, REACTIONS, READ, LIVE, RIGHTS],
};

export const rootOf = (surface: Surface, name: string): Root | null =>
  ROOTS[surface].find((root) => root === name) ?? null;

/** Whether what stands here stays as it is: a client writes it once and nobody deletes it. */
export const isKept = (container: Container): boolean =>
  container.kind === 'entry' && (container.root === MESSAGES || container.root === EDITS || container.root === DELETED);

/** Whether writing here is work on the board or in the chat: a name, or how far one has read, is not. */
export const isWork = (container: Container): boolean =>
  container.kind !== 'entry' || (container.root !== PEOPLE && container.root !== READ);

const FREE: Container = { kind: 'free' };
export const GONE: Container = { kind: 'gone' };
const REFUSED = new Map<Denial, Container>();
/** One place for all that was refused for one reason: what hangs on it is refused for the same. */
export function refusedFor(because: Denial): Container {
  let refused = REFUSED.get(because);
  if (!refused) REFUSED.set(because, (refused = { kind: 'gone', because }));
  return refused;
}
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
    if (parent.kind !== 'entry') return MISPLACED;
    const { root, key } = parent;
    if (root === STROKES) return this.once(`ink/${key}`, () => ({ kind: 'ink', key }));
    return root === LIVE ? this.once(`words/${key}`, () => ({ kind: 'words', key })) : MISPLACED;
  }

  private once(name: string, make: () => Container): Container {
    let container = this.entries.get(name);
    if (!container) this.entries.set(name, (container = make()));
    return container;
  }
}
