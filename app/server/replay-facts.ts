/** What the facts of a lesson say to its replay: chapters, and what one person missed. Pure. Business time, ms. */
import type { RecordedEvent } from '#events/store/event-store.ts';

/** A moment of the lesson that is worth a mark. */
export interface Chapter {
  readonly at: number;
  readonly kind: ChapterKind;
  /** Whom it is about, where it is about somebody. */
  readonly personId: string | null;
}
export const CHAPTER_KINDS = ['started', 'joined', 'left', 'ended'] as const;
export type ChapterKind = (typeof CHAPTER_KINDS)[number];

export interface Missed {
  readonly from: number;
  readonly to: number;
}

type Fact = Pick<RecordedEvent, 'type' | 'data'>;

const KINDS: Readonly<Record<string, ChapterKind>> = {
  LessonStarted: 'started',
  ParticipantJoined: 'joined',
  ParticipantLeft: 'left',
  LessonEnded: 'ended',
};

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
    const kind = KINDS[fact.type];
    const { at, personId, reason } = fact.data;
    if (!kind || typeof at !== 'number') continue;
    const about = typeof personId === 'string' ? personId : null;
    if ((kind === 'joined' || kind === 'left') && !presence.take(fact)) continue;
    // Everybody's leaving at the end is said by the end.
    if (kind === 'left' && reason === 'lesson-ended') continue;
    const last = chapters.findLastIndex((one) => one.personId === about);
    const before = chapters[last];
    if (kind === 'joined' && before?.kind === 'left' && at - before.at < BRIEF_MS) chapters.splice(last, 1);
    else chapters.push({ at, kind, personId: about });
  }
  return chapters.sort((a, b) => a.at - b.at);
}

/** The last stretch of the lesson that this person was not there for and came back from; null when there is none. */
export function missedBy(personId: string, facts: readonly Fact[]): Missed | null {
  const presence = new Presence();
  let from: number | null = null;
  let missed: Missed | null = null;
  for (const fact of facts) {
    const { at, personId: who } = fact.data;
    if (typeof at !== 'number') continue;
    if (fact.type === 'LessonStarted') from ??= at;
    if (who !== personId || !presence.take(fact)) continue;
    if (fact.type === 'ParticipantLeft') from = at;
    else if (fact.type === 'ParticipantJoined') {
      if (from !== null && at - from >= BRIEF_MS) missed = { from, to: at };
      from = null;
    }
  }
  return missed;
}
