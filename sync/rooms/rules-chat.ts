/** Who may write what in a chat (SPEC A8, M1–M4). Pure. What was said stays: entries are added, and none is replaced. */
import { createDecoder, readAny } from 'lib0/decoding';
import {
  DELETED,
  EDITS,
  LIVE,
  MESSAGES,
  MOST_LIVE,
  REACTIONS,
  READ,
  parseEdit,
  parseEditKey,
  parseMessage,
  parseReactionKey,
  parseReadMark,
  parseWords,
} from '../documents/chat.ts';
import { clientOfEntry } from '../documents/keys.ts';
import { never } from '#events/shared/never.ts';
import { CONTENT, type Struct } from '../wire/scan.ts';
import type { ChatRoot } from './containers.ts';
import { ownsEntry, type Moment, type OwnerOf, type Writer } from './writer.ts';

const HOUR = 3_600_000;
/** How far a clock may be off. It is for show only, but it should show a time that can have been. */
const AHEAD_MS = 26 * HOUR;
const BEHIND_MS = 366 * 24 * HOUR;
/** Pieces of a message that is being written, in one struct. */
const MOST_PIECES = 64;

const isNow = (at: number, now: number): boolean => at <= now + AHEAD_MS && at >= now - BEHIND_MS;

/** Whether `value` (`'array'` for a Y.Array) may be set under `key`. */
export function mayChat(
  value: unknown,
  root: ChatRoot,
  key: string,
  writer: Writer,
  ownerOf: OwnerOf,
  { client, again, now }: Moment,
): boolean {
  switch (root) {
    case MESSAGES: {
      // Under the very id that its key names, so that no two of one person's pages ever write one message.
      if (again || clientOfEntry(key) !== client || !ownsEntry(key, writer, ownerOf)) return false;
      const message = parseMessage(value);
      return message !== null && isNow(message.at, now) && (message.live === undefined || writer.streams === true);
    }
    case EDITS: {
      // Two pages of one person may do it at once: one of the two holds. The same page does it once.
      const at = parseEditKey(key);
      const edit = parseEdit(value);
      return !again && at !== null && edit !== null && isNow(edit.at, now) && ownsEntry(at.message, writer, ownerOf);
    }
    case DELETED:
      if (clientOfEntry(key) === null || value !== writer.personId) return false;
      return writer.host || ownsEntry(key, writer, ownerOf);
    case REACTIONS:
      return typeof value === 'boolean' && parseReactionKey(key)?.personId === writer.personId;
    case READ:
      return key === writer.personId && parseReadMark(value) !== null;
    case LIVE:
      if (writer.streams !== true || !ownsEntry(key, writer, ownerOf)) return false;
      return value === 'array' || parseWords(value) !== null;
    default:
      return never(root);
  }
}

/**
 * Whether a struct that was deleted before it was sent may stand under `key`. It hides what stood there, so only where its
 * writer may set and set again.
 */
export function mayLeaveNothing(root: ChatRoot, key: string, writer: Writer, ownerOf: OwnerOf): boolean {
  switch (root) {
    case REACTIONS:
      return parseReactionKey(key)?.personId === writer.personId;
    case READ:
      return key === writer.personId;
    case LIVE:
      return writer.streams === true && ownsEntry(key, writer, ownerOf);
    case MESSAGES:
    case EDITS:
    case DELETED:
      return false;
    default:
      return never(root);
  }
}

/** Pieces of a message that a server-side author is writing. */
export function mayStream(struct: Struct, writer: Writer): boolean {
  if (writer.streams !== true) return false;
  if (struct.content === CONTENT.deleted) return true;
  if (struct.content !== CONTENT.any || struct.length > MOST_PIECES) return false;
  const decoder = createDecoder(struct.body);
  // The count, one byte as long as there are so few.
  decoder.pos = 1;
  for (let i = 0; i < struct.length; i += 1) {
    const piece: unknown = readAny(decoder);
    if (typeof piece !== 'string' || piece.length > MOST_LIVE) return false;
  }
  return true;
}
