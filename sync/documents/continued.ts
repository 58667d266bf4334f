/**
 * A board carried on in another lesson: what is to be seen of the old one, written anew as each author's own under ids of
 * the new document. Nothing of how it came about goes along: no erased item, no deleted page, no chunk of ink, no right.
 * The same input gives the same bytes, so that bringing it twice changes nothing. Pure.
 */
import * as Y from 'yjs';
import {
  CHANGES,
  ERASED,
  FIRST_PAGE,
  MOST_INK,
  PAGES,
  STROKES,
  parseHead,
  storeStroke,
  type StoredStroke,
} from './board.ts';
import { parseChange, parseChangeKey } from './changes.ts';
import { isFileId } from './file-ids.ts';
import { joinInk } from './ink.ts';
import { clientKey, clientOfEntry, entryKey } from './keys.ts';
import { readPages, storePage, type BoardPage } from './pages.ts';
import { PEOPLE, parseAuthor } from './people.ts';

/** What there is to carry on. */
export interface BoardToContinue {
  /** Items on pages that are there and that nobody erased. */
  readonly items: number;
  /** Client ids under which they and the pages were written, in rising order. */
  readonly clients: readonly number[];
  /** Ids of the files that they show. */
  readonly files: readonly string[];
}

export interface Continuation {
  /** Client ids in the old document → those in the new one; every one of `BoardToContinue.clients` has one. */
  readonly ids: ReadonlyMap<number, number>;
  /** An id of the new document under which the host brings the rest. */
  readonly hostId: number;
  readonly host: { readonly personId: string; readonly name: string };
  /** Pages of their own in front of those that are there; otherwise the old first page becomes the new one's. */
  readonly inFront: boolean;
}

interface Entry {
  readonly key: string;
  readonly value: object;
}

const FRONT = -1_000;

const pageOf = (value: object): string => ('pg' in value && typeof value.pg === 'string' ? value.pg : FIRST_PAGE);
const byKey = (a: string, b: string): number => (a < b ? -1 : 1);

/** An item as one plain value: a stroke that nobody sealed is sealed now. */
function plain(value: unknown): object | null {
  if (!(value instanceof Y.Array)) return typeof value === 'object' ? value : null;
  const [first, ...rest]: unknown[] = value.toArray();
  const head = parseHead(first);
  if (!head) return null;
  const chunks = rest.filter((chunk) => chunk instanceof Uint8Array);
  return storeStroke(head, joinInk(chunks).slice(0, MOST_INK)) satisfies StoredStroke;
}

function visible(doc: Y.Doc, pages: readonly BoardPage[]): Entry[] {
  const erased = doc.getMap<unknown>(ERASED);
  const shown = new Set(pages.map(({ key }) => key));
  const found: Entry[] = [];
  for (const [key, stored] of doc.getMap<unknown>(STROKES).entries()) {
    const value = clientOfEntry(key) === null || erased.has(key) ? null : plain(stored);
    if (value && shown.has(pageOf(value))) found.push({ key, value });
  }
  return found.sort((a, b) => byKey(a.key, b.key));
}

export function boardToContinue(doc: Y.Doc): BoardToContinue {
  const pages = readPages(doc);
  const items = visible(doc, pages);
  const keys = [...items.map(({ key }) => key), ...pages.map(({ key }) => key).filter((key) => key !== FIRST_PAGE)];
  const clients = new Set(keys.flatMap((key) => clientOfEntry(key) ?? []));
  const files = new Set(items.flatMap(({ value }) => ('file' in value && isFileId(value.file) ? value.file : [])));
  return { items: items.length, clients: [...clients].sort((a, b) => a - b), files: [...files].sort(byKey) };
}

/** The old board as one update for the new document. */
export function continuedBoard(old: Y.Doc, { ids, hostId, host, inFront }: Continuation): Uint8Array {
  const pages = readPages(old);
  const newKey = (key: string): string => {
    const client = clientOfEntry(key);
    const next = client === null ? undefined : ids.get(client);
    return next === undefined ? key : `${clientKey(next)}${key.slice(key.indexOf('.'))}`;
  };
  const newPage = (key: string): string => {
    if (key !== FIRST_PAGE) return newKey(key);
    return inFront ? entryKey(hostId, 0) : FIRST_PAGE;
  };
  const newGroup = (name: unknown): unknown => (typeof name === 'string' && name !== '' ? newKey(name) : name);

  /** What is written under each new id. */
  const writers = new Map<number, ((doc: Y.Doc) => void)[]>();
  const write = (client: number, act: (doc: Y.Doc) => void): void => {
    const acts = writers.get(client);
    if (acts) acts.push(act);
    else writers.set(client, [act]);
  };
  const writerOf = (key: string): number => ids.get(clientOfEntry(key) ?? -1) ?? hostId;

  const people = old.getMap<unknown>(PEOPLE);
  for (const [client, next] of [...ids].sort(([a], [b]) => a - b)) {
    const author = parseAuthor(people.get(clientKey(client)));
    if (author)
      write(next, (doc) => doc.getMap(PEOPLE).set(clientKey(next), { id: author.personId, name: author.name }));
  }
  write(hostId, (doc) => doc.getMap(PEOPLE).set(clientKey(hostId), { id: host.personId, name: host.name }));

  const carried = new Set<string>();
  for (const { key, value } of visible(old, pages)) {
    carried.add(key);
    const page = newPage(pageOf(value));
    const { pg: _before, ...rest }: { pg?: unknown } = { ...value };
    const item = page === FIRST_PAGE ? rest : { ...rest, pg: page };
    write(writerOf(key), (doc) => doc.getMap(STROKES).set(newKey(key), item));
  }
  for (const [name, stored] of [...old.getMap<unknown>(CHANGES).entries()].sort(([a], [b]) => byKey(a, b))) {
    const at = parseChangeKey(name);
    const found = at && carried.has(at.entry) ? parseChange(name, stored) : null;
    if (!at || !found) continue;
    const { by, change } = found;
    const v = at.aspect === 'group' ? newGroup(change.value) : change.value;
    write(writerOf(at.entry), (doc) =>
      doc
        .getMap(CHANGES)
        .set(`${name.slice(0, 2)}${newKey(at.entry)}${at.personId === null ? '' : `:${at.personId}`}`, { by, v }),
    );
  }
  for (const [i, page] of pages.entries()) {
    const key = newPage(page.key);
    const order = inFront ? FRONT + i - pages.length : page.order;
    // The first page stands without being written, as it comes.
    if (key === FIRST_PAGE && order === 0 && page.paper === 'dots') continue;
    write(inFront && page.key === FIRST_PAGE ? hostId : writerOf(page.key), (doc) =>
      doc.getMap(PAGES).set(key, storePage(host.personId, { order, paper: page.paper, gone: false })),
    );
  }
  const parts = [...writers]
    .sort(([a], [b]) => a - b)
    .map(([client, acts]) => {
      const doc = new Y.Doc();
      doc.clientID = client;
      doc.transact(() => {
        for (const act of acts) act(doc);
      });
      const update = Y.encodeStateAsUpdate(doc);
      doc.destroy();
      return update;
    });
  return Y.mergeUpdates(parts);
}
