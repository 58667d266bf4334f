/** Entries of a document in a small one of their own: what was not taken outlives the document that it was written in. */
import * as Y from 'yjs';
import { CHANGES, ERASED, PAGES, STROKES } from '#sync/documents/board.ts';
import { EDITS, MESSAGES } from '#sync/documents/chat.ts';
import type { Surface } from '#sync/documents/names.ts';
import { PEOPLE } from '#sync/documents/people.ts';
import type { Refused } from './contract.ts';
import { entryId, partsOfEntry, split } from './entries.ts';

/** The entry that something belongs to which stands beside it: where it was moved to, its later words. */
const ENTRY_OF: Record<Surface, (key: string) => string> = {
  board: (key) => key.slice(key.indexOf(':') + 1),
  chat: (key) => key.slice(0, key.lastIndexOf('.')),
};

const copied = (value: unknown): unknown => (value instanceof Y.AbstractType ? value.clone() : value);

/** These entries, with who wrote them and what it takes to show them. */
export function aside(doc: Y.Doc, surface: Surface, ids: readonly string[]): Uint8Array {
  const small = new Y.Doc();
  const copyOne = (root: string, key: string): void => {
    const [from, into] = [doc.getMap<unknown>(root), small.getMap<unknown>(root)];
    if (from.has(key) && !into.has(key)) into.set(key, copied(from.get(key)));
  };
  const copyAll = (root: string, wanted: (key: string) => boolean): void => {
    for (const key of doc.getMap<unknown>(root).keys()) if (wanted(key)) copyOne(root, key);
  };
  const keys = new Set(split(surface, ids).keys);
  small.transact(() => {
    copyAll(PEOPLE, () => true);
    if (surface === 'board') {
      copyAll(PAGES, () => true);
      for (const key of keys) copyOne(ERASED, key);
    }
    copyAll(surface === 'board' ? CHANGES : EDITS, (key) => keys.has(ENTRY_OF[surface](key)));
    for (const id of ids) {
      const { root, key } = partsOfEntry(id);
      copyOne(root, key);
    }
  });
  const update = Y.encodeStateAsUpdate(small);
  small.destroy();
  return update;
}

/** The part of what was put aside that these entries are. */
export function refusedOf(surface: Surface, reason: string, ids: readonly string[], update: Uint8Array): Refused {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  const refused = { reason, ...split(surface, ids), update: aside(doc, surface, ids) };
  doc.destroy();
  return refused;
}

/** Both; the later reason holds. */
export function joined(surface: Surface, before: Refused | null, later: Refused): Refused {
  if (before === null) return later;
  const both = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];
  const [keys, others] = [both(before.keys, later.keys), both(before.others, later.others)];
  const doc = new Y.Doc();
  for (const { update } of [before, later]) Y.applyUpdate(doc, update);
  const root = surface === 'board' ? STROKES : MESSAGES;
  const ids = [...keys.map((key) => entryId(root, key)), ...others];
  const update = aside(doc, surface, ids);
  doc.destroy();
  return { reason: later.reason, keys, others, update };
}
