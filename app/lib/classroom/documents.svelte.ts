/** The lesson's board and chat: connected while one is inside, read from a copy when it is over. */
import type { Surface } from '#sync/documents/names.ts';
import type { Join } from '../../server/services.ts';
import type { Room } from './room.svelte.ts';
import { connectDocument, documentFrom, type ConnectedDocument } from './sync.ts';
import { readingOf } from '../chat/reading.ts';
import { ofStudent } from './late.ts';
import { lineOf, linesBeside, type PrivateLine } from './lines.ts';
import { Boards, type BoardsParts } from './rights/boards.svelte.ts';
import { Renewing } from './rights/renewing.svelte.ts';

export interface LessonDocuments {
  readonly boards: Boards;
  readonly chat: ConnectedDocument;
  /** Lines of one student and the tutor: one's own, or as the tutor everybody's. */
  readonly lines: readonly PrivateLine[];
  /** Messages of others that were not seen, private ones among them; reactive. */
  readonly unread: number;
  /** The door has answered anew: whoever booked since has a line, too. */
  look(door: Join): void;
  destroy(): void;
}

/** Opens both with the ids that the door gave; null when it gave none. */
export function openDocuments(
  room: Room,
  door: Join,
  personId: string,
  on: Pick<BoardsParts, 'onDenied' | 'onShown'> & {
    /** A message was not taken, and is gone from the chat. */
    readonly onUnsaid: (reason: string) => void;
  },
): LessonDocuments | null {
  const access = { url: door.sync.url, ticket: room.ticket, renew: room.freshTicket };
  const grantOf = (wanted: string): Join['sync']['documents'][number] | undefined =>
    door.sync.documents.find(({ name }) => name === wanted);
  const granted = grantOf(`chat:${door.lessonId}`);
  if (granted === undefined) return null;
  const chat = new Renewing(
    (clientIds, onDenied) => connectDocument({ ...access, name: granted.name, clientIds, onDenied }),
    granted.clientIds,
    () => undefined,
    on.onUnsaid,
  );
  const boards = new Boards({
    door: () => room.door ?? door,
    personId,
    host: door.role === 'host' || door.role === 'co-host',
    ...access,
    ...on,
  });
  let lines: readonly PrivateLine[] = $state.raw([]);
  const held: Renewing[] = [];
  const look = ({ sync: { documents } }: Join): void => {
    const names = documents.map(({ name }) => name);
    const more = linesBeside(
      names,
      lines.map(({ studentId }) => studentId),
    ).map(({ name, studentId }) => {
      const line = new Renewing(
        (clientIds, onDenied) => connectDocument({ ...access, name, clientIds, onDenied }),
        documents.find((one) => one.name === name)?.clientIds ?? [],
        () => undefined,
        on.onUnsaid,
      );
      held.push(line);
      return lineOf(studentId, line, personId);
    });
    if (more.length > 0) lines = [...lines, ...more];
  };
  look(door);
  return {
    boards,
    look,
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
