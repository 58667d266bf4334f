/** The lesson's board and chat: connected while one is inside, read from a copy when it is over. */
import type { Join } from '../../server/services.ts';
import type { Room } from './room.svelte.ts';
import { connectDocument, documentFrom, type ConnectedDocument } from './sync.ts';
import { Unread } from './unread.ts';

export interface LessonDocuments {
  readonly board: ConnectedDocument;
  readonly chat: ConnectedDocument;
  /** Messages of others since the chat was last looked at; reactive. */
  readonly unread: number;
  /** Whether the chat is on the screen. */
  lookAtChat(looking: boolean): void;
  destroy(): void;
}

/** Opens both with the ids that the door gave; null when it gave none. */
export function openDocuments(room: Room, door: Join, personId: string): LessonDocuments | null {
  const open = (surface: string): ConnectedDocument | null => {
    const granted = door.sync.documents.find(({ name }) => name === `${surface}:${door.lessonId}`);
    if (granted === undefined) return null;
    return connectDocument({ url: door.sync.url, ...granted, ticket: room.ticket, renew: room.freshTicket });
  };
  const board = open('board');
  const chat = open('chat');
  if (board === null || chat === null) {
    board?.destroy();
    chat?.destroy();
    return null;
  }
  let unread = $state(0);
  const counter = new Unread(chat.doc, personId, (count) => (unread = count));
  return {
    board,
    chat,
    get unread() {
      return unread;
    },
    lookAtChat: (looking) => counter.look(looking),
    destroy: () => {
      counter.destroy();
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
