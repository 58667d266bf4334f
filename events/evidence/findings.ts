/** What stands out in a case, each with the events that say so (rule EV2). Codes are stable; pages have the words. Pure. */
import type { CaseFacts, PersonFacts, Told } from './case-facts.ts';
import { clip, intersection, lengthOf, type Interval } from '../lesson/intervals.ts';
import { connected } from '../lesson/outcome.ts';
import { arrivalOf, SIDE_OF, type Cause, type Minutes, type Side } from './minutes.ts';

type Who = 'tutor' | 'student';

export type FindingCode =
  | 'minutes-held'
  | 'outcome'
  | 'paid'
  | 'surplus'
  | 'refunded'
  | 'released'
  | 'bank'
  | 'cancelled'
  | 'answered'
  | `${Who}-never-came`
  | `${Who}-late`
  | `${Who}-left-early`
  | `${Who}-dropped`
  | `${Who}-lost-by-server`
  | `${Who}-weak`
  | `${Who}-weak-shared`
  | `${Who}-camera-black`
  | `${Who}-microphone-silent`
  | `${Who}-hears-nobody`
  | `${Who}-away`
  | `${Who}-worked`
  | `${Who}-earlier`
  | 'kept-out'
  | `lost-${Exclude<Cause, 'held' | 'to-come'>}`;

export interface Finding {
  readonly code: FindingCode;
  /** Against whom it speaks; `none`: it only says what was. */
  readonly side: Side | 'none';
  /** Ms, paise or counts, by name. */
  readonly figures: Readonly<Record<string, number>>;
  /** When it began, where it has a moment. Business ms. */
  readonly at: number | null;
  /** Ids of the first events behind it, at most `MOST_EVENTS`, and how many more there are. */
  readonly events: readonly string[];
  readonly more: number;
}

/** What is known of a person's other disputes, wherever they stand in time; counted, never quoted. */
export interface Earlier {
  readonly disputes: number;
  /** Of these, decided with money back to the payer. */
  readonly givenBack: number;
}

export const MOST_EVENTS = 12;
const MINUTE_MS = 60_000;
/** Less is no loss that anyone has to explain: media takes some seconds to begin. */
const LOST_MS = 30_000;
/** Less is no lateness, and no early leaving. */
const NOTABLE_MS = 60_000;

interface More {
  readonly side?: Side | 'none';
  readonly figures?: Finding['figures'];
  readonly at?: number | null;
  readonly events?: readonly string[];
}

function finding(code: FindingCode, { side = 'none', figures = {}, at = null, events = [] }: More): Finding {
  const distinct = [...new Set(events)];
  const shown = distinct.slice(0, MOST_EVENTS);
  return { code, side, figures, at, events: shown, more: distinct.length - shown.length };
}

export function findingsOf(
  facts: CaseFacts,
  minutes: Minutes,
  earlier: Readonly<Record<Who, Earlier>>,
  now: number,
): readonly Finding[] {
  return [
    ...ofLesson(facts, minutes),
    ...lossesIn(facts, minutes),
    ...ofPerson('tutor', facts, minutes, now),
    ...ofPerson('student', facts, minutes, now),
    ...ofMoney(facts),
    ...(facts.answered === null ? [] : [finding('answered', { events: [facts.answered] })]),
    ...(['tutor', 'student'] as const).flatMap((who) => {
      const { disputes, givenBack } = earlier[who];
      return disputes === 0 ? [] : [finding(`${who}-earlier`, { figures: { disputes, givenBack } })];
    }),
  ];
}

function ofLesson({ outcome, tutor, student, cancelled, lesson }: CaseFacts, minutes: Minutes): readonly Finding[] {
  const found: Finding[] = [];
  const { bookedMs, heldMs, taughtMs, presentMs, overrunMs } = minutes;
  if (lesson !== null)
    found.push(
      finding('minutes-held', {
        figures: { bookedMs, heldMs, taughtMs, presentMs, overrunMs },
        at: minutes.startsAt,
        events: outcome ? [outcome.eventId] : [...tutor.mediaEvents, ...student.mediaEvents],
      }),
    );
  if (outcome !== null) found.push(finding('outcome', { events: [outcome.eventId] }));
  if (cancelled !== null)
    found.push(finding('cancelled', { figures: { refund: cancelled.refund }, events: [cancelled.eventId] }));
  return found;
}

/** One finding a cause for which booked time was lost, the longest first. */
function lossesIn(facts: CaseFacts, { stretches }: Minutes): readonly Finding[] {
  const byCause = new Map<FindingCode, { side: Side; ms: number; at: number; stretches: Interval[] }>();
  for (const { cause, from, to } of stretches) {
    if (cause === 'held' || cause === 'to-come') continue;
    const side = SIDE_OF[cause];
    if (side === null) continue;
    const code: FindingCode = `lost-${cause}`;
    const known = byCause.get(code);
    if (known) {
      known.ms += to - from;
      known.stretches.push({ from, to });
    } else byCause.set(code, { side, ms: to - from, at: from, stretches: [{ from, to }] });
  }
  return [...byCause]
    .filter(([, { ms }]) => ms >= LOST_MS)
    .toSorted(([, a], [, b]) => b.ms - a.ms)
    .map(([code, { side, ms, at, stretches: where }]) =>
      finding(code, { side, figures: { ms }, at, events: eventsAt(facts, where) }),
    );
}

/** The comings and goings at the edges of these stretches, and what ended the lesson. */
function eventsAt({ tutor, student, ended, doorEvents }: CaseFacts, stretches: readonly Interval[]): readonly string[] {
  const near = (at: number): boolean => stretches.some(({ from, to }) => at === from || at === to);
  const moves = [...tutor.moves, ...student.moves].filter(({ at }) => near(at)).map(({ eventId }) => eventId);
  const weak = [...tutor.weak, ...student.weak, ...tutor.faults, ...student.faults]
    .filter((told) => intersection([told], stretches).length > 0)
    .flatMap(({ events }) => events);
  const end = ended !== null && near(ended.at) ? [ended.eventId] : [];
  return [...moves, ...weak, ...end, ...(moves.length === 0 ? doorEvents : [])];
}

function ofPerson(who: Who, facts: CaseFacts, minutes: Minutes, now: number): readonly Finding[] {
  const person = facts[who];
  const found: Finding[] = [];
  const { startsAt, endsAt } = minutes;
  const closed = facts.ended?.at ?? now;
  const arrival = arrivalOf(person, startsAt);
  const { stays, work } = person.presence;
  const moves = person.moves.map(({ eventId }) => eventId);
  if (arrival === null && work.length === 0) {
    // Who stood at the door came.
    const atTheDoor = who === 'student' && facts.keptOut.length > 0;
    if (facts.lesson !== null && closed > startsAt && !atTheDoor)
      found.push(finding(`${who}-never-came`, { side: who, at: startsAt }));
  } else if (arrival !== null && arrival.lateMs >= NOTABLE_MS)
    found.push(
      finding(`${who}-late`, {
        side: who,
        figures: { ms: arrival.lateMs },
        at: arrival.at,
        events: moves.slice(0, 1),
      }),
    );
  const gone = stays.length > 0 ? Math.max(...connected(person.presence, closed).map(({ to }) => to)) : null;
  const sentHome = stays.at(-1)?.left?.reason === 'lesson-ended';
  if (gone !== null && facts.ended !== null && !sentHome && endsAt - gone >= NOTABLE_MS)
    found.push(
      finding(`${who}-left-early`, {
        side: who,
        figures: { ms: endsAt - gone },
        at: gone,
        events: moves.slice(-1),
      }),
    );
  const leavings = (code: FindingCode, side: Side, reason: string): void => {
    const going = person.moves.filter(({ left }) => left === reason);
    const events = going.map(({ eventId }) => eventId);
    const at = going[0]?.at ?? null;
    if (at !== null) found.push(finding(code, { side, figures: { times: events.length }, at, events }));
  };
  leavings(`${who}-dropped`, who, 'disconnected');
  leavings(`${who}-lost-by-server`, 'ours', 'node-lost');
  const here = connected(person.presence, closed);
  const stretched = (code: FindingCode, side: Side | 'none', all: readonly Told[]): void => {
    // Nobody who left has a weak network, a silent microphone or a hidden page any more.
    const told = all
      .map((one) => ({ ...one, to: lastOf(here, one) }))
      .filter((one) => clip([one], startsAt, endsAt).length > 0);
    const ms = lengthOf(clip(told, startsAt, endsAt));
    if (ms > 0)
      found.push(
        finding(code, {
          side,
          figures: { ms, times: told.length },
          at: told[0]?.from ?? null,
          events: told.flatMap(({ events }) => events),
        }),
      );
  };
  const network = (which: string): readonly Told[] => person.weak.filter(({ data }) => data.network === which);
  const fault = (which: string): readonly Told[] => person.faults.filter(({ data }) => data.fault === which);
  stretched(`${who}-weak`, who, network('theirs'));
  stretched(`${who}-weak-shared`, 'ours', network('shared'));
  stretched(`${who}-camera-black`, who, fault('camera-black'));
  stretched(`${who}-microphone-silent`, who, fault('microphone-silent'));
  // Who hears and sees behind a hidden page is present (PRODUCT.md): it is told apart, and decides nothing.
  stretched(`${who}-away`, 'none', person.away);
  stretched(`${who}-hears-nobody`, 'nobody', fault('hears-nobody'));
  if (work.length > 0)
    found.push(
      finding(`${who}-worked`, {
        figures: { board: onSurface(person, 'board'), chat: onSurface(person, 'chat') },
        at: Math.min(...work.map(({ minute }) => minute)),
        events: person.workEvents,
      }),
    );
  if (who === 'student' && facts.keptOut.length > 0) {
    const waits = facts.keptOut.map(({ from, to }) => ({ from, to: to ?? closed }));
    const inLesson = clip(waits, startsAt, endsAt);
    const at = inLesson[0]?.from ?? null;
    if (at !== null)
      found.push(
        finding('kept-out', { side: 'tutor', figures: { ms: lengthOf(inLesson) }, at, events: facts.doorEvents }),
      );
  }
  return found;
}

/** Where it ends for who leaves: at the end of the stay in which it began. */
const lastOf = (here: readonly Interval[], { from, to }: Interval): number =>
  Math.min(to, here.find((stay) => stay.from <= from && from < stay.to)?.to ?? to);

const onSurface = ({ presence }: PersonFacts, surface: 'board' | 'chat'): number =>
  new Set(presence.work.filter((work) => work.surface === surface).map(({ minute }) => minute / MINUTE_MS)).size;

function ofMoney({ money, terms }: CaseFacts): readonly Finding[] {
  const found: Finding[] = [];
  const { captured, capturedBy, surplus, refunded, refundEvents, released, bank } = money;
  if (captured > 0) found.push(finding('paid', { figures: { captured, price: terms.price }, events: capturedBy }));
  for (const { amount, returned, events } of surplus)
    found.push(
      finding('surplus', { side: returned ? 'none' : 'ours', figures: { amount, returned: returned ? 1 : 0 }, events }),
    );
  if (refunded > 0) found.push(finding('refunded', { figures: { refunded }, events: refundEvents }));
  if (released !== null) found.push(finding('released', { at: released.at, events: [released.eventId] }));
  if (bank !== null) found.push(finding('bank', { figures: { amount: bank.amount }, events: [bank.eventId] }));
  return found;
}
