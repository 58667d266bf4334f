import { describe, expect, test } from 'vitest';
import type { AccountKind, GroupKind, Lesson, LessonKind, NoticeKind } from './notice.ts';
import { moment, rupees } from './format.ts';
import { wordsFor, type Reader, type Words } from './words.ts';

const lesson: Lesson = {
  bookingId: 'b1',
  lessonId: 'l1',
  tutorId: 't1',
  studentId: 's1',
  subject: 'Mathematics',
  startsAt: Date.UTC(2026, 10, 23, 11, 30),
  minutes: 60,
};
const student: Reader = {
  side: 'student',
  zone: 'Asia/Kolkata',
  actsFor: null,
  tutorName: 'Asha Rao',
  studentName: 'Ravi',
};

const words = (about: LessonKind, reader: Reader): Words =>
  wordsFor({ noticeKey: 'k', to: [], mail: true, lesson, about }, reader);

describe('NO5: words', () => {
  test('money is written in rupees, with paise only when there are some', () => {
    expect([rupees(80_000), rupees(12_345_600), rupees(79_950)]).toEqual(['₹800', '₹1,23,456', '₹799.50']);
  });

  test('an instant is written in the reader’s zone, with the zone written out', () => {
    expect(moment(lesson.startsAt, 'Asia/Kolkata')).toBe('Monday 23 November 2026, 5:00 pm (Asia/Kolkata)');
    expect(moment(lesson.startsAt, 'Europe/Berlin')).toContain('12:30 pm (Europe/Berlin)');
  });

  test('NO6: a cancellation says how much goes back, and to the tutor what becomes of the payout', () => {
    const about = (refund: number): LessonKind => ({
      kind: 'booking-cancelled',
      by: 'student',
      rule: 'tier-4h',
      refund,
      price: 80_000,
    });
    expect(words(about(80_000), student).body).toContain('All of it, ₹800, goes back to you.');
    expect(words(about(40_000), student).body).toContain('₹400 of ₹800 goes back to you.');
    expect(words(about(0), student).body).toContain('Nothing goes back');
    expect(words(about(80_000), { ...student, side: 'tutor' }).body).toContain('no payout');
  });

  test('a guardian reads whom it is for', () => {
    const about: LessonKind = { kind: 'booking-confirmed', price: 80_000 };
    expect(words(about, { ...student, actsFor: 'Ravi' }).body).toContain('60 minutes for Ravi');
  });
});

const AT = Date.UTC(2026, 10, 25, 6, 0);
type Example<Kind extends NoticeKind> = { readonly [K in Kind['kind']]: Extract<Kind, { kind: K }> };

/** One of each kind: a kind without an example does not compile. */
const OF_LESSONS: Example<LessonKind> = {
  'request-received': { kind: 'request-received', answerBy: AT },
  'request-accepted': { kind: 'request-accepted', payBy: AT },
  'request-declined': { kind: 'request-declined', reason: 'lapsed' },
  'booking-confirmed': { kind: 'booking-confirmed', price: 80_000 },
  'booking-received': { kind: 'booking-received' },
  'payment-expired': { kind: 'payment-expired' },
  'booking-cancelled': { kind: 'booking-cancelled', by: 'tutor', rule: 'by-tutor', refund: 80_000, price: 80_000 },
  'lesson-started': { kind: 'lesson-started', code: 'nx-abc' },
  'lesson-soon': { kind: 'lesson-soon', hours: 24 },
  'under-review': { kind: 'under-review' },
  'reschedule-proposed': { kind: 'reschedule-proposed', by: 'tutor', wanted: AT, answerBy: AT },
  'reschedule-agreed': { kind: 'reschedule-agreed', by: 'tutor', wanted: AT },
  'reschedule-declined': { kind: 'reschedule-declined', reason: 'by-other-side', wanted: AT },
  'booking-moved': { kind: 'booking-moved', previously: AT, refundCapPct: 50 },
  'payment-received': { kind: 'payment-received', amount: 80_000, paidAt: AT, method: 'upi', paymentId: 'pay_1' },
  'refund-on-its-way': { kind: 'refund-on-its-way', amount: 80_000, expectedBy: AT, reason: 'dispute' },
  'refund-delayed': { kind: 'refund-delayed', amount: 80_000, why: 'no-funds' },
  'refund-done': { kind: 'refund-done', amount: 80_000 },
  'transfer-held': { kind: 'transfer-held', amount: 72_000 },
  'payout-on-hold': { kind: 'payout-on-hold', amount: 72_000, releaseAt: AT },
  'payout-paused': { kind: 'payout-paused', amount: 72_000, why: 'bank-changed', until: AT },
  'payout-resumed': { kind: 'payout-resumed', amount: 72_000, why: 'chargeback' },
  'payout-reduced': { kind: 'payout-reduced', amount: 36_000, left: 36_000 },
  'payout-cancelled': { kind: 'payout-cancelled', amount: 72_000 },
  'payout-released': { kind: 'payout-released', amount: 72_000 },
  'payout-settled': { kind: 'payout-settled', amount: 72_000 },
  clawback: { kind: 'clawback', amount: 72_000 },
  'dispute-opened': {
    kind: 'dispute-opened',
    cause: 'cut-short',
    text: 'Only 20 minutes.',
    gross: 80_000,
    share: 72_000,
    wants: 40_000,
    answerBy: AT,
  },
  'dispute-answer-due': { kind: 'dispute-answer-due', share: 72_000, answerBy: AT },
  'dispute-answered': { kind: 'dispute-answered', text: 'It was an hour.' },
  'dispute-statement': { kind: 'dispute-statement', text: 'See the board.' },
  'dispute-under-review': {
    kind: 'dispute-under-review',
    why: 'answered',
    decideBy: AT,
    gross: 80_000,
    share: 72_000,
  },
  'dispute-withdrawn': { kind: 'dispute-withdrawn', share: 72_000 },
  'dispute-resolved': {
    kind: 'dispute-resolved',
    rule: 'ops',
    reason: 'Half of it was held.',
    gross: 80_000,
    refund: 40_000,
    tutorGets: 36_000,
  },
  'second-person-needed': { kind: 'second-person-needed', refund: 600_000, reason: 'Nobody came.' },
  'chargeback-opened': { kind: 'chargeback-opened', amount: 80_000, respondBy: AT, round: 2, share: 72_000 },
  'chargeback-action-required': { kind: 'chargeback-action-required', respondBy: AT },
  'chargeback-won': { kind: 'chargeback-won', amount: 80_000 },
  'chargeback-lost': { kind: 'chargeback-lost', amount: 80_000, accepted: false },
  'chargeback-closed': { kind: 'chargeback-closed', amount: 80_000 },
};
const OF_ACCOUNTS: Example<AccountKind> = {
  'account-details-received': { kind: 'account-details-received', bankLast4: '9012' },
  'account-under-review': { kind: 'account-under-review' },
  'account-needs-clarification': {
    kind: 'account-needs-clarification',
    requirements: [{ field: 'settlements.account_number', reason: 'There is no such account' }],
  },
  'account-activated': { kind: 'account-activated', usableFrom: AT },
  'account-suspended': { kind: 'account-suspended', reason: 'suspended by the payment provider' },
  'account-back': { kind: 'account-back' },
  'account-failed': { kind: 'account-failed', reason: 'The PAN is not known.' },
  'bank-changed': { kind: 'bank-changed', bankLast4: '9012', coolsUntil: AT },
  'bank-cooled': { kind: 'bank-cooled', bankLast4: '9012' },
};

const OF_GROUPS: Example<GroupKind> = {
  addressed: { kind: 'addressed', conversationId: 'group-1', why: 'mention' },
  'group-invited': { kind: 'group-invited', conversationId: 'group-1' },
  'group-removed': { kind: 'group-removed' },
  'group-handed-over': { kind: 'group-handed-over', conversationId: 'group-1' },
};

const READERS: readonly (readonly [string, Reader])[] = [
  ['student', student],
  ['guardian', { ...student, actsFor: 'Ravi' }],
  ['tutor', { ...student, side: 'tutor' }],
  ['ops', { ...student, side: 'ops', actsFor: 'Ravi' }],
];

function checkVoice({ title, body, href }: Words): void {
  expect(title).toMatch(/^[\p{Lu}₹“]/u);
  expect(title.length).toBeLessThan(110);
  expect(body).toMatch(/[.”]$/);
  expect(`${title} ${body}`).not.toMatch(/!|undefined|null|NaN|Invalid|\.\.|  /);
  expect(href).toMatch(/^\//);
}

/** Amounts that are told as they are, and instants, of whatever kind. */
const amountsIn = (about: NoticeKind): readonly number[] =>
  Object.entries(about).flatMap(([key, value]) => (key === 'amount' && typeof value === 'number' ? [value] : []));
const hasInstant = (about: NoticeKind): boolean =>
  Object.entries(about).some(([key, value]) => value === AT && key !== 'previously');

describe('NO8: the words of every kind of notice', () => {
  test.each(Object.values(OF_LESSONS).map((about) => [about.kind, about] as const))('%s', (_, about) => {
    for (const [, reader] of READERS) {
      const said = words(about, reader);
      checkVoice(said);
      const all = `${said.title} ${said.body}`;
      for (const amount of amountsIn(about)) expect(all).toContain(rupees(amount));
      // A latest day is told without its hour.
      if (hasInstant(about) && about.kind !== 'refund-on-its-way' && about.kind !== 'dispute-opened')
        expect(
          words(about, { ...reader, zone: 'Europe/Berlin' }).body +
            words(about, { ...reader, zone: 'Europe/Berlin' }).title,
        ).toContain('(Europe/Berlin)');
    }
  });
  test.each(Object.values(OF_ACCOUNTS).map((about) => [about.kind, about] as const))('%s', (_, about) => {
    const to = (zone: string): Words =>
      wordsFor({ noticeKey: 'k', to: [], mail: true, lesson: null, about }, { ...student, side: 'student', zone });
    checkVoice(to('Asia/Kolkata'));
    if (hasInstant(about)) expect(to('Europe/Berlin').body).toContain('(Europe/Berlin)');
  });
  test.each(Object.values(OF_GROUPS).map((about) => [about.kind, about] as const))('%s', (_, about) => {
    const said = wordsFor({ noticeKey: 'k', to: [], mail: false, lesson: null, about }, student);
    checkVoice(said);
    expect(said.title).toContain('study group');
  });
  test('a bank account is named by its last four digits, with what to do if it was somebody else', () => {
    const said = wordsFor(
      { noticeKey: 'k', to: [], mail: true, lesson: null, about: OF_ACCOUNTS['bank-changed'] },
      student,
    );
    expect(said.body).toContain('ending in 9012');
    expect(said.body).toContain('If this was not you, change your password and write to us at once.');
  });
  test.each([
    ['NEEDS_CLARIFICATION', 'The payment provider says: Needs clarification. '],
    ['bank_account_invalid', 'The payment provider says: Bank account invalid. '],
    ['The PAN is not known.', 'The payment provider says: The PAN is not known. '],
  ])('what the provider says is words, also where it is a code: %s', (reason, expected) => {
    const about: AccountKind = { kind: 'account-failed', reason };
    expect(wordsFor({ noticeKey: 'k', to: [], mail: true, lesson: null, about }, student).body).toContain(expected);
  });
  test('a refund that the provider cannot send yet is owed, and goes out', () => {
    expect(words(OF_LESSONS['refund-delayed'], student).body).toContain('We owe you this amount, and it will go out');
  });
  test('a decision tells each side its own amount, and why', () => {
    const about = OF_LESSONS['dispute-resolved'];
    expect(words(about, student)).toMatchObject({
      title: 'Decided: ₹400 goes back to you',
      body: expect.stringContaining('₹400 of ₹800 goes back'),
    });
    expect(words(about, { ...student, side: 'tutor' })).toMatchObject({
      title: 'Decided: ₹360 is for you',
      body: expect.stringContaining('Why: “Half of it was held.”'),
    });
  });
  test('a moved lesson tells the old time and the new one, and to the student what a cancellation still gives', () => {
    const about = OF_LESSONS['booking-moved'];
    const { body } = words(about, student);
    expect(body).toContain(moment(lesson.startsAt, 'Asia/Kolkata'));
    expect(body).toContain(moment(AT, 'Asia/Kolkata'));
    expect(body).toContain('at most 50 % goes back');
    expect(words(about, { ...student, side: 'tutor' }).body).not.toContain('goes back');
  });
});
