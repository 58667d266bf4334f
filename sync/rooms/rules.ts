/**
 * Who may write what (SPEC A1–A9). Pure: a struct, its place and its author in; yes or no out. What is refused enters as a
 * tombstone of the same length, so that what its author writes next still follows without a gap.
 */
import { createDecoder, readAny } from 'lib0/decoding';
import { CHANGES, ERASED, MOST_CHUNK, PAGES, STROKES, parseHead, parseSealed } from '../documents/board.ts';
import { parseChange } from '../documents/changes.ts';
import { MESSAGES, parseMessage } from '../documents/chat.ts';
import { parseFigure } from '../documents/items.ts';
import { clientOfEntry, clientOfPerson } from '../documents/keys.ts';
import { parsePage } from '../documents/pages.ts';
import { PEOPLE, parseAuthor } from '../documents/people.ts';
import { never } from '#events/shared/never.ts';
import type { Container, Root } from './containers.ts';
import { CONTENT, type Struct } from '../wire/scan.ts';

/** Who writes: the owner of the struct's client id, under the name of their ticket. */
export interface Writer {
  readonly personId: string;
  /** Null when somebody else brings what they wrote: then any name passes. */
  readonly name: string | null;
  /** Whether they may change what others drew. */
  readonly host: boolean;
}

type OwnerOf = (client: number) => string | undefined;

/** Whether `struct` may stand in `container`. */
export function mayWrite(struct: Struct, container: Container, writer: Writer, ownerOf: OwnerOf): boolean {
  // Subdocuments would be documents that no ticket names.
  if (struct.content === CONTENT.document) return false;
  switch (container.kind) {
    case 'free':
    case 'gone':
      return true;
    case 'misplaced':
      return false;
    case 'ink':
      return struct.key === null && ownsEntry(container.key, writer, ownerOf) && mayInk(struct);
    case 'entry':
      return mayEnter(struct, container.root, container.key, writer, ownerOf);
    default:
      return never(container);
  }
}

/** Whether this person may delete what stands in `container` and was written by `owner`. */
export const mayDelete = (container: Container, personId: string, owner: string | undefined): boolean =>
  container.kind === 'free' || owner === personId;

function ownsEntry(key: string, writer: Writer, ownerOf: OwnerOf): boolean {
  const client = clientOfEntry(key);
  return client !== null && ownerOf(client) === writer.personId;
}

/** Erasing, moving and the like: of one's own, or by the host. `by` is what the mark says of its maker. */
function mayTouch(key: string, by: unknown, writer: Writer, ownerOf: OwnerOf): boolean {
  return clientOfEntry(key) !== null && by === writer.personId && (writer.host || ownsEntry(key, writer, ownerOf));
}

function mayEnter(struct: Struct, root: Root, key: string, writer: Writer, ownerOf: OwnerOf): boolean {
  // What is already deleted says nothing any more.
  if (struct.content === CONTENT.deleted) return true;
  switch (root) {
    case PEOPLE: {
      const client = clientOfPerson(key);
      if (client === null || ownerOf(client) !== writer.personId) return false;
      const author = parseAuthor(oneValue(struct));
      return author?.personId === writer.personId && (writer.name === null || author.name === writer.name);
    }
    case STROKES:
      if (!ownsEntry(key, writer, ownerOf)) return false;
      return isArray(struct) || isItem(oneValue(struct));
    case MESSAGES:
      return ownsEntry(key, writer, ownerOf) && parseMessage(oneValue(struct)) !== null;
    case ERASED:
      return mayTouch(key, oneValue(struct), writer, ownerOf);
    case CHANGES: {
      const found = parseChange(key, oneValue(struct));
      return found !== null && mayTouch(found.change.key, found.by, writer, ownerOf);
    }
    case PAGES:
      return mayTouch(key, parsePage(oneValue(struct))?.by, writer, ownerOf);
    default:
      return never(root);
  }
}

function mayInk(struct: Struct): boolean {
  switch (struct.content) {
    case CONTENT.deleted:
      return true;
    case CONTENT.binary:
      return struct.body.length <= MOST_CHUNK + 3;
    case CONTENT.any:
      return parseHead(oneValue(struct)) !== null;
    default:
      return false;
  }
}

const isItem = (value: unknown): boolean => parseSealed(value) !== null || parseFigure(value) !== null;
const isArray = (struct: Struct): boolean => struct.content === CONTENT.type && struct.body[0] === 0;

/** The plain value of an item that holds exactly one. The bytes were scanned, so lib0 reads them without surprise. */
function oneValue(struct: Struct): unknown {
  if (struct.content !== CONTENT.any || struct.length !== 1) return undefined;
  // Behind the count of one, which is one byte.
  return readAny(createDecoder(struct.body.subarray(1)));
}
