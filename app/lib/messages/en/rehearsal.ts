/** Words of `/audit/rehearsal`: past bookings decided again under another rule. */
import { formatMoney } from '../../ui/money.ts';

const count = (n: number, one: string, many: string): string =>
  n === 1 ? `1 ${one}` : `${n.toLocaleString('en-IN')} ${many}`;

const OUTCOMES: Readonly<Record<string, string>> = {
  held: 'held',
  'student-no-show': 'student did not come',
  'tutor-no-show': 'tutor did not come',
  nobody: 'nobody came',
  unclear: 'unclear',
  'failed-technically': 'failed technically',
  'cancelled-late': 'cancelled late',
  reviewed: 'decided by people',
};

const CANCELLED_BY: Readonly<Record<string, string>> = { student: 'student', tutor: 'tutor', platform: 'platform' };

export const rehearsal = {
  title: 'Policy rehearsal',
  link: 'Rehearse another rule',
  lead: 'Past bookings are decided again under another rule, beside what happened. Nothing real moves.',
  facts:
    'Who booked, paid, cancelled, came and complained when are facts and stay. So does what people of ours decided. What people would have done under another rule, nobody knows; a complaint that was not made is never made up.',
  period: 'Lessons from',
  to: 'to',
  rule: 'The rule',
  inForce: (version: string) =>
    `Filled in is the rule in force, ${version}. What you do not change stays as each booking has it.`,
  changed: 'Changed',
  was: (value: string) => `In force: ${value}`,
  fields: {
    commission: 'Commission, %',
    hold: 'Hold after the lesson, hours',
    grace: 'Free after booking, minutes',
    noShow: 'Wait for who is late, minutes',
    held: 'Share that must be held, %',
    second: 'Second person above, ₹',
  },
  tiers: 'Cancelling by the student',
  tiersHint: 'From the longest time to the shortest. Leave a line empty for no tier.',
  before: 'Hours before',
  back: 'Back, %',
  tierLine: (n: number) => `Tier ${n}`,
  words: {
    title: 'In words',
    commission: (pct: string) => `We keep ${pct} % of the price.`,
    hold: (hours: string) => `The tutor is paid ${hours} h after the lesson.`,
    grace: (minutes: string) =>
      minutes.trim() === '0'
        ? 'No time after booking in which cancelling is free.'
        : `Cancelling is free within ${minutes} minutes of booking.`,
    tier: (hours: string, pct: string) =>
      pct === '100' ? `Free until ${hours} h before.` : `${pct} % back until ${hours} h before.`,
    rest: 'After that nothing back.',
    never: 'Nothing back when a student cancels.',
    noShow: (minutes: string) => `Who is not there ${minutes} minutes after the start did not come.`,
    held: (pct: string) => `A lesson was held when at least ${pct} % of its minutes were.`,
    second: (rupees: string) => `A refund above ₹${rupees} needs a second person.`,
  },
  run: 'Rehearse',
  again: 'Rehearse again',
  reset: 'Back to the rule in force',
  reading: (looked: number) => `Reading the log: ${looked.toLocaleString('en-IN')} events so far`,
  deciding: (decided: number, of: number) =>
    `Deciding again: ${decided.toLocaleString('en-IN')} of ${of.toLocaleString('en-IN')} bookings`,
  running: 'Rehearsing',
  leave: 'It stops when you leave this page.',
  failed: 'The rehearsal could not be finished. Nothing was changed.',
  notYet: 'Nothing rehearsed yet',
  notYetBody: 'Choose the days, change the rule, and see which bookings would have come to something else.',
  noBookings: 'No bookings in these days',
  noBookingsBody: 'Choose other days. A booking counts on the day of its lesson.',
  same: 'No difference',
  sameBody: (n: number) => `${count(n, 'booking comes', 'bookings come')} to the same, to the paisa.`,
  result: {
    title: 'What would differ',
    bookings: (n: number, of: number) =>
      `${count(n, 'booking', 'bookings')} of ${of.toLocaleString('en-IN')} would differ`,
    own: (n: number) => `${count(n, 'booking', 'bookings')} of your own left out`,
    took: (ms: number) => `reckoned in ${(ms / 1000).toFixed(1)} s`,
    who: 'Whose money',
    happened: 'Happened',
    would: 'Would have',
    difference: 'Difference',
    places: { platform: 'Platform', tutor: 'Tutors', student: 'Students', undecided: 'Not decided' },
    differ: {
      money: 'money',
      outcome: 'outcome of the lesson',
      ending: 'how it ended',
      release: 'end of the hold',
      dispute: 'dispute',
      'second-person': 'second person',
    },
    disputes: {
      title: 'Disputes and decisions',
      refused: (n: number) => `${count(n, 'complaint', 'complaints')} that were made would have been refused`,
      notNeeded: (n: number) => `${count(n, 'decision', 'decisions')} would not have been needed, or not by people`,
      asked: (n: number) => `${count(n, 'more lesson', 'more lessons')} would have needed a decision by people`,
      secondMore: (n: number) => `${count(n, 'refund', 'refunds')} would have needed a second person`,
      secondLess: (n: number) => `${count(n, 'refund', 'refunds')} would have needed one person only`,
      earlier: (n: number) => `${count(n, 'payout', 'payouts')} released earlier`,
      later: (n: number) => `${count(n, 'payout', 'payouts')} released later`,
      none: 'None would differ.',
    },
    unknown: {
      title: 'What cannot be known',
      'room-closed-earlier': (n: number) =>
        `${count(n, 'room', 'rooms')} would have closed before the tutor came. What was taught after that counts for nothing.`,
      'room-open-longer': (n: number) =>
        `${count(n, 'room', 'rooms')} would have stayed open longer. Whether somebody would have come, nobody knows.`,
      'bank-took': (n: number) =>
        `Of ${count(n, 'booking', 'bookings')} a bank took money. That stays; only the split is decided again.`,
    },
    columns: { lesson: 'Lesson', was: 'Happened', would: 'Would have', moved: 'Difference' },
    list: 'Bookings that would differ, the largest difference first',
    page: (page: number, pages: number) => `Page ${page} of ${pages}`,
    previous: 'Previous',
    next: 'Next',
    csv: 'CSV',
  },
  proof: {
    title: 'Nothing moved',
    titleBroken: 'The log is not what it was',
    lead: 'The last event of the log and its chain value, before and after.',
    before: 'Before',
    after: 'After',
    same: 'The same. Nobody appended anything meanwhile.',
    grown: (n: number) =>
      `${count(n, 'event', 'events')} of others came meanwhile. The chain runs through them from the one head to the other, so nothing below was changed.`,
    broken: 'The chain does not run from the first head to the second. Check the log.',
    empty: 'The log was empty.',
    position: 'Position',
    doors: 'The rehearsal is given a door for reading only: it has no way to append.',
  },
  outcome: (outcome: string) => OUTCOMES[outcome] ?? outcome,
  ending: {
    open: 'not over yet',
    unpaid: 'not paid',
    review: 'waits for a decision',
    cancelled: (by: string, pct: number) => `cancelled by ${CANCELLED_BY[by] ?? by}, ${pct} % back`,
    untaught: (rule: string) => `${OUTCOMES[rule] ?? rule}, all back`,
    reviewed: (pct: number) => `decided by people, ${pct} % back`,
  },
  dispute: {
    open: 'dispute waits for people',
    withdrawn: 'complaint withdrawn',
    refused: (code: string) => `complaint refused (${code})`,
    decided: (refund: number) => `dispute: ${formatMoney(refund)} back`,
    byRule: (refund: number) => `complaint settled by the outcome: ${formatMoney(refund)} back`,
    two: 'two people',
  },
  parts: {
    student: (amount: number) => `student ${formatMoney(amount)}`,
    tutor: (amount: number) => `tutor ${formatMoney(amount)}`,
    platform: (amount: number) => `platform ${formatMoney(amount)}`,
    undecided: (amount: number) => `not decided ${formatMoney(amount)}`,
  },
  heldUntil: (when: string) => `held until ${when}`,
} as const;
