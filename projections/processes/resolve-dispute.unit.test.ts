/** A dispute's whole life with the real deciders: each play is checked fact by fact (testing/play.ts). */
import { describe, expect, test } from 'vitest';
import { disputeIdOf } from '#events/dispute/events.ts';
import { commandsIn, fact, reactionsTo } from '../testing/facts.ts';
import { HOUR, play, START, type Answer, type Play } from '../testing/play.ts';
import { payoutCancelled, planned, reversed } from './examples.ts';
import type { Intent } from './process.ts';
import { MAX_REVERSAL_ATTEMPTS } from './release-payout.ts';
import { resolveDispute } from './resolve-dispute.ts';

const bookingId = 'b1';
const MINUTE = 60_000;
const END = START + HOUR;
const RELEASE = END + 72 * HOUR;

const complain = (change: Partial<Extract<Intent, { type: 'DisputePayout' }>['data']> = {}): Intent => ({
  type: 'DisputePayout',
  data: {
    bookingId,
    disputeId: disputeIdOf(bookingId),
    kind: 'in-app',
    openedBy: 's1',
    cause: 'cut-short',
    text: 'It ended early.',
    wants: null,
    opensAt: START + 15 * MINUTE,
    ...change,
  },
});
const answer: Intent = { type: 'AnswerDispute', data: { bookingId, by: 't1', text: 'We did all of it.' } };
const withdraw: Intent = { type: 'WithdrawDispute', data: { bookingId, by: 'parent' } };
const decide = (refund: number): Intent => ({
  type: 'ProposeResolution',
  data: { bookingId, proposalId: 'p1', refund, reason: 'As we see it.', by: 'ops', secondPersonAbove: 500_000 },
});

/** Paid, taught, and an hour into the hold. */
async function taught(says?: (kind: string, nth: number) => Answer): Promise<Play> {
  const world = await play(says && ((call, nth) => says(call.kind, nth)));
  await world.book();
  await world.teach(60);
  await world.advanceTo(END + HOUR);
  return world;
}

/** Complained about and answered, so that ops can decide. */
async function argued(says?: (kind: string, nth: number) => Answer): Promise<Play> {
  const world = await taught(says);
  expect(await world.give(complain())).toBeNull();
  expect(await world.give(answer)).toBeNull();
  return world;
}

const money = (world: Play) => ({
  reversed: world.dataOf('TransferReversed').map((data) => data.amount),
  refunded: world.dataOf('RefundProcessed').map((data) => data.amount),
  lifted: world.dataOf('HoldLifted').map((data) => data.amount),
});

describe('a complaint', () => {
  test('RD1, RD5: decided for the student: 80,000 back, 72,000 of it from the tutor, and the booking closes', async () => {
    const world = await argued();
    expect(await world.give(decide(80_000))).toBeNull();
    expect(money(world)).toEqual({ reversed: [72_000], refunded: [80_000], lifted: [] });
    expect(world.count('BookingClosed')).toBe(1);
    await world.advanceTo(RELEASE + 100 * HOUR);
    expect(world.count('ReleaseAuthorized')).toBe(0);
  });
  test('RD6: decided for the tutor within the hold: released when it ends', async () => {
    const world = await argued();
    await world.give(decide(0));
    await world.advanceTo(RELEASE - 1);
    expect(money(world).lifted).toEqual([]);
    await world.advanceTo(RELEASE);
    expect(money(world)).toEqual({ reversed: [], refunded: [], lifted: [72_000] });
    expect(world.count('BookingClosed')).toBe(1);
  });
  test('RD6: decided for the tutor after the hold: released at once, and not before', async () => {
    const world = await argued();
    await world.advanceTo(RELEASE + 10 * HOUR);
    expect(world.count('ReleaseAuthorized')).toBe(0);
    await world.give(decide(0));
    await world.advanceTo(world.now());
    expect(money(world).lifted).toEqual([72_000]);
  });
  test.each([
    [40_000, 36_000, 36_000],
    [26_667, 24_000, 48_000],
    [1, 0, 72_000],
    [79_999, 71_999, 1],
  ])('RD7: split %i: %i comes back from the tutor, %i stays', async (refund, taken, stays) => {
    const world = await argued();
    await world.give(decide(refund));
    await world.advanceTo(RELEASE);
    expect(money(world)).toEqual({ reversed: taken === 0 ? [] : [taken], refunded: [refund], lifted: [stays] });
    expect(world.count('BookingClosed')).toBe(1);
  });
  test('RD2, RD8: withdrawn: everything goes on as if nothing had been', async () => {
    const world = await taught();
    await world.give(complain());
    expect(await world.give(withdraw)).toBeNull();
    await world.advanceTo(RELEASE);
    expect(money(world)).toEqual({ reversed: [], refunded: [], lifted: [72_000] });
    expect(world.dataOf('PayoutDisputeClosed')).toMatchObject([{ outcome: 'withdrawn' }]);
    expect(await world.give(complain())).toBe('dispute-exists');
  });
  test('RD3: without an answer it is under review after 48 hours, and nothing is decided by that', async () => {
    const world = await taught();
    await world.give(complain());
    await world.advanceTo(END + 49 * HOUR - 1);
    expect(world.count('DisputeUnderReview')).toBe(0);
    await world.advanceTo(END + 49 * HOUR);
    expect(world.dataOf('DisputeUnderReview')).toMatchObject([{ why: 'no-answer' }]);
    await world.advanceTo(RELEASE + HOUR);
    expect(world.count('ReleaseAuthorized')).toBe(0);
    await world.give(decide(80_000));
    expect(money(world).refunded).toEqual([80_000]);
  });
  test('RD3: an answer in time makes the timer do nothing', async () => {
    const world = await argued();
    await world.advanceTo(RELEASE + HOUR);
    expect(world.count('DisputeUnderReview')).toBe(1);
  });
  test.each([
    ['the dispute', [complain(), null], [null, 'dispute-open']],
    ['the release', [null, complain()], [null, 'too-late']],
  ] as const)('RD4: at the same moment %s is first, and wins', async (_, order, codes) => {
    const world = await taught();
    await world.advanceTo(RELEASE - 1);
    const release: Intent = { type: 'AuthorizeRelease', data: { bookingId, operationId: 'by hand' } };
    const [first, second] = order.map((one) => one ?? release);
    if (!first || !second) throw new Error('two');
    // A millisecond before the end only the dispute is lawful, at the end only the release.
    if (first === release) {
      await world.advanceTo(RELEASE);
      expect(await world.give(second)).toBe(codes[1]);
      expect(world.count('ReleaseAuthorized')).toBe(1);
    } else {
      expect(await world.atOnce(first, second)).toEqual(codes);
      await world.advanceTo(RELEASE + HOUR);
      expect(world.count('ReleaseAuthorized')).toBe(0);
    }
  });
});

describe('a complaint while the transfer is on its way', () => {
  const slow = (kind: string): Answer => (kind === 'create-transfer' ? 'silent' : 'done');

  test('RD9: the decision waits for the transfer, then takes it back', async () => {
    const world = await argued(slow);
    await world.give(decide(80_000));
    expect(world.count('PayoutDisputeClosed')).toBe(0);
    await world.hear('create-transfer');
    expect(money(world)).toEqual({ reversed: [72_000], refunded: [80_000], lifted: [] });
    expect(world.count('BookingClosed')).toBe(1);
  });
  test('RD9: a transfer that comes to nothing needs no reversal', async () => {
    const world = await argued(slow);
    await world.give(decide(80_000));
    await world.hear('create-transfer', 'failed');
    expect(money(world)).toEqual({ reversed: [], refunded: [80_000], lifted: [] });
    expect(world.count('PayoutCancelled')).toBe(1);
    await world.advanceTo(RELEASE + 100 * HOUR);
    expect(world.count('TransferRequested')).toBe(1);
  });
  test('RD9: a part waits until a transfer stands, however often it fails', async () => {
    let tries = 0;
    const world = await argued((kind) => (kind === 'create-transfer' && (tries += 1) <= 4 ? 'failed' : 'done'));
    await world.give(decide(40_000));
    await world.advanceTo(RELEASE);
    expect(money(world)).toEqual({ reversed: [36_000], refunded: [40_000], lifted: [36_000] });
  });
  test('RD8: for the tutor it closes at once, and the hold counts from the lesson', async () => {
    const world = await argued(slow);
    await world.give(decide(0));
    expect(world.count('PayoutDisputeClosed')).toBe(1);
    await world.hear('create-transfer');
    await world.advanceTo(RELEASE);
    expect(money(world).lifted).toEqual([72_000]);
  });
});

describe('a reversal that fails', () => {
  test('RP14: is tried again, nothing is released meanwhile, and the refund waits for it', async () => {
    const world = await argued((kind, nth) => (kind === 'reverse-transfer' && nth < 2 ? 'failed' : 'done'));
    await world.give(decide(40_000));
    expect(world.count('ReversalFailed')).toBe(1);
    expect(money(world).refunded).toEqual([]);
    await world.advanceTo(RELEASE);
    expect(world.count('ReversalFailed')).toBe(2);
    expect(money(world)).toEqual({ reversed: [36_000], refunded: [40_000], lifted: [36_000] });
    expect(new Set(world.dataOf('ReversalRequested').map((data) => data.operationId)).size).toBe(3);
  });
  test('RP14: after the last try people take over, and the tutor is not paid', async () => {
    const world = await argued((kind) => (kind === 'reverse-transfer' ? 'failed' : 'done'));
    await world.give(decide(80_000));
    await world.advanceTo(RELEASE + 1_000 * HOUR);
    expect(world.count('ReversalFailed')).toBe(MAX_REVERSAL_ATTEMPTS);
    expect(money(world)).toEqual({ reversed: [], refunded: [], lifted: [] });
  });
  test('RP14: of a cancellation', async () => {
    const world = await play((call, nth) => (call.kind === 'reverse-transfer' && nth === 0 ? 'failed' : 'done'));
    await world.book();
    await world.advanceTo(START - 10 * HOUR);
    await world.give({ type: 'CancelBooking', data: { bookingId, by: 'student', reason: '' } });
    expect(money(world).refunded).toEqual([]);
    await world.advanceTo(START - 10 * HOUR + 72 * HOUR);
    expect(money(world)).toEqual({ reversed: [36_000], refunded: [40_000], lifted: [36_000] });
  });
});

describe('a lesson that nobody can judge by its facts', () => {
  test('RD10: is decided by people: for the tutor, held for 72 hours from the decision', async () => {
    const world = await play();
    await world.book();
    await world.teach(20);
    expect(world.dataOf('DisputeOpened')).toMatchObject([{ kind: 'review', cause: 'unclear', openedBy: 'policy' }]);
    await world.advanceTo(START + 10 * HOUR);
    await world.give(decide(0));
    expect(world.dataOf('BookingCompleted')).toMatchObject([{ outcome: 'reviewed', t0: START + 10 * HOUR }]);
    await world.advanceTo(START + 82 * HOUR - 1);
    expect(money(world).lifted).toEqual([]);
    await world.advanceTo(START + 82 * HOUR);
    expect(money(world)).toEqual({ reversed: [], refunded: [], lifted: [72_000] });
    expect(world.count('BookingClosed')).toBe(1);
  });
  test.each([
    [80_000, [72_000], []],
    [40_000, [36_000], [36_000]],
  ])('RD10: %i back, once, and the rest after 72 hours', async (refund, reversed, lifted) => {
    const world = await play();
    await world.book();
    await world.teach(20);
    await world.give(decide(refund));
    expect(world.dataOf('BookingCancelled')).toMatchObject([{ rule: 'review', refund }]);
    await world.advanceTo(START + 100 * HOUR);
    expect(money(world)).toEqual({ reversed, refunded: [refund], lifted });
    expect(world.count('RefundRequested')).toBe(1);
  });
  test('RD10: with the reversal on its way the rest waits, and goes on then', async () => {
    const world = await play((call) => (call.kind === 'reverse-transfer' ? 'silent' : 'done'));
    await world.book();
    await world.teach(20);
    await world.give(decide(40_000));
    expect(world.count('HoldStarted')).toBe(0);
    await world.hear('reverse-transfer');
    await world.advanceTo(START + 100 * HOUR);
    expect(money(world)).toEqual({ reversed: [36_000], refunded: [40_000], lifted: [36_000] });
  });
  test('RD11: after a complaint was withdrawn, people are still asked', async () => {
    const world = await play();
    await world.book();
    const during = async () => {
      expect(await world.give(complain())).toBeNull();
      expect(await world.give(withdraw)).toBeNull();
    };
    await world.teach(20, during);
    expect(world.dataOf('PayoutDisputed').map((data) => data.kind)).toEqual(['in-app', 'review']);
    await world.give(decide(80_000));
    expect(money(world)).toEqual({ reversed: [72_000], refunded: [80_000], lifted: [] });
  });
  test('RD11: with the complaint still open, and withdrawn then, people are asked as well', async () => {
    const world = await play();
    await world.book();
    await world.teach(20, async () => {
      await world.give(complain());
    });
    expect(world.dataOf('PayoutDisputed').map((data) => data.kind)).toEqual(['in-app']);
    expect(await world.give(withdraw)).toBeNull();
    expect(world.dataOf('PayoutDisputed').map((data) => data.kind)).toEqual(['in-app', 'review']);
    await world.give(decide(0));
    await world.advanceTo(START + 100 * HOUR);
    expect(money(world)).toEqual({ reversed: [], refunded: [], lifted: [72_000] });
  });
  test('RD11: with the complaint still open there is one decision for both', async () => {
    const world = await play();
    await world.book();
    await world.teach(20, async () => {
      expect(await world.give(complain())).toBeNull();
      expect(await world.give(answer)).toBeNull();
    });
    expect(world.count('BookingUnderReview')).toBe(1);
    await world.give(decide(40_000));
    await world.advanceTo(START + 100 * HOUR);
    expect(world.dataOf('BookingCancelled')).toMatchObject([{ rule: 'review', refund: 40_000 }]);
    expect(money(world)).toEqual({ reversed: [36_000], refunded: [40_000], lifted: [36_000] });
  });
  test('RD11: decided before the lesson ended: the booking gets that decision', async () => {
    const world = await play();
    await world.book();
    await world.teach(20, async () => {
      await world.give(complain());
      await world.give(answer);
      expect(await world.give(decide(40_000))).toBeNull();
    });
    await world.advanceTo(START + 100 * HOUR);
    expect(world.dataOf('BookingCancelled')).toMatchObject([{ rule: 'review', refund: 40_000 }]);
    expect(money(world)).toEqual({ reversed: [36_000], refunded: [40_000], lifted: [36_000] });
  });
});

describe('an outcome or a cancellation while a complaint is open', () => {
  test('RD12: the tutor did not come: the complaint is settled by that, once', async () => {
    const world = await play();
    await world.book();
    await world.advanceTo(START + 15 * MINUTE - 1);
    expect(world.count('BookingCancelled')).toBe(0);
    // The timer that ends the lesson is due in the same millisecond.
    await world.advanceTo(START + 15 * MINUTE);
    expect(world.count('BookingCancelled')).toBe(1);
    expect(money(world)).toEqual({ reversed: [72_000], refunded: [80_000], lifted: [] });
    expect(await world.give(complain())).toBe('payout-over');
  });
  test.each([
    ['opened', []],
    ['answered', [answer]],
  ])(
    'RD12: the tutor cancels while it is %s: all of it goes back, by one reversal and one refund',
    async (_, before) => {
      const world = await play();
      await world.book();
      await world.teach(20, async () => {
        await world.give(complain());
        for (const one of before) await world.give(one);
        expect(await world.give({ type: 'CancelBooking', data: { bookingId, by: 'tutor', reason: 'ill' } })).toBeNull();
      });
      expect(world.dataOf('DisputeResolved')).toMatchObject([
        { outcome: 'student', decidedBy: 'policy', rule: 'cancelled' },
      ]);
      expect(money(world)).toEqual({ reversed: [72_000], refunded: [80_000], lifted: [] });
      expect(world.count('RefundRequested')).toBe(1);
    },
  );
  test.each(['tutor-no-show', 'nobody'] as const)(
    'RD12: the outcome %s while it is open settles it',
    async (outcome) => {
      const world = await play();
      await world.book();
      await world.teach(20, async () => {
        await world.give(complain());
        expect(await world.give({ type: 'CancelUntaughtBooking', data: { bookingId, outcome } })).toBeNull();
      });
      expect(world.dataOf('DisputeResolved')).toMatchObject([
        { outcome: 'student', refund: 80_000, decidedBy: 'policy', rule: outcome },
      ]);
      expect(money(world)).toEqual({ reversed: [72_000], refunded: [80_000], lifted: [] });
      expect(world.count('RefundRequested')).toBe(1);
      expect(world.count('ReversalRequested')).toBe(1);
    },
  );
  test('RD12: after a decision for the tutor, or for a part, a full cancellation gives back what is missing', async () => {
    for (const [refund, reversed, refunded] of [
      [0, [72_000], [80_000]],
      [30_001, [27_000, 45_000], [30_001, 49_999]],
    ] as const) {
      const world = await play();
      await world.book();
      await world.teach(20, async () => {
        await world.give(complain());
        await world.give(answer);
        await world.give(decide(refund));
        await world.give({ type: 'CancelBooking', data: { bookingId, by: 'tutor', reason: 'ill' } });
      });
      expect(money(world)).toEqual({ reversed, refunded, lifted: [] });
    }
  });
  test('RD8: the lesson is held to its end: the hold counts from there, also while the complaint is open', async () => {
    const world = await play();
    await world.book();
    await world.teach(60, async () => {
      await world.give(complain());
    });
    expect(world.dataOf('HoldStarted')).toMatchObject([{ t0: END, endsAt: RELEASE }]);
    await world.give(withdraw);
    await world.advanceTo(RELEASE);
    expect(money(world).lifted).toEqual([72_000]);
  });
});

describe('pauses', () => {
  const pause = (until: number | null): Intent => ({
    type: 'PausePayout',
    data: { bookingId, reason: 'bank-changed', until },
  });
  test('RP16: a pause that outlasts the hold delays the release to its end', async () => {
    const world = await taught();
    await world.give(pause(RELEASE + 5 * HOUR));
    await world.advanceTo(RELEASE + 5 * HOUR - 1);
    expect(world.count('ReleaseAuthorized')).toBe(0);
    await world.advanceTo(RELEASE + 5 * HOUR);
    expect(money(world).lifted).toEqual([72_000]);
  });
  test('RP16: an open pause delays it until it is resumed', async () => {
    const world = await taught();
    await world.give(pause(null));
    await world.advanceTo(RELEASE + 5 * HOUR);
    await world.give({ type: 'ResumePayout', data: { bookingId, reason: 'bank-changed' } });
    await world.advanceTo(world.now());
    expect(money(world).lifted).toEqual([72_000]);
  });
  test('RP16: a pause from before the hold, and one that ends within it', async () => {
    const early = await play();
    await early.book();
    await early.give(pause(RELEASE + HOUR));
    await early.teach(60);
    await early.advanceTo(RELEASE + HOUR);
    expect(money(early).lifted).toEqual([72_000]);
    const short = await taught();
    await short.give(pause(END + 10 * HOUR));
    await short.advanceTo(RELEASE);
    expect(money(short).lifted).toEqual([72_000]);
  });
});

describe('the payer’s bank', () => {
  const freeze: Intent = {
    type: 'FreezeRefunds',
    data: { bookingId, chargebackId: 'disp_1', providerPaymentId: 'pay_1' },
  };
  const unfreeze = (lost: number): Intent => ({
    type: 'UnfreezeRefunds',
    data: { bookingId, chargebackId: 'disp_1', lost },
  });
  test('RD13: a refund that was refused meanwhile is asked for when its case is over', async () => {
    const world = await argued();
    await world.give(freeze);
    await world.give(decide(80_000));
    expect(money(world)).toMatchObject({ reversed: [72_000], refunded: [] });
    expect(world.count('BookingClosed')).toBe(0);
    await world.give(unfreeze(0));
    expect(money(world).refunded).toEqual([80_000]);
    expect(world.count('BookingClosed')).toBe(1);
  });
  test('RD13: what the bank took is not refunded again', async () => {
    const world = await argued();
    await world.give(freeze);
    await world.give(decide(80_000));
    await world.give(unfreeze(80_000));
    expect(money(world)).toMatchObject({ reversed: [72_000], refunded: [] });
    expect(world.count('BookingClosed')).toBe(1);
  });
  test('RP17: the same for a cancellation', async () => {
    const world = await play();
    await world.book();
    await world.give(freeze);
    await world.give({ type: 'CancelBooking', data: { bookingId, by: 'tutor', reason: 'ill' } });
    expect(money(world).refunded).toEqual([]);
    await world.give(unfreeze(30_000));
    expect(money(world).refunded).toEqual([50_000]);
  });
  test('RP17: what the bank took before there was a payout counts, and a payout that a chargeback ended still pays back the rest', async () => {
    const world = await play();
    await world.request();
    await world.atOnce(world.paid, freeze, unfreeze(30_000));
    await world.give({ type: 'CancelBooking', data: { bookingId, by: 'tutor', reason: 'ill' } });
    expect(money(world)).toEqual({ reversed: [72_000], refunded: [50_000], lifted: [] });

    const other = await play();
    await other.book();
    await other.give(freeze);
    await other.give(unfreeze(79_999));
    const taken = { bookingId, operationId: 'bank', amount: 72_000, reason: 'chargeback' };
    await other.give({ type: 'RequestReversal', data: taken });
    await other.give({ type: 'CancelBooking', data: { bookingId, by: 'tutor', reason: 'ill' } });
    expect(money(other)).toEqual({ reversed: [72_000], refunded: [1], lifted: [] });
  });
  test('RF3: and for a refund that failed', async () => {
    const world = await play((call, nth) => (call.kind === 'refund-payment' && nth === 0 ? 'failed' : 'done'));
    await world.book();
    await world.give({ type: 'CancelBooking', data: { bookingId, by: 'tutor', reason: 'ill' } });
    await world.give(freeze);
    await world.advanceTo(world.now() + 2 * HOUR);
    expect(money(world).refunded).toEqual([]);
    await world.give(unfreeze(0));
    expect(money(world).refunded).toEqual([80_000]);
  });
});

describe('a lesson that nobody can judge', () => {
  const reviewed = fact({ type: 'BookingUnderReview', data: { bookingId, outcome: 'unclear' } });
  const asked = (...facts: Parameters<typeof reactionsTo>[1]) => reactionsTo(resolveDispute, [planned(), ...facts]);
  const failed = fact({ type: 'ReversalFailed', data: { bookingId, operationId: 'rev', reason: '' } });

  test('RD14: is asked about again when money that was on its way back is through, or failed', () => {
    expect(commandsIn(asked(reviewed, reversed(36_000)))).toEqual(['DisputePayout']);
    expect(commandsIn(asked(reviewed, failed))).toEqual(['DisputePayout']);
    expect(commandsIn(asked(reversed(36_000)))).toEqual([]);
  });
  test('RD15: leaves nothing to decide when a bank took all of it', () => {
    for (const facts of [
      [reviewed, reversed(72_000)],
      [reversed(72_000), reviewed],
      [payoutCancelled(), reviewed],
      [reviewed, payoutCancelled()],
    ])
      expect(asked(...facts)).toMatchObject([{ command: { type: 'DecideReviewedBooking', data: { refund: 80_000 } } }]);
  });
});
