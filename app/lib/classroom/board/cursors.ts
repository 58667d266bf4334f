/** The others' pointers: sent seldom, shown smoothly. Where they are comes by itself, whose they are is in awareness. */
import type { Awareness } from 'y-protocols/awareness';
import { FIRST_PAGE, PENS, type Pen } from '#sync/documents/board.ts';
import type { PointerPlace } from '../pointers.ts';

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

/** Who this state says it is. The server writes that from the ticket. */
function userOf(state: Record<string, unknown> | undefined): { personId: string; name: string } | null {
  const user = state?.user;
  if (typeof user !== 'object' || user === null || !('personId' in user) || !('name' in user)) return null;
  const { personId, name } = user;
  return typeof personId === 'string' && typeof name === 'string' ? { personId, name } : null;
}

/** Everybody's pointer but one's own. */
export function readCursors(
  pointers: ReadonlyMap<number, PointerPlace>,
  states: ReadonlyMap<number, Record<string, unknown>>,
  personId: string,
): Cursor[] {
  return [...pointers].flatMap(([client, { x, y, page, laser }]) => {
    const user = userOf(states.get(client));
    if (!user || user.personId === personId) return [];
    return [{ client, name: user.name, pen: penOf(user.personId), x, y, page: page || FIRST_PAGE, laser }];
  });
}

/** Says where the own pointer is, now and then; the last word is always sent. */
export class CursorSender {
  private readonly say: (at: PointerPlace | null) => void;
  private next: PointerPlace | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(awareness: Awareness, user: { personId: string; name: string }, say: (at: PointerPlace | null) => void) {
    this.say = say;
    awareness.setLocalState({ user });
  }

  point(at: { x: number; y: number } | null, page: string, laser: boolean): void {
    this.next = at && { x: at.x, y: at.y, page: page === FIRST_PAGE ? '' : page, laser };
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.say(this.next);
    }, SEND_MS);
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.say(null);
  }
}
