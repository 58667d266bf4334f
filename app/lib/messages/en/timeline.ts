import type { Fact, TimelineWords } from '../../timeline-words.ts';

const forOps = (fact: Fact, words: string): string | null => (fact.reader === 'ops' ? words : null);
const quoted = (text: string): string | undefined => (text === '' ? undefined : `“${text}”`);
const own = (name: string): string => (name === 'You' ? 'your' : `${name}’s`);

const METHODS: Readonly<Record<string, string>> = {
  upi: 'UPI',
  card: 'card',
  netbanking: 'netbanking',
  wallet: 'wallet',
};
const by = (method: string): string => (method === '' ? '' : ` by ${METHODS[method] ?? method}`);

const DECLINED: Readonly<Record<string, (fact: Fact) => string>> = {
  'seat-taken': () => 'Someone else took the seat first. Nothing was charged.',
  'not-available': () => 'This time was no longer free. Nothing was charged.',
  'already-booked': (fact) =>
    `${fact.student} ${fact.student === 'You' ? 'have' : 'has'} a seat in this lesson already. Nothing was charged.`,
  'by-tutor': (fact) => `${fact.tutor} declined the request. Nothing was charged.`,
  lapsed: (fact) => `${fact.tutor} did not answer within 24 hours, so the request lapsed. Nothing was charged.`,
};

const CANCEL_RULES: Readonly<Record<string, string>> = {
  grace: 'It was within 15 minutes of booking, so all of it goes back.',
  'tier-24h': 'It was more than 24 hours before the lesson, so all of it goes back.',
  'tier-4h': 'It was less than 24 hours before the lesson, so half of it goes back.',
  'too-late': 'It was less than 4 hours before the lesson, so nothing goes back.',
  'by-tutor': 'The tutor cancelled, so all of it goes back.',
  'by-platform': 'We cancelled, so all of it goes back.',
  'tutor-no-show': 'The tutor did not come, so all of it goes back.',
  nobody: 'Nobody came, so all of it goes back.',
  'not-paid': 'Nothing was paid.',
};

const be = (name: string): string => (name === 'You' ? 'were' : 'was');
const owns = (name: string): string => (name === 'You' ? 'Your' : `${name}’s`);

const LEFT: Readonly<Record<string, (who: string) => string>> = {
  left: (who) => `${who} left the classroom.`,
  disconnected: (who) => `${owns(who)} connection was lost.`,
  replaced: (who) => `${who} went on in another window.`,
  removed: (who) => `${who} ${be(who)} sent out of the classroom.`,
  'node-lost': (who) => `${owns(who)} connection was lost by our server.`,
  'lesson-ended': (who) => `${who} ${be(who)} there until the lesson ended.`,
};

const ENDED: Readonly<Record<string, (fact: Fact) => string>> = {
  host: (fact) => `${fact.tutor} ended the lesson.`,
  time: () => 'The lesson ended, 15 minutes after its planned end.',
  'all-gone': () => 'The lesson ended, as everyone had left.',
  'no-tutor': (fact) =>
    fact.tutor === 'You' ? 'You did not come within 15 minutes.' : `${fact.tutor} did not come within 15 minutes.`,
};

const OUTCOMES: Readonly<Record<string, (fact: Fact) => string>> = {
  held: (fact) => `${fact.length('heldMs')} were held.`,
  'student-no-show': (fact) => `${fact.student} did not come within 15 minutes. The tutor was there.`,
  'tutor-no-show': () => 'The tutor did not come. All of it goes back.',
  nobody: () => 'Nobody came. All of it goes back.',
  unclear: () => 'Less than half was held and nobody’s fault is plain. The money waits until that is decided.',
  'failed-technically': () => 'Technical trouble took more than half. The money waits until that is decided.',
  'cancelled-late': () => 'It was cancelled late.',
};

/** The codes of `OutcomeDecided`, as ops read them. */
const REASONS: Readonly<Record<string, string>> = {
  'held-at-least-half': 'both were there with sound, picture or work for at least half of the time',
  'less-than-half-held': 'both came, but less than half of the time was held',
  'connected-without-media': 'both were connected for more than half of the time without sound, picture or work',
  'tutor-not-there-in-time': 'the tutor did not come within 15 minutes',
  'student-not-there-in-time': 'the student did not come within 15 minutes',
  'tutor-waited': 'the tutor waited until the 15 minutes were over',
  'tutor-left-before-wait-ended': 'the tutor left before the 15 minutes were over',
  'tutor-lost-by-server': 'our server lost the connection of the tutor',
  'student-lost-by-server': 'our server lost the connection of the student',
};
const inWords = (reasons: readonly string[]): string | undefined => {
  const words = reasons.map((reason) => REASONS[reason] ?? reason).join('; ');
  return words === '' ? undefined : `Because ${words}.`;
};

const events: TimelineWords = {
  AvailabilitySet: (fact) => forOps(fact, `${fact.tutor} changed the weekly hours.`),
  TimeOffAdded: (fact) => forOps(fact, `${fact.tutor} took time off.`),
  TimeOffRemoved: (fact) => forOps(fact, `${fact.tutor} opened time that was off.`),
  SeatHeld: (fact) => forOps(fact, 'The seat was set aside in the calendar.'),
  SeatRefused: (fact) => forOps(fact, `The calendar refused the seat (${fact.text('reason')}).`),
  SeatReleased: (fact) => forOps(fact, 'The seat is free again.'),

  BookingRequested: (fact) => ({
    words: `${fact.name('bookedBy')} asked for a seat: ${fact.text('subject')}, ${fact.when('startsAt')}, ${fact.number('minutes')} minutes, ${fact.money('price')}.`,
    detail: quoted(fact.text('note')),
  }),
  BookingAccepted: (fact) =>
    fact.mode === 'accept'
      ? `${fact.tutor} accepted. The seat is kept until ${fact.when('payBy')} for the payment.`
      : `The seat is kept until ${fact.when('payBy')} while the payment is made.`,
  BookingDeclined: (fact) => DECLINED[fact.text('reason')]?.(fact) ?? 'The request was declined. Nothing was charged.',
  BookingConfirmed: () => 'The booking is confirmed.',
  BookingExpired: () => 'The seat was not paid in time and is free again. Nothing was charged.',
  BookingCancelled: (fact) => {
    const who = fact.text('by') === 'student' ? fact.actor : fact.text('by') === 'tutor' ? fact.tutor : 'NexusEd';
    const back = fact.number('refund') > 0 ? ` ${fact.money('refund')} goes back.` : '';
    return {
      words: `${who} cancelled the lesson.${back}`,
      detail: [CANCEL_RULES[fact.text('rule')], quoted(fact.text('reason'))].filter(Boolean).join(' ') || undefined,
    };
  },
  BookingStarted: (fact) => forOps(fact, 'The booking is in progress.'),
  BookingCompleted: (fact) => {
    const outcome =
      fact.text('outcome') === 'student-no-show'
        ? `The tutor was there, ${fact.student === 'You' ? 'you' : fact.student} did not come.`
        : 'The lesson counts as held.';
    const until = fact.whenAfter('t0', fact.holdMs);
    // The tutor and ops read of the hold in its own line.
    return fact.reader === 'student' ? `${outcome} The money waits until ${until}.` : outcome;
  },
  BookingUnderReview: (fact) =>
    fact.text('outcome') === 'failed-technically'
      ? 'There was technical trouble. The money waits until that is decided.'
      : 'What happened is not plain. The money waits until that is decided.',
  BookingClosed: () => 'Everything is settled. This booking is closed.',

  OrderPlanned: (fact) => forOps(fact, `An order of ${fact.money('amount')} was planned.`),
  OrderCreated: (fact) =>
    forOps(fact, `The payment provider opened the order ${fact.text('orderId')} of ${fact.money('amount')}.`),
  PaymentAttemptFailed: (fact) => ({
    words: `A payment${by(fact.text('method'))} did not go through. No money reached us.`,
    detail: quoted(fact.text('description')),
  }),
  PaymentAuthorized: (fact) => forOps(fact, `${fact.money('amount')} was authorised${by(fact.text('method'))}.`),
  PaymentCaptured: (fact) => `${fact.payer} paid ${fact.money('amount')}${by(fact.text('method'))}.`,
  SurplusPaymentDetected: (fact) => `A second payment of ${fact.money('amount')} arrived. All of it goes back.`,
  RefundRequested: (fact) => `We asked the payment provider to send ${fact.money('amount')} back.`,
  RefundProcessed: (fact) =>
    fact.reader === 'student'
      ? `${fact.money('amount')} went back the way it was paid. Banks show it within 5 to 7 working days.`
      : `${fact.money('amount')} went back to ${fact.payer === 'You' ? 'you' : fact.payer}.`,
  RefundFailed: (fact) => ({
    words: `Sending ${fact.money('amount')} back did not work yet. We try again.`,
    detail: fact.reader === 'ops' ? quoted(fact.text('reason')) : undefined,
  }),

  PayoutPlanned: (fact) =>
    `${fact.money('share')} of ${fact.money('gross')} is set aside for ${fact.tutor === 'You' ? 'you' : fact.tutor}; ${fact.money('commission')} is our commission.`,
  TransferRequested: (fact) =>
    forOps(
      fact,
      `The transfer was asked for${fact.number('attempt') > 1 ? `, attempt ${fact.number('attempt')}` : ''}.`,
    ),
  TransferProcessed: (fact) => `${fact.money('amount')} is at the payment provider, on hold.`,
  TransferFailed: (fact) => ({
    words: 'Setting the money aside did not work yet. We try again.',
    detail: fact.reader === 'ops' ? quoted(fact.text('reason')) : undefined,
  }),
  HoldStarted: (fact) => `The money is on hold until ${fact.when('endsAt')}.`,
  ReleaseAuthorized: () => 'The hold is over: the release was ordered.',
  HoldLifted: (fact) => `${fact.money('amount')} was released${fact.reader === 'tutor' ? ' to you' : ''}.`,
  TransferSettled: (fact) => `The money reached ${own(fact.tutor)} bank.`,
  ReversalRequested: (fact) => `${fact.money('amount')} is taken back from the money set aside.`,
  TransferReversed: (fact) => `${fact.money('amount')} was taken back from the money set aside.`,
  PayoutCancelled: () => 'There is no payout for this booking.',

  LessonScheduled: (fact) => `The lesson has its place: ${fact.text('code')}.`,
  SeatTaken: (fact) => forOps(fact, `${fact.name('studentId')} has a seat in the lesson.`),
  SeatGivenUp: (fact) => forOps(fact, `${fact.name('studentId')} gave up the seat.`),
  LessonCancelled: () => 'The lesson will not take place.',
  ParticipantJoined: (fact) => `${fact.name('personId')} came into the classroom.`,
  ParticipantLeft: (fact) => LEFT[fact.text('reason')]?.(fact.name('personId')) ?? `${fact.name('personId')} left.`,
  MediaStarted: (fact) =>
    forOps(
      fact,
      `${fact.name('personId')} ${fact.text('direction') === 'sent' ? 'sends' : 'receives'} sound or picture.`,
    ),
  MediaStopped: (fact) =>
    forOps(
      fact,
      `${fact.name('personId')} ${fact.text('direction') === 'sent' ? 'sends' : 'receives'} nothing any more.`,
    ),
  WorkNoted: (fact) =>
    forOps(fact, `${fact.name('personId')} wrote ${fact.text('surface') === 'chat' ? 'in the chat' : 'on the board'}.`),
  LessonStarted: () => 'The lesson began.',
  LessonEnded: (fact) => ENDED[fact.text('by')]?.(fact) ?? 'The lesson ended.',
  OutcomeDecided: (fact) => ({
    words: OUTCOMES[fact.text('outcome')]?.(fact) ?? 'The outcome was decided.',
    detail: fact.reader === 'ops' ? inWords(fact.list('reasons')) : undefined,
  }),
};

export const timeline = {
  lanes: { booking: 'Booking', calendar: 'Calendar', payment: 'Payment', payout: 'Payout', lesson: 'Lesson' },
  by: (actor: string) => `By ${actor}.`,
  events,
};
