/**
 * Where the booked minutes went: every moment between the scheduled start and end has one cause, so that the stretches
 * add up to what was booked. Rules EV3–EV6. Pure; business ms.
 */
import { clip, intersection, lengthOf, union, type Interval } from '../lesson/intervals.ts';
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
  /** Both at once, as the outcome counts it (LE20): from the opening of the classroom to the lesson's end. */
  readonly heldMs: number;
  readonly taughtMs: number;
  readonly presentMs: number;
  /** Held after the scheduled end, which makes up for what the tutor's side or ours lost before. */
  readonly overrunMs: number;
  readonly lostMs: Readonly<Record<Side, number>>;
}

const MINUTE_MS = 60_000;

const without = (intervals: readonly Interval[], holes: readonly Interval[], from: number, to: number): Interval[] => {
  const edges = union(holes);
  const rest: Interval[] = [];
  let at = from;
  for (const hole of edges) {
    rest.push({ from: at, to: Math.min(hole.from, to) });
    at = Math.max(at, hole.to);
  }
  rest.push({ from: at, to });
  return [...intersection(intervals, rest)];
};

const covers = (intervals: readonly Interval[], at: number): boolean =>
  intervals.some(({ from, to }) => from <= at && at < to);

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
  const held = intersection(taught, present);
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
    heldMs: lengthOf(held),
    taughtMs: lengthOf(taught),
    presentMs: lengthOf(present),
    overrunMs: lengthOf(clip(held, endsAt, Math.max(endsAt, closed))),
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

interface SeenPerson {
  readonly active: readonly Interval[];
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
    const fault = (which: string): readonly Interval[] => faults.filter(({ data }) => data.fault === which);
    const network = (which: string): readonly Interval[] => weak.filter(({ data }) => data.network === which);
    // Work on the board is teaching, whatever the microphone does.
    const board = activity({ ...presence, flows: [] }, 'sent', opensAt, closed);
    const silent = without(fault('microphone-silent'), board, opensAt, closed);
    const hearsNobody = without(fault('hears-nobody'), board, opensAt, closed);
    const flows = presence.flows.map((flow) => ({ from: flow.from, to: flow.to ?? closed }));
    return {
      active,
      media: union(flows),
      here: union([...whereabouts(presence, closed)]),
      lostByUs: gapsByServer(presence, closed),
      weakTheirs: network('theirs'),
      weakShared: network('shared'),
      silent,
      hearsNobody,
    };
  };
  const tutor = person(facts.tutor, taught);
  const student = person(facts.student, present);
  const keptOut = facts.keptOut.map(({ from, to }) => ({ from, to: to ?? closed }));
  const all = [tutor, student].flatMap((one) => Object.values(one).flat());
  const ended = facts.ended?.at ?? null;
  const edges = [...all, ...keptOut].flatMap(({ from, to }) => [from, to]);
  return { tutor, student, keptOut, ended, edges: [...edges, closed] };
}

/** EV4: the first that holds, for the moment just after `at`. */
function causeAt(at: number, facts: CaseFacts, { tutor, student, keptOut, ended }: Seen, now: number): Cause {
  if (at >= (ended ?? now)) return ended === null ? 'to-come' : afterEnd(facts, tutor, student, ended);
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
  if (covers(tutor.weakShared, at) || covers(student.weakShared, at)) return 'shared-network';
  if (!covers(tutor.active, at)) {
    if (!covers(tutor.media, at) && !covers(student.media, at)) return 'no-media-at-all';
    return covers(tutor.weakTheirs, at) ? 'tutor-network' : 'tutor-without-media';
  }
  return covers(student.weakTheirs, at) ? 'student-network' : 'student-without-media';
}

/** What is left of the booked time when the lesson is over: the one who went first, or who ended it. */
function afterEnd({ terms }: CaseFacts, tutor: SeenPerson, student: SeenPerson, ended: number): Cause {
  const left = (here: readonly Interval[]): number =>
    here.length === 0 ? terms.startsAt : Math.max(...here.map(({ to }) => to));
  const tutorLeft = Math.min(left(tutor.here), ended);
  const studentLeft = Math.min(left(student.here), ended);
  if (studentLeft < tutorLeft) return 'student-absent';
  return tutorLeft >= ended ? 'ended-early' : 'tutor-absent';
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
