/** What the facts of a lesson say to its replay: chapters, and what one person missed. Pure. Business time, ms. */
import type { RecordedEvent } from '#events/store/event-store.ts';

/** A moment of the lesson that is worth a mark. */
export interface Chapter {
  readonly at: number;
  readonly kind: ChapterKind;
  /** Whom it is about, where it is about somebody. */
  readonly personId: string | null;
  /** Key of the page of the board that it is about, where it is about one. */
  readonly page: string | null;
}
export const CHAPTER_KINDS = [
  'started',
  'joined',
  'left',
  'ended',
  'page-turned',
  'board-locked',
  'board-opened',
  'revealed',
  'hidden',
  'chat-closed',
  'chat-opened',
] as const;
export type ChapterKind = (typeof CHAPTER_KINDS)[number];

export interface Missed {
  readonly from: number;
  readonly to: number;
}

type Fact = Pick<RecordedEvent, 'type' | 'data'>;

function kindOf({ type, data }: Fact): ChapterKind | null {
  switch (type) {
    case 'LessonStarted':
      return 'started';
    case 'LessonEnded':
      return 'ended';
    case 'ParticipantJoined':
      return 'joined';
    case 'ParticipantLeft':
      return 'left';
    case 'PageTurned':
      return 'page-turned';
    case 'BoardLocked':
      return data.state === 'locked' ? 'board-locked' : 'board-opened';
    case 'BoardRevealed':
      return data.studentId === null ? 'hidden' : 'revealed';
    case 'ChatClosed':
      return data.state === 'closed' ? 'chat-closed' : 'chat-opened';
    default:
      return null;
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Who was in the room with how many connections. */
class Presence {
  private readonly open = new Map<string, Set<string>>();

  /** Whether somebody came or went altogether by this fact. */
  take({ type, data }: Fact): boolean {
    const { personId, connectionId } = data;
    if (typeof personId !== 'string' || typeof connectionId !== 'string') return false;
    const own = this.open.get(personId) ?? new Set();
    this.open.set(personId, own);
    const before = own.size;
    if (type === 'ParticipantJoined') own.add(connectionId);
    else if (type === 'ParticipantLeft') own.delete(connectionId);
    return (before === 0) !== (own.size === 0);
  }
}

/** Away for less is a reload, ms. */
const BRIEF_MS = 15_000;

/** Chapters in order. Whoever left only for a moment never left. */
export function chaptersOf(facts: readonly Fact[]): Chapter[] {
  const presence = new Presence();
  const chapters: Chapter[] = [];
  for (const fact of facts) {
    const kind = kindOf(fact);
    const { at, personId, studentId, page, reason } = fact.data;
    if (!kind || typeof at !== 'number') continue;
    const presenceOf = kind === 'joined' || kind === 'left' ? textOf(personId) : null;
    const about = presenceOf ?? textOf(studentId);
    if ((kind === 'joined' || kind === 'left') && !presence.take(fact)) continue;
    // Everybody's leaving at the end is said by the end.
    if (kind === 'left' && reason === 'lesson-ended') continue;
    const last = chapters.findLastIndex((one) => one.personId === about && one.kind === 'left');
    const before = chapters[last];
    if (kind === 'joined' && before?.kind === 'left' && at - before.at < BRIEF_MS) chapters.splice(last, 1);
    else chapters.push({ at, kind, personId: about, page: textOf(page) });
  }
  return chapters.sort((a, b) => a.at - b.at);
}

/**
 * The last stretch of the lesson that this person was not there for and came back from; null when there is none. Who comes
 * late missed what was since the hour of the start, and since somebody was there.
 */
export function missedBy(personId: string, facts: readonly Fact[]): Missed | null {
  const presence = new Presence();
  let from: number | null = null;
  let began: number | null = null;
  let startsAt = 0;
  let missed: Missed | null = null;
  for (const fact of facts) {
    const { at, personId: who } = fact.data;
    if (fact.type === 'LessonScheduled' && typeof fact.data.startsAt === 'number') ({ startsAt } = fact.data);
    if (typeof at !== 'number') continue;
    if (fact.type === 'ParticipantJoined' && began === null) from = began = Math.max(at, startsAt);
    if (who !== personId || !presence.take(fact)) continue;
    if (fact.type === 'ParticipantLeft') from = at;
    else if (fact.type === 'ParticipantJoined') {
      if (from !== null && at - from >= BRIEF_MS) missed = { from, to: at };
      from = null;
    }
  }
  return missed;
}

/** From when to when something was shown to everybody, business ms; Infinity while it still is. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Whose own boards the host showed to everybody, and when. */
export function revealsOf(facts: readonly Fact[]): ReadonlyMap<string, readonly Stretch[]> {
  const shown = new Map<string, Stretch[]>();
  let open: { readonly studentId: string; readonly from: number } | null = null;
  const close = (to: number): void => {
    if (!open) return;
    const { studentId, from } = open;
    shown.set(studentId, [...(shown.get(studentId) ?? []), { from, to }]);
    open = null;
  };
  for (const { type, data } of facts) {
    const { at, studentId } = data;
    if (typeof at !== 'number' || (type !== 'BoardRevealed' && type !== 'LessonEnded')) continue;
    close(at);
    if (type === 'BoardRevealed' && typeof studentId === 'string') open = { studentId, from: at };
  }
  close(Infinity);
  return shown;
}
