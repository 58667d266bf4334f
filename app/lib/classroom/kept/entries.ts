/** Which acts of this person the server has not said to have: strokes or messages, and what was done to any. Pure. */
import * as Y from 'yjs';
import { CHANGES, ERASED, PAGES, STROKES } from '#sync/documents/board.ts';
import { DELETED, EDITS, MESSAGES, REACTIONS } from '#sync/documents/chat.ts';
import { parseDocumentName, type Surface } from '#sync/documents/names.ts';
import { RIGHTS } from '#sync/documents/rights.ts';
import { deletionsOf, type Clocks } from './contract.ts';

/** Where acts stand that people count: first what is drawn or said. A name, or how far one has read, is none. */
const COUNTED: Record<Surface, readonly [string, ...string[]]> = {
  board: [STROKES, ERASED, CHANGES, PAGES, RIGHTS],
  chat: [MESSAGES, EDITS, DELETED, REACTIONS, RIGHTS],
};
/** Instead of a root: something was taken away again. */
const TAKEN_AWAY = '-';

export const surfaceOf = (name: string): Surface => parseDocumentName(name)?.surface ?? 'board';

/** The page notes by itself where its host is: nobody did anything. */
const isAct = (root: string, key: string): boolean => root !== RIGHTS || key !== 'at';

/** One act: root and key. */
export const entryId = (root: string, key: string): string => `${root} ${key}`;
export function partsOfEntry(id: string): { root: string; key: string } {
  const at = id.indexOf(' ');
  return { root: id.slice(0, at), key: id.slice(at + 1) };
}

/** What can be shown and saved as a file, and the rest. */
export function split(surface: Surface, ids: readonly string[]): { keys: string[]; others: string[] } {
  const [items] = COUNTED[surface];
  const keys: string[] = [];
  const others: string[] = [];
  for (const id of ids) {
    const { root, key } = partsOfEntry(id);
    if (root === items) keys.push(key);
    else others.push(id);
  }
  return { keys, others };
}

/** How far the server must have this client so that an act is safe. */
interface Reach {
  readonly client: number;
  readonly until: number;
}

/** Acts whose latest value was written by `mine` and is not in `safe`. */
export function unsafeEntries(doc: Y.Doc, surface: Surface, mine: Clocks, safe: Clocks): Map<string, Reach> {
  const found = new Map<string, Reach>();
  for (const root of COUNTED[surface]) {
    const map = doc.getMap<unknown>(root);
    for (const [key, item] of map._map) {
      const { client, clock } = item.id;
      if (item.deleted || !mine.has(client) || !isAct(root, key)) continue;
      // Ink that is being drawn is written behind its stroke.
      const inner = map.get(key);
      const until = Math.max(clock + 1, inner instanceof Y.Array ? endOf(inner, client) : 0);
      if (until > (safe.get(client) ?? 0)) found.set(entryId(root, key), { client, until });
    }
  }
  for (const [client, count] of mine)
    for (let n = safe.get(client) ?? 0; client < 0 && n < count; n += 1)
      found.set(entryId(TAKEN_AWAY, `${client}.${n}`), { client, until: n + 1 });
  return found;
}

function endOf(array: Y.Array<unknown>, client: number): number {
  let end = 0;
  for (let item = array._start; item; item = item.right)
    if (item.id.client === client) end = Math.max(end, item.id.clock + item.length);
  return end;
}

/** Follows one document while it is open. */
export class OwnEntries {
  private readonly doc: Y.Doc;
  private readonly roots = new Map<unknown, string>();
  private readonly open = new Map<string, Reach>();
  private deletions = 0;

  constructor(doc: Y.Doc, surface: Surface) {
    this.doc = doc;
    for (const root of COUNTED[surface]) this.roots.set(doc.getMap<unknown>(root), root);
  }

  get ids(): readonly string[] {
    return [...this.open.keys()];
  }

  get count(): number {
    return this.open.size;
  }

  /** What was there before this page: written by this person and not said to be safe. */
  restore(entries: ReadonlyMap<string, Reach>): void {
    for (const [id, reach] of entries) this.open.set(id, reach);
  }

  /** A transaction of this page's own. Gives how far this page has written with it. */
  wrote(transaction: Y.Transaction): Clocks {
    const client = this.doc.clientID;
    const taken = deletionsOf(client);
    for (const { id, item } of this.changedBy(transaction)) {
      if (!item.deleted) {
        this.open.set(id, this.reachOf(transaction, client));
        continue;
      }
      this.open.delete(id);
      this.open.set(entryId(TAKEN_AWAY, `${taken}.${this.deletions}`), { client: taken, until: this.deletions + 1 });
      this.deletions += 1;
    }
    const clocks = new Map([[client, this.reachOf(transaction, client).until]]);
    return this.deletions === 0 ? clocks : clocks.set(taken, this.deletions);
  }

  /** A transaction of another tab, which may have no connection. Gives the acts of this person in it. */
  heard(transaction: Y.Transaction, mine: Clocks): string[] {
    const found: string[] = [];
    for (const { id, item } of this.changedBy(transaction)) {
      if (item.deleted || !mine.has(item.id.client)) continue;
      this.open.set(id, this.reachOf(transaction, item.id.client));
      found.push(id);
    }
    return found;
  }

  /** The server has everything below these clocks. */
  safe(clocks: Clocks): void {
    for (const [id, { client, until }] of this.open) if ((clocks.get(client) ?? 0) >= until) this.open.delete(id);
  }

  /** Those of `ids` that are not in the document any more. */
  gone(ids: readonly string[]): string[] {
    return ids.filter((id) => {
      const { root, key } = partsOfEntry(id);
      return root !== TAKEN_AWAY && !this.doc.getMap<unknown>(root).has(key);
    });
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) this.open.delete(id);
  }

  private reachOf(transaction: Y.Transaction, client: number): Reach {
    return { client, until: transaction.afterState.get(client) ?? 0 };
  }

  /** The acts that a transaction changed, with the last item of each. */
  private *changedBy(transaction: Y.Transaction): Generator<{ id: string; item: Y.Item }> {
    for (const [type, keys] of transaction.changed) {
      const root = this.roots.get(type);
      const holder = type._item;
      if (root !== undefined) {
        for (const key of keys) {
          const item = key === null ? undefined : type._map.get(key);
          if (key !== null && item && isAct(root, key)) yield { id: entryId(root, key), item };
        }
      } else if (holder && holder.parentSub !== null) {
        const above = this.roots.get(holder.parent);
        if (above !== undefined) yield { id: entryId(above, holder.parentSub), item: holder };
      }
    }
  }
}
