import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../shared/decider.ts';
import { specFor } from '../shared/given.ts';
import { isRefusal } from '../shared/refusal.ts';
import { DAY, HOUR, MINUTE, START } from '../shared/times.ts';
import { decide, type CalendarCommand } from './decide.ts';
import { evolve, initial, type CalendarEvent } from './events.ts';
import { group, held, LATER, move, moved, moveRefused, NEXT_WEEK, released, seat, set, tutorId } from './examples.ts';

const decider = { initial, evolve, decide };
const given = specFor(decider);
const other = { ...seat, bookingId: 'b2', studentId: 's2', lessonId: 'l2' };
const inGroup = (n: number, startsAt = START, lessonId = 'l1') => ({
  ...group,
  bookingId: `b${n}`,
  studentId: `s${n}`,
  startsAt,
  lessonId,
});

describe('MoveSeat', () => {
  it('CA13: the old seat is free and the new one taken, in one event', () => {
    const history = [set, held()];
    given(history).when(move()).then([moved()]);
    const after = fold(decider, [...history, moved()]);
    expect(after.lessons).toEqual([
      {
        lessonId: 'l9',
        offerId: 'o1',
        startsAt: LATER,
        minutes: 60,
        seats: 1,
        taken: [{ bookingId: 'b1', studentId: 's1' }],
      },
    ]);
    given([...history, moved()])
      .when({ type: 'HoldSeat', data: other, now: START - DAY })
      .then([{ type: 'SeatHeld', data: other }]);
  });
  it('CA13: into the lesson of others, as long as it has a seat', () => {
    const there = [held(inGroup(2, LATER, 'l2')), held(inGroup(3, LATER, 'l2'))];
    const to = { offerId: 'group', seats: 3 };
    given([set, held(group), ...there])
      .when(move(to))
      .then([moved({ ...to, lessonId: 'l2' })]);
    given([set, held(group), ...there, held(inGroup(4, LATER, 'l2'))])
      .when(move(to))
      .then([moveRefused('seat-taken')]);
  });
  it('CA13: out of a shared lesson, which stays with those who stay, and back into it', () => {
    const to = { offerId: 'group', seats: 3 };
    const history = [set, held(group), held(inGroup(2))];
    given(history)
      .when(move(to))
      .then([moved(to)]);
    given([...history, moved(to)])
      .when(move({ ...to, lessonId: 'l10', startsAt: START }, undefined, 'p2'))
      .then([moved({ ...to, lessonId: 'l1', startsAt: START, fromLessonId: 'l9' }, 'p2')]);
  });
  it('CA13: into a time that only its own old seat takes', () => {
    const half = { ...seat, offerId: 'half', minutes: 30, startsAt: START + 30 * MINUTE };
    given([set, held(half)])
      .when(move({ offerId: 'half', minutes: 30, startsAt: START + 60 * MINUTE }))
      .then([moved({ offerId: 'half', minutes: 30, startsAt: START + 60 * MINUTE })]);
  });
  it.each([
    ['off the grid', { startsAt: LATER + 30 * MINUTE }],
    ['on another day', { startsAt: LATER + DAY }],
    ['to the same start', { startsAt: START }],
    ['to another offer', { offerId: 'group', seats: 3 }],
    ['to another length', { minutes: 30 }],
  ])('CA13, CA15: not %s', (_, to) =>
    given([set, held()])
      .when(move(to))
      .then([moveRefused('not-available')]),
  );
  it('CA15: not once the old start, or the new one, has come', () => {
    given([set, held()])
      .when(move({}, START))
      .then([moveRefused('not-available')]);
    given([set, held()])
      .when(move({}, START - 1))
      .then([moved()]);
    const late = { ...seat, startsAt: NEXT_WEEK };
    given([set, held(late)])
      .when(move({}, LATER))
      .then([moveRefused('not-available')]);
  });
  it('CA13: not into time off, or the lesson of someone else', () => {
    const off: CalendarEvent = { type: 'TimeOffAdded', data: { tutorId, from: LATER, to: LATER + HOUR } };
    given([set, held(), off])
      .when(move())
      .then([moveRefused('not-available')]);
    given([set, held(), held({ ...other, startsAt: LATER })])
      .when(move())
      .then([moveRefused('seat-taken')]);
  });
  it('CA13: not into a lesson in which the student sits already', () =>
    given([set, held(group), held({ ...inGroup(1, LATER, 'l2'), bookingId: 'b2' })])
      .when(move({ offerId: 'group', seats: 3 }))
      .then([moveRefused('already-booked')]));
  it('CA16: a seat that was given back, or never was, is not moved', () => {
    given([set, held(), released()])
      .when(move())
      .then([moveRefused('no-seat')]);
    given([set])
      .when(move())
      .then([moveRefused('no-seat')]);
    given([])
      .when(move())
      .then([moveRefused('no-seat')]);
  });
  it('CA14: each proposal is answered once', () => {
    given([set, held(), moved()]).when(move()).then([]);
    given([set, held(), moveRefused('seat-taken')])
      .when(move())
      .then([]);
    given([set, held(), moveRefused('seat-taken')])
      .when(move({}, undefined, 'p2'))
      .then([moved({}, 'p2')]);
  });
  it('CA11: what was moved is released from where it is, once', () => {
    const release: CalendarCommand = { type: 'ReleaseSeat', data: { tutorId, bookingId: 'b1' }, now: START - DAY };
    given([set, held(), moved()])
      .when(release)
      .then([released('b1', 'l9')]);
    given([set, held(), moved(), released('b1', 'l9')])
      .when(release)
      .then([]);
  });
  it('CA11: a lesson id belongs to one slot', () =>
    given([set, held(), held({ ...other, lessonId: 'l9', startsAt: NEXT_WEEK })])
      .when(move())
      .then('lesson-id-reused'));
});

it('CA8, CA13: whoever holds, moves and gives back, no slot has more students than seats and no two lessons overlap', () => {
  const starts = [START, START + HOUR, LATER, NEXT_WEEK, NEXT_WEEK + HOUR];
  const step = fc.record({
    what: fc.constantFrom('hold', 'move', 'move', 'release'),
    who: fc.integer({ min: 1, max: 6 }),
    where: fc.constantFrom(...starts),
    offer: fc.constantFrom({ offerId: 'o1', minutes: 60, seats: 1 }, { offerId: 'group', minutes: 60, seats: 3 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let state = initial;
      for (const [index, { what, who, where, offer }] of steps.entries()) {
        const mine = state.lessons.find(({ taken }) => taken.some(({ bookingId }) => bookingId === `b${who}`));
        const at = { tutorId, bookingId: `b${who}`, studentId: `s${who}`, lessonId: `l${index}`, startsAt: where };
        const now = START - DAY;
        const { offerId, minutes, seats } = what === 'move' && mine ? mine : offer;
        const wanted: CalendarCommand =
          what === 'release'
            ? { type: 'ReleaseSeat', data: { tutorId, bookingId: `b${who}` }, now }
            : what === 'hold'
              ? { type: 'HoldSeat', data: { ...at, offerId, minutes, seats }, now }
              : { type: 'MoveSeat', data: { ...at, offerId, minutes, seats, proposalId: `p${index}` }, now };
        if (state.kind === 'closed') state = evolve(state, set);
        const decision = decide(wanted, state);
        if (!isRefusal(decision)) state = decision.reduce(evolve, state);
        for (const lesson of state.lessons) {
          expect(lesson.taken.length).toBeLessThanOrEqual(lesson.seats);
          expect(new Set(lesson.taken.map(({ studentId }) => studentId)).size).toBe(lesson.taken.length);
        }
        const times = state.lessons.map(({ startsAt }) => startsAt).toSorted((a, b) => a - b);
        for (const [next, startsAt] of times.entries())
          expect(startsAt - (times[next - 1] ?? -Infinity)).toBeGreaterThanOrEqual(HOUR);
        const all = state.lessons.flatMap(({ taken }) => taken.map(({ bookingId }) => bookingId));
        expect(new Set(all).size).toBe(all.length);
      }
    }),
    { seed: 20261121, numRuns: 300 },
  );
});
