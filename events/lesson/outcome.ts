import type { Outcome } from '../booking/events.ts';
import type { Policy } from '../shared/policy.ts';
import type { Presence } from './attendance.ts';
import type { LessonTerms, MediaDirection } from './events.ts';
import type { KeptOut } from './room.ts';
import { clip, intersection, lengthOf, union, type Interval } from './intervals.ts';

export interface Verdict {
  readonly outcome: Outcome;
  /** Start of the 72 hours, business ms; null where there is no payout, or ops decide first. */
  readonly t0: number | null;
  readonly taughtMs: number;
  readonly presentMs: number;
  /** Both at once. */
  readonly heldMs: number;
  /** Stable codes of the facts that decided. */
  readonly reasons: readonly string[];
}

export interface Facts {
  readonly lesson: Pick<LessonTerms, 'startsAt' | 'minutes'>;
  readonly policy: Policy;
  readonly endedAt: number;
  readonly tutor: Presence;
  readonly student: Presence;
  /** When the student came and was not in. */
  readonly keptOut: readonly KeptOut[];
}

const MINUTE_MS = 60_000;
/** Someone who is just reconnecting when the wait ends has stayed. */
const RECONNECT_MS = 60_000;

/** What came of the lesson for one seat (rules LE20–LE29, LE37). Pure arithmetic on what was recorded. */
export function outcomeOf(facts: Facts): Verdict {
  const { lesson, policy, endedAt, tutor, student, keptOut } = facts;
  const opensAt = lesson.startsAt - policy.opensBeforeMs;
  const bookedMs = lesson.minutes * MINUTE_MS;
  const scheduledEnd = lesson.startsAt + bookedMs;
  const taught = activity(tutor, 'sent', opensAt, endedAt);
  const present = activity(student, 'received', opensAt, endedAt);
  const heldMs = lengthOf(intersection(taught, present));
  const figures = { taughtMs: lengthOf(taught), presentMs: lengthOf(present), heldMs };
  const verdict = (outcome: Outcome, t0: number | null, ...reasons: string[]): Verdict => ({
    outcome,
    t0,
    ...figures,
    reasons,
  });
  const half = (ms: number): boolean => ms * 100 >= bookedMs * policy.heldPct;

  if (half(heldMs)) return verdict('held', endedAt, 'held-at-least-half');

  const waitEndsAt = lesson.startsAt + policy.noShowAfterMs;
  const cameInTime = (who: Presence): boolean =>
    whereabouts(who, endedAt).some(({ from, to }) => from <= waitEndsAt && to > lesson.startsAt);
  // A person whom our own servers dropped may not have been able to come back: never a no-show.
  const dropped = (who: Presence): boolean =>
    who.stays.some(({ left }) => left?.reason === 'node-lost' && left.at >= opensAt && left.at <= waitEndsAt);

  const tutorCame = cameInTime(tutor);
  const studentCame = cameInTime(student);
  const notLetIn = keptOut.some(({ from, to }) => from <= waitEndsAt && (to ?? endedAt) > lesson.startsAt);
  if (!tutorCame) {
    if (dropped(tutor)) return verdict('failed-technically', null, 'tutor-lost-by-server');
    return studentCame || notLetIn
      ? verdict('tutor-no-show', null, 'tutor-not-there-in-time')
      : verdict('nobody', null, 'tutor-not-there-in-time', 'student-not-there-in-time');
  }
  if (!studentCame) {
    if (dropped(student)) return verdict('failed-technically', null, 'student-lost-by-server');
    if (notLetIn) return verdict('unclear', null, 'student-not-let-in');
    const stayed = whereabouts(tutor, endedAt).some(
      ({ from, to }) => from <= waitEndsAt && to >= waitEndsAt - RECONNECT_MS,
    );
    if (stayed) return verdict('student-no-show', scheduledEnd, 'tutor-waited', 'student-not-there-in-time');
    if (dropped(tutor)) return verdict('failed-technically', null, 'tutor-lost-by-server');
    return verdict('unclear', null, 'tutor-left-before-wait-ended', 'student-not-there-in-time');
  }

  const moreThanHalf = (ms: number): boolean => ms * 2 > bookedMs;
  const bothConnected = intersection(connected(tutor, endedAt), connected(student, endedAt));
  const active = intersection(taught, present);
  const silentMs = lengthOf(bothConnected) - lengthOf(intersection(bothConnected, active));
  const lostMs = (who: Presence): number => lengthOf(clip(gapsByServer(who, endedAt), lesson.startsAt, scheduledEnd));
  if (moreThanHalf(lostMs(tutor))) return verdict('failed-technically', null, 'tutor-lost-by-server');
  if (moreThanHalf(lostMs(student))) return verdict('failed-technically', null, 'student-lost-by-server');
  // Muted by choice and cut off by a firewall look the same here: nobody's fault is plain, so a person decides.
  if (moreThanHalf(silentMs)) return verdict('unclear', null, 'connected-without-media');
  return verdict('unclear', null, 'less-than-half-held');
}

/** Media in one direction, or work on board or chat, while the classroom was open. */
export function activity(
  who: Presence,
  direction: MediaDirection,
  opensAt: number,
  endedAt: number,
): readonly Interval[] {
  const flows = who.flows
    .filter((flow) => flow.direction === direction)
    .map((flow) => ({ from: flow.from, to: flow.to ?? endedAt }));
  return clip([...flows, ...worked(who)], opensAt, endedAt);
}

/** Minutes with work on board or chat. */
export const worked = (who: Presence): readonly Interval[] =>
  who.work.map(({ minute }) => ({ from: minute, to: minute + MINUTE_MS }));

export const connected = (who: Presence, endedAt: number): readonly Interval[] =>
  who.stays.map(({ from, left }) => ({ from, to: left?.at ?? endedAt }));

/** Connected, or working on board or chat. */
export const whereabouts = (who: Presence, endedAt: number): readonly Interval[] => [
  ...connected(who, endedAt),
  ...worked(who),
];

/** From each loss of a connection by our side until the person was back, or until the end. */
export function gapsByServer(who: Presence, endedAt: number): readonly Interval[] {
  const here = union(connected(who, endedAt));
  return who.stays.flatMap(({ left }) => {
    if (left?.reason !== 'node-lost' || here.some(({ from, to }) => from <= left.at && left.at < to)) return [];
    const back = here.find(({ from }) => from >= left.at);
    return [{ from: left.at, to: back?.from ?? endedAt }];
  });
}
