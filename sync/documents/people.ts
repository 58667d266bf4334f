/**
 * `people`, in every document: client id → who wrote under it. A page introduces itself in the transaction of its first
 * entry; the server lets in only the person and the name of the ticket.
 */
import type * as Y from 'yjs';
import { clientKey, clientOfEntry } from './keys.ts';

export const PEOPLE = 'people';

export interface Author {
  readonly personId: string;
  readonly name: string;
}

/** An author as stored, or null when the value is something else. */
export function parseAuthor(value: unknown): Author | null {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('name' in value)) return null;
  const { id, name } = value;
  if (typeof id !== 'string' || typeof name !== 'string' || id.length > 128 || name.length > 200) return null;
  return { personId: id, name };
}

/** Writes who this client is, unless that is already there. Call it inside the transaction of an entry. */
export function introduce(doc: Y.Doc, author: Author): void {
  const people = doc.getMap<unknown>(PEOPLE);
  const key = clientKey(doc.clientID);
  const known = parseAuthor(people.get(key));
  if (known?.personId === author.personId && known.name === author.name) return;
  people.set(key, { id: author.personId, name: author.name });
}

/** Who wrote an entry; null when they never introduced themselves. */
export function authorOfEntry(doc: Y.Doc, key: string): Author | null {
  const client = clientOfEntry(key);
  return client === null ? null : parseAuthor(doc.getMap<unknown>(PEOPLE).get(clientKey(client)));
}
