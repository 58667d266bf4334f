/**
 * What a person did without a connection and the server does not have, looked for from whichever page of the product is open
 * in their browser: ink of lessons that are over is handed in, and of the rest it is said that it waits.
 */
import { parseDocumentName } from '#sync/documents/names.ts';
import { sendLate, type Taken } from '../late.ts';
import { IN_REPLAY, LESSON_ENDED, PARTLY, isSafe, type Kept, type KeptDocument } from './contract.ts';
import { leftoversOf, openKept, type Leftover } from './store.ts';

/** Whether a lesson is over: nothing more comes onto its board. Null while that cannot be known, or is not this person's. */
export type IsOver = (code: string, personId: string) => Promise<boolean | null>;

export interface HandInPorts {
  readonly send: typeof sendLate;
  readonly isOver: IsOver;
  /** Wall ms. */
  readonly now: () => number;
}

interface Lesson {
  readonly lessonId: string;
  readonly code: string;
}

/** Things of one lesson. */
export interface Counted {
  readonly code: string;
  readonly messages: number;
  readonly changes: number;
}

export interface Waiting extends Counted {
  /** It was refused, or the lesson is over: it can be saved or thrown away. */
  readonly lost: boolean;
  /** Of all of it some is in the replay. */
  readonly partly: boolean;
}

export interface HandedIn {
  /** Handed in by this look. */
  readonly sent: readonly Counted[];
  readonly waits: readonly Waiting[];
  /** There is more, which a tab may be about to send. */
  readonly soon: boolean;
}

/** Tabs that are in a lesson keep what they are about to send: only what nobody has touched for so long waits, ms. */
export const UNTOUCHED_MS = 10_000;
const LOCK = 'nexused-late-ink';

async function askWhetherOver(code: string, personId: string): Promise<boolean | null> {
  const answer = await fetch(`/api/v1/lessons/${encodeURIComponent(code)}`, { headers: { 'x-person': personId } });
  if (!answer.ok) return null;
  const { state }: { state?: unknown } = await answer.json();
  return state === 'ended' || state === 'cancelled';
}

const LIVE: HandInPorts = { send: sendLate, isOver: askWhetherOver, now: () => Date.now() };

/** Two tabs that hand in the same would be told that the second one brought nothing. */
const inTurn = <T>(work: () => Promise<T>): Promise<T> =>
  'locks' in navigator ? navigator.locks.request(LOCK, work) : work();

const countsOf = (leftovers: readonly Leftover[]): { messages: number; changes: number } => {
  const messages = leftovers.reduce((sum, { surface, keys }) => sum + (surface === 'chat' ? keys.length : 0), 0);
  const all = leftovers.reduce((sum, { keys, others }) => sum + keys.length + others.length, 0);
  return { messages, changes: all - messages };
};

/** What is to be said of a board, where something of it may have been put aside before. */
function reasonFor(taken: Taken, before: string | undefined): string {
  const inReplay = taken !== 'nothing';
  const wasInReplay = before === IN_REPLAY || before === PARTLY;
  if (taken === 'partly' || before === PARTLY || (before !== undefined && inReplay !== wasInReplay)) return PARTLY;
  return inReplay ? IN_REPLAY : LESSON_ENDED;
}

/** Hands one board's ink in; whether the server took all of it. What it answers is final. Never rejects. */
async function handIn(kept: Kept, code: string, leftover: Leftover, send: typeof sendLate): Promise<boolean> {
  const { name, surface, keys, others, reason, update, mine } = leftover;
  if (surface !== 'board' || reason !== null) return false;
  try {
    const taken = await send(code, kept.personId, leftover);
    const before = (await kept.load(name))?.refused?.reason;
    // In this order: a page that is gone in between hands in what is known by now.
    await kept.addRefused(name, { reason: reasonFor(taken, before), keys, others, update });
    await kept.markSafe(name, mine);
    return taken === 'kept';
  } catch (error) {
    // It is here, and offered; the next look tries again.
    console.warn('What was drawn without a connection could not be sent:', error);
    return false;
  }
}

/** Boards of a lesson that is over go into its history; gives those that did. Never rejects for want of a connection. */
export function handInLesson(kept: Kept, { lessonId, code }: Lesson, send = sendLate): Promise<readonly Leftover[]> {
  return inTurn(async () => {
    const sent: Leftover[] = [];
    for (const leftover of await leftoversOf(kept, lessonId))
      if (await handIn(kept, code, leftover, send)) sent.push(leftover);
    return sent;
  });
}

function lessonsOf(documents: readonly KeptDocument[]): Lesson[] {
  const found = new Map<string, string>();
  for (const { name, code } of documents) {
    const lessonId = parseDocumentName(name)?.lessonId;
    if (lessonId !== undefined) found.set(lessonId, code);
  }
  return [...found].map(([lessonId, code]) => ({ lessonId, code }));
}

/** What of a lesson is neither on the server nor in its history; `still`: and which no tab is about to send. */
async function waitingIn(kept: Kept, lessonId: string, touched: ReadonlyMap<string, number>, before: number) {
  const all = (await leftoversOf(kept, lessonId)).filter(({ reason }) => reason !== IN_REPLAY);
  return { all, still: all.filter(({ name, reason }) => reason !== null || (touched.get(name) ?? 0) <= before) };
}

/** Hands in what is late of `kept`, and gives what waits besides. Asks nobody where nothing does. */
export async function lookAfter(kept: Kept, ports: HandInPorts = LIVE): Promise<HandedIn> {
  const { send, isOver, now } = ports;
  const unsafe = (await kept.list()).filter((document) => !isSafe(document));
  const touched = new Map(unsafe.map((document) => [document.name, document.touched]));
  const before = now() - UNTOUCHED_MS;
  const sent: Counted[] = [];
  const waits: Waiting[] = [];
  let soon = false;
  for (const lesson of lessonsOf(unsafe)) {
    const { lessonId, code } = lesson;
    if ((await waitingIn(kept, lessonId, touched, before)).all.length === 0) continue;
    // Nobody to be asked now: the next look asks again.
    const over = await isOver(code, kept.personId).catch(() => null);
    if (over === null) continue;
    const taken = over ? await handInLesson(kept, lesson, send) : [];
    if (taken.length > 0) sent.push({ code, ...countsOf(taken) });
    const { all, still } = await waitingIn(kept, lessonId, touched, before);
    soon ||= all.length > still.length;
    const lost = over || still.some(({ reason }) => reason !== null);
    const partly = still.every(({ reason }) => reason === PARTLY);
    if (still.length > 0) waits.push({ code, ...countsOf(still), lost, partly });
  }
  return { sent, waits, soon };
}

/** The same for who is signed in. Never rejects. */
export async function lookAfterOwn(personId: string): Promise<HandedIn> {
  try {
    return await lookAfter(await openKept(personId));
  } catch (error) {
    console.warn('What is kept of the classroom cannot be read:', error);
    return { sent: [], waits: [], soon: false };
  }
}
