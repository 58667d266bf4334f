/**
 * What live media told of its room: who asked to come in, whom the host let in, turned away or took out, who became
 * co-host, what everybody may send, who does not want to be recorded, and who had the page out of sight. Facts of the
 * lesson.
 */
import { isInstant } from '../shared/check.ts';
import { never } from '../shared/never.ts';
import { POLICY_2026_11 } from '../shared/policy.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import type { ExistingLesson, LessonCommandOf, LessonDecision } from './decide.ts';
import type { LessonEvent } from './events.ts';
import { over } from './over.ts';
import { isHere, presenceOf } from './attendance.ts';
import { leavingAltogether, notJoined, type RunningLesson } from './presence.ts';
import type { SaidSoFar } from './rights.ts';
import { hasPlace } from './study.ts';

/** One thing that happened in the room. `personId` is whom it is about. */
export type RoomWord =
  /** They stand at the door, and the host has to let them in. */
  | { readonly type: 'AskedToEnter'; readonly personId: string }
  /** They went away from the door by themselves. */
  | { readonly type: 'StoppedAsking'; readonly personId: string }
  | { readonly type: 'ParticipantAdmitted'; readonly personId: string }
  /** By the host, or by nobody: the room was locked. */
  | { readonly type: 'ParticipantTurnedAway'; readonly personId: string }
  | { readonly type: 'ParticipantRemoved'; readonly personId: string }
  | { readonly type: 'RoleChanged'; readonly personId: string; readonly role: 'co-host' | 'participant' }
  | { readonly type: 'DoorChanged'; readonly state: 'open' | 'ask' | 'locked' }
  | {
      readonly type: 'SendingChanged';
      readonly source: 'microphone' | 'camera' | 'screen';
      readonly state: 'allowed' | 'forbidden';
    }
  | { readonly type: 'RecordingChosen'; readonly personId: string; readonly choice: 'recorded' | 'left-out' }
  /** For 15 s more than 5 % of their packets were lost, or the way there and back took more than 300 ms. */
  | {
      readonly type: 'ConnectionWeakened';
      readonly personId: string;
      /** Whose network it is: theirs, or something that more than half of the room share. */
      readonly network: 'theirs' | 'shared';
      /** ms; null when it was not measured, as the others. */
      readonly rttMs: number | null;
      /** Lost on the way from them, and to them, in thousandths. */
      readonly lossUp: number | null;
      readonly lossDown: number | null;
    }
  | { readonly type: 'ConnectionRecovered'; readonly personId: string }
  | { readonly type: 'MediaFaultNoticed'; readonly personId: string; readonly fault: MediaFault }
  | { readonly type: 'MediaFaultEnded'; readonly personId: string; readonly fault: MediaFault }
  /** Nothing of the lesson's page could be seen any more: another tab, another program, a minimised window. */
  | { readonly type: 'PageHidden'; readonly personId: string }
  | { readonly type: 'PageShown'; readonly personId: string };

/**
 * `camera-black`: the camera gives a black picture. `microphone-silent`: the microphone gives no sound at all.
 * `hears-nobody`: others speak, and no sound of theirs arrives.
 */
export const MEDIA_FAULTS = ['camera-black', 'microphone-silent', 'hears-nobody'] as const;
export type MediaFault = (typeof MEDIA_FAULTS)[number];

interface Told {
  readonly lessonId: string;
  /** Who did it; null: nobody, the room's own rule. */
  readonly by: string | null;
  /** Business ms. */
  readonly at: number;
}

type Flat<Data> = { readonly [Key in keyof Data]: Data[Key] };
type FactOf<Word> = Word extends RoomWord
  ? { readonly type: Word['type']; readonly data: Flat<Told & Omit<Word, 'type'>> }
  : never;
export type RoomEvent = FactOf<RoomWord>;

function factOf(word: RoomWord, told: Told): RoomEvent {
  switch (word.type) {
    case 'AskedToEnter':
    case 'StoppedAsking':
    case 'ParticipantAdmitted':
    case 'ParticipantTurnedAway':
    case 'ParticipantRemoved':
      return { type: word.type, data: { ...told, personId: word.personId } };
    case 'RoleChanged':
      return { type: word.type, data: { ...told, personId: word.personId, role: word.role } };
    case 'DoorChanged':
      return { type: word.type, data: { ...told, state: word.state } };
    case 'SendingChanged':
      return { type: word.type, data: { ...told, source: word.source, state: word.state } };
    case 'RecordingChosen':
      return { type: word.type, data: { ...told, personId: word.personId, choice: word.choice } };
    case 'ConnectionWeakened': {
      const { type, ...measured } = word;
      return { type, data: { ...told, ...measured } };
    }
    case 'ConnectionRecovered':
    case 'PageHidden':
    case 'PageShown':
      return { type: word.type, data: { ...told, personId: word.personId } };
    case 'MediaFaultNoticed':
    case 'MediaFaultEnded':
      return { type: word.type, data: { ...told, personId: word.personId, fault: word.fault } };
    default:
      return never(word, 'word of the room');
  }
}

const placeOf = (personId: string): string => `Place ${personId}`;
const roleOf = (personId: string): string => `RoleChanged ${personId}`;
const connectionOf = (personId: string): string => `Connection ${personId}`;
const pageOf = (personId: string): string => `Page ${personId}`;
const faultOf = (personId: string, fault: MediaFault): string => `Fault ${fault} ${personId}`;

/** What a fact is about, and what it says of it. */
function wordOf(fact: RoomEvent): [about: string, word: string] {
  switch (fact.type) {
    case 'AskedToEnter':
    case 'StoppedAsking':
    case 'ParticipantAdmitted':
    case 'ParticipantTurnedAway':
    case 'ParticipantRemoved':
      return [placeOf(fact.data.personId), fact.type];
    case 'RoleChanged':
      return [roleOf(fact.data.personId), fact.data.role];
    case 'DoorChanged':
      return [fact.type, fact.data.state];
    case 'SendingChanged':
      return [`${fact.type} ${fact.data.source}`, fact.data.state];
    case 'RecordingChosen':
      return [`${fact.type} ${fact.data.personId}`, fact.data.choice];
    case 'ConnectionWeakened':
    case 'ConnectionRecovered':
      return [connectionOf(fact.data.personId), fact.type];
    case 'PageHidden':
    case 'PageShown':
      return [pageOf(fact.data.personId), fact.type];
    case 'MediaFaultNoticed':
    case 'MediaFaultEnded':
      return [faultOf(fact.data.personId, fact.data.fault), fact.type];
    default:
      return never(fact, 'event of the room');
  }
}

export function toldAfter(said: SaidSoFar, fact: RoomEvent): SaidSoFar {
  const [about, word] = wordOf(fact);
  return new Map(said).set(about, word);
}

/** Who comes anew comes over a connection of which nothing is known, and with the page before them. */
export function measuredAnew(said: SaidSoFar, personId: string): SaidSoFar {
  const faults = MEDIA_FAULTS.map((fault) => faultOf(personId, fault));
  const about = [connectionOf(personId), pageOf(personId), ...faults];
  if (!about.some((key) => said.has(key))) return said;
  return new Map([...said].filter(([key]) => !about.includes(key)));
}

/** What everybody starts with; saying that is no news. */
const AT_FIRST: ReadonlySet<string> = new Set([
  'open',
  'allowed',
  'recorded',
  'participant',
  'ConnectionRecovered',
  'MediaFaultEnded',
  'PageShown',
]);

/** Rule LE36: the host took them out, and has not let them in again. */
export const isTakenOut = ({ said }: RunningLesson, personId: string): boolean =>
  said.get(placeOf(personId)) === 'ParticipantRemoved';

/** Stretches in which someone who came was not in: at the door, turned away, or taken out. Business ms; open at its end. */
export interface KeptOut {
  readonly from: number;
  readonly to: number | null;
}
export type AtTheDoor = ReadonlyMap<string, readonly KeptOut[]>;

/** Rule LE37. Only the person's own going, or their coming in, ends the stretch. */
export function doorAfter(door: AtTheDoor, event: LessonEvent): AtTheDoor {
  switch (event.type) {
    case 'AskedToEnter':
    case 'ParticipantTurnedAway':
    case 'ParticipantRemoved': {
      const before = door.get(event.data.personId) ?? [];
      if (before.at(-1)?.to === null) return door;
      return new Map(door).set(event.data.personId, [...before, { from: event.data.at, to: null }]);
    }
    case 'StoppedAsking':
    case 'ParticipantAdmitted':
    case 'ParticipantJoined': {
      const { personId, at } = event.data;
      const before = door.get(personId);
      if (before?.at(-1)?.to !== null) return door;
      return new Map(door).set(
        personId,
        before.map((stretch) => (stretch.to === null ? { ...stretch, to: Math.max(at, stretch.from) } : stretch)),
      );
    }
    default:
      return door;
  }
}

/** Rules LE33–LE36, LE38 and LE39. */
export function noteRoom({ data, now }: LessonCommandOf<'NoteRoom'>, state: ExistingLesson): LessonDecision {
  const { lessonId, by, at, word } = data;
  if (state.kind === 'ended' || state.kind === 'cancelled') return over(state);
  if (!isInstant(at) || at > now) return refuse('in-the-future', 'This has not happened yet.');
  if (at < state.lesson.startsAt - POLICY_2026_11.opensBeforeMs)
    return refuse('not-open-yet', 'The classroom opens 15 minutes before the lesson starts.');
  const problem = problemWith(word, by, state);
  if (problem) return problem;
  const fact = factOf(word, { lessonId, by, at });
  const [about, said] = wordOf(fact);
  const before = state.said.get(about);
  if (before === said || (before === undefined && AT_FIRST.has(said))) return [];
  // Whoever is out is not at the door any more.
  if (word.type === 'StoppedAsking' && before !== 'AskedToEnter') return [];
  if (word.type !== 'ParticipantRemoved') return [fact];
  return [...leavingAltogether(state, word.personId, at, 'removed'), fact];
}

/** Rules LE33–LE35, LE38 and LE39: who may say this. */
function problemWith(word: RoomWord, by: string | null, state: RunningLesson): Refusal | null {
  const { lesson, said, study } = state;
  const host = by === lesson.tutorId;
  const coHost = by !== null && said.get(roleOf(by)) === 'co-host';
  const noSeat = (): Refusal => refuse('no-seat', 'This person has no seat in this lesson.');
  const notTheHost = (): Refusal => refuse('not-the-host', 'Only the host may do this.');
  const notTheirs = (): Refusal => refuse('not-theirs', 'Only the person themselves can say this.');
  switch (word.type) {
    case 'AskedToEnter':
    case 'StoppedAsking':
    case 'RecordingChosen':
      return by === word.personId ? null : notTheirs();
    case 'PageHidden':
    case 'PageShown':
      if (by !== word.personId) return notTheirs();
      // Told late of who has left, it would begin something that nothing ends.
      return isHere(presenceOf(state.people, word.personId)) ? null : notJoined();
    case 'RoleChanged':
      if (!host) return notTheHost();
      return hasPlace(state, word.personId) ? null : noSeat();
    case 'ParticipantTurnedAway':
    case 'ParticipantRemoved':
      if (word.personId === lesson.tutorId) return refuse('host-stays', 'The host is not sent away.');
      if (by === null) return word.type === 'ParticipantTurnedAway' ? null : notTheHost();
      return host || coHost ? null : notTheHost();
    case 'ParticipantAdmitted':
      if (study !== null && !study.guests.has(word.personId)) return noSeat();
      return host || coHost ? null : notTheHost();
    case 'DoorChanged':
    case 'SendingChanged':
      return host || coHost ? null : notTheHost();
    case 'ConnectionWeakened':
    case 'ConnectionRecovered':
    case 'MediaFaultNoticed':
    case 'MediaFaultEnded':
      return by === null ? null : refuse('not-measured', 'Only the room itself measures connections.');
    default:
      return never(word, 'word of the room');
  }
}
