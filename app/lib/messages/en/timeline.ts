import type { Fact, TimelineWords } from '../../timeline-words.ts';

const forOps = (fact: Fact, words: string): string | null => (fact.reader === 'ops' ? words : null);
/** Of other students of a group a student is not told. */
const ofTheirs = (fact: Fact, words: string): string | null =>
  fact.reader !== 'student' || fact.name('personId') === fact.student ? words : null;
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
  review: 'It was decided after looking at what happened.',
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

const DOOR: Readonly<Record<string, (who: string) => string>> = {
  open: (who) => `${who} opened the door to everybody with a seat.`,
  ask: (who) => `${who} wanted to let everybody in personally.`,
  locked: (who) => `${who} locked the room.`,
};

/** What was wrong with picture or sound. */
const FAULT: Readonly<Record<string, (name: string) => string>> = {
  'camera-black': (name) => `The camera of ${name} gave a black picture.`,
  'microphone-silent': (name) => `The microphone of ${name} gave no sound.`,
  'hears-nobody': (name) => `${name} heard nobody, though others spoke.`,
};
const SENDING: Readonly<Record<string, string>> = {
  microphone: 'to switch on their microphones',
  camera: 'to switch on their cameras',
  screen: 'to share their screens',
};

const WRITING: Readonly<Record<string, (fact: Fact) => string>> = {
  everyone: (fact) => `${fact.name('personId')} let everybody write on the board.`,
  nobody: (fact) => `${fact.name('personId')} let nobody else write on the board.`,
  picked: (fact) => `${fact.name('personId')} let only some students write on the board.`,
  given: (fact) => `${fact.name('personId')} let ${fact.name('studentId')} write on the board.`,
  taken: (fact) => `${fact.name('personId')} did not let ${fact.name('studentId')} write on the board.`,
  'as-all': (fact) => `${fact.name('studentId')} may write on the board like everybody else.`,
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
  'student-not-let-in': 'the student came and was not let in',
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

const CAUSES: Readonly<Record<string, string>> = {
  'did-not-happen': 'it did not happen',
  'technical-failure': 'technical failure',
  'cut-short': 'it was cut short',
  'not-as-described': 'it was not as described',
  'charged-wrongly': 'the charge is wrong',
  other: 'something else',
};

const PAUSED: Readonly<Record<string, string>> = {
  'bank-changed': 'the bank details were changed',
  'account-suspended': 'the payment provider suspended the account',
  chargeback: 'a bank asks for the payment back',
};

const MOVE_DECLINED: Readonly<Record<string, string>> = {
  'by-other-side': 'The other time was declined. The lesson stays where it is.',
  withdrawn: 'The proposal of another time was taken back. The lesson stays where it is.',
  lapsed: 'Nobody answered the proposal of another time. The lesson stays where it is.',
  'seat-taken': 'The other time was taken first. The lesson stays where it is.',
  'not-available': 'The other time is not free. The lesson stays where it is.',
  'already-booked': 'There is a seat at the other time already. The lesson stays where it is.',
};

const decidedFor = (fact: Fact): string => {
  const refund = fact.number('refund');
  const payer = fact.payer === 'You' ? 'you' : fact.payer;
  const tutor = fact.tutor === 'You' ? 'you' : fact.tutor;
  if (refund === 0) return `It was decided for ${tutor}: nothing goes back, and the payout goes on.`;
  if (fact.text('outcome') === 'student') return `It was decided for ${payer}: ${fact.money('refund')} goes back.`;
  return `It was decided in parts: ${fact.money('refund')} goes back to ${payer}, ${fact.money('tutorGets')} to ${tutor}.`;
};

const events: TimelineWords = {
  AvailabilitySet: (fact) => forOps(fact, `${fact.tutor} changed the weekly hours.`),
  TimeOffAdded: (fact) => forOps(fact, `${fact.tutor} took time off.`),
  TimeOffRemoved: (fact) => forOps(fact, `${fact.tutor} opened time that was off.`),
  SeatHeld: (fact) => forOps(fact, 'The seat was set aside in the calendar.'),
  SeatRefused: (fact) => forOps(fact, `The calendar refused the seat (${fact.text('reason')}).`),
  SeatReleased: (fact) => forOps(fact, 'The seat is free again.'),

  SeatMoved: (fact) => forOps(fact, `The seat moved in the calendar to ${fact.when('startsAt')}.`),
  SeatMoveRefused: (fact) => forOps(fact, `The calendar refused to move the seat (${fact.text('reason')}).`),

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

  CancellationProposed: (fact) =>
    fact.reader === 'ops'
      ? {
          words: `${fact.actor} proposed to cancel and to send ${fact.money('refund')} back. A second person must agree.`,
          detail: quoted(fact.text('reason')),
        }
      : null,
  CancellationApproved: (fact) => forOps(fact, `${fact.actor} agreed to the cancellation.`),
  CancellationRejected: (fact) =>
    fact.reader === 'ops'
      ? { words: `${fact.actor} did not agree with the cancellation.`, detail: quoted(fact.text('reason')) }
      : null,
  RescheduleProposed: (fact) =>
    // A student's free move waits for nobody.
    fact.number('answerBy') <= fact.number('at')
      ? `${fact.actor} chose another time for the lesson: ${fact.when('startsAt')}.`
      : `${fact.actor} asked to move the lesson to ${fact.when('startsAt')}. The answer is due by ${fact.when('answerBy')}.`,
  RescheduleAgreed: (fact) => forOps(fact, `The move to ${fact.when('startsAt')} is agreed.`),
  RescheduleDeclined: (fact) => MOVE_DECLINED[fact.text('reason')] ?? 'The lesson was not moved and stays where it is.',
  BookingRescheduled: (fact) => `The lesson moved from ${fact.when('previousStartsAt')} to ${fact.when('startsAt')}.`,

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
      ? `${fact.money('amount')} went back the way it was paid. A bank may take up to ten days to show it.`
      : `${fact.money('amount')} went back to ${fact.payer === 'You' ? 'you' : fact.payer}.`,
  RefundFailed: (fact) => ({
    words: `Sending ${fact.money('amount')} back did not work yet. We try again.`,
    detail: fact.reader === 'ops' ? quoted(fact.text('reason')) : undefined,
  }),

  RefundDelayed: (fact) => ({
    words: 'The money to send back is not there yet at the payment provider. It goes out as soon as it is.',
    detail: fact.reader === 'ops' ? quoted(fact.text('reason')) : undefined,
  }),
  RefundsFrozen: (fact) => forOps(fact, 'No refund goes out while the bank’s case is open.'),
  RefundsUnfrozen: (fact) => forOps(fact, 'Refunds may go out again: the bank’s case is over.'),
  PaymentVoided: (fact) => forOps(fact, 'A payment that was authorised and never taken went back by itself.'),
  StaleObservationRecorded: (fact) =>
    forOps(fact, `Late news of a payment (${fact.text('status')}) was noted. It changed nothing.`),

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
  PayoutDisputed: (fact) => (fact.reader === 'student' ? null : 'The payout is frozen while a case is open.'),
  PayoutDisputeClosed: (fact) => (fact.reader === 'student' ? null : 'The case is closed, and the payout goes on.'),
  PayoutPaused: (fact) =>
    `The payout rests, because ${PAUSED[fact.text('reason')] ?? 'something must be looked at'}${fact.number('until') > 0 ? `, until ${fact.when('until')}` : ''}.`,
  PayoutResumed: () => 'The payout goes on.',
  ReversalFailed: (fact) => ({
    words: 'Taking the money back did not work yet.',
    detail: fact.reader === 'ops' ? quoted(fact.text('reason')) : undefined,
  }),
  ClawbackRecorded: (fact) =>
    `The bank took the payment back after the payout: ${fact.money('amount')} is owed by ${fact.tutor === 'You' ? 'you' : fact.tutor}.`,

  DisputeOpened: (fact) =>
    fact.text('kind') === 'review'
      ? 'We look at what happened and decide about the money within 3 days.'
      : {
          words: `${fact.name('openedBy')} reported a problem: ${CAUSES[fact.text('cause')] ?? fact.text('cause')}.`,
          detail: quoted(fact.text('text')),
        },
  DisputeAnswered: (fact) => ({ words: `${fact.name('by')} answered.`, detail: quoted(fact.text('text')) }),
  StatementAdded: (fact) => ({ words: `${fact.name('by')} added:`, detail: quoted(fact.text('text')) }),
  DisputeUnderReview: (fact) =>
    `${fact.text('why') === 'no-answer' ? 'There was no answer within 48 hours. ' : ''}We decide by ${fact.when('decideBy')}.`,
  DisputeWithdrawn: (fact) => `${fact.name('by')} took the report back.`,
  EvidenceFrozen: (fact) =>
    forOps(
      fact,
      `The evidence was kept as it stood when ${fact.name('by')} decided: ${fact.number('events')} events, fingerprint ${fact.text('hash').slice(0, 12)}.`,
    ),
  ResolutionProposed: (fact) =>
    fact.reader === 'ops'
      ? {
          words: `${fact.actor} proposed to send ${fact.money('refund')} back. A second person must agree.`,
          detail: quoted(fact.text('reason')),
        }
      : null,
  ResolutionRejected: (fact) =>
    fact.reader === 'ops'
      ? { words: `${fact.actor} did not agree with the proposal.`, detail: quoted(fact.text('reason')) }
      : null,
  DisputeResolved: (fact) => ({ words: decidedFor(fact), detail: quoted(fact.text('reason')) }),

  ChargebackOpened: (fact) =>
    forOps(
      fact,
      `The payer’s bank asks for ${fact.money('amount')} back (${fact.text('reasonCode')}). Answer by ${fact.when('respondBy')}.`,
    ),
  ContestRequested: (fact) =>
    fact.reader === 'ops' ? { words: 'We contest the bank’s case.', detail: quoted(fact.text('summary')) } : null,
  ContestSubmitted: (fact) => forOps(fact, 'The evidence is with the bank.'),
  ChargebackActionRequired: (fact) => forOps(fact, `The bank wants more evidence by ${fact.when('respondBy')}.`),
  AcceptRequested: (fact) =>
    fact.reader === 'ops' ? { words: 'We accept the bank’s case.', detail: quoted(fact.text('reason')) } : null,
  ChargebackAnswerFailed: (fact) =>
    fact.reader === 'ops'
      ? { words: 'The provider did not take our answer to the bank.', detail: quoted(fact.text('reason')) }
      : null,
  ChargebackWon: (fact) => forOps(fact, 'The bank decided for us.'),
  ChargebackLost: (fact) => forOps(fact, `The bank took ${fact.money('amount')} back.`),
  ChargebackClosed: (fact) => forOps(fact, 'The bank closed its case.'),
  ChargebackReopened: (fact) =>
    forOps(fact, `The bank opened its case again for ${fact.money('amount')}. Answer by ${fact.when('respondBy')}.`),

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
  PageTurned: (fact) => forOps(fact, `${fact.name('personId')} turned to a page of the board.`),
  BoardLocked: (fact) => {
    const what = fact.text('page') === '' ? 'the board' : 'a page of the board';
    return forOps(
      fact,
      fact.text('state') === 'locked'
        ? `${fact.name('personId')} locked ${what} for students.`
        : `${fact.name('personId')} unlocked ${what}.`,
    );
  },
  WritingChanged: (fact) =>
    forOps(fact, WRITING[fact.text('writing')]?.(fact) ?? `${fact.name('personId')} changed who writes on the board.`),
  FollowingLocked: (fact) =>
    forOps(
      fact,
      fact.text('state') === 'locked'
        ? `${fact.name('personId')} had everybody see the same part of the board.`
        : `${fact.name('personId')} let everybody look around the board.`,
    ),
  BoardRevealed: (fact) =>
    forOps(
      fact,
      fact.text('studentId') === ''
        ? `${fact.name('personId')} stopped showing a student’s own board.`
        : `${fact.name('personId')} showed ${fact.name('studentId')}’s own board to everybody.`,
    ),
  ChatClosed: (fact) =>
    forOps(fact, `${fact.name('personId')} ${fact.text('state') === 'closed' ? 'closed' : 'opened'} the chat.`),
  ParticipantMuted: (fact) =>
    forOps(
      fact,
      fact.text('state') === 'muted'
        ? `${fact.name('personId')} did not let ${fact.name('studentId')} write in the chat.`
        : `${fact.name('personId')} let ${fact.name('studentId')} write in the chat again.`,
    ),
  PrivateLinesChanged: (fact) =>
    forOps(
      fact,
      fact.text('state') === 'off'
        ? `${fact.name('personId')} stopped private messages to the tutor.`
        : `${fact.name('personId')} allowed private messages to the tutor.`,
    ),
  AskedToEnter: (fact) => ofTheirs(fact, `${fact.name('personId')} asked to be let in.`),
  StoppedAsking: (fact) => ofTheirs(fact, `${fact.name('personId')} went away from the door.`),
  ParticipantAdmitted: (fact) => forOps(fact, `${fact.name('by')} let ${fact.name('personId')} in.`),
  ParticipantTurnedAway: (fact) =>
    ofTheirs(
      fact,
      fact.text('by') === ''
        ? `${fact.name('personId')} came while the room was locked.`
        : `${fact.name('personId')} ${be(fact.name('personId'))} not let in.`,
    ),
  ParticipantRemoved: (fact) =>
    ofTheirs(fact, `${fact.name('personId')} ${be(fact.name('personId'))} taken out of the lesson.`),
  RoleChanged: (fact) =>
    forOps(
      fact,
      fact.text('role') === 'co-host'
        ? `${fact.name('by')} made ${fact.name('personId')} co-host.`
        : `${fact.name('by')} took the part of co-host back from ${fact.name('personId')}.`,
    ),
  DoorChanged: (fact) => forOps(fact, DOOR[fact.text('state')]?.(fact.name('by')) ?? 'The door was changed.'),
  SendingChanged: (fact) =>
    forOps(
      fact,
      `${fact.name('by')} ${fact.text('state') === 'allowed' ? 'allowed' : 'forbade'} students ${SENDING[fact.text('source')] ?? 'to send'}.`,
    ),
  RecordingChosen: (fact) =>
    ofTheirs(
      fact,
      fact.text('choice') === 'recorded'
        ? `${fact.name('personId')} agreed to be recorded.`
        : `${fact.name('personId')} asked to be left out of the recording.`,
    ),
  ConnectionWeakened: (fact) =>
    ofTheirs(
      fact,
      fact.text('network') === 'shared'
        ? `The connection of most people was weak, that of ${fact.name('personId')} too.`
        : `${fact.name('personId')} had a weak connection.`,
    ),
  ConnectionRecovered: (fact) => ofTheirs(fact, `${fact.name('personId')} had a good connection again.`),
  MediaFaultNoticed: (fact) =>
    ofTheirs(fact, FAULT[fact.text('fault')]?.(fact.name('personId')) ?? 'Something was wrong with picture or sound.'),
  MediaFaultEnded: (fact) =>
    ofTheirs(
      fact,
      `${fact.name('personId')} had ${fact.text('fault') === 'camera-black' ? 'a picture' : 'sound'} again.`,
    ),
  PageHidden: (fact) => ofTheirs(fact, `${fact.name('personId')} had the lesson’s page out of sight.`),
  PageShown: (fact) => ofTheirs(fact, `${fact.name('personId')} had the lesson’s page before them again.`),
  LessonStarted: () => 'The lesson began.',
  LessonEnded: (fact) => ENDED[fact.text('by')]?.(fact) ?? 'The lesson ended.',
  OutcomeDecided: (fact) => ({
    words: OUTCOMES[fact.text('outcome')]?.(fact) ?? 'The outcome was decided.',
    detail: fact.reader === 'ops' ? inWords(fact.list('reasons')) : undefined,
  }),
};

export const timeline = {
  lanes: {
    booking: 'Booking',
    calendar: 'Calendar',
    payment: 'Payment',
    payout: 'Payout',
    lesson: 'Lesson',
    dispute: 'Case',
    chargeback: 'Bank',
    tutor: 'Account',
  },
  by: (actor: string) => `By ${actor}.`,
  events,
};
