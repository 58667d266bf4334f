/** The others' pointers, by awareness: sent seldom, shown smoothly. */
import type { Awareness } from 'y-protocols/awareness';
import { FIRST_PAGE, PENS, type Pen } from '#sync/documents/board.ts';

export interface Cursor {
  readonly client: number;
  readonly name: string;
  readonly pen: Pen;
  /** Logical pixels. */
  readonly x: number;
  readonly y: number;
  /** Key of the page that the pointer is on. */
  readonly page: string;
  /** It points for everybody, with a trail. */
  readonly laser: boolean;
}

/** Between two words about the own pointer, wall ms. */
const SEND_MS = 60;

/** The same person has the same colour on every screen; ink is left to the writing. */
export function penOf(personId: string): Pen {
  let hash = 0;
  for (const char of personId) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return PENS[1 + (hash % (PENS.length - 1))] ?? 'blue';
}

function cursorOf(client: number, state: Record<string, unknown>): (Cursor & { personId: string }) | null {
  const { cursor, user } = state;
  if (typeof cursor !== 'object' || cursor === null || !('x' in cursor) || !('y' in cursor)) return null;
  if (typeof user !== 'object' || user === null || !('personId' in user) || !('name' in user)) return null;
  const { x, y } = cursor;
  const { personId, name } = user;
  if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x) || !Number.isFinite(y)) return null;
  if (typeof personId !== 'string' || typeof name !== 'string') return null;
  const page = 'page' in cursor && typeof cursor.page === 'string' ? cursor.page : FIRST_PAGE;
  const laser = 'laser' in cursor && cursor.laser === true;
  return { client, name, pen: penOf(personId), x, y, page, laser, personId };
}

/** Everybody's pointer but one's own. */
export function readCursors(awareness: Pick<Awareness, 'clientID' | 'getStates'>, personId: string): Cursor[] {
  return [...awareness.getStates()].flatMap(([client, state]) => {
    const cursor = client === awareness.clientID ? null : cursorOf(client, state);
    return cursor && cursor.personId !== personId ? [cursor] : [];
  });
}

/** Says where the own pointer is, now and then; the last word is always sent. */
export class CursorSender {
  private readonly awareness: Awareness;
  private next: Record<string, unknown> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(awareness: Awareness, user: { personId: string; name: string }) {
    this.awareness = awareness;
    awareness.setLocalState({ user, cursor: null });
  }

  point(at: { x: number; y: number } | null, page: string, laser: boolean): void {
    this.next = at && {
      x: Math.round(at.x),
      y: Math.round(at.y),
      ...(page === FIRST_PAGE ? {} : { page }),
      ...(laser ? { laser } : {}),
    };
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.awareness.setLocalStateField('cursor', this.next);
    }, SEND_MS);
  }

  destroy(): void {
    clearTimeout(this.timer);
    if (this.awareness.getLocalState()) this.awareness.setLocalStateField('cursor', null);
  }
}
