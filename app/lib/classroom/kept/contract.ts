/**
 * What a browser keeps of the documents of one person, so that nothing is lost that the server has not said to have. Two
 * adapters: the browser's database, and memory where there is none.
 */

/**
 * Yjs client id → clock: everything below it. Deletions have no clock of their own and are counted under the id that
 * `deletionsOf` gives.
 */
export type Clocks = ReadonlyMap<number, number>;

/** Where the deletions of a client are counted; no client has such an id. */
export const deletionsOf = (client: number): number => -1 - client;

/** Why it is not on the board, where the lesson was over: it went into its history instead. */
export const IN_REPLAY = 'in-replay';
/** Some of it went there; of which nobody here can tell. */
export const PARTLY = 'partly-in-replay';
/** The lesson was over, and its history did not take it either. */
export const LESSON_ENDED = 'lesson-ended';

/** What the server did not take, and why. */
export interface Refused {
  /** Stable code; `IN_REPLAY`, `PARTLY`, `LESSON_ENDED`. */
  readonly reason: string;
  /** Keys of the strokes or messages. */
  readonly keys: readonly string[];
  /** What else was done: moved, erased, edited, reacted. */
  readonly others: readonly string[];
  /** A document of these alone, see aside.ts. */
  readonly update: Uint8Array;
}

export interface KeptDocument {
  /** Such as `board:<lesson id>`. */
  readonly name: string;
  /** Of its lesson. */
  readonly code: string;
  /** When something was last kept; wall ms. */
  readonly touched: number;
  /** What this person wrote, from every tab and every time. */
  readonly mine: Clocks;
  /** What of it the server said to have. */
  readonly safe: Clocks;
  /** Something was refused and not put away yet. */
  readonly lost: boolean;
}

export interface Stored {
  readonly document: KeptDocument;
  readonly updates: readonly Uint8Array[];
  readonly refused: Refused | null;
}

/** Every method may reject, as when the disk is full, or when somebody else is signed in by now. */
export interface Kept {
  /** Whether it outlives the page. */
  readonly lasting: boolean;
  readonly personId: string;
  list(): Promise<readonly KeptDocument[]>;
  load(name: string): Promise<Stored | null>;
  /** Adds updates; `own`: how far this person has written with them. */
  write(name: string, code: string, updates: readonly Uint8Array[], own: Clocks): Promise<void>;
  /**
   * Puts one update in the place of all that is kept of a document; whose it is and how far it is safe stays. False, and
   * nothing is done, while the server lacks something of what is kept: another tab may have written it.
   */
  replace(name: string, update: Uint8Array): Promise<boolean>;
  /** The server has everything of this person's below these clocks. */
  markSafe(name: string, safe: Clocks): Promise<void>;
  /** Beside what was refused before, from whichever tab. */
  addRefused(name: string, refused: Refused): Promise<void>;
  forgetRefused(name: string): Promise<void>;
  /** Ids that the door gave and nobody has written under. */
  giveSpares(name: string, clientIds: readonly number[]): Promise<void>;
  /** One of them, which nobody gets again, in whichever tab; null when there is none. */
  takeSpare(name: string): Promise<number | null>;
  remove(name: string): Promise<void>;
}

/** Ids kept for starts without a connection, a document. */
export const MOST_SPARES = 6;
/** Afterwards it goes, sent or not; wall ms. */
export const KEPT_FOR_MS = 30 * 86_400_000;

/** The later of the clocks of each client. */
export function furthest(a: Clocks, b: Clocks): Map<number, number> {
  const all = new Map(a);
  for (const [client, clock] of b) all.set(client, Math.max(clock, all.get(client) ?? 0));
  return all;
}

/** Whether the server has everything that this person wrote. */
export const isSent = ({ mine, safe }: Pick<KeptDocument, 'mine' | 'safe'>): boolean =>
  [...mine].every(([client, clock]) => (safe.get(client) ?? 0) >= clock);

/** Whether nothing is on this device alone. */
export const isSafe = (document: Pick<KeptDocument, 'mine' | 'safe' | 'lost'>): boolean =>
  !document.lost && isSent(document);
