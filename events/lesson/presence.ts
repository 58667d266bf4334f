import { isInstant } from '../shared/check.ts';
import { POLICY_2026_11 } from '../shared/policy.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { attended, isHere, openFlows, openStay, presenceOf, type People } from './attendance.ts';
import type { ExistingLesson, LessonCommandOf, LessonDecision, MediaCommand } from './decide.ts';
import type { LessonEvent, LessonState } from './events.ts';
import { over } from './over.ts';
import { isTakenOut } from './room.ts';
import { closesAt as studyClosesAt, hasPlace, whyNotIn } from './study.ts';

const MINUTE_MS = 60_000;

export type RunningLesson = Extract<LessonState, { kind: 'scheduled' | 'live' }>;

const inTheFuture = (): Refusal => refuse('in-the-future', 'This has not happened yet.');
export const notJoined = (): Refusal => refuse('not-joined', 'This connection is not in the lesson.');

/** When the classroom opens, business ms. */
const opensAt = ({ lesson, study }: RunningLesson): number =>
  lesson.startsAt - (study === null ? POLICY_2026_11.opensBeforeMs : 0);

/** When it closes at the latest, business ms. */
const closesAt = ({ lesson, study }: RunningLesson): number =>
  study === null
    ? lesson.startsAt + lesson.minutes * MINUTE_MS + POLICY_2026_11.closesAfterMs
    : studyClosesAt(lesson, study);

/** Rules LE9 and ST9: the lesson starts when its host and one who has a place are both here for the first time. */
export function startIfBothAreHere(state: RunningLesson, people: People, at: number): readonly LessonEvent[] {
  if (state.kind === 'live') return [];
  const tutorHere = isHere(presenceOf(people, state.lesson.tutorId));
  const otherHere = [...people.values()].some((one) => isHere(one) && hasPlace(state, one.personId));
  if (!tutorHere || !otherHere) return [];
  return [{ type: 'LessonStarted', data: { lessonId: state.lesson.lessonId, at } }];
}

/** Rules LE6–LE9, LE36, ST7–ST9. */
export function join({ data, now }: LessonCommandOf<'JoinLesson'>, state: ExistingLesson): LessonDecision {
  const { lessonId, personId, role, connectionId } = data;
  if (state.kind === 'ended' || state.kind === 'cancelled') return over(state);
  if (now < opensAt(state)) return refuse('not-open-yet', 'The classroom opens 15 minutes before the lesson starts.');
  if (now >= closesAt(state)) return refuse('lesson-ended', 'This lesson has ended.');
  if (role === 'host' && personId !== state.lesson.tutorId)
    return refuse('not-the-host', 'Only the tutor is the host of this lesson.');
  if (state.study === null && role === 'participant' && !hasPlace(state, personId))
    return refuse('no-seat', 'This person has no seat in this lesson.');
  if (isTakenOut(state, personId)) return refuse('removed', 'This person was taken out of the lesson.');
  if (state.study !== null && role !== 'host') {
    const no = whyNotIn(state, state.study, personId);
    if (no) return no;
  }
  for (const presence of state.people.values()) {
    if (!openStay(presence, connectionId)) continue;
    return presence.personId === personId ? [] : refuse('connection-taken', 'This connection is another person’s.');
  }
  const joined: LessonEvent = {
    type: 'ParticipantJoined',
    data: { lessonId, personId, role, connectionId, at: now },
  };
  return [joined, ...startIfBothAreHere(state, attended(state.people, joined), now)];
}

/** Rules LE10–LE11: what still flowed over the connection stops first. */
export function leave({ data, now }: LessonCommandOf<'LeaveLesson'>, state: ExistingLesson): LessonDecision {
  const { personId, connectionId, at, reason } = data;
  if (state.kind === 'ended' || state.kind === 'cancelled') return [];
  if (!isInstant(at) || at > now) return inTheFuture();
  const presence = presenceOf(state.people, personId);
  if (openStay(presence, connectionId)) return leaving(state, personId, connectionId, at, reason);
  return presence.stays.some((stay) => stay.connectionId === connectionId) ? [] : notJoined();
}

type LeaveReason = Extract<LessonEvent, { type: 'ParticipantLeft' }>['data']['reason'];

/** The end of one connection at `at`, or when what it ends began, if that was later. */
export function leaving(
  state: RunningLesson,
  personId: string,
  connectionId: string,
  at: number,
  reason: LeaveReason,
): readonly LessonEvent[] {
  const { lessonId } = state.lesson;
  const presence = presenceOf(state.people, personId);
  const stopped = openFlows(presence, connectionId).map(({ direction, from }): LessonEvent => {
    return { type: 'MediaStopped', data: { lessonId, personId, connectionId, direction, at: Math.max(at, from) } };
  });
  const from = openStay(presence, connectionId)?.from ?? at;
  const left = { lessonId, personId, connectionId, at: Math.max(at, from), reason };
  return [...stopped, { type: 'ParticipantLeft', data: left }];
}

/** The end of every connection that a person still has, at `at`. */
export function leavingAltogether(
  state: RunningLesson,
  personId: string,
  at: number,
  reason: LeaveReason,
): readonly LessonEvent[] {
  return presenceOf(state.people, personId)
    .stays.filter((stay) => stay.left === null)
    .flatMap(({ connectionId }) => leaving(state, personId, connectionId, at, reason));
}

/** Rule LE12. */
export function startMedia({ data, now }: MediaCommand, state: ExistingLesson): LessonDecision {
  const { lessonId, personId, connectionId, direction, at } = data;
  if (state.kind === 'ended' || state.kind === 'cancelled') return over(state);
  if (!isInstant(at) || at > now) return inTheFuture();
  const presence = presenceOf(state.people, personId);
  const stay = openStay(presence, connectionId);
  if (!stay) return notJoined();
  if (openFlows(presence, connectionId).some((flow) => flow.direction === direction)) return [];
  const earlier = presence.flows.filter((flow) => flow.connectionId === connectionId && flow.direction === direction);
  const from = Math.max(at, stay.from, ...earlier.map((flow) => flow.to ?? flow.from));
  return [{ type: 'MediaStarted', data: { lessonId, personId, connectionId, direction, at: from } }];
}

/** Rule LE13. */
export function stopMedia({ data, now }: MediaCommand, state: ExistingLesson): LessonDecision {
  const { lessonId, personId, connectionId, direction, at } = data;
  if (state.kind === 'ended' || state.kind === 'cancelled') return [];
  if (!isInstant(at) || at > now) return inTheFuture();
  const flows = openFlows(presenceOf(state.people, personId), connectionId);
  const flow = flows.find((one) => one.direction === direction);
  if (!flow) return [];
  return [{ type: 'MediaStopped', data: { lessonId, personId, connectionId, direction, at: Math.max(at, flow.from) } }];
}

/** Rule LE14. Work needs no media connection: ink is proof of presence by itself. */
export function noteWork({ data, now }: LessonCommandOf<'NoteWork'>, state: ExistingLesson): LessonDecision {
  const { lessonId, personId, surface } = data;
  if (state.kind === 'ended' || state.kind === 'cancelled') return over(state);
  const minute = Math.floor(data.minute / MINUTE_MS) * MINUTE_MS;
  if (!isInstant(minute) || minute > now) return inTheFuture();
  if (minute + MINUTE_MS <= opensAt(state))
    return refuse('not-open-yet', 'The classroom opens 15 minutes before the lesson starts.');
  const { work } = presenceOf(state.people, personId);
  if (work.some((noted) => noted.surface === surface && noted.minute === minute)) return [];
  return [{ type: 'WorkNoted', data: { lessonId, personId, surface, minute } }];
}
