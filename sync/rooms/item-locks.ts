/**
 * What is locked on a board, and by whom. Anybody locks their own things against mistakes; what somebody else has locked (the
 * host, for nobody else may) its author leaves as it is.
 */
import type * as Y from 'yjs';
import { CHANGES, ERASED, STROKES } from '../documents/board.ts';
import { parseChangeKey, parseLock } from '../documents/changes.ts';
import type { Surface } from '../documents/names.ts';
import type { Container } from './containers.ts';

/** Whether a key of `changes` is about a lock. */
export const isLock = (key: string): boolean => parseChangeKey(key)?.aspect === 'lock';

export class ItemLocks {
  /** Item → who locked it. */
  private readonly by = new Map<string, string>();
  /** Keys of words on which the document has the last one. */
  private unsettled = new Set<string>();

  constructor(surface: Surface, doc: Y.Doc) {
    if (surface === 'board') for (const [key, value] of doc.getMap<unknown>(CHANGES).entries()) this.say(key, value);
  }

  /** Whether this person must leave what stands in `place` as it is. */
  keep(place: Container, personId: string): boolean {
    if (this.by.size === 0 || place.kind !== 'entry') return false;
    const { root, key } = place;
    if (root !== STROKES && root !== ERASED && root !== CHANGES) return false;
    const by = this.by.get(root === CHANGES ? (parseChangeKey(key)?.entry ?? '') : key);
    return by !== undefined && by !== personId;
  }

  /** A lock, or its end, has entered; `settle` has to follow. */
  learn(key: string, value: unknown): void {
    this.touch(key);
    this.say(key, value);
  }

  /** A word about a lock is gone; `settle` has to follow. */
  touch(key: string): void {
    this.unsettled.add(key);
  }

  /** Takes over what the document says of what was touched. */
  settle(doc: Y.Doc): void {
    const changes = doc.getMap<unknown>(CHANGES);
    for (const key of this.unsettled) this.say(key, changes.get(key));
    this.unsettled = new Set();
  }

  private say(key: string, value: unknown): void {
    const lock = parseLock(key, value);
    if (lock?.by) this.by.set(lock.item, lock.by);
    else if (lock) this.by.delete(lock.item);
  }
}
