import { describe, expect, test } from 'vitest';
import type { AnyEvent } from '#events/handling/registry.ts';
import { fact } from '../testing/facts.ts';
import { lifeOf } from '../testing/money-lives.ts';
import { Unit } from '../runner/rows.ts';
import { moneyTerms, problemsOf, CHART } from './chart.ts';
import { ledger } from './project.ts';
import { ENTRY } from './tables.ts';

interface Line {
  readonly account: string;
  readonly class: string;
  readonly type: string;
  readonly amount: number;
}

/** A ledger in memory: gives the entries so far after each event. */
function journal() {
  const rows = new Unit(() => null);
  let ordinal = 0;
  const entries: Line[] = [];
  return {
    entries,
    /** The entries of this event alone. */
    post(event: AnyEvent, at = 0): readonly Line[] {
      ordinal += 1;
      ledger.project(fact(event, at), rows, ordinal);
      const fresh = (rows.added.get(ENTRY) ?? []).slice(entries.length).map((row) => ({
        account: String(row.account),
        class: String(row.class),
        type: String(row.type),
        amount: Number(row.amount),
      }));
      entries.push(...fresh);
      return fresh;
    },
  };
}

const bookingId = 'b1';
const [B, T] = ['b1', 't1'];
const book = (events: readonly AnyEvent[]): readonly Line[] => {
  const { post, entries } = journal();
  for (const event of events) {
    const sum = post(event).reduce((total, line) => total + line.amount, 0);
    expect(sum, `LE1: ${event.type}`).toBe(0);
    expect(problemsOf(entries), event.type).toEqual([]);
  }
  return entries;
};
const balances = (entries: readonly Line[]): Readonly<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const { account, amount } of entries) sums[account] = (sums[account] ?? 0) + amount;
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
};

const paid = (amount = 80_000, fee = 0, tax = 0): AnyEvent => ({
  type: 'PaymentCaptured',
  data: { bookingId, orderId: 'o', providerPaymentId: 'pay_1', amount, fee, tax, method: 'upi', capturedAt: 0 },
});
const planned = (gross = 80_000, share = 72_000): AnyEvent => ({
  type: 'PayoutPlanned',
  data: {
    bookingId,
    tutorId: T,
    accountId: 'a',
    providerPaymentId: 'pay_1',
    gross,
    share,
    commission: gross - share,
    holdMs: 0,
  },
});
const transferred = (amount = 72_000, fee = 0, tax = 0): AnyEvent => ({
  type: 'TransferProcessed',
  data: { bookingId, transferId: 'trf_1', amount, fee, tax },
});
const completed: AnyEvent = { type: 'BookingCompleted', data: { bookingId, outcome: 'held', t0: 0 } };
const cancelled = (refund: number): AnyEvent => ({
  type: 'BookingCancelled',
  data: { bookingId, by: 'student', reason: '', rule: 'tier-4h', refundPct: 50, refund, cancelledAt: 0 },
});
const authorized: AnyEvent = { type: 'ReleaseAuthorized', data: { bookingId, operationId: 'r', at: 0 } };
const lifted = (amount = 72_000): AnyEvent => ({
  type: 'HoldLifted',
  data: { bookingId, transferId: 'trf_1', amount },
});
const settled: AnyEvent = { type: 'TransferSettled', data: { bookingId, settlementId: 's' } };
const reversed = (amount: number): AnyEvent => ({
  type: 'TransferReversed',
  data: { bookingId, operationId: 'v', reversalId: 'rv', amount },
});
const asked = (amount: number, providerPaymentId = 'pay_1', refundId = 'r1'): AnyEvent => ({
  type: 'RefundRequested',
  data: { bookingId, refundId, providerPaymentId, amount, reason: '' },
});
const refunded = (amount: number, refundId = 'r1'): AnyEvent => ({
  type: 'RefundProcessed',
  data: { bookingId, refundId, providerRefundId: 'x', amount },
});
const failed = (amount: number, refundId = 'r1'): AnyEvent => ({
  type: 'RefundFailed',
  data: { bookingId, refundId, amount, reason: '' },
});
const disputed: AnyEvent = {
  type: 'PayoutDisputed',
  data: { bookingId, disputeId: 'd', kind: 'in-app', openedBy: 's1', cause: 'other', text: '', wants: null, at: 0 },
};
const closed = (outcome: 'student' | 'tutor' | 'split', refund: number, reversal: number): AnyEvent => ({
  type: 'PayoutDisputeClosed',
  data: { bookingId, disputeId: 'd', outcome, refund, reversal, at: 0 },
});
const surplus: AnyEvent = {
  type: 'SurplusPaymentDetected',
  data: { bookingId, providerPaymentId: 'pay_2', amount: 80_000, fee: 0, tax: 0 },
};
const bankCase = (providerPaymentId = 'pay_1', chargebackId = 'c'): AnyEvent => ({
  type: 'ChargebackOpened',
  data: {
    chargebackId,
    bookingId,
    providerPaymentId,
    amount: 80_000,
    phase: 'chargeback',
    round: 1,
    reasonCode: '',
    respondBy: 0,
    at: 0,
  },
});
const lost = (amount: number, chargebackId = 'c'): AnyEvent => ({
  type: 'ChargebackLost',
  data: { chargebackId, bookingId, round: 1, amount, accepted: false, at: 0 },
});

describe('LE6: the postings', () => {
  test('golden: 80,000 is 8,000 for the platform and 72,000 for the tutor', () => {
    const taught = [paid(), planned(), transferred(), completed];
    expect(balances(book(taught))).toEqual({
      'psp:balance': 8_000,
      [`psp:linked:${T}:held`]: 72_000,
      [`tutor:${T}:payable:held`]: -72_000,
      'platform:commission:pending': -8_000,
    });
    const over = book([...taught, authorized, lifted(), settled]);
    expect(balances(over)).toEqual({ 'psp:balance': 8_000, 'revenue:commission': -8_000 });
    expect(moneyTerms(over)).toEqual({ gross: 80_000, returned: 0, tutor: 72_000, commission: 8_000, held: 0 });
  });

  test('golden: of 1,000 rupees the platform keeps 73.74 after the fees of payment and transfer', () => {
    const entries = book([
      paid(100_000, 2_360, 360),
      planned(100_000, 90_000),
      transferred(90_000, 266, 41),
      completed,
      authorized,
      lifted(90_000),
      settled,
    ]);
    expect(balances(entries)).toEqual({
      'psp:balance': 7_374,
      'expense:psp_fee': 2_000,
      'expense:route_fee': 225,
      'gst:input': 401,
      'revenue:commission': -10_000,
    });
  });

  test('before the lesson all of it is in escrow, and a whole refund leaves nothing', () => {
    const before = [paid(), planned(), transferred(), cancelled(80_000), reversed(72_000), asked(80_000)];
    expect(balances(book(before))).toEqual({ 'psp:balance': 80_000, 'refund:in_flight:r1': -80_000 });
    expect(balances(book([...before, failed(80_000)]))).toEqual({
      'psp:balance': 80_000,
      [`escrow:booking:${B}`]: -80_000,
    });
    expect(balances(book([...before, refunded(80_000)]))).toEqual({});
    // Thought to have failed, it went through after all.
    expect(balances(book([...before, failed(80_000), refunded(80_000)]))).toEqual({});
  });

  test('a late cancellation keeps half: 36,000 and 4,000', () => {
    const half = book([paid(), planned(), transferred(), cancelled(40_000), reversed(36_000), asked(40_000)]);
    expect(balances(half)).toMatchObject({
      [`tutor:${T}:payable:held`]: -36_000,
      'platform:commission:pending': -4_000,
      'refund:in_flight:r1': -40_000,
    });
  });

  test('what a bank took before we heard of the payment is covered by the payment', () => {
    const early = book([bankCase(), lost(30_000), paid()]);
    expect(balances(early)).toEqual({ 'psp:balance': 50_000, [`escrow:booking:${B}`]: -50_000 });
    expect(moneyTerms(early)).toEqual({ gross: 80_000, returned: 30_000, tutor: 0, commission: 0, held: 50_000 });
    expect(balances(book([paid(), bankCase('pay_2'), lost(80_000), surplus]))).toEqual({
      'psp:balance': 80_000,
      [`escrow:booking:${B}`]: -80_000,
    });
    // Two cases about a payment nobody has heard of: neither comes out of the booking that was paid by another.
    const twice = book([paid(), bankCase('pay_2'), lost(100), bankCase('pay_2', 'c2'), lost(100, 'c2'), surplus]);
    expect(balances(twice)).toEqual({ 'psp:balance': 159_800, [`escrow:booking:${B}`]: -159_800 });
    expect(
      balances(
        book([
          paid(),
          bankCase('pay_2'),
          lost(100),
          bankCase('pay_2', 'c2'),
          lost(100, 'c2'),
          surplus,
          asked(79_800, 'pay_2'),
          refunded(79_800),
        ]),
      ),
    ).toEqual({
      'psp:balance': 80_000,
      [`escrow:booking:${B}`]: -80_000,
    });
  });

  test('what a bank took counts towards what a dispute or a cancellation gives back', () => {
    const argued = [paid(), planned(), transferred(), disputed, bankCase(), lost(10_000)];
    expect(balances(book([...argued, closed('split', 40_000, 36_000), completed]))).toMatchObject({
      'dispute:reserve:b1': -30_000,
      [`tutor:${T}:payable:held`]: -36_000,
      'platform:commission:pending': -4_000,
    });
    const late = book([paid(), planned(), bankCase(), lost(40_000), cancelled(40_000)]);
    expect(balances(late)).toMatchObject({
      [`tutor:${T}:payable:held`]: -36_000,
      'platform:commission:pending': -4_000,
    });
    expect(balances(late)).not.toHaveProperty(`escrow:booking:${B}`);
  });

  test('what comes back of a failed refund covers what a bank took meanwhile', () => {
    const late = [paid(), cancelled(0), asked(80_000), bankCase(), lost(30_000), failed(80_000)];
    expect(balances(book(late))).toEqual({ 'psp:balance': 50_000, [`escrow:booking:${B}`]: -50_000 });
    expect(balances(book([...late, asked(50_000, 'pay_1', 'r2'), refunded(50_000, 'r2')]))).toEqual({});
  });

  test('cancelled before the payout is planned, the kept part is divided when the share is known', () => {
    expect(balances(book([paid(), cancelled(40_000), planned()]))).toMatchObject({
      [`escrow:booking:${B}`]: -40_000,
      [`tutor:${T}:payable:held`]: -36_000,
    });
  });

  test.each([
    ['after the lesson', [completed, disputed]],
    ['before its outcome', [disputed]],
    ['and the outcome comes while it is open', [disputed, completed]],
  ])('a dispute %s reserves all of the price, and gives back what is decided', (_when, events) => {
    const open = [paid(), planned(), transferred(), ...events];
    expect(balances(book(open))).toMatchObject({ [`dispute:reserve:${B}`]: -80_000 });
    const student = book([
      ...open,
      closed('student', 80_000, 72_000),
      reversed(72_000),
      asked(80_000),
      refunded(80_000),
    ]);
    expect(balances(student)).toEqual({});
    const split = [...open, closed('split', 30_001, 27_000), reversed(27_000), asked(30_001), refunded(30_001)];
    const ended = events.includes(completed) ? [] : [completed];
    const over = book([...split, ...ended, authorized, lifted(45_000), settled]);
    expect(moneyTerms(over)).toEqual({ gross: 80_000, returned: 30_001, tutor: 45_000, commission: 4_999, held: 0 });
    const tutor = book([...open, closed('tutor', 0, 0), ...ended, authorized, lifted(), settled]);
    expect(moneyTerms(tutor)).toMatchObject({ returned: 0, tutor: 72_000, commission: 8_000, held: 0 });
  });

  test('a refund from a dispute that fails is in the reserve again', () => {
    const open = [paid(), planned(), transferred(), completed, disputed, closed('student', 80_000, 72_000)];
    expect(balances(book([...open, asked(80_000), failed(80_000)]))).toMatchObject({
      [`dispute:reserve:${B}`]: -80_000,
    });
  });

  test('a surplus payment goes back from its own money', () => {
    const entries = book([paid(), planned(), transferred(), completed, surplus, asked(80_000, 'pay_2')]);
    expect(balances(entries)).toMatchObject({ [`tutor:${T}:payable:held`]: -72_000, 'refund:in_flight:r1': -80_000 });
    const over = book([paid(), planned(), completed, surplus, asked(80_000, 'pay_2'), refunded(80_000)]);
    expect(moneyTerms(over)).toEqual({ gross: 160_000, returned: 80_000, tutor: 0, commission: 0, held: 80_000 });
    const bank = book([paid(), surplus, bankCase('pay_2'), lost(80_000)]);
    expect(balances(bank)).toMatchObject({ [`escrow:booking:${B}`]: -80_000 });
  });

  test('a bank takes from what is still held, before the release', () => {
    const entries = book([paid(), planned(), transferred(), completed, bankCase(), lost(40_000), reversed(36_000)]);
    expect(balances(entries)).toMatchObject({
      [`tutor:${T}:payable:held`]: -36_000,
      'platform:commission:pending': -4_000,
    });
    const over = book([paid(), planned(), transferred(), bankCase(), lost(80_000), completed, reversed(72_000)]);
    expect(moneyTerms(over)).toEqual({ gross: 80_000, returned: 80_000, tutor: 0, commission: 0, held: 0 });
  });

  test('a bank takes after the settlement: the share is the tutor’s debt, the rest our loss', () => {
    const after = [
      paid(),
      planned(),
      transferred(),
      completed,
      authorized,
      lifted(),
      settled,
      bankCase(),
      lost(80_000),
    ];
    const debt: AnyEvent = {
      type: 'ClawbackRecorded',
      data: { bookingId, chargebackId: 'c', amount: 72_000, at: 0 },
    };
    const entries = book([...after, debt]);
    expect(balances(entries)).toEqual({
      'psp:balance': 8_000 - 80_000,
      'revenue:commission': -8_000,
      'expense:chargeback': 8_000,
      [`tutor:${T}:receivable`]: 72_000,
    });
    expect(moneyTerms(entries)).toEqual({ gross: 80_000, returned: 80_000, tutor: 0, commission: 0, held: 0 });
  });
});

/** What of a life the events alone say, for comparison with the accounts. */
function told(events: readonly AnyEvent[]): { gross: number; returned: number; released: number } {
  let [gross, returned, released, share, reversedSum] = [0, 0, 0, 0, 0];
  for (const event of events)
    switch (event.type) {
      case 'PaymentCaptured':
      case 'SurplusPaymentDetected':
        gross += event.data.amount;
        break;
      case 'RefundProcessed':
      case 'ChargebackLost':
        returned += event.data.amount;
        break;
      case 'PayoutPlanned':
        share = event.data.share;
        break;
      case 'TransferReversed':
        reversedSum += event.data.amount;
        break;
      case 'ReleaseAuthorized':
        released = share - reversedSum;
        break;
      case 'ClawbackRecorded':
        released -= event.data.amount;
        break;
    }
  return { gross, returned, released };
}

const LIVES = 3_000;

describe('random lives of a booking', () => {
  test(`LE1, LE2, LE3: hold after each event of ${LIVES} of them`, { timeout: 60_000 }, () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= LIVES; seed += 1) {
      const { post, entries } = journal();
      const events: AnyEvent[] = [];
      for (const { event, at } of lifeOf(seed)) {
        events.push(event);
        seen.add(event.type);
        const sum = post(event, at).reduce((total, line) => total + line.amount, 0);
        const problems = [...problemsOf(entries), ...(sum === 0 ? [] : [`LE1: ${event.type} adds up to ${sum}`])];
        const terms = moneyTerms(entries);
        const { gross, returned, released } = told(events);
        if (terms.gross !== gross || terms.returned !== returned || terms.tutor !== released)
          problems.push(`LE2: accounts and events tell different stories: ${JSON.stringify([terms, told(events)])}`);
        if (problems.length > 0)
          expect.fail(`seed ${seed}, after ${events.map(({ type }) => type).join(' ')}:\n${problems.join('\n')}`);
      }
    }
    // The lives are rich enough to prove something.
    for (const type of ['ClawbackRecorded', 'ChargebackLost', 'PayoutDisputeClosed', 'TransferSettled', 'RefundFailed'])
      expect(seen).toContain(type);
  });

  test('the same seed is the same life', () => {
    expect(lifeOf(7)).toEqual(lifeOf(7));
    expect(lifeOf(7)).not.toEqual(lifeOf(8));
  });
});

describe('the checkers can fail', () => {
  const sound = book([paid(), planned(), transferred(), completed, authorized, lifted(), settled]);

  test('LE1: a line that is missing', () => {
    expect(problemsOf(sound.slice(1)).join()).toContain('LE1');
  });
  test('LE2: money of the booking that became our profit', () => {
    const line = { account: 'revenue:commission', class: 'revenue:commission', type: 'PaymentCaptured', amount: -1 };
    const problems = problemsOf([...sound, line, { ...line, account: 'psp:balance', class: 'psp:balance', amount: 1 }]);
    expect(problems.join()).toContain('LE2');
    expect(problems.join()).not.toContain('LE1');
  });
  test('LE3: a liability that was paid twice', () => {
    const again = sound.filter(({ type }) => type === 'TransferSettled');
    expect(again).toHaveLength(2);
    expect(problemsOf([...sound, ...again]).join()).toContain('LE3');
  });
  test('LE5: an account that is not in the chart', () => {
    const line = { account: 'pocket', class: 'pocket', type: 'PaymentCaptured', amount: 0 };
    expect(problemsOf([...sound, line]).join()).toContain('LE5');
    expect(CHART['tax:tds_payable'].kind).toBe('liability');
  });
});
