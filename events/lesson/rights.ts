/** What the host allowed on board and in chat, as the Yjs server told it: facts of the lesson, and nothing is decided by them. */
import { isInstant } from '../shared/check.ts';
import { never } from '../shared/never.ts';
import { POLICY_2026_11 } from '../shared/policy.ts';
import { refuse } from '../shared/refusal.ts';
import type { ExistingLesson, LessonCommandOf, LessonDecision } from './decide.ts';
import { over } from './over.ts';
import { hasPlace } from './study.ts';

/** One thing that the host said. */
export type HostWord =
  /** The host turned everybody to a page of the board, or stayed on it; the page's key in its document. */
  | { readonly type: 'PageTurned'; readonly page: string }
  /** Only the host writes: on one page, or (null) on the whole board. */
  | { readonly type: 'BoardLocked'; readonly page: string | null; readonly state: 'locked' | 'open' }
  /** Who writes on the board: everybody, nobody, only some; or (`studentId`) what is said of one student. */
  | {
      readonly type: 'WritingChanged';
      readonly studentId: string | null;
      readonly writing: 'everyone' | 'nobody' | 'picked' | 'given' | 'taken' | 'as-all';
    }
  /** Everybody sees what the host sees. */
  | { readonly type: 'FollowingLocked'; readonly state: 'locked' | 'free' }
  /** Everybody may see this student's own board; null: nobody's any more. */
  | { readonly type: 'BoardRevealed'; readonly studentId: string | null }
  | { readonly type: 'ChatClosed'; readonly state: 'closed' | 'open' }
  | { readonly type: 'ParticipantMuted'; readonly studentId: string; readonly state: 'muted' | 'heard' }
  | { readonly type: 'PrivateLinesChanged'; readonly state: 'allowed' | 'off' };

interface Said {
  readonly lessonId: string;
  /** The host. */
  readonly personId: string;
  /** Business ms. */
  readonly at: number;
}

type Flat<Data> = { readonly [Key in keyof Data]: Data[Key] };
type FactOf<Word> = Word extends HostWord
  ? { readonly type: Word['type']; readonly data: Flat<Said & Omit<Word, 'type'>> }
  : never;
/** Streams of lessons carry these from the day on which hosts could say them. */
export type RightsEvent = FactOf<HostWord>;

/** What was said last of each thing: its name → the word. */
export type SaidSoFar = ReadonlyMap<string, string | null>;

function factOf(word: HostWord, said: Said): RightsEvent {
  switch (word.type) {
    case 'PageTurned':
      return { type: word.type, data: { ...said, page: word.page } };
    case 'BoardLocked':
      return { type: word.type, data: { ...said, page: word.page, state: word.state } };
    case 'WritingChanged':
      return { type: word.type, data: { ...said, studentId: word.studentId, writing: word.writing } };
    case 'FollowingLocked':
      return { type: word.type, data: { ...said, state: word.state } };
    case 'BoardRevealed':
      return { type: word.type, data: { ...said, studentId: word.studentId } };
    case 'ChatClosed':
      return { type: word.type, data: { ...said, state: word.state } };
    case 'ParticipantMuted':
      return { type: word.type, data: { ...said, studentId: word.studentId, state: word.state } };
    case 'PrivateLinesChanged':
      return { type: word.type, data: { ...said, state: word.state } };
    default:
      return never(word, 'host’s word');
  }
}

/** What a fact is about, and what it says of it. */
function wordOf(fact: RightsEvent): [about: string, word: string | null] {
  switch (fact.type) {
    case 'PageTurned':
      return [fact.type, fact.data.page];
    case 'BoardLocked':
      return [`${fact.type} ${fact.data.page ?? ''}`, fact.data.state];
    case 'WritingChanged':
      return [`${fact.type} ${fact.data.studentId ?? ''}`, fact.data.writing];
    case 'ParticipantMuted':
      return [`${fact.type} ${fact.data.studentId}`, fact.data.state];
    case 'BoardRevealed':
      return [fact.type, fact.data.studentId];
    case 'FollowingLocked':
    case 'ChatClosed':
    case 'PrivateLinesChanged':
      return [fact.type, fact.data.state];
    default:
      return never(fact, 'rights event');
  }
}

export function saidAfter(said: SaidSoFar, fact: RightsEvent): SaidSoFar {
  const [about, word] = wordOf(fact);
  return new Map(said).set(about, word);
}

/** Rules LE31–LE32. */
export function noteRights({ data, now }: LessonCommandOf<'NoteRights'>, state: ExistingLesson): LessonDecision {
  const { lessonId, personId, at, word } = data;
  if (state.kind === 'ended' || state.kind === 'cancelled') return over(state);
  if (!isInstant(at) || at > now) return refuse('in-the-future', 'This has not happened yet.');
  if (at < state.lesson.startsAt - POLICY_2026_11.opensBeforeMs)
    return refuse('not-open-yet', 'The classroom opens 15 minutes before the lesson starts.');
  if (personId !== state.lesson.tutorId) return refuse('not-the-host', 'Only the tutor is the host of this lesson.');
  const about = 'studentId' in word ? word.studentId : null;
  if (about !== null && !hasPlace(state, about)) return refuse('no-seat', 'This person has no seat in this lesson.');
  const fact = factOf(word, { lessonId, personId, at });
  const [name, said] = wordOf(fact);
  return state.said.has(name) && state.said.get(name) === said ? [] : [fact];
}
