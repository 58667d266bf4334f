import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../shared/decider.ts';
import { specFor } from '../shared/given.ts';
import { isRefusal } from '../shared/refusal.ts';
import { DAY, HOUR, MINUTE, START } from '../shared/times.ts';
import { decide, type CalendarCommand } from './decide.ts';
import { evolve, initial, type CalendarEvent, type CalendarState, type WeeklyWindow } from './events.ts';

const given = specFor({ initial, evolve, decide });
const now = START - 2 * DAY;
const tutorId = 't1';
const windows: readonly WeeklyWindow[] = [
  { weekday: 1, from: '10:00', to: '13:00', offerId: 'o1' },
  { weekday: 1, from: '10:00', to: '13:00', offerId: 'group' },
  { weekday: 1, from: '10:30', to: '13:30', offerId: 'long' },
];
const set: CalendarEvent = { type: 'AvailabilitySet', data: { tutorId, zone: 'Asia/Kolkata', windows } };
const seat = {
  tutorId,
  bookingId: 'b1',
  studentId: 's1',
  lessonId: 'l1',
  offerId: 'o1',
  startsAt: START,
  minutes: 60,
  seats: 1,
};
const group = { ...seat, offerId: 'group', seats: 3 };
const hold = (data: typeof seat, at = now) => ({ type: 'HoldSeat', data, now: at }) as const;
const held = (data: typeof seat): CalendarEvent => ({ type: 'SeatHeld', data });
const refused = (bookingId: string, reason: 'seat-taken' | 'not-available' | 'already-booked'): CalendarEvent => ({
  type: 'SeatRefused',
  data: { tutorId, bookingId, reason },
});
const release = (bookingId: string) => ({ type: 'ReleaseSeat', data: { tutorId, bookingId }, now }) as const;
const released = (bookingId: string, lessonId = 'l1'): CalendarEvent => ({
  type: 'SeatReleased',
  data: { tutorId, bookingId, lessonId },
});

describe('SetAvailability', () => {
  const setTo = (zone: string, wanted: readonly WeeklyWindow[]) =>
    ({ type: 'SetAvailability', data: { tutorId, zone, windows: wanted }, now }) as const;
  it('CA1: is set, and again without a change nothing happens', () => {
    given([]).when(setTo('Asia/Kolkata', windows)).then([set]);
    given([set]).when(setTo('Asia/Kolkata', windows)).then([]);
  });
  it('CA1: needs a known zone', () => given([]).when(setTo('Asia/Nowhere', windows)).then('zone-unknown'));
  it.each([
    ['10:00', '10:00'],
    ['12:00', '10:00'],
    ['10', '12:00'],
    ['10:00', '25:00'],
  ])('CA1: refuses a window from %s to %s', (from, to) =>
    given([])
      .when(setTo('UTC', [{ weekday: 1, from, to, offerId: 'o1' }]))
      .then('window-invalid'),
  );
});

describe('time off', () => {
  const add = (from: number, to: number) => ({ type: 'AddTimeOff', data: { tutorId, from, to }, now }) as const;
  const remove = (from: number, to: number) => ({ type: 'RemoveTimeOff', data: { tutorId, from, to }, now }) as const;
  const added: CalendarEvent = { type: 'TimeOffAdded', data: { tutorId, from: START, to: START + HOUR } };
  const removed: CalendarEvent = { type: 'TimeOffRemoved', data: { tutorId, from: START, to: START + HOUR } };
  it('CA12: is added once and removed once', () => {
    given([])
      .when(add(START, START + HOUR))
      .then([added]);
    given([added])
      .when(add(START, START + HOUR))
      .then([]);
    given([added])
      .when(remove(START, START + HOUR))
      .then([removed]);
    given([added, removed])
      .when(remove(START, START + HOUR))
      .then([]);
  });
  it('CA12: ends after it begins', () => given([]).when(add(START, START)).then('time-off-invalid'));
  it('CA5: gives no seat', () =>
    given([set, added])
      .when(hold(seat))
      .then([refused('b1', 'not-available')]));
  it('CA12: takes no seat away', () =>
    given([set, held(seat), added])
      .when(release('b1'))
      .then([released('b1')]));
});

describe('HoldSeat', () => {
  it('CA6: gives a seat that is offered', () =>
    given([set])
      .when(hold(seat))
      .then([held(seat)]));
  it.each([
    ['before availability is set', [], seat, now],
    ['off the grid', [set], { ...seat, startsAt: START + 30 * MINUTE }, now],
    ['past the window', [set], { ...seat, startsAt: START + 3 * HOUR }, now],
    ['on another day', [set], { ...seat, startsAt: START + DAY }, now],
    ['for an offer without a window', [set], { ...seat, offerId: 'o9' }, now],
    ['in the past', [set], seat, START + 1],
    ['at this very moment', [set], seat, START],
    ['for the tutor', [set], { ...seat, studentId: tutorId }, now],
  ] as const)('CA6: gives none %s', (_, history, data, at) =>
    given(history)
      .when(hold(data, at))
      .then([refused('b1', 'not-available')]),
  );
  it.each([8_640_000_000_000_000, 8_639_999_900_000_000, Number.MAX_SAFE_INTEGER, Number.NaN])(
    'CA6: gives none at %d, where no calendar has a date, and does not throw',
    (startsAt) =>
      given([set])
        .when(hold({ ...seat, startsAt }))
        .then([refused('b1', 'not-available')]),
  );
  it('CA6: a millisecond before the start is still the future', () =>
    given([set])
      .when(hold(seat, START - 1))
      .then([held(seat)]));
  it('CA7: a slot with seats left shares its lesson and its number of seats', () =>
    given([set, held(group)])
      .when(hold({ ...group, bookingId: 'b2', studentId: 's2', lessonId: 'other', seats: 9 }))
      .then([held({ ...group, bookingId: 'b2', studentId: 's2' })]));
  it('CA8: the last seat is given once', () => {
    const full = [1, 2, 3].map((n) => held({ ...group, bookingId: `b${n}`, studentId: `s${n}` }));
    given([set, ...full])
      .when(hold({ ...group, bookingId: 'b4', studentId: 's4', lessonId: 'l4' }))
      .then([refused('b4', 'seat-taken')]);
    given([set, held(seat)])
      .when(hold({ ...seat, bookingId: 'b2', studentId: 's2', lessonId: 'l2' }))
      .then([refused('b2', 'seat-taken')]);
  });
  it('CA8: another lesson of the tutor at that time wins', () => {
    given([set, held(seat)])
      .when(hold({ ...group, bookingId: 'b2', studentId: 's2', lessonId: 'l2' }))
      .then([refused('b2', 'seat-taken')]);
    const next = { ...group, bookingId: 'b2', studentId: 's2', lessonId: 'l2', startsAt: START + HOUR };
    given([set, held(seat)])
      .when(hold(next))
      .then([held(next)]);
  });
  it('CA8: a lesson that is touched in part wins too; one that is only met does not', () => {
    const long = { ...seat, bookingId: 'b2', studentId: 's2', lessonId: 'l2', offerId: 'long', minutes: 90 };
    const inside = { ...long, startsAt: START + 30 * MINUTE };
    given([set, held(seat)])
      .when(hold(inside))
      .then([refused('b2', 'seat-taken')]);
    given([set, held(inside)])
      .when(hold(seat))
      .then([refused('b1', 'seat-taken')]);
    given([set, held({ ...seat, startsAt: START + HOUR })])
      .when(hold(inside))
      .then([refused('b2', 'seat-taken')]);
    const after = { ...long, startsAt: START + 120 * MINUTE };
    given([set, held({ ...seat, startsAt: START + HOUR })])
      .when(hold(after))
      .then([held(after)]);
  });
  it('CA8: an offer that became longer does not squeeze into its old slot', () =>
    given([set, held(group)])
      .when(hold({ ...group, bookingId: 'b2', studentId: 's2', lessonId: 'l2', minutes: 90 }))
      .then([refused('b2', 'seat-taken')]));
  it('CA9: a student has one seat in a lesson', () =>
    given([set, held(group)])
      .when(hold({ ...group, bookingId: 'b2' }))
      .then([refused('b2', 'already-booked')]));
  it('CA10: a booking is answered once, whatever the answer was', () => {
    given([set, held(seat)])
      .when(hold({ ...seat, lessonId: 'l9' }))
      .then([]);
    given([set, refused('b1', 'not-available')])
      .when(hold(seat))
      .then([]);
    given([set, held(seat), released('b1')])
      .when(hold(seat))
      .then([]);
  });
});

describe('ReleaseSeat', () => {
  it('CA11: frees the seat once', () => {
    given([set, held(seat)])
      .when(release('b1'))
      .then([released('b1')]);
    given([set, held(seat), released('b1')])
      .when(release('b1'))
      .then([]);
    given([set, refused('b1', 'seat-taken')])
      .when(release('b1'))
      .then([]);
    given([set]).when(release('b1')).then('no-seat');
  });
  it('CA11: the lesson stays while another seat of it is taken', () => {
    const second = { ...group, bookingId: 'b2', studentId: 's2' };
    const third = { ...group, bookingId: 'b3', studentId: 's3', lessonId: 'l3' };
    given([set, held(group), held(second), released('b1')])
      .when(hold(third))
      .then([held({ ...third, lessonId: 'l1' })]);
    given([set, held(group), released('b1')])
      .when(hold(third))
      .then([held(third)]);
  });
  it('CA11: a lesson id means one slot', () =>
    given([set, held(seat)])
      .when(hold({ ...seat, bookingId: 'b2', studentId: 's2', startsAt: START + HOUR }))
      .then('lesson-id-reused'));
});

it('CA7–CA11: whatever comes, seats taken never exceed seats and lessons never overlap', () => {
  const command: fc.Arbitrary<CalendarCommand> = fc.oneof(
    fc
      .record({
        n: fc.integer({ min: 1, max: 12 }),
        offer: fc.constantFrom(seat, group, { ...seat, offerId: 'long', minutes: 90 }),
        slot: fc.constantFrom(0, 0.5, 1, 2),
      })
      .map(({ n, offer, slot }) =>
        hold({
          ...offer,
          bookingId: `b${n}`,
          studentId: `s${n % 7}`,
          lessonId: `l${n}`,
          startsAt: START + slot * HOUR,
        }),
      ),
    fc.integer({ min: 1, max: 12 }).map((n) => release(`b${n}`)),
    fc.integer({ min: 0, max: 2 }).map((slot): CalendarCommand => ({
      type: 'AddTimeOff',
      data: { tutorId, from: START + slot * HOUR, to: START + slot * HOUR + MINUTE },
      now,
    })),
  );
  let most = 0;
  fc.assert(
    fc.property(fc.array(command, { minLength: 20, maxLength: 60, size: 'max' }), (commands) => {
      let state: CalendarState = fold({ initial, evolve }, [set]);
      const everHeld = new Set<string>();
      for (const next of commands) {
        const decision = decide(next, state);
        if (isRefusal(decision)) continue;
        for (const event of decision) {
          if (event.type === 'SeatHeld') {
            expect(everHeld.has(event.data.bookingId)).toBe(false);
            everHeld.add(event.data.bookingId);
          }
          state = evolve(state, event);
        }
        const lessons = [...state.lessons].sort((a, b) => a.startsAt - b.startsAt);
        for (const [index, lesson] of lessons.entries()) {
          most = Math.max(most, lesson.taken.length);
          expect(lesson.taken.length).toBeLessThanOrEqual(lesson.seats);
          expect(lesson.taken.length).toBeGreaterThan(0);
          expect(new Set(lesson.taken.map((one) => one.studentId)).size).toBe(lesson.taken.length);
          const after = lessons[index + 1];
          if (after) expect(after.startsAt).toBeGreaterThanOrEqual(lesson.startsAt + lesson.minutes * MINUTE);
        }
      }
    }),
    { seed: 20261121, numRuns: 300 },
  );
  // The fuzz did fill a group; otherwise it would prove nothing.
  expect(most).toBe(3);
});
