import { describe, expect, it } from 'vitest';
import type { DisputeQueueRow, StuckRow } from '#projections/queries.ts';
import { driftWords } from './drift.ts';
import { distinct, fits, sectionsOf, waitingDispute, waitingStuck } from './queue.ts';

const dispute: DisputeQueueRow = {
  bookingId: 'b1',
  disputeId: 'd1',
  kind: 'in-app',
  state: 'awaiting-second',
  subject: 'Mathematics',
  tutorId: 't1',
  tutorName: 'Kavita Rao',
  studentId: 's1',
  studentName: 'Asha Menon',
  bookedBy: 's1',
  openedBy: 's1',
  cause: 'cut-short',
  text: 'It ended\n\nafter 20 minutes.',
  wants: null,
  gross: 800_000,
  share: 720_000,
  openedAt: 1,
  answerBy: 2,
  answeredAt: null,
  decideBy: 3,
  proposal: { proposalId: 'p1', refund: 600_000, reason: 'r', by: 'ops1', byName: 'Farhan', at: 2 },
  resolution: null,
  endedAt: null,
  statements: [],
  waitsFor: 'second-person',
  ageMs: 1,
  deadline: 3,
  overdue: false,
};
const nothing = { bank: [], stuck: [], drift: [] };
const words = { cause: (cause: string) => cause, stuck: (what: string) => what };

describe('what waits', () => {
  it('offers a proposal to everyone of ops but to who made it and to a party', () => {
    const seenBy = (viewer: string, ...acts: string[]) =>
      sectionsOf({ ...nothing, disputes: [waitingDispute(dispute, viewer, new Set([viewer, ...acts]))] }, '', words);
    expect(seenBy('ops2').second).toHaveLength(1);
    expect(seenBy('ops2').decide).toHaveLength(0);
    expect(seenBy('ops1').second).toHaveLength(0);
    expect(seenBy('ops1').decide[0]?.proposal?.mine).toBe(true);
    expect(seenBy('t1').second).toHaveLength(0);
    expect(seenBy('t1').decide[0]?.own).toBe(true);
    expect(seenBy('ops3', 's1').second).toHaveLength(0);
    expect(seenBy('ops3', 's1').decide[0]?.own).toBe(true);
  });

  it('says in one line what was written', () => {
    expect(waitingDispute(dispute, 'x', new Set()).excerpt).toBe('It ended after 20 minutes.');
    const long = waitingDispute({ ...dispute, text: 'word '.repeat(100) }, 'x', new Set()).excerpt;
    expect(long).toHaveLength(160);
    expect(long.endsWith('word…')).toBe(true);
  });

  it('is found by any of its words, in any order', () => {
    expect(fits('menon  MATH', ['Mathematics', 'Asha Menon'])).toBe(true);
    expect(fits('menon physics', ['Mathematics', 'Asha Menon'])).toBe(false);
    expect(fits('', [])).toBe(true);
  });
});

describe('a stuck row', () => {
  const stuck = (what: string, ...commands: string[]): StuckRow => ({
    bookingId: 'b1',
    what,
    since: 1,
    detail: '',
    subjectId: null,
    commands,
  });

  it('offers what the list says, what goes on before what ends, and nothing that a page cannot do', () => {
    expect(waitingStuck(stuck('transfer-failed', 'CancelPayout', 'RequestTransfer'), null, 'ops1').acts).toEqual([
      'RequestTransfer',
      'CancelPayout',
    ]);
    expect(waitingStuck(stuck('payout-overdue', 'AuthorizeRelease', 'Unheard'), null, 'ops1').acts).toEqual([
      'AuthorizeRelease',
    ]);
  });

  it('asks the provider before a seat expires', () => {
    expect(waitingStuck(stuck('awaiting-payment', 'ExpireBooking'), null, 'ops1').acts).toEqual([
      'LookAgain',
      'ExpireBooking',
    ]);
  });

  it('stands once, however often it failed', () => {
    const failed = (since: number, bookingId: string) => ({
      ...waitingStuck({ ...stuck('refund-failed', 'RequestRefund'), bookingId, detail: 'nobody' }, null, 'ops1'),
      since,
    });
    expect(distinct([failed(1, 'b1'), failed(2, 'b1'), failed(3, 'b2')]).map(({ since }) => since)).toEqual([1, 3]);
  });

  it('leads to the case where that has a form for it', () => {
    const proposed = {
      ...stuck('cancellation-proposed', 'ApproveCancellation', 'RejectCancellation'),
      proposedBy: 'ops1',
    };
    expect(waitingStuck(proposed, null, 'ops2').acts).toEqual(['RejectCancellation', 'ApproveCancellation']);
    expect(waitingStuck(proposed, null, 'ops1').acts).toEqual(['RejectCancellation']);
    const row = waitingStuck(stuck('dispute-overdue', 'ProposeResolution', 'AddStatement'), null, 'ops1');
    expect(row).toMatchObject({ acts: [], decidedOnCase: true });
  });
});

it('a difference in paise is read as money, ids and instants are not', () => {
  expect(driftWords('80000, fee 1900, tax 288')).toBe('₹800.00, fee ₹19.00, tax ₹2.88');
  expect(driftWords('-5')).toBe('−₹0.05');
  expect(driftWords('rfnd_100 processed 10000')).toBe('rfnd_100 processed ₹100.00');
  expect(driftWords('on hold until 1795000000000')).toBe('on hold until 1795000000000');
});
