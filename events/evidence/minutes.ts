/**
 * Where the booked minutes went: every moment between the scheduled start and end has one cause, so that the stretches
 * add up to what was booked. Rules EV3–EV6. Pure; business ms.
 */
import { clip, intersection, lengthOf, union, without, type Interval } from '../lesson/intervals.ts';
import { activity, connected, gapsByServer, whereabouts } from '../lesson/outcome.ts';
import type { Policy } from '../shared/policy.ts';
import type { CaseFacts, PersonFacts } from './case-facts.ts';

export type Cause =
  | 'held'
  | 'tutor-absent'
  | 'tutor-without-media'
  | 'tutor-network'
  | 'tutor-microphone'
  | 'student-kept-out'
  | 'ended-early'
  /** The student went, and the host ended it soon after. */
  | 'parted-early'
  | 'student-absent'
  | 'student-without-media'
  | 'student-network'
  | 'our-servers'
  | 'shared-network'
  | 'hears-nobody'
  | 'no-media-at-all'
  /** The lesson is not over: this part is to come. */
  | 'to-come';

/** Whose it is. `ours`: the product's; `nobody`: not plain. */
export type Side = 'tutor' | 'student' | 'ours' | 'nobody';

export const SIDE_OF: Readonly<Record<Cause, Side | null>> = {
  held: null,
  'to-come': null,
  'tutor-absent': 'tutor',
  'tutor-without-media': 'tutor',
  'tutor-network': 'tutor',
  'tutor-microphone': 'tutor',
  'student-kept-out': 'tutor',
  'ended-early': 'tutor',
  'student-absent': 'student',
  'student-without-media': 'student',
  'student-network': 'student',
  'our-servers': 'ours',
  'shared-network': 'ours',
  'hears-nobody': 'nobody',
  'no-media-at-all': 'nobody',
  'parted-early': 'nobody',
};

export interface Stretch extends Interval {
  readonly cause: Cause;
}

export interface Minutes {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly bookedMs: number;
  /** In order, without gaps, from the scheduled start to the scheduled end. */
  readonly stretches: readonly Stretch[];
  /** What of the booked time nobody lost, and what was held after it; the outcome's own sum counts otherwise (EV5). */
  readonly heldMs: number;
  readonly taughtMs: number;
  readonly presentMs: number;
  /** Part of `heldMs`: held after the scheduled end, which makes up for what the tutor's side or ours lost before. */
  readonly overrunMs: number;
  readonly lostMs: Readonly<Record<Side, number>>;
}

const MINUTE_MS = 60_000;
/** Between two strokes, or while somebody thinks, a lesson goes on: silence that is no longer than this is no loss, ms. */
const QUIET_MS = 5 * MINUTE_MS;

/** @param intervals a normal list (intervals.ts): a long lesson has thousands, and is asked for each of its edges */
function covers(intervals: readonly Interval[], at: number): boolean {
  let [low, high] = [0, intervals.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = intervals[middle];
    if (found !== undefined && found.to <= at) low = middle + 1;
    else high = middle;
  }
  const next = intervals[low];
  return next !== undefined && next.from <= at;
}

/** With the short silences of somebody who was there all the time. */
function bridged(active: readonly Interval[], here: readonly Interval[]): readonly Interval[] {
  const there = (from: number, to: number): boolean => here.some((stay) => stay.from <= from && to <= stay.to);
  const quiet = active.flatMap(({ to: from }, index) => {
    const to = active[index + 1]?.from;
    return to !== undefined && to - from <= QUIET_MS && there(from, to) ? [{ from, to }] : [];
  });
  return union([...active, ...quiet]);
}

/** Since when somebody has been missing at `at`, counted from the lesson's start. */
function missingSince(here: readonly Interval[], at: number, startsAt: number): number {
  const before = here.filter(({ to }) => to <= at).map(({ to }) => to);
  return Math.max(startsAt, ...before);
}

export function minutesOf(facts: CaseFacts, now: number): Minutes {
  const { terms, tutor, student } = facts;
  const policy: Policy = terms.policy;
  const { startsAt } = terms;
  const bookedMs = terms.minutes * MINUTE_MS;
  const endsAt = startsAt + bookedMs;
  const opensAt = startsAt - policy.opensBeforeMs;
  const closed = facts.ended?.at ?? now;
  const taught = activity(tutor.presence, 'sent', opensAt, closed);
  const present = activity(student.presence, 'received', opensAt, closed);
  const overrunMs = lengthOf(clip(intersection(taught, present), endsAt, Math.max(endsAt, closed)));
  const seen = sightOf(facts, taught, present, opensAt, closed);
  const stretches: Stretch[] = [];
  const edges = [...new Set([startsAt, endsAt, ...seen.edges.filter((at) => at > startsAt && at < endsAt)])].sort(
    (a, b) => a - b,
  );
  edges.forEach((from, index) => {
    const to = edges[index + 1];
    if (to === undefined) return;
    const cause = causeAt(from, facts, seen, now);
    const before = stretches.at(-1);
    if (before?.cause === cause) stretches[stretches.length - 1] = { ...before, to };
    else stretches.push({ from, to, cause });
  });
  const lostMs = { tutor: 0, student: 0, ours: 0, nobody: 0 };
  for (const { cause, from, to } of stretches) {
    const side = SIDE_OF[cause];
    if (side !== null) lostMs[side] += to - from;
  }
  return {
    startsAt,
    endsAt,
    bookedMs,
    stretches,
    heldMs: overrunMs + lengthOf(stretches.filter(({ cause }) => cause === 'held')),
    taughtMs: lengthOf(taught),
    presentMs: lengthOf(present),
    overrunMs,
    lostMs,
  };
}

interface Seen {
  readonly tutor: SeenPerson;
  readonly student: SeenPerson;
  readonly keptOut: readonly Interval[];
  readonly ended: number | null;
  readonly edges: readonly number[];
}

/** All of these are normal lists (intervals.ts). */
interface SeenPerson {
  readonly active: readonly Interval[];
  readonly sends: readonly Interval[];
  /** Any media, in whichever direction. */
  readonly media: readonly Interval[];
  readonly here: readonly Interval[];
  readonly lostByUs: readonly Interval[];
  readonly weakTheirs: readonly Interval[];
  readonly weakShared: readonly Interval[];
  readonly silent: readonly Interval[];
  readonly hearsNobody: readonly Interval[];
}

function sightOf(
  facts: CaseFacts,
  taught: readonly Interval[],
  present: readonly Interval[],
  opensAt: number,
  closed: number,
): Seen {
  const person = ({ presence, weak, faults }: PersonFacts, active: readonly Interval[]): SeenPerson => {
    const fault = (which: string): readonly Interval[] => union(faults.filter(({ data }) => data.fault === which));
    const network = (which: string): readonly Interval[] => union(weak.filter(({ data }) => data.network === which));
    const inked = presence.work.filter(({ surface }) => surface === 'board');
    const board = activity({ ...presence, flows: [], work: inked }, 'sent', opensAt, closed);
    const flows = presence.flows.map((flow) => ({ ...flow, to: flow.to ?? closed }));
    const here = union([...whereabouts(presence, closed)]);
    return {
      active: bridged(active, here),
      sends: union(flows.filter(({ direction }) => direction === 'sent')),
      media: union(flows),
      here,
      lostByUs: union(gapsByServer(presence, closed)),
      weakTheirs: network('theirs'),
      weakShared: network('shared'),
      // Ink on the board is teaching, whatever the microphone does.
      silent: without(fault('microphone-silent'), board),
      hearsNobody: fault('hears-nobody'),
    };
  };
  const tutor = person(facts.tutor, taught);
  const student = person(facts.student, present);
  const keptOut = union(facts.keptOut.map(({ from, to }) => ({ from, to: to ?? closed })));
  const all = [tutor, student].flatMap((one) => Object.values(one).flat());
  const ended = facts.ended?.at ?? null;
  const edges = [...all, ...keptOut].flatMap(({ from, to }) => [from, to]);
  return { tutor, student, keptOut, ended, edges: [...edges, closed] };
}

/** EV4: the first that holds, for the moment just after `at`. */
function causeAt(at: number, facts: CaseFacts, seen: Seen, now: number): Cause {
  const { tutor, student, keptOut, ended } = seen;
  if (at >= (ended ?? now)) return ended === null ? 'to-come' : afterEnd(facts, seen, ended);
  if (covers(tutor.active, at) && covers(student.active, at)) {
    if (covers(tutor.silent, at)) return 'tutor-microphone';
    return covers(student.hearsNobody, at) ? 'hears-nobody' : 'held';
  }
  if (covers(tutor.lostByUs, at) || covers(student.lostByUs, at)) return 'our-servers';
  const tutorHere = covers(tutor.here, at);
  const studentHere = covers(student.here, at);
  if (!tutorHere && !studentHere) {
    if (covers(keptOut, at)) return 'student-kept-out';
    const { startsAt } = facts.terms;
    const first = missingSince(tutor.here, at, startsAt) <= missingSince(student.here, at, startsAt);
    return first ? 'tutor-absent' : 'student-absent';
  }
  if (!tutorHere) return 'tutor-absent';
  if (!studentHere) return covers(keptOut, at) ? 'student-kept-out' : 'student-absent';
  // Who teaches on the board alone sends nothing that the student could receive.
  if (covers(tutor.active, at) && !covers(tutor.sends, at)) return 'held';
  if (covers(tutor.weakShared, at) || covers(student.weakShared, at)) return 'shared-network';
  if (!covers(tutor.active, at)) {
    if (!covers(tutor.media, at) && !covers(student.media, at)) return 'no-media-at-all';
    return covers(tutor.weakTheirs, at) ? 'tutor-network' : 'tutor-without-media';
  }
  if (covers(tutor.weakTheirs, at)) return 'tutor-network';
  return covers(student.weakTheirs, at) ? 'student-network' : 'student-without-media';
}

/** What is left of the booked time when the lesson is over (EV4): the one who went first, or who ended it. */
function afterEnd(
  { terms, ended: end, student: person }: CaseFacts,
  { tutor, student, keptOut }: Seen,
  ended: number,
): Cause {
  const just = ended - 1;
  if (covers(keptOut, just)) return 'student-kept-out';
  if (covers(tutor.lostByUs, just) || covers(student.lostByUs, just)) return 'our-servers';
  const left = (here: readonly Interval[]): number => Math.min(ended, missingSince(here, ended, terms.startsAt));
  const [tutorLeft, studentLeft] = [left(tutor.here), left(student.here)];
  if (studentLeft >= tutorLeft) return tutorLeft >= ended ? 'ended-early' : 'tutor-absent';
  // A host who ends it before the student's time to come (back) is over has not waited for them.
  if (end?.by !== 'host' || ended - studentLeft >= terms.policy.noShowAfterMs) return 'student-absent';
  return person.presence.stays.at(-1)?.left?.reason === 'left' ? 'parted-early' : 'ended-early';
}

/** When each first came after the opening, and how late that was; null: never. */
export function arrivalOf(
  person: PersonFacts,
  startsAt: number,
): { readonly at: number; readonly lateMs: number } | null {
  const first = connected(person.presence, Number.POSITIVE_INFINITY).reduce(
    (earliest, { from }) => Math.min(earliest, from),
    Number.POSITIVE_INFINITY,
  );
  return Number.isFinite(first) ? { at: first, lateMs: Math.max(0, first - startsAt) } : null;
}
