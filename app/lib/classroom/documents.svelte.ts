/** The lesson's board and chat: connected while one is inside, read from a copy when it is over. */
import { parseDocumentName, type Surface } from '#sync/documents/names.ts';
import type { Join } from '../../server/services.ts';
import type { Room } from './room.svelte.ts';
import { isSent } from './kept/contract.ts';
import { compactSoon, openKept } from './kept/store.ts';
import { connectDocument, documentFrom, type ConnectedDocument, type OwnDocument } from './sync.ts';
import { readingOf } from '../chat/reading.ts';
import { ofStudent } from './late.ts';
import { lineOf, linesBeside, type PrivateLine } from './lines.ts';
import { Boards, type BoardsParts } from './rights/boards.svelte.ts';
import { Renewing, type Opens } from './rights/renewing.svelte.ts';

export interface LessonDocuments {
  readonly boards: Boards;
  readonly chat: ConnectedDocument;
  /** Lines of one student and the tutor: one's own, or as the tutor everybody's. */
  readonly lines: readonly PrivateLine[];
  /** Messages of others that were not seen, private ones among them; reactive. */
  readonly unread: number;
  /** The door has answered, or anew: whoever booked since has a line, too. */
  look(door: Join): void;
  destroy(): void;
}

/** The tickets of a page that is inside. */
export type Tickets = Pick<Room, 'ticket' | 'freshTicket'>;

interface Opening {
  readonly tickets: Tickets;
  /** The door's latest answer, null while there is none: then it begins with what this device has. */
  readonly door: Join | null;
  readonly code: string;
  readonly personId: string;
  readonly name: string;
  /** False for what is only shown to this person for a while: nothing of it stays on this device. */
  readonly keep?: boolean;
  /** Begins empty, in the place of this one. */
  readonly after?: OwnDocument | null;
  readonly onDenied?: (reason: string) => void;
}

async function quietly<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    console.warn('The classroom could not be kept on this device:', error);
    return null;
  }
}

/**
 * Opens one document of a lesson with what this device has of it, under an id that nobody wrote under: of those that the
 * door gave one; the others are kept for starts without a connection, and for starts over.
 */
export async function openDocument(opening: Opening): Promise<OwnDocument> {
  const { tickets, door, code, personId, name, keep = true, after = null, onDenied } = opening;
  const access = { url: door?.sync.url ?? null, ticket: tickets.ticket, renew: tickets.freshTicket, onDenied };
  if (!keep) return connectDocument({ ...access, name, clientIds: [] });
  const kept = await openKept(personId);
  const [mine, ...spares] = after ? [] : (door?.sync.documents.find((one) => one.name === name)?.clientIds ?? []);
  if (spares.length > 0) await quietly(kept.giveSpares(name, spares));
  const clientId = mine ?? (await quietly(kept.takeSpare(name)));
  const stored = await quietly(kept.load(name));
  if (!after) compactSoon(kept, name);
  return connectDocument({
    ...access,
    name,
    // None left: Yjs makes one up, which the server binds to this person when it first sees it.
    clientIds: typeof clientId === 'number' ? [clientId] : [],
    device: { kept, code, stored, anew: after && { lost: after.lost } },
  });
}

export interface DocumentsParts {
  readonly room: Room;
  readonly lesson: { readonly lessonId: string; readonly code: string };
  readonly personId: string;
  /** Whether this person is the lesson's host, as far as the page knows without the door. */
  readonly host: boolean;
  readonly on: Pick<BoardsParts, 'onDenied' | 'onShown'> & {
    /** A message was not taken, and is gone from the chat. */
    readonly onUnsaid: (reason: string) => void;
  };
}

/** Opens board and chat; without the door's answer what this device has of them. */
export async function openDocuments({ room, lesson, personId, host, on }: DocumentsParts): Promise<LessonDocuments> {
  const { lessonId, code } = lesson;
  let door = room.door;
  const kept = (await quietly((await openKept(personId)).list())) ?? [];
  const before = kept.filter(({ name }) => parseDocumentName(name)?.lessonId === lessonId);
  const names = (): readonly string[] =>
    (room.door ?? door)?.sync.documents.map(({ name }) => name) ?? before.map(({ name }) => name);
  const common = [`board:${lessonId}`, `chat:${lessonId}`];
  const open =
    (name: string): Opens =>
    (onDenied, after) => {
      // Of whoever only looks on nothing stays on this device.
      const keep = room.door?.role !== 'observer' && (common.includes(name) || names().includes(name));
      return openDocument({ tickets: room, door: room.door ?? door, code, personId, name, keep, after, onDenied });
    };
  const isHost = door === null ? host : door.role === 'host' || door.role === 'co-host';
  const boards = await Boards.open({ lessonId, personId, host: isHost, names, open, ...on });
  // Boards that nobody looks at now, with work from before: it is sent all the same.
  const unsent = before.filter((document) => !isSent(document)).map(({ name }) => name);
  await boards.finish(unsent.filter((name) => parseDocumentName(name)?.surface === 'board' && !common.includes(name)));
  const chat = await Renewing.begin(open(`chat:${lessonId}`), () => undefined, on.onUnsaid);
  let gone = false;
  let lines: readonly PrivateLine[] = $state.raw([]);
  const held: Renewing[] = [];
  const opening: string[] = [];
  const openLines = async (): Promise<void> => {
    const missing = linesBeside(names(), opening);
    opening.push(...missing.map(({ studentId }) => studentId));
    const more = await Promise.all(
      missing.map(async ({ name, studentId }) => {
        const line = await Renewing.begin(open(name), () => undefined, on.onUnsaid);
        if (gone) line.destroy();
        held.push(line);
        if (door !== null) line.arrive(door.sync.url);
        return lineOf(studentId, line, personId);
      }),
    );
    if (more.length > 0) lines = [...lines, ...more];
  };
  const openedLines = openLines();
  const arrive = (url: string): void => {
    boards.arrive(url);
    chat.arrive(url);
    for (const line of held) line.arrive(url);
  };
  await openedLines;
  if (door !== null) arrive(door.sync.url);
  return {
    boards,
    look(answer) {
      if (gone) return;
      door = answer;
      arrive(answer.sync.url);
      void openLines();
    },
    get chat() {
      return chat.current;
    },
    get lines() {
      return lines;
    },
    get unread() {
      return lines.reduce((sum, line) => sum + line.reading.count, readingOf(chat.current, personId).count);
    },
    destroy: () => {
      gone = true;
      for (const line of held) line.destroy();
      boards.destroy();
      chat.destroy();
    },
  };
}

/**
 * The copy of a document after the lesson. Null when nobody wrote anything. @throws when it cannot be had now.
 *
 * @param owner the student whose own it is; null for the lesson's.
 */
export async function documentCopy(
  code: string,
  surface: Surface,
  owner: string | null,
): Promise<ConnectedDocument | null> {
  const response = await fetch(`/api/v1/lessons/${encodeURIComponent(code)}/documents/${surface}${ofStudent(owner)}`);
  if (response.status === 204) return null;
  if (!response.ok) throw new Error(`The copy of the ${surface} answered ${response.status}`);
  return documentFrom(new Uint8Array(await response.arrayBuffer()));
}
