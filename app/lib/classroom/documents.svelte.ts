/** The lesson's board and chat: connected while one is inside, read from a copy when it is over. */
import type { Join } from '../../server/services.ts';
import type { Room } from './room.svelte.ts';
import { connectDocument, documentFrom, type ConnectedDocument } from './sync.ts';
import { readingOf } from '../chat/reading.ts';
import { lineOf, linesIn, type PrivateLine } from './lines.ts';

export interface LessonDocuments {
  readonly board: ConnectedDocument;
  readonly chat: ConnectedDocument;
  /** Lines of one student and the tutor: one's own, or as the tutor everybody's. */
  readonly lines: readonly PrivateLine[];
  /** Messages of others that were not seen, private ones among them; reactive. */
  readonly unread: number;
  destroy(): void;
}

/** Each is a connection of its own. */
const MOST_LINES = 40;

/** Opens both with the ids that the door gave; null when it gave none. */
export function openDocuments(room: Room, door: Join, personId: string): LessonDocuments | null {
  const openNamed = (wanted: string): ConnectedDocument | null => {
    const granted = door.sync.documents.find(({ name }) => name === wanted);
    if (granted === undefined) return null;
    return connectDocument({ url: door.sync.url, ...granted, ticket: room.ticket, renew: room.freshTicket });
  };
  const board = openNamed(`board:${door.lessonId}`);
  const chat = openNamed(`chat:${door.lessonId}`);
  if (board === null || chat === null) {
    board?.destroy();
    chat?.destroy();
    return null;
  }
  const reading = readingOf(chat, personId);
  const lines = linesIn(door.sync.documents.map(({ name }) => name))
    .slice(0, MOST_LINES)
    .flatMap(({ name, studentId }) => {
      const line = openNamed(name);
      return line === null ? [] : [lineOf(studentId, line, personId)];
    });
  return {
    board,
    chat,
    lines,
    get unread() {
      return lines.reduce((sum, line) => sum + line.reading.count, reading.count);
    },
    destroy: () => {
      for (const { document } of lines) document.destroy();
      board.destroy();
      chat.destroy();
    },
  };
}

/** The copy of a document after the lesson. Null when nobody wrote anything. @throws when it cannot be had now. */
export async function documentCopy(code: string, surface: 'board' | 'chat'): Promise<ConnectedDocument | null> {
  const response = await fetch(`/api/v1/lessons/${encodeURIComponent(code)}/documents/${surface}`);
  if (response.status === 204) return null;
  if (!response.ok) throw new Error(`The copy of the ${surface} answered ${response.status}`);
  return documentFrom(new Uint8Array(await response.arrayBuffer()));
}
