/** The strip above the timeline of a case, and its rows that are in no log. */
import type { CallOfCase, LetterOfCase } from '#projections/queries.ts';
import type { StretchKind, StripLaneId } from '../../case/strip.ts';

const LANES: Readonly<Record<StripLaneId, string>> = {
  booking: 'Booking',
  money: 'Money',
  case: 'Case',
  calls: 'Calls',
  mails: 'Mails',
  lesson: 'Lesson',
  tutor: 'Tutor',
  student: 'Student',
  others: 'Others',
  link: 'Connection',
  work: 'Board, chat',
};

const KINDS: Readonly<Record<StretchKind, string>> = {
  here: 'connected',
  media: 'sound and picture',
  away: 'page out of sight',
  weak: 'weak',
  fault: 'no sound or picture',
  hold: 'on hold',
  open: 'open',
  lesson: 'running',
};

const CALLS: Readonly<Record<string, string>> = {
  'create-order': 'The provider was asked for an order.',
  'create-transfer': 'The provider was asked to set the tutor’s share aside.',
  'lift-hold': 'The provider was asked to lift the hold.',
  'reverse-transfer': 'The provider was asked to take back from the tutor’s share.',
  'refund-payment': 'The provider was asked to refund.',
  'contest-dispute': 'The provider was sent our answer to the bank.',
  'accept-dispute': 'The provider was told that we accept the bank’s case.',
};

const CALL_STATES: Readonly<Record<CallOfCase['state'], string>> = {
  planned: 'Not sent yet.',
  sent: 'Sent, not answered for good yet.',
  unknown: 'The answer is not known; it is read again.',
  confirmed: 'It was done.',
  rejected: 'It was refused.',
};

const MAIL_STATES: Readonly<Record<NonNullable<LetterOfCase['mail']>['state'], string>> = {
  planned: 'The mail waits to go out.',
  sent: 'The mail was sent.',
  failed: 'The mail could not be sent.',
  dropped: 'The mail was dropped: the account is gone.',
};

export const caseStrip = {
  asides: { call: 'Provider calls', mail: 'Notices and mails' },
  call: (kind: string) => CALLS[kind] ?? 'The provider was called.',
  callStates: CALL_STATES,
  tries: (count: number) => (count === 1 ? '1 try' : `${count} tries`),
  letter: (name: string, title: string) => `${name} was told: ${title}`,
  mailStates: MAIL_STATES,
  noMail: 'No mail goes with it.',
  gone: 'Somebody whose account is gone',
  notOfLog: {
    call: 'No event of the log: from our list of calls to the payment provider. Its times are the clock’s on the wall.',
    mail: 'No event of the log: from our list of notices and mails. What it said is the reader’s own.',
  },
  fields: {
    kind: 'Kind',
    state: 'State',
    planned: 'Asked for',
    sent: 'Last sent',
    changed: 'Last changed',
    tries: 'Tries',
    made: 'At the provider',
    problem: 'Problem',
    amount: 'Amount',
    operation: 'Operation',
    cause: 'Because of event',
    to: 'To',
    told: 'Told',
    mailPlanned: 'Mail written',
    mailSent: 'Mail sent',
  },
  title: 'On one time axis',
  lanes: LANES,
  kinds: KINDS,
  places: { whole: 'Whole', lesson: 'Lesson', payment: 'Payment', case: 'Case' },
  zoomTo: 'Zoom to',
  move: 'Move the axis',
  closer: 'Closer',
  wider: 'Wider',
  earlier: 'Earlier',
  later: 'Later',
  /** Span in words, its length, the zone. */
  inSight: (span: string, length: string) => `${span}, ${length}`,
  follow: 'List only this span',
  hint: 'Drag to move. Drag along the times to choose a span. Ctrl and wheel, or pinch, to zoom. Keys: plus, minus, 0, arrows.',
  /** For those who hear the page. */
  said: (lane: string, spans: string) => `${lane}: ${spans}.`,
  marks: (count: number) => (count === 1 ? '1 event' : `${count} events`),
  minutes: (count: number) =>
    count === 1 ? '1 minute with something written' : `${count} minutes with something written`,
  and: (count: number) => `and ${count} more`,
  booked: 'booked time',
  until: (clock: string, length: string) => `Until ${clock}, ${length}.`,
  loading: 'Fetching the event …',
  failed: 'The event could not be fetched.',
  again: 'Try again',
  replay: 'See this moment in the lesson',
  replayShort: 'in the lesson',
  seconds: (count: number) => (count === 1 ? '1 second' : `${count} seconds`),
};
