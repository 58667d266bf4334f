/**
 * What stays of a viewer's look at a board while another one is looked at, its document starts over, or this tab is loaded
 * anew.
 */
import type { Camera } from '#sync/draw/camera.ts';
import type { Acts } from './acts.ts';
import type { Tools } from './tools.svelte.ts';

export interface Place {
  /** Key of the page that was shown; null before one was. */
  page: string | null;
  /** Key of the page to which the host had turned everybody by then. */
  turn: string | null;
  /** They went their own way, beside the one who leads. */
  strayed: boolean;
}

/** Made by the first board that needs it. */
interface Hand {
  tools: Tools | null;
}

export class Stay implements Place {
  page: string | null;
  turn: string | null;
  strayed: boolean;
  /** What was looked at; null for a board that nobody moved. Not kept beyond the page. */
  camera: Camera | null = null;
  /** What can be undone there; goes on with whichever document has the board next. */
  acts: Acts | null = null;
  /** What is in the viewer's hand, on whichever board. */
  readonly hand: Hand;
  private readonly key: string | null;

  /** @param key under which this tab keeps where one was; null for nowhere. */
  constructor(key: string | null = null, hand: Hand = { tools: null }) {
    this.key = key;
    this.hand = hand;
    const found = key === null ? null : placeFrom(sessionStorage.getItem(key));
    ({ page: this.page, turn: this.turn, strayed: this.strayed } = found ?? NOWHERE);
  }

  keep(place: Partial<Place>): void {
    Object.assign(this, place);
    const { page, turn, strayed } = this;
    if (this.key !== null) sessionStorage.setItem(this.key, JSON.stringify({ page, turn, strayed } satisfies Place));
  }
}

const NOWHERE: Place = { page: null, turn: null, strayed: false };

/** What was kept; null when it is something else. */
export function placeFrom(text: string | null): Place | null {
  let found: unknown;
  try {
    found = JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
  if (typeof found !== 'object' || found === null) return null;
  const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    page: 'page' in found ? textOf(found.page) : null,
    turn: 'turn' in found ? textOf(found.turn) : null,
    strayed: 'strayed' in found && found.strayed === true,
  };
}

/** The stays of one person in one lesson. */
export class Stays {
  private readonly all = new Map<string, Stay>();
  private readonly hand: Hand = { tools: null };

  /** @param name of the board, other than any other's in this browser. */
  of(name: string): Stay {
    let stay = this.all.get(name);
    if (!stay) this.all.set(name, (stay = new Stay(`board ${name}`, this.hand)));
    return stay;
  }
}
