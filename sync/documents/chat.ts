/**
 * The chat's document. Entries are only ever added: what is done to a message later stands beside it, so nothing that was
 * said can be rewritten or made to vanish.
 *
 * - `people`: see people.ts. `rights`: see rights.ts.
 * - `messages`: entry key → `{ n, at, text, re?, files?, live? }`. `n` orders them: one more than the highest that the author
 *   saw, so an answer never stands above what it answers, whatever the clocks say. `at` is the author's wall clock, for show
 *   only. `re` is the key of the message that is answered. A mention is `<@person id>` in the text.
 * - `edits`: `<message key>.<count>` → `{ at, text }` by its author; the highest count holds and all stay.
 * - `deleted`: message key → the person who deleted it, its author or the host.
 * - `reactions`: `<message key>:<person>:<emoji>` → boolean by that person.
 * - `read`: person → the highest `n` that they have seen.
 * - `live`: message key → what a server-side author is writing: a Y.Array of pieces, and in the end one plain value over it.
 */
import { isEmoji } from './emoji.ts';
import { clientOfEntry } from './keys.ts';

export const MESSAGES = 'messages';
export const EDITS = 'edits';
export const DELETED = 'deleted';
export const REACTIONS = 'reactions';
export const READ = 'read';
export const LIVE = 'live';
export const CHAT_ORIGIN = 'chat';

/** UTF-16 units of a message, and of one that a server-side author writes. */
export const MOST_TEXT = 4_000;
export const MOST_LIVE = 16_000;
export const MOST_EDITS = 60;
export const MOST_FILES = 5;
const MOST_NUMBER = 0x7fffffff;
const MOST_PERSON = 128;
const MOST_FILE_NAME = 255;
const MOST_SIDE = 100_000;

export interface ChatFile {
  readonly id: string;
  readonly name: string;
  /** MIME type, as the server found it. */
  readonly type: string;
  readonly bytes: number;
  /** Of images, in pixels, so that their place is kept while they load. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

export interface StoredMessage {
  readonly n: number;
  /** Wall time, ms. */
  readonly at: number;
  readonly text: string;
  readonly re?: string;
  readonly files?: readonly ChatFile[];
  /** Its words are in `live`. */
  readonly live?: 1;
}

export interface StoredEdit {
  /** Wall time, ms. */
  readonly at: number;
  readonly text: string;
}

/** What a server-side author wrote, once it is whole; `cut` when they were interrupted. */
export interface StoredWords {
  readonly text: string;
  readonly cut?: 1;
}

const isCount = (value: unknown, most = MOST_NUMBER): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most;
const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && Math.abs(value) <= 8.64e15;

const FILE_ID = /^[\w-]{1,64}$/;
const FILE_TYPE = /^[a-z\d.+-]{1,60}\/[a-z\d.+-]{1,80}$/;

/** A file as a message names it, or null when the value is something else. */
export function parseFile(value: unknown): ChatFile | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!('id' in value) || !('name' in value) || !('type' in value) || !('bytes' in value)) return null;
  const { id, name, type, bytes } = value;
  if (typeof id !== 'string' || !FILE_ID.test(id) || typeof type !== 'string' || !FILE_TYPE.test(type)) return null;
  if (typeof name !== 'string' || name.length === 0 || name.length > MOST_FILE_NAME || !isCount(bytes)) return null;
  const width = 'width' in value ? value.width : undefined;
  const height = 'height' in value ? value.height : undefined;
  if (!isCount(width, MOST_SIDE) || !isCount(height, MOST_SIDE) || width === 0 || height === 0)
    return { id, name, type, bytes };
  return { id, name, type, bytes, width, height };
}

function parseFiles(value: unknown): ChatFile[] | null {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_FILES) return null;
  const files = value.map(parseFile).filter((file) => file !== null);
  return files.length === value.length ? files : null;
}

/** A message as stored, or null when the value is something else. */
export function parseMessage(value: unknown): StoredMessage | null {
  if (typeof value !== 'object' || value === null || !('n' in value) || !('at' in value) || !('text' in value))
    return null;
  const { n, at, text } = value;
  if (!isCount(n) || !isTime(at) || typeof text !== 'string' || text.length > MOST_TEXT) return null;
  const re = 're' in value ? value.re : undefined;
  if (re !== undefined && (typeof re !== 'string' || clientOfEntry(re) === null)) return null;
  const files = 'files' in value ? parseFiles(value.files) : undefined;
  const live = 'live' in value ? value.live : undefined;
  if (files === null || (live !== undefined && live !== 1)) return null;
  if (text === '' && files === undefined && live === undefined) return null;
  return {
    n,
    at,
    text,
    ...(re === undefined ? {} : { re }),
    ...(files === undefined ? {} : { files }),
    ...(live === undefined ? {} : { live }),
  };
}

/** A new wording as stored, or null when the value is something else. It may be empty where there are files. */
export function parseEdit(value: unknown): StoredEdit | null {
  if (typeof value !== 'object' || value === null || !('at' in value) || !('text' in value)) return null;
  const { at, text } = value;
  return isTime(at) && typeof text === 'string' && text.length <= MOST_TEXT ? { at, text } : null;
}

/** What a server-side author wrote, or null when the value is something else. */
export function parseWords(value: unknown): StoredWords | null {
  if (typeof value !== 'object' || value === null || !('text' in value)) return null;
  const { text } = value;
  if (typeof text !== 'string' || text.length > MOST_LIVE) return null;
  return 'cut' in value && value.cut === 1 ? { text, cut: 1 } : { text };
}

export const parseReadMark = (value: unknown): number | null => (isCount(value) ? value : null);

export const editKey = (message: string, count: number): string => `${message}.${count}`;

/** Which message, and the how-manieth of its new wordings; null when it is not the key of one. */
export function parseEditKey(key: string): { message: string; count: number } | null {
  const match = /^(.+)\.([1-9]\d?)$/.exec(key);
  const message = match?.[1];
  const count = Number(match?.[2]);
  if (message === undefined || clientOfEntry(message) === null || count > MOST_EDITS) return null;
  return { message, count };
}

export const reactionKey = (message: string, personId: string, emoji: string): string =>
  `${message}:${personId}:${emoji}`;

/** Null when it is not the key of a reaction, or what was felt is no emoji. */
export function parseReactionKey(key: string): { message: string; personId: string; emoji: string } | null {
  const [first, last] = [key.indexOf(':'), key.lastIndexOf(':')];
  if (first === last) return null;
  const message = key.slice(0, first);
  const personId = key.slice(first + 1, last);
  const emoji = key.slice(last + 1);
  if (clientOfEntry(message) === null || personId === '' || personId.length > MOST_PERSON) return null;
  return isEmoji(emoji) ? { message, personId, emoji } : null;
}
