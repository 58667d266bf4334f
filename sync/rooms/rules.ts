/**
 * Who may write what (SPEC A1–A9). Pure: a struct, its place and its author in; yes or no out. What is refused enters as a
 * tombstone of the same length, so that what its author writes next still follows without a gap.
 */
import { createDecoder, readAny } from 'lib0/decoding';
import { CHANGES, ERASED, MOST_CHUNK, PAGES, STROKES, parseHead, parseSealed } from '../documents/board.ts';
import { parseChange, parseChangeKey } from '../documents/changes.ts';
import { DELETED, EDITS, LIVE, MESSAGES, REACTIONS, READ } from '../documents/chat.ts';
import { parsePlain } from '../documents/items.ts';
import { clientOfEntry, clientOfPerson } from '../documents/keys.ts';
import { parsePage } from '../documents/pages.ts';
import { PEOPLE, parseAuthor } from '../documents/people.ts';
import { RIGHTS, parseRight } from '../documents/rights.ts';
import { never } from '#events/shared/never.ts';
import { isKept, type Container, type Root } from './containers.ts';
import { mayChat, mayLeaveNothing, mayStream } from './rules-chat.ts';
import { ownsEntry, type Moment, type OwnerOf, type Writer } from './writer.ts';
import { CONTENT, type Struct } from '../wire/scan.ts';

/** Stands for a value that is deleted already. */
const GONE = Symbol('gone');

/** Whether `struct` may stand in `container`. */
export function mayWrite(
  struct: Struct,
  container: Container,
  writer: Writer,
  ownerOf: OwnerOf,
  moment: Moment,
): boolean {
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
    case 'words':
      return struct.key === null && ownsEntry(container.key, writer, ownerOf) && mayStream(struct, writer);
    case 'entry':
      return mayEnter(struct, container.root, container.key, writer, ownerOf, moment);
    default:
      return never(container);
  }
}

/** Whether this person may delete what stands in `container` and was written by `owner`. */
export const mayDelete = (container: Container, personId: string, owner: string | undefined): boolean =>
  container.kind === 'free' || (owner === personId && !isKept(container));

/** Erasing, moving and the like: of one's own, or by the host. `by` is what the mark says of its maker. */
function mayTouch(key: string, by: unknown, writer: Writer, ownerOf: OwnerOf): boolean {
  return clientOfEntry(key) !== null && by === writer.personId && (writer.host || ownsEntry(key, writer, ownerOf));
}

function mayEnter(struct: Struct, root: Root, key: string, writer: Writer, ownerOf: OwnerOf, moment: Moment): boolean {
  // Deleted by whoever wrote it before it was sent. It says nothing, but it takes the place of what stood there.
  const value = struct.content === CONTENT.deleted ? GONE : oneValue(struct);
  switch (root) {
    case PEOPLE: {
      const client = clientOfPerson(key);
      if (client === null || ownerOf(client) !== writer.personId) return false;
      if (value === GONE) return true;
      const author = parseAuthor(value);
      return author?.personId === writer.personId && (writer.name === null || author.name === writer.name);
    }
    case STROKES:
      return ownsEntry(key, writer, ownerOf) && (value === GONE || isArray(struct) || isItem(value));
    case ERASED:
      return mayTouch(key, value === GONE ? writer.personId : value, writer, ownerOf);
    case CHANGES: {
      if (value === GONE) {
        const place = parseChangeKey(key);
        return place !== null && mayTouch(place.entry, place.personId ?? writer.personId, writer, ownerOf);
      }
      const found = parseChange(key, value);
      return found !== null && mayTouch(found.change.key, found.by, writer, ownerOf);
    }
    case PAGES: {
      const host = writer.host || writer.arranges === true;
      return mayTouch(key, value === GONE ? writer.personId : parsePage(value)?.by, { ...writer, host }, ownerOf);
    }
    case RIGHTS: {
      if (value === GONE) return writer.host;
      const found = parseRight('board', key, value) ?? parseRight('chat', key, value);
      if (found?.by !== writer.personId) return false;
      return writer.host || (writer.pins === true && found.change.kind === 'pin');
    }
    case MESSAGES:
    case EDITS:
    case DELETED:
    case REACTIONS:
    case READ:
    case LIVE:
      return value === GONE
        ? mayLeaveNothing(root, key, writer, ownerOf)
        : mayChat(isArray(struct) ? 'array' : value, root, key, writer, ownerOf, moment);
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

const isItem = (value: unknown): boolean => parseSealed(value) !== null || parsePlain(value) !== null;
const isArray = (struct: Struct): boolean => struct.content === CONTENT.type && struct.body[0] === 0;

/** The plain value of an item that holds exactly one. The bytes were scanned, so lib0 reads them without surprise. */
export function oneValue(struct: Struct): unknown {
  if (struct.content !== CONTENT.any || struct.length !== 1) return undefined;
  // Behind the count of one, which is one byte.
  return readAny(createDecoder(struct.body.subarray(1)));
}
