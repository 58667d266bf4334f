import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as bookingStream from '#events/booking/events.ts';
import * as calendarStream from '#events/calendar/events.ts';
import { createSubmit } from '#events/handling/submit.server.ts';
import { recogniseAs } from '#events/handling/registry.ts';
import * as lessonStream from '#events/lesson/events.ts';
import { idFrom } from '#events/shared/ids.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { recognise, type Fact } from '../fact.ts';
import { commandsIn, fact, reactionsTo } from '../testing/facts.ts';
import { bookLesson, lessonTimeTimer, noTutorTimer } from './book-lesson.ts';
import {
  accepted,
  BOOKING,
  cancelled,
  captured,
  confirmed,
  HOUR,
  LESSON,
  requested,
  seatHeld,
  START,
} from './examples.ts';
import { rescheduleTimer } from './move-lesson.ts';
import type { Intent, Process, Reaction } from './process.ts';
import { runLesson } from './run-lesson.ts';

const bookingId = BOOKING;
const proposalId = 'p1';
const LATER = START + 72 * HOUR;
const NEW = 'l2';
const at = START - 20 * HOUR;
const proposed = fact(
  { type: 'RescheduleProposed', data: { bookingId, proposalId, by: 'tutor', startsAt: LATER, answerBy: at + 9, at } },
  at,
);
const agreed = fact(
  { type: 'RescheduleAgreed', data: { bookingId, proposalId, by: 'student', startsAt: LATER, at } },
  at,
);
const moveTo = { offerId: 'o1', startsAt: LATER, minutes: 60, seats: 1 };
const seatMoved = fact({
  type: 'SeatMoved',
  data: { tutorId: 't1', bookingId, studentId: 's1', proposalId, fromLessonId: LESSON, lessonId: NEW, ...moveTo },
});
const moveRefused = (reason: 'seat-taken' | 'no-seat' | 'already-booked'): Fact =>
  fact({ type: 'SeatMoveRefused', data: { tutorId: 't1', bookingId, proposalId, reason } });
const rescheduled = fact({
  type: 'BookingRescheduled',
  data: {
    bookingId,
    proposalId,
    lessonId: NEW,
    startsAt: LATER,
    previousLessonId: LESSON,
    previousStartsAt: START,
    refundCapPct: 50,
    at,
  },
});
const paid = [requested(), seatHeld(), accepted(), captured(), confirmed()];
const to = (...facts: readonly Fact[]) => reactionsTo(bookLesson, [...paid, ...facts]);

describe('a move', () => {
  test('ML1: a proposal lapses when its time to answer is over', () => {
    expect(to(proposed)).toMatchObject([
      { kind: 'timer', key: rescheduleTimer(proposalId), dueAt: at + 9, command: { type: 'LapseReschedule' } },
    ]);
  });

  test('ML2: once agreed to, the calendar is asked, for one lesson however often, and nothing lapses any more', () => {
    const [forget, move] = to(proposed, agreed);
    expect(forget).toEqual({ kind: 'forget', keys: [rescheduleTimer(proposalId)] });
    expect(move).toMatchObject({
      command: {
        type: 'MoveSeat',
        data: {
          bookingId,
          proposalId,
          startsAt: LATER,
          offerId: 'o1',
          lessonId: idFrom('lesson', bookingId, proposalId),
        },
      },
    });
    expect(to(proposed, agreed, agreed)[1]).toEqual(move);
  });

  test('ML3: the seat moved completes it; refused, the booking stays where it is', () => {
    expect(to(proposed, agreed, seatMoved)).toMatchObject([
      { command: { type: 'CompleteReschedule', data: { proposalId, lessonId: NEW, startsAt: LATER } } },
    ]);
    for (const [reason, said] of [
      ['seat-taken', 'seat-taken'],
      ['already-booked', 'not-available'],
      ['no-seat', 'not-available'],
    ] as const)
      expect(to(proposed, agreed, moveRefused(reason))).toMatchObject([
        { command: { type: 'RefuseReschedule', data: { proposalId, reason: said } } },
      ]);
  });

  test('ML4: the new lesson, the seat in it and its timers; the old seat is given up', () => {
    const reactions = to(proposed, agreed, seatMoved, rescheduled);
    expect(commandsIn(reactions)).toEqual(['ScheduleLesson', 'TakeSeat', 'GiveUpSeat']);
    expect(reactions).toMatchObject([
      { command: { data: { lessonId: NEW, startsAt: LATER } } },
      { command: { data: { lessonId: NEW, bookingId, moveId: proposalId } } },
      { command: { data: { lessonId: LESSON, bookingId } } },
      { kind: 'timer', key: noTutorTimer(NEW), dueAt: LATER + 900_000 },
      { kind: 'timer', key: lessonTimeTimer(NEW), dueAt: LATER + HOUR + 900_000 },
    ]);
  });

  test('ML5: cancelled while it moves: no seat stays behind, whichever comes first', () => {
    expect(commandsIn(to(proposed, agreed, cancelled(40_000)))).toEqual(['ReleaseSeat', 'GiveUpSeat']);
    expect(commandsIn(to(proposed, agreed, cancelled(40_000), seatMoved))).toEqual(['ReleaseSeat']);
    expect(to(proposed, agreed, cancelled(40_000), moveRefused('no-seat'))).toEqual([]);
    const given = (facts: readonly Fact[]) =>
      to(...facts).flatMap((one) =>
        one.kind === 'command' && one.command.type === 'GiveUpSeat' ? [one.command.data] : [],
      );
    expect(commandsIn(to(proposed, agreed, seatMoved, cancelled(40_000)))).toEqual(['ReleaseSeat', 'GiveUpSeat']);
    expect(given([proposed, agreed, seatMoved, cancelled(40_000)])).toEqual([{ lessonId: LESSON, bookingId }]);
    expect(given([proposed, agreed, seatMoved, rescheduled, cancelled(40_000)])).toEqual([
      { lessonId: NEW, bookingId },
    ]);
  });
});

/** Bookings, a calendar and lessons over a real log, whose facts the processes see one by one, when the test says so. */
function business() {
  const store = inMemoryStore();
  const submit = createSubmit(store);
  const take = [taker(bookLesson), taker(runLesson)];
  const timers = new Map<string, { dueAt: number; command: Intent }>();
  let now = START - 7 * 24 * HOUR;
  let seen = 0;

  async function give(command: Intent, id: string): Promise<void> {
    const actor = { kind: 'system', id: 'test' } as const;
    const context = { commandId: id, correlationId: 'x', causationId: id, actor };
    await submit({ ...command, now }, context);
  }
  async function facts(): Promise<readonly Fact[]> {
    return (await store.readAll()).flatMap((event) => recognise(event) ?? []);
  }
  /** The processes see the next fact; false when there is none. */
  async function step(): Promise<boolean> {
    const next = (await facts())[seen];
    if (!next) return false;
    seen += 1;
    for (const { name, reactTo } of take)
      for (const reaction of reactTo(next)) {
        if (reaction.kind === 'command') await give(reaction.command, idFrom(next.id, name, reaction.step));
        if (reaction.kind === 'timer' && !timers.has(reaction.key)) timers.set(reaction.key, reaction);
        if (reaction.kind === 'forget') for (const key of reaction.keys) timers.delete(key);
      }
    return true;
  }
  return {
    give,
    step,
    at: (instant: number) => {
      now = Math.max(now, instant);
    },
    now: () => now,
    async settle() {
      while (await step());
    },
    /** Time passes: what is due fires, and the processes see what comes of it. */
    async pass(until: number) {
      for (;;) {
        const [due] = [...timers].filter(([, { dueAt }]) => dueAt <= until).toSorted((a, b) => a[1].dueAt - b[1].dueAt);
        if (!due) break;
        const [key, { dueAt, command }] = due;
        timers.delete(key);
        now = Math.max(now, dueAt);
        await give(command, idFrom('timer', key));
        while (await step());
      }
      now = Math.max(now, until);
    },
    booking: async (id: string) =>
      (await store.read(`booking-${id}`))
        .flatMap((event) => recogniseAs(event, 'booking') ?? [])
        .reduce(bookingStream.evolve, bookingStream.initial),
    calendar: async () =>
      (await store.read('calendar-t1'))
        .flatMap((event) => recogniseAs(event, 'calendar') ?? [])
        .reduce(calendarStream.evolve, calendarStream.initial),
    async lessons() {
      const ids = new Set(
        (await facts()).flatMap((one) => (one.type === 'LessonScheduled' ? [one.data.lessonId] : [])),
      );
      return Promise.all(
        [...ids].map(async (id) => ({
          id,
          state: (await store.read(`lesson-${id}`))
            .flatMap((event) => recogniseAs(event, 'lesson') ?? [])
            .reduce(lessonStream.evolve, lessonStream.initial),
        })),
      );
    },
  };
}

function taker<State>(process: Process<State>): { name: string; reactTo: (fact: Fact) => readonly Reaction[] } {
  const states = new Map<string, State>();
  return {
    name: process.name,
    reactTo(one) {
      const key = process.keyOf(one);
      if (key === null) return [];
      const state = process.evolve(states.get(key) ?? process.initial, one);
      states.set(key, state);
      return process.react(one, state, { accountId: null });
    },
  };
}

const MONDAY = Date.UTC(2026, 11, 7, 4, 30);
const STARTS = [MONDAY, MONDAY + HOUR, MONDAY + 2 * HOUR, MONDAY + 7 * 24 * HOUR];
const IDS = ['b1', 'b2', 'b3'];

async function open(seats: number) {
  const world = business();
  const windows = [{ weekday: 1, from: '10:00', to: '13:00', offerId: 'o1' }] as const;
  await world.give({ type: 'SetAvailability', data: { tutorId: 't1', zone: 'Asia/Kolkata', windows } }, 'open');
  for (const [index, id] of IDS.entries()) {
    const terms = { tutorId: 't1', offerId: 'o1', minutes: 60, seats, price: 80_000, subject: 'Physics', note: '' };
    const who = { studentId: `s${index}`, bookedBy: `s${index}` };
    const startsAt = STARTS[Math.floor(index / seats)] ?? MONDAY;
    const rules = { mode: 'instant', policy: POLICY_2026_11 } as const;
    await world.give(
      { type: 'RequestBooking', data: { bookingId: id, ...terms, ...who, startsAt, ...rules } },
      `r-${id}`,
    );
    await world.settle();
    await world.give({ type: 'ConfirmBooking', data: { bookingId: id, amount: 80_000 } }, `c-${id}`);
    await world.settle();
  }
  return world;
}

/** One seat a booking, in the calendar and in the lesson alike, and no lesson without anybody. */
async function checkSeats(world: Awaited<ReturnType<typeof open>>): Promise<void> {
  const calendar = await world.calendar();
  const lessons = await world.lessons();
  for (const id of IDS) {
    const booking = await world.booking(id);
    const held = calendar.lessons.filter(({ taken }) => taken.some((seat) => seat.bookingId === id));
    const sits = lessons.filter(({ state }) => 'seats' in state && state.seats.some((seat) => seat.bookingId === id));
    if (booking.kind === 'cancelled') {
      expect([held, sits]).toEqual([[], []]);
      continue;
    }
    if (booking.kind !== 'confirmed') throw new Error(`${id} is ${booking.kind}`);
    expect(booking.proposal).toBeNull();
    expect(held.map(({ lessonId, startsAt }) => [lessonId, startsAt])).toEqual([
      [booking.lessonId, booking.terms.startsAt],
    ]);
    expect(sits.map((one) => one.id)).toEqual([booking.lessonId]);
  }
  for (const { state } of lessons) if ('seats' in state) expect(state.seats.length).toBeGreaterThan(0);
}

describe('ML6: whatever both sides and the processes do, in any order', () => {
  const id = fc.constantFrom(...IDS);
  const to = fc.constantFrom(...STARTS);
  const by = fc.constantFrom('student' as const, 'tutor' as const);
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.record({ what: fc.constant('see' as const), facts: fc.integer({ min: 1, max: 6 }) }) },
    { weight: 3, arbitrary: fc.record({ what: fc.constant('propose' as const), id, by, to }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('answer' as const), id, by, agree: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('withdraw' as const), id, by }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('cancel' as const), id, by }) },
    {
      weight: 1,
      arbitrary: fc.record({ what: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 30 * HOUR }) }),
    },
  );

  test.each([1, 2, 3])('with %d seats a slot', async (seats) => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 40 }), async (acts) => {
        const world = await open(seats);
        for (const [index, one] of acts.entries()) {
          const key = `a-${index}`;
          if (one.what === 'see') for (let n = 0; n < one.facts; n += 1) await world.step();
          if (one.what === 'wait') await world.pass(Math.min(world.now() + one.ms, MONDAY - 1));
          if (one.what === 'propose')
            await world.give(
              { type: 'ProposeReschedule', data: { bookingId: one.id, proposalId: key, by: one.by, startsAt: one.to } },
              key,
            );
          if (one.what === 'cancel')
            await world.give({ type: 'CancelBooking', data: { bookingId: one.id, by: one.by, reason: '' } }, key);
          if (one.what !== 'answer' && one.what !== 'withdraw') continue;
          const state = await world.booking(one.id);
          if (state.kind !== 'confirmed' || !state.proposal) continue;
          const which = { bookingId: one.id, proposalId: state.proposal.proposalId, by: one.by };
          await world.give(
            one.what === 'answer'
              ? { type: 'AnswerReschedule', data: { ...which, agree: one.agree } }
              : { type: 'WithdrawReschedule', data: which },
            key,
          );
        }
        await world.settle();
        // Up to just before the first lesson, so that every open question has lapsed but nothing was taught.
        await world.pass(MONDAY - 1);
        for (const one of IDS) {
          const state = await world.booking(one);
          if (state.kind === 'confirmed' && state.proposal)
            await world.give(
              {
                type: 'AnswerReschedule',
                data: {
                  bookingId: one,
                  proposalId: state.proposal.proposalId,
                  by: state.proposal.by === 'tutor' ? 'student' : 'tutor',
                  agree: false,
                },
              },
              `end-${one}`,
            );
        }
        await world.settle();
        await checkSeats(world);
      }),
      { seed: 20261121, numRuns: 120 },
    );
  });

  test('the lesson that was left never decides about the booking, nor its timers', async () => {
    const world = await open(1);
    await world.give(
      {
        type: 'ProposeReschedule',
        data: { bookingId: 'b1', proposalId: 'p', by: 'student', startsAt: STARTS[3] ?? 0 },
      },
      'p',
    );
    await world.settle();
    // All timers of the old lesson pass, and of the others.
    await world.pass(MONDAY + 24 * HOUR);
    expect(await world.booking('b1')).toMatchObject({ kind: 'confirmed', terms: { startsAt: STARTS[3] } });
    const [old] = (await world.lessons()).filter(({ id: one }) => one === idFrom('lesson', 'b1'));
    expect(old?.state.kind).toBe('cancelled');
  });
});
