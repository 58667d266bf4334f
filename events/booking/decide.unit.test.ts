import { describe, it } from 'vitest';
import { specFor } from '../shared/given.ts';
import { BOOKABLE_AHEAD_MS, POLICY_2026_11 } from '../shared/policy.ts';
import { DAY, HOUR, MINUTE, START } from '../shared/times.ts';
import { decide, type BookingCommand } from './decide.ts';
import { evolve, initial, type BookingEvent, type BookingTerms } from './events.ts';

const given = specFor({ initial, evolve, decide });
const bookingId = 'b1';
const asked = START - 7 * DAY;
const end = START + HOUR;
const { requestedAt: _, ...form }: BookingTerms = {
  bookingId,
  tutorId: 't1',
  studentId: 's1',
  bookedBy: 's1',
  offerId: 'o1',
  subject: 'Physics',
  startsAt: START,
  minutes: 60,
  seats: 1,
  price: 80_000,
  mode: 'instant',
  policy: POLICY_2026_11,
  note: 'Waves, please.',
  requestedAt: asked,
};
const request = (change: Partial<typeof form> = {}, now = asked): BookingCommand => ({
  type: 'RequestBooking',
  data: { ...form, ...change },
  now,
});
const requested = (change: Partial<BookingTerms> = {}): BookingEvent => ({
  type: 'BookingRequested',
  data: { ...form, requestedAt: asked, ...change },
});
const byHand = requested({ mode: 'accept' });
const accepted = (payBy = asked + 10 * MINUTE): BookingEvent => ({
  type: 'BookingAccepted',
  data: { bookingId, lessonId: 'l1', payBy },
});
const declined: BookingEvent = { type: 'BookingDeclined', data: { bookingId, reason: 'by-tutor' } };
const expired: BookingEvent = { type: 'BookingExpired', data: { bookingId } };
const confirmed: BookingEvent = {
  type: 'BookingConfirmed',
  data: { bookingId, lessonId: 'l1', confirmedAt: asked + MINUTE },
};
const started: BookingEvent = { type: 'BookingStarted', data: { bookingId } };
const completed: BookingEvent = { type: 'BookingCompleted', data: { bookingId, outcome: 'held', t0: end } };
const underReview: BookingEvent = { type: 'BookingUnderReview', data: { bookingId, outcome: 'unclear' } };
const closed: BookingEvent = { type: 'BookingClosed', data: { bookingId } };
const cancelled = (
  change: Partial<Extract<BookingEvent, { type: 'BookingCancelled' }>['data']> = {},
): BookingEvent => ({
  type: 'BookingCancelled',
  data: {
    bookingId,
    by: 'student',
    reason: 'Ill.',
    rule: 'tier-24h',
    refundPct: 100,
    refund: 80_000,
    cancelledAt: START - 2 * DAY,
    ...change,
  },
});
const awaiting = [requested(), accepted()];
const paid = [...awaiting, confirmed];

const accept = (now: number, lessonId = 'l1'): BookingCommand => ({
  type: 'AcceptBooking',
  data: { bookingId, lessonId },
  now,
});
const decline = (reason: 'by-tutor' | 'lapsed', now = asked + 1): BookingCommand => ({
  type: 'DeclineBooking',
  data: { bookingId, reason },
  now,
});
const confirm = (amount = 80_000, now = asked + MINUTE): BookingCommand => ({
  type: 'ConfirmBooking',
  data: { bookingId, amount },
  now,
});
const expire = (now: number): BookingCommand => ({ type: 'ExpireBooking', data: { bookingId }, now });
const cancel = (by: 'student' | 'tutor' | 'platform', now: number): BookingCommand => ({
  type: 'CancelBooking',
  data: { bookingId, by, reason: 'Ill.' },
  now,
});
const start: BookingCommand = { type: 'StartBooking', data: { bookingId }, now: START };
const complete = (t0 = end, now = end, outcome: 'held' | 'student-no-show' = 'held'): BookingCommand => ({
  type: 'CompleteBooking',
  data: { bookingId, outcome, t0 },
  now,
});
const untaught = (outcome: 'tutor-no-show' | 'nobody', now = end): BookingCommand => ({
  type: 'CancelUntaughtBooking',
  data: { bookingId, outcome },
  now,
});
const review = (now = end): BookingCommand => ({ type: 'ReviewBooking', data: { bookingId, outcome: 'unclear' }, now });
const close: BookingCommand = { type: 'CloseBooking', data: { bookingId }, now: end + 4 * DAY };

describe('RequestBooking', () => {
  it('BO1: books', () => given([]).when(request()).then([requested()]));
  it('BO1: the same form sent twice books once, whatever became of it', () => {
    given([requested()])
      .when(request({}, asked + HOUR))
      .then([]);
    given([...paid, cancelled()])
      .when(request({}, asked + HOUR))
      .then([]);
  });
  it.each([{ startsAt: START + HOUR }, { price: 1_000 }, { studentId: 's2' }, { note: '' }])(
    'BO1: the same id with other content is refused: %j',
    (change) => given([requested()]).when(request(change)).then('request-id-reused'),
  );
  it.each([
    ['time-passed', { startsAt: asked }],
    ['time-passed', { startsAt: asked - DAY }],
    ['own-lesson', { studentId: 't1' }],
    ['own-lesson', { bookedBy: 't1' }],
    ['minutes-invalid', { minutes: 50 }],
    ['seats-invalid', { seats: 51 }],
    ['price-invalid', { price: 0 }],
    ['price-invalid', { price: 100.5 }],
    ['note-too-long', { note: 'x'.repeat(2_001) }],
    ['text-invalid', { note: 'a\u0000b' }],
    ['text-invalid', { subject: 'Physics\u0000' }],
    ['too-far-ahead', { startsAt: asked + BOOKABLE_AHEAD_MS + 1 }],
    ['too-far-ahead', { startsAt: 8_640_000_000_000_000 }],
    ['too-far-ahead', { startsAt: Number.MAX_SAFE_INTEGER }],
    ['time-passed', { startsAt: Number.NaN }],
  ] as const)('BO2: refuses with %s: %j', (code, change) => given([]).when(request(change)).then(code));
  it('BO28: a year ahead, and not a millisecond more', () => {
    const startsAt = asked + BOOKABLE_AHEAD_MS;
    given([])
      .when(request({ startsAt }))
      .then([requested({ startsAt })]);
  });
  it('BO3: a tutor who accepts first needs more than 2 h', () => {
    given([])
      .when(request({ mode: 'accept' }, START - 2 * HOUR))
      .then('too-close-to-start');
    const now = START - 2 * HOUR - 1;
    given([])
      .when(request({ mode: 'accept' }, now))
      .then([requested({ mode: 'accept', requestedAt: now })]);
    given([])
      .when(request({}, START - 1))
      .then([requested({ requestedAt: START - 1 })]);
  });
});

describe('AcceptBooking', () => {
  it('BO4: an instant seat is kept for 10 minutes', () =>
    given([requested()])
      .when(accept(asked + 5))
      .then([accepted(asked + 5 + 10 * MINUTE)]));
  it('BO4: and never after the start', () =>
    given([requested()])
      .when(accept(START - MINUTE))
      .then([accepted(START)]));
  it('BO4: not once the start has come', () => given([requested()]).when(accept(START)).then('time-passed'));
  it('BO5: an accepted one for 24 h', () =>
    given([byHand])
      .when(accept(asked + HOUR))
      .then([accepted(asked + 25 * HOUR)]));
  it('BO5: at latest until 2 h before the start', () => {
    const late = requested({ mode: 'accept', requestedAt: START - 10 * HOUR });
    given([late])
      .when(accept(START - 9 * HOUR))
      .then([accepted(START - 2 * HOUR)]);
    given([late])
      .when(accept(START - 2 * HOUR))
      .then('request-lapsed');
  });
  it('BO6: the tutor has 24 h, and not a millisecond more', () => {
    given([byHand])
      .when(accept(asked + DAY - 1))
      .then([accepted(asked + DAY - 1 + DAY)]);
    given([byHand])
      .when(accept(asked + DAY))
      .then('request-lapsed');
  });
  it('BO12: again changes nothing; for another lesson it is refused', () => {
    given(awaiting)
      .when(accept(asked + 9))
      .then([]);
    given([...paid, started, completed])
      .when(accept(asked + 9))
      .then([]);
    given(awaiting)
      .when(accept(asked + 9, 'l2'))
      .then('already-accepted');
  });
  it('BO7: what is over stays over', () => {
    for (const last of [declined, cancelled()])
      given([requested(), last])
        .when(accept(asked + 1))
        .then('booking-over');
    given([...awaiting, expired])
      .when(accept(asked + 1))
      .then('booking-over');
  });
});

describe('DeclineBooking', () => {
  it('BO7: declines a request once', () => {
    given([byHand]).when(decline('by-tutor')).then([declined]);
    given([byHand, declined]).when(decline('by-tutor')).then([]);
  });
  it('BO7: not once it is accepted, paid, or over', () => {
    given(awaiting).when(decline('by-tutor')).then('already-accepted');
    given(paid).when(decline('by-tutor')).then('already-accepted');
    given([...awaiting, expired])
      .when(decline('by-tutor'))
      .then('booking-over');
  });
  it('BO6: lapses after 24 h, not before', () => {
    given([byHand])
      .when(decline('lapsed', asked + DAY - 1))
      .then('not-due');
    given([byHand])
      .when(decline('lapsed', asked + DAY))
      .then([{ type: 'BookingDeclined', data: { bookingId, reason: 'lapsed' } }]);
  });
});

describe('ConfirmBooking', () => {
  it('BO8: by exactly the price', () => {
    given(awaiting).when(confirm()).then([confirmed]);
    given(awaiting).when(confirm(79_999)).then('amount-mismatch');
    given(awaiting).when(confirm(80_001)).then('amount-mismatch');
  });
  it('BO8: only with a seat', () => given([requested()]).when(confirm()).then('not-accepted'));
  it('BO9: never when the booking is over', () => {
    given([...awaiting, expired])
      .when(confirm())
      .then('booking-over');
    given([...paid, cancelled()])
      .when(confirm())
      .then('booking-over');
    given([requested(), declined]).when(confirm()).then('booking-over');
  });
  it('BO11: late, but before it has expired', () =>
    given(awaiting)
      .when(confirm(80_000, asked + HOUR))
      .then([{ type: 'BookingConfirmed', data: { bookingId, lessonId: 'l1', confirmedAt: asked + HOUR } }]));
  it('BO12: again changes nothing', () => {
    for (const more of [[], [started], [started, underReview], [started, completed], [started, completed, closed]])
      given([...paid, ...more])
        .when(confirm())
        .then([]);
  });
});

describe('ExpireBooking', () => {
  it('BO10: at payBy, not a millisecond before', () => {
    given(awaiting)
      .when(expire(asked + 10 * MINUTE - 1))
      .then('not-due');
    given(awaiting)
      .when(expire(asked + 10 * MINUTE))
      .then([expired]);
    given([...awaiting, expired])
      .when(expire(START))
      .then([]);
  });
  it('BO10: never once paid, nor before a seat, nor when over', () => {
    given(paid).when(expire(START)).then('already-paid');
    given([...paid, started, completed])
      .when(expire(START))
      .then('already-paid');
    given([requested()]).when(expire(START)).then('not-accepted');
    given([...awaiting, cancelled()])
      .when(expire(START))
      .then('booking-over');
  });
});

describe('CancelBooking', () => {
  it('BO13: an unpaid one gives nothing back', () => {
    const free = { rule: 'not-paid', refund: 0, cancelledAt: asked + 5 };
    given([requested()])
      .when(cancel('student', asked + 5))
      .then([cancelled(free)]);
    given(awaiting)
      .when(cancel('tutor', asked + 5))
      .then([cancelled({ ...free, by: 'tutor' })]);
  });
  it('BO15: writes the rule and the refund down', () =>
    given(paid)
      .when(cancel('student', START - 2 * DAY))
      .then([cancelled()]));
  it('BO17: a late one gives nothing back, yet is a cancellation', () =>
    given(paid)
      .when(cancel('student', START - HOUR))
      .then([cancelled({ rule: 'too-late', refundPct: 0, refund: 0, cancelledAt: START - HOUR })]));
  it('BO18: the tutor may, even while it runs', () => {
    const back = { by: 'tutor', rule: 'by-tutor' } as const;
    given(paid)
      .when(cancel('tutor', START + 1))
      .then([cancelled({ ...back, cancelledAt: START + 1 })]);
    given([...paid, started])
      .when(cancel('tutor', START + 1))
      .then([cancelled({ ...back, cancelledAt: START + 1 })]);
  });
  it('BO19: the student not from the start on', () => {
    given(paid).when(cancel('student', START)).then('lesson-started');
    given([...paid, started])
      .when(cancel('student', START - MINUTE))
      .then('lesson-started');
    given(paid)
      .when(cancel('student', START - 1))
      .then([cancelled({ rule: 'too-late', refundPct: 0, refund: 0, cancelledAt: START - 1 })]);
  });
  it('BO19: a case under review is the platform’s', () => {
    const history = [...paid, started, underReview];
    given(history).when(cancel('tutor', end)).then('under-review');
    given(history).when(cancel('student', end)).then('under-review');
    given(history)
      .when(cancel('platform', end))
      .then([cancelled({ by: 'platform', rule: 'by-platform', cancelledAt: end })]);
  });
  it('BO20: once', () => {
    given([...paid, cancelled()])
      .when(cancel('student', START - HOUR))
      .then([]);
    given([...paid, cancelled()])
      .when(cancel('tutor', START - HOUR))
      .then('already-cancelled');
  });
  it('BO20: never when completed, BO27: nor when over', () => {
    given([...paid, started, completed])
      .when(cancel('tutor', end))
      .then('already-completed');
    given([...paid, started, completed, closed])
      .when(cancel('platform', end))
      .then('already-completed');
    given([...awaiting, expired])
      .when(cancel('student', asked + DAY))
      .then('booking-over');
  });
});

describe('when the lesson has come', () => {
  it('BO21: starts once, only when confirmed', () => {
    given(paid).when(start).then([started]);
    given([...paid, started])
      .when(start)
      .then([]);
    given(awaiting).when(start).then('not-confirmed');
    given([...paid, cancelled()])
      .when(start)
      .then('booking-over');
  });
  it('BO22: completes once', () => {
    given([...paid, started])
      .when(complete())
      .then([completed]);
    given([...paid, started, completed])
      .when(complete())
      .then([]);
    given([...paid, started, completed])
      .when(complete(end + 1, end + 1))
      .then('already-completed');
    given([...paid, started, completed])
      .when(complete(end, end, 'student-no-show'))
      .then('already-completed');
  });
  it('BO22: a student who never came completes it from confirmed; the hold may begin at the scheduled end', () =>
    given(paid)
      .when(complete(end, START + 20 * MINUTE, 'student-no-show'))
      .then([{ type: 'BookingCompleted', data: { bookingId, outcome: 'student-no-show', t0: end } }]));
  it('BO22: not before its start, with no t0 from elsewhere', () => {
    given([...paid, started])
      .when(complete(START, START - 1))
      .then('too-early');
    given([...paid, started])
      .when(complete(START - 1))
      .then('t0-invalid');
    given([...paid, started])
      .when(complete(end + 1, end))
      .then('t0-invalid');
  });
  it('BO22: not when unpaid or over', () => {
    given(awaiting).when(complete()).then('not-confirmed');
    given([...paid, cancelled()])
      .when(complete())
      .then('booking-over');
  });
  it.each([
    ['tutor-no-show', 'tutor', 'The tutor did not come.'],
    ['nobody', 'platform', 'Nobody came.'],
  ] as const)('BO23: %s gives all of it back', (outcome, by, reason) =>
    given(paid)
      .when(untaught(outcome))
      .then([cancelled({ by, reason, rule: outcome, cancelledAt: end })]),
  );
  it('BO24: decided once, and only when the time has come', () => {
    const gone = cancelled({ by: 'tutor', rule: 'tutor-no-show' });
    given([...paid, gone])
      .when(untaught('tutor-no-show'))
      .then([]);
    given([...paid, gone])
      .when(untaught('nobody'))
      .then('already-cancelled');
    given([...paid, started, completed])
      .when(untaught('nobody'))
      .then('already-completed');
    given(awaiting).when(untaught('nobody')).then('not-confirmed');
    given(paid)
      .when(untaught('nobody', START - 1))
      .then('too-early');
  });
  it('BO25: goes under review, and from there completes', () => {
    given([...paid, started])
      .when(review())
      .then([underReview]);
    given([...paid, started, underReview])
      .when(review())
      .then([]);
    given([...paid, started, underReview])
      .when(complete(end + DAY, end + DAY))
      .then([{ type: 'BookingCompleted', data: { bookingId, outcome: 'held', t0: end + DAY } }]);
    given([...paid, started, completed])
      .when(review())
      .then('already-completed');
    given(paid)
      .when(review(START - 1))
      .then('too-early');
    given([requested()]).when(review()).then('not-confirmed');
  });
  it('BO26: closes when completed', () => {
    given([...paid, started, completed])
      .when(close)
      .then([closed]);
    given([...paid, started, completed, closed])
      .when(close)
      .then([]);
    given(paid).when(close).then('not-completed');
    given([...paid, cancelled()])
      .when(close)
      .then('not-completed');
  });
});

it('BO12: without a request there is no booking', () => {
  const all = [accept(1), decline('by-tutor'), confirm(), expire(1), cancel('student', 1), start, complete(), review()];
  for (const command of [...all, untaught('nobody'), close]) given([]).when(command).then('booking-unknown');
});
