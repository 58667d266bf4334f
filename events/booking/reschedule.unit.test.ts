import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../shared/decider.ts';
import { specFor } from '../shared/given.ts';
import { BOOKABLE_AHEAD_MS } from '../shared/policy.ts';
import { isRefusal } from '../shared/refusal.ts';
import { DAY, HOUR, MINUTE, START } from '../shared/times.ts';
import { cancellationOf, cancellationTerms, decide, type BookingCommand } from './decide.ts';
import { evolve, initial, type BookingEvent } from './events.ts';
import * as of from './examples.ts';
import { MAX_PROPOSALS } from './reschedule.ts';

const { answer, agreed, bookingId, complete, END, LATER, lapse, moved, paid, propose, proposed, refused, withdraw } =
  of;
const decider = { initial, evolve, decide };
const given = specFor(decider);
/** More than 12 hours ahead. */
const EARLY = START - 2 * DAY;
/** Less. */
const LATE = START - 8 * HOUR;

describe('asking for another time', () => {
  it('BO30: a student moves alone until 12 h before, exactly', () => {
    const now = START - 12 * HOUR;
    given(paid)
      .when(propose('student', LATER, now))
      .then([proposed('student', LATER, now), agreed('student', LATER, now)]);
    given(paid)
      .when(propose('student', LATER, now + 1))
      .then([proposed('student', LATER, now + 1)]);
  });
  it('BO31: a tutor always needs the other side', () =>
    given(paid)
      .when(propose('tutor', LATER, EARLY))
      .then([proposed('tutor', LATER, EARLY)]));
  it('BO31: the time to answer is a day, at latest until the old start or the new one', () => {
    given(paid)
      .when(propose('tutor', START - HOUR, LATE))
      .then([proposed('tutor', START - HOUR, LATE)]);
    const answerBy = (startsAt: number, now: number) => {
      const [event] = decisionOf(paid, propose('tutor', startsAt, now));
      return event?.type === 'RescheduleProposed' ? event.data.answerBy : null;
    };
    expect(answerBy(LATER, EARLY)).toBe(EARLY + DAY);
    expect(answerBy(LATER, LATE)).toBe(START);
    expect(answerBy(START - HOUR, LATE)).toBe(START - HOUR);
  });
  it.each([
    ['same-time', START, EARLY],
    ['time-passed', EARLY, EARLY],
    ['time-passed', Number.NaN, EARLY],
    ['time-passed', LATER + 0.5, EARLY],
    ['too-far-ahead', EARLY + BOOKABLE_AHEAD_MS + 1, EARLY],
    ['lesson-started', LATER, START],
  ])('BO29: refuses with %s', (code, startsAt, now) =>
    given(paid)
      .when(propose('student', startsAt, now))
      .then(code),
  );
  it('BO32: one at a time; the same form twice is one, with another time it is refused', () => {
    const open = [...paid, proposed('tutor', LATER, EARLY)];
    given(open)
      .when(propose('student', LATER, EARLY, 'p2'))
      .then('proposal-open');
    given(open)
      .when(propose('tutor', LATER, EARLY + 5))
      .then([]);
    given(open)
      .when(propose('tutor', LATER + HOUR, EARLY))
      .then('request-id-reused');
    given([...open, refused('withdrawn', EARLY)])
      .when(propose('tutor', LATER, EARLY))
      .then('proposal-closed');
    given([...open, refused('withdrawn', EARLY)])
      .when(propose('student', LATER, EARLY, 'p2'))
      .then([proposed('student', LATER, EARLY, 'p2'), agreed('student', LATER, EARLY, 'p2')]);
  });
  it('BO32: not more often than 20 times', () => {
    const before = Array.from({ length: MAX_PROPOSALS }, (_, index) => [
      proposed('tutor', LATER, EARLY, `p${index}`),
      refused('by-other-side', EARLY, `p${index}`),
    ]).flat();
    given([...paid, ...before])
      .when(propose('tutor', LATER, EARLY, 'one more'))
      .then('too-many-proposals');
  });
});

describe('the answer', () => {
  const open = [...paid, proposed('student', LATER, LATE)];
  it('BO31: the other side agrees, until the last millisecond', () => {
    given(open)
      .when(answer('tutor', true, START - 1))
      .then([agreed('tutor', LATER, START - 1)]);
    given(open)
      .when(answer('tutor', true, START))
      .then('proposal-lapsed');
    given(open)
      .when(answer('tutor', false, START))
      .then('proposal-lapsed');
  });
  it('BO33: or declines', () => {
    const no = [...open, refused('by-other-side', LATE + 1)];
    given(open)
      .when(answer('tutor', false, LATE + 1))
      .then([refused('by-other-side', LATE + 1)]);
    given(no)
      .when(answer('tutor', false, LATE + 2))
      .then([]);
    given(no)
      .when(answer('tutor', true, LATE + 2))
      .then('proposal-closed');
  });
  it('BO32: not who asked', () =>
    given(open)
      .when(answer('student', true, LATE + 1))
      .then('own-proposal'));
  it('BO33: who asked withdraws it, nobody else, and not once it is agreed to', () => {
    given(open)
      .when(withdraw('student', LATE + 1))
      .then([refused('withdrawn', LATE + 1)]);
    given(open)
      .when(withdraw('tutor', LATE + 1))
      .then('not-your-proposal');
    const both = [...open, agreed('tutor', LATER, LATE)];
    given(both)
      .when(withdraw('student', LATE + 1))
      .then('moving');
    given(both)
      .when(answer('tutor', false, LATE + 1))
      .then('moving');
  });
  it('BO34: it lapses when its time is over, not a millisecond before', () => {
    given(open)
      .when(lapse(START - 1))
      .then('not-due');
    given(open)
      .when(lapse(START))
      .then([refused('lapsed', START)]);
    given([...open, refused('lapsed', START)])
      .when(lapse(START + 1))
      .then([]);
    given([...open, agreed('tutor', LATER, LATE)])
      .when(lapse(START))
      .then('moving');
  });
  it('BO33: an unknown one is not answered', () => {
    for (const command of [answer('tutor', true, LATE, 'p9'), withdraw('student', LATE, 'p9'), lapse(START, 'p9')])
      given(open).when(command).then('proposal-unknown');
  });
});

describe('the move', () => {
  const both = [...paid, proposed('student', LATER, LATE), agreed('tutor', LATER, LATE)];
  it('BO35: to the start that was agreed to, once', () => {
    given(both)
      .when(complete(LATER, LATE + 9))
      .then([moved(LATER, LATE + 9, 50)]);
    given([...both, moved(LATER, LATE + 9, 50)])
      .when(complete(LATER, LATE + 10))
      .then([]);
    given(both)
      .when(complete(LATER + HOUR, LATE + 9))
      .then('proposal-mismatch');
    given([...paid, proposed('student', LATER, LATE)])
      .when(complete(LATER, LATE + 9))
      .then('not-agreed');
  });
  it('BO35: also when the calendar answers after the old start: the seat is moved by then', () =>
    given(both)
      .when(complete(LATER, START + HOUR))
      .then([moved(LATER, START + HOUR, 50)]));
  it('BO37: what the calendar refuses leaves it where it is', () => {
    given(both)
      .when(of.refuseMove(LATE + 9))
      .then([refused('seat-taken', LATE + 9)]);
    expect(fold(decider, [...both, refused('seat-taken', LATE + 9)])).toMatchObject({
      kind: 'confirmed',
      terms: { startsAt: START },
      lessonId: 'l1',
      proposal: null,
    });
  });
  it('BO38: a cancellation ends it, by the terms of today', () => {
    for (const history of [[...paid, proposed('student', LATER, LATE)], both])
      given(history)
        .when(of.cancel('student', LATE + 9))
        .then([
          {
            type: 'BookingCancelled',
            data: {
              bookingId,
              by: 'student',
              reason: '',
              rule: 'tier-4h',
              refundPct: 50,
              refund: 40_000,
              cancelledAt: LATE + 9,
            },
          },
        ]);
    given([...both, of.cancelled])
      .when(complete(LATER, LATE + 9))
      .then('booking-over');
    given([...both, of.cancelled])
      .when(of.refuseMove(LATE + 9))
      .then('booking-over');
  });
  it('BO38: an unanswered one lapses before the lesson decides; an agreed one goes first', () => {
    const start: BookingCommand = { type: 'StartBooking', data: { bookingId }, now: START };
    given([...paid, proposed('student', LATER, LATE)])
      .when(start)
      .then([refused('lapsed', START), of.started]);
    given(both).when(start).then('moving');
  });
  it('BO39: the lesson that was left decides nothing; the new one does', () => {
    const history = [...both, moved(LATER, LATE + 9, 50)];
    const nobody = (lessonId: string, now: number): BookingCommand => ({
      type: 'CancelUntaughtBooking',
      data: { bookingId, outcome: 'nobody', lessonId },
      now,
    });
    given(history)
      .when(nobody('l1', LATER + HOUR))
      .then('other-lesson');
    given(history)
      .when({
        type: 'CompleteBooking',
        data: { bookingId, outcome: 'held', t0: END, lessonId: 'l1' },
        now: LATER + HOUR,
      })
      .then('other-lesson');
    given(history)
      .when({ type: 'ReviewBooking', data: { bookingId, outcome: 'unclear', lessonId: 'l1' }, now: LATER + HOUR })
      .then('other-lesson');
    const t0 = LATER + HOUR;
    given(history)
      .when({ type: 'CompleteBooking', data: { bookingId, outcome: 'held', t0, lessonId: 'l2' }, now: t0 })
      .then([{ type: 'BookingCompleted', data: { bookingId, outcome: 'held', t0 } }]);
  });
  it('BO29: a moved booking is cancelled and moved by its new start', () => {
    const history = [...paid, proposed('student', LATER, EARLY), agreed('student', LATER, EARLY), moved(LATER, EARLY)];
    given(history)
      .when(propose('student', START, START + DAY, 'p2'))
      .then('time-passed');
    const back = LATER - HOUR;
    given(history)
      .when(propose('student', back, START + DAY, 'p2'))
      .then([
        {
          type: 'RescheduleProposed',
          data: {
            bookingId,
            proposalId: 'p2',
            by: 'student',
            startsAt: back,
            answerBy: START + DAY,
            at: START + DAY,
          },
        },
        agreed('student', back, START + DAY, 'p2'),
      ]);
  });
});

describe('BO36: moving never raises what a cancellation gives back', () => {
  it('a student who moves far away when half would go back, and cancels, gets half', () => {
    const now = START - 20 * HOUR;
    const history = move(paid, 'student', START + 30 * DAY, now);
    expect(back(history, now + HOUR)).toEqual({ refundPct: 50, refund: 40_000, rule: 'moved' });
    expect(back(history, START + 29 * DAY + 21 * HOUR).rule).toBe('too-late');
  });
  it('nor with the tutor’s yes, when nothing would go back', () => {
    const now = START - 3 * HOUR;
    const history = move(paid, 'student', START + 30 * DAY, now);
    expect(back(history, now + HOUR)).toEqual({ refundPct: 0, refund: 0, rule: 'moved' });
  });
  it('what counts is the moment of the yes, not of the question', () => {
    const asked = [...paid, proposed('student', LATER, START - 11 * HOUR)];
    const yes = [...asked, ...decisionOf(asked, answer('tutor', true, START - 3 * HOUR))];
    const [event] = decisionOf(yes, complete(LATER, START - 3 * HOUR + 5));
    expect(event).toMatchObject({ type: 'BookingRescheduled', data: { refundCapPct: 0 } });
  });
  it('nor by moving twice', () => {
    const once = move(paid, 'student', LATER, START - 20 * HOUR, 'p1');
    const twice = move(once, 'student', START + 40 * DAY, START - 19 * HOUR, 'p2');
    expect(back(twice, START)).toMatchObject({ refundPct: 50, rule: 'moved' });
  });
  it('within the grace all goes back, as it would without the move', () => {
    const now = of.ASKED + 5 * MINUTE;
    const history = move(paid, 'student', LATER, now);
    expect(back(history, now + MINUTE)).toMatchObject({ refundPct: 100, rule: 'grace' });
  });
  it('a grace that is still running does not lift the cap of an earlier move', () => {
    const confirmedAt = START - 20 * HOUR;
    const late: readonly BookingEvent[] = [
      ...of.awaiting,
      { type: 'BookingConfirmed', data: { bookingId, lessonId: 'l1', confirmedAt } },
      proposed('student', LATER, confirmedAt),
      agreed('student', LATER, confirmedAt),
      moved(LATER, confirmedAt, 50),
    ];
    expect(back(late, confirmedAt + MINUTE)).toMatchObject({ refundPct: 50, rule: 'moved' });
  });
  it('a tutor’s move takes nothing from the student, and gives nothing back that was lost', () => {
    const now = START - 20 * HOUR;
    expect(back(move(paid, 'tutor', LATER, now), now)).toMatchObject({ refundPct: 100, rule: 'tier-24h' });
    const twice = move(move(paid, 'student', LATER, now, 'p1'), 'tutor', START + 40 * DAY, now, 'p2');
    expect(back(twice, now)).toMatchObject({ refundPct: 50, rule: 'moved' });
  });
  it('tutor and platform still give back all of it', () => {
    const history = move(paid, 'student', LATER, START - 3 * HOUR);
    for (const by of ['tutor', 'platform'] as const)
      expect(back(history, START, by)).toMatchObject({ refundPct: 100, refund: 80_000, rule: `by-${by}` });
  });
  it('whatever a student does, in any order', () => {
    const step = fc.record({
      after: fc.integer({ min: 0, max: 3 * DAY }),
      ahead: fc.integer({ min: 1, max: 60 * DAY }),
    });
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 60 * DAY }),
        (steps, last) => {
          let history: readonly BookingEvent[] = paid;
          let now = of.ASKED + 16 * MINUTE;
          let best = 100;
          for (const [index, { after, ahead }] of steps.entries()) {
            now += after;
            const before = fold(decider, history);
            if (before.kind !== 'confirmed' || now >= before.terms.startsAt) break;
            best = Math.min(best, back(history, now).refundPct);
            history = move(history, 'student', now + ahead, now, `p${index}`);
            expect(back(history, now).refundPct).toBeLessThanOrEqual(best);
          }
          expect(back(history, now + last).refundPct).toBeLessThanOrEqual(best);
        },
      ),
      { seed: 20261121, numRuns: 500 },
    );
  });
});

/** Proposes, agrees where the other side must, and completes; unchanged where that is refused. */
function move(
  history: readonly BookingEvent[],
  by: 'student' | 'tutor',
  startsAt: number,
  now: number,
  proposalId = 'p1',
): readonly BookingEvent[] {
  const asked = [...history, ...decisionOf(history, propose(by, startsAt, now, proposalId))];
  const other = by === 'student' ? 'tutor' : 'student';
  const both = [...asked, ...decisionOf(asked, answer(other, true, now, proposalId))];
  return [...both, ...decisionOf(both, complete(startsAt, now, proposalId, `lesson of ${proposalId}`))];
}

function decisionOf(history: readonly BookingEvent[], command: BookingCommand): readonly BookingEvent[] {
  const decision = decide(command, fold(decider, history));
  return isRefusal(decision) ? [] : decision;
}

function back(history: readonly BookingEvent[], now: number, by: 'student' | 'tutor' | 'platform' = 'student') {
  const state = fold(decider, history);
  if (state.kind === 'none') throw new Error('No booking.');
  return cancellationOf(cancellationTerms(state), by, now);
}
