/** Opens what this browser keeps for a person: in its database, or for as long as the page lives. */
import * as Y from 'yjs';
import { parseDocumentName, type Surface } from '#sync/documents/names.ts';
import { aside } from './aside.ts';
import { compact, tidyDatabase } from './care.ts';
import { isSafe, isSent, type Clocks, type Kept, type KeptDocument } from './contract.ts';
import { databaseKept } from './database.ts';
import { split, unsafeEntries } from './entries.ts';
import { memoryKept } from './memory.ts';

const opened = new Map<string, Promise<Kept>>();
/** In the place of a database that did not open. */
const inMemory = new Map<string, Kept>();

/** A page that was put away on this device does not know who is signed in now. */
const fromDevice = (): boolean =>
  typeof document !== 'undefined' && document.documentElement.dataset['kept'] !== undefined;

/**
 * Never rejects: without a database it keeps while the page lives. One that did not open may do so the next time, as on a
 * machine that is busy; but what this page has in memory alone by then stays where its documents find it.
 */
export function openKept(personId: string): Promise<Kept> {
  const before = opened.get(personId);
  if (before) return before;
  const opening = openNow(personId);
  opened.set(personId, opening);
  return opening;
}

async function openNow(personId: string): Promise<Kept> {
  const memory = inMemory.get(personId);
  try {
    if (!memory || (await memory.list()).every(isSafe)) return await databaseKept(personId, !fromDevice());
  } catch (error) {
    console.warn('This browser keeps nothing of the classroom:', error);
  }
  opened.delete(personId);
  const kept = memory ?? memoryKept(personId);
  inMemory.set(personId, kept);
  return kept;
}

/** Looks after what is kept, beside the page. Never rejects. */
export async function tidyKept(personId: string | null): Promise<void> {
  try {
    await tidyDatabase(personId, Date.now());
  } catch (error) {
    console.warn('What is kept of the classroom could not be looked after:', error);
  }
}

/** Puts many small updates together, when the browser has nothing else to do. */
export function compactSoon(kept: Kept, name: string): void {
  if (!kept.lasting) return;
  setTimeout(() => {
    compact(kept.personId, name, (updates) => Y.mergeUpdates([...updates])).catch((error: unknown) => {
      console.warn('What is kept of the classroom could not be put together:', error);
    });
  }, 5_000);
}

/** What is kept of one document and is not on the server. */
export interface Leftover {
  readonly name: string;
  /** Where the files are that it shows; null for none. */
  readonly files: string | null;
  readonly surface: Surface;
  /** Strokes or messages. */
  readonly keys: readonly string[];
  /** What else was done. */
  readonly others: readonly string[];
  /** To show them. */
  readonly doc: Y.Doc;
  /** These alone, see aside.ts. */
  readonly update: Uint8Array;
  /** Of it what the server has not said to have, and how far that reaches. */
  readonly unsent: Uint8Array;
  readonly mine: Clocks;
  /** Why the server did not take it; null while it was not asked, or the lesson is over. */
  readonly reason: string | null;
}

const isOf = (lessonId: string, { name }: KeptDocument): boolean => parseDocumentName(name)?.lessonId === lessonId;

const EMPTY = new Uint8Array(0);

/** What this person wrote beyond `safe`, with all that is deleted. */
function unsentOf(doc: Y.Doc, mine: Clocks, safe: Clocks): Uint8Array {
  const known = Y.decodeStateVector(Y.encodeStateVector(doc));
  for (const client of mine.keys()) if (known.has(client)) known.set(client, safe.get(client) ?? 0);
  return Y.encodeStateAsUpdate(doc, Y.encodeStateVector(known));
}

/** Everything of a lesson that the server does not have; the shared board first. */
export async function leftoversOf(kept: Kept, lessonId: string): Promise<readonly Leftover[]> {
  const documents = (await kept.list()).filter((document) => isOf(lessonId, document) && !isSafe(document));
  const found: Leftover[] = [];
  for (const { name } of documents) {
    const stored = await kept.load(name);
    const surface = parseDocumentName(name)?.surface;
    if (!stored || !surface) continue;
    const { refused } = stored;
    const { mine, safe, code } = stored.document;
    const files = `/api/v1/lessons/${encodeURIComponent(code)}/files`;
    const base = { name, files, surface, mine };
    const doc = new Y.Doc();
    doc.transact(() => {
      for (const update of stored.updates) Y.applyUpdate(doc, update);
    });
    const unsafe = isSent(stored.document) ? [] : [...unsafeEntries(doc, surface, mine, safe).keys()];
    if (unsafe.length > 0) {
      const update = aside(doc, surface, unsafe);
      found.push({ ...base, ...split(surface, unsafe), doc, update, unsent: unsentOf(doc, mine, safe), reason: null });
    }
    if (refused) {
      const shown = new Y.Doc();
      Y.applyUpdate(shown, refused.update);
      found.push({ ...base, ...refused, doc: shown, unsent: EMPTY });
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The lesson is over: what is not among `left` need not be here any more. */
export async function keepOnly(kept: Kept, lessonId: string, left: readonly Leftover[]): Promise<void> {
  for (const document of await kept.list())
    if (isOf(lessonId, document) && !left.some(({ name }) => name === document.name)) await kept.remove(document.name);
}

/** Throws away what was not sent, or what was put aside: of the same document there may be both. */
export async function throwAway(kept: Kept, { name, mine, reason }: Leftover): Promise<void> {
  if (reason !== null) return kept.forgetRefused(name);
  const aside = (await kept.load(name))?.refused ?? null;
  return aside === null ? kept.remove(name) : kept.markSafe(name, mine);
}

/** Codes of the lessons of which something is on this device alone. */
export async function lessonsWithWork(personId: string): Promise<ReadonlySet<string>> {
  const kept = await openKept(personId);
  return new Set((await kept.list()).filter((document) => !isSafe(document)).map(({ code }) => code));
}
