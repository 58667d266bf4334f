import { describe, expect, it } from 'vitest';
import type { ChargebackRow } from '#projections/queries.ts';
import { isNarrowed, narrowed, queueFilterOf, SOON_MS, withFilter, type QueueFilter } from './queue-filter.ts';
import type { Sections, WaitingDispute, WaitingStuck } from './queue.ts';

const NOW = 1_800_000_000_000;
const LIMIT = 500_000;
const around = { now: NOW, limit: LIMIT, own: new Set<string>() };
const usual = queueFilterOf(new URLSearchParams());

const dispute = (bookingId: string, change: Partial<WaitingDispute> = {}): WaitingDispute => ({
  bookingId,
  kind: 'in-app',
  waitsFor: 'ops',
  cause: 'other',
  subject: '',
  studentName: '',
  tutorName: '',
  gross: 80_000,
  wants: null,
  excerpt: '',
  openedAt: NOW - 1_000,
  deadline: NOW + 2 * SOON_MS,
  proposal: null,
  own: false,
  ...change,
});
const bank = (chargebackId: string, change: Partial<ChargebackRow> = {}): ChargebackRow => ({
  chargebackId,
  bookingId: 'b',
  providerPaymentId: 'pay',
  subject: '',
  tutorName: '',
  studentName: '',
  amount: 80_000,
  phase: 'chargeback',
  round: 1,
  reasonCode: '',
  respondBy: NOW + 2 * SOON_MS,
  state: 'open',
  openedAt: NOW,
  since: NOW,
  answeredBy: null,
  answer: null,
  problem: null,
  lost: 0,
  ...change,
});
const stuck: WaitingStuck = {
  what: 'order-lost',
  bookingId: 's',
  subjectId: null,
  since: 1,
  detail: '',
  acts: ['LookAgain'],
  decidedOnCase: false,
  booking: null,
};
const proposal = (mine: boolean) => ({ refund: 600_000, byName: 'x', mine });
const sections: Sections = {
  second: [dispute('second', { waitsFor: 'second-person', proposal: proposal(false), gross: 800_000 })],
  decide: [
    dispute('late', { deadline: NOW - 1, openedAt: NOW - 9_000 }),
    dispute('own', { own: true }),
    dispute('at-limit', { gross: LIMIT, deadline: NOW + SOON_MS }),
    dispute('after', { deadline: NOW + SOON_MS + 1 }),
    dispute('waits-for-tutor', { waitsFor: 'tutor' }),
    dispute('proposed-by-me', { waitsFor: 'second-person', proposal: proposal(true) }),
  ],
  bank: [bank('open'), bank('over', { respondBy: NOW - 1 }), bank('with-bank', { state: 'submitted' })],
  stuck: [stuck],
  drift: [],
};
const idsOf = (change: Partial<QueueFilter>): Readonly<Record<string, readonly string[]>> => {
  const shown = narrowed(sections, { ...usual, ...change }, around);
  return {
    disputes: [...shown.second, ...shown.decide].map(({ bookingId }) => bookingId),
    bank: shown.bank.map(({ chargebackId }) => chargebackId),
    stuck: shown.stuck.map(({ what }) => what),
  };
};

describe('[Q1] the filter of what waits', () => {
  it('by who has to act next', () => {
    expect(idsOf({ waits: 'tutor' })).toEqual({ disputes: ['waits-for-tutor'], bank: [], stuck: [] });
    expect(idsOf({ waits: 'second-person' })).toEqual({
      disputes: ['second', 'proposed-by-me'],
      bank: [],
      stuck: [],
    });
    expect(idsOf({ waits: 'bank' })).toEqual({ disputes: [], bank: ['with-bank'], stuck: [] });
    expect(idsOf({ waits: 'ops' })).toEqual({
      disputes: ['late', 'at-limit', 'after', 'own'],
      bank: ['over', 'open'],
      stuck: ['order-lost'],
    });
  });

  it('by what the viewer can do now: never their own case, never their own proposal', () => {
    expect(idsOf({ whose: 'me' })).toEqual({
      disputes: ['second', 'late', 'at-limit', 'after'],
      bank: ['open'],
      stuck: ['order-lost'],
    });
    expect(idsOf({ whose: 'others' })).toEqual({
      disputes: ['own', 'waits-for-tutor', 'proposed-by-me'],
      bank: ['over', 'with-bank'],
      stuck: [],
    });
    // The bank’s case of a lesson of their own child, and what is stuck there, are for others too.
    const own = new Set([stuck.bookingId, bank('open').bookingId]);
    const mine = narrowed(sections, { ...usual, whose: 'me' }, { ...around, own });
    expect([mine.bank, mine.stuck]).toEqual([[], []]);
  });

  it('by deadline within a day, that of the bank too; late is soon, and what has none is not', () => {
    expect(idsOf({ soon: true })).toEqual({ disputes: ['late', 'at-limit'], bank: ['over'], stuck: [] });
  });

  it('by amount above what one person decides, the limit itself not', () => {
    expect(idsOf({ large: true })).toEqual({ disputes: ['second'], bank: [], stuck: [] });
  });
});

describe('[Q2] the order of what waits', () => {
  const first = (sort: QueueFilter['sort']): readonly string[] =>
    narrowed({ ...sections, second: [] }, { ...usual, sort }, around).decide.map(({ bookingId }) => bookingId);
  it('is by deadline, by age or by amount', () => {
    expect(first('deadline').slice(0, 3)).toEqual(['late', 'at-limit', 'after']);
    expect(first('age')[0]).toBe('late');
    expect(first('amount')[0]).toBe('at-limit');
  });
});

describe('[Q3] the address', () => {
  it('keeps the whole filter, and nothing that is as usual', () => {
    const filter: QueueFilter = {
      kind: 'decide',
      text: 'asha',
      waits: 'ops',
      whose: 'me',
      soon: true,
      large: true,
      sort: 'amount',
    };
    const url = withFilter(new URL('https://x.test/ops?q=kept'), filter);
    expect(queueFilterOf(url.searchParams)).toEqual(filter);
    expect(withFilter(url, usual).search).toBe('?q=kept');
    expect(isNarrowed(usual)).toBe(false);
    expect(isNarrowed({ ...usual, sort: 'age' })).toBe(false);
    expect(isNarrowed({ ...usual, soon: true })).toBe(true);
  });

  it('that nobody made is as usual', () => {
    expect(queueFilterOf(new URLSearchParams('kind=stolen&waits=x&whose=y&soon=yes&sort=z'))).toEqual(usual);
  });
});
