/** The reconciler against the sandbox: whole lives of bookings differ in nothing, and what someone does by hand is found. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualClock } from '#platform/clock/manual.ts';
import { createLog } from '#platform/log/log.server.ts';
import { KEYS } from '../testing/sandbox.ts';
import { HOUR, openWorld, STUDENT, TUTOR, until, type World } from '../testing/world.ts';
import { createCaseDesk } from './observe-cases.server.ts';
import { createPaymentDesk } from './observe.server.ts';
import type { PaymentGateway } from './payment-gateway.ts';
import { openRazorpay } from './razorpay.server.ts';
import { createReconciler } from './reconcile.server.ts';

const DAY = 24 * HOUR;
const log = createLog({ level: 'silent' });
let world: World;
let gateway: PaymentGateway;
let day = 0;
const nextStart = (): number => world.firstStart + DAY * (day += 20);
beforeAll(async () => {
  world = await openWorld();
  gateway = openRazorpay({
    keyId: KEYS.keyId,
    keySecret: KEYS.keySecret,
    webhookSecrets: [KEYS.webhookSecret],
    baseUrl: () => world.sandbox.url,
  });
});
afterAll(async () => {
  await world.close();
});

/** Someone at the provider's own dashboard. */
async function byHand(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${world.sandbox.url}${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${KEYS.keyId}:${KEYS.keySecret}`).toString('base64')}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const said: Record<string, unknown> = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(said));
  return said;
}

/** All of its jobs, now: as if it had never run. */
async function reconcile(): Promise<readonly Record<string, unknown>[]> {
  await world.settled();
  await world.db.query('DELETE FROM worker.reconciler_job');
  const settings = {
    db: world.db,
    store: world.store,
    gateway,
    submit: world.submit,
    clock: manualClock(world.clock.now()),
    log,
  };
  const desk = { ...createPaymentDesk(settings), ...createCaseDesk(settings) };
  await createReconciler({ ...settings, desk }).run();
  return world.db.query(
    'SELECT class, subject, booking_id, ours, theirs FROM worker.drift WHERE resolved_at IS NULL ORDER BY drift_id',
  );
}

async function held(): Promise<{ bookingId: string; paymentId: string; transferId: string }> {
  const bookingId = await world.book({ startsAt: nextStart() });
  const { transferId } = await world.payout(bookingId, (row) => row.state === 'held');
  const [payment] = (await world.queries.paymentsOf(STUDENT)).filter((row) => row.bookingId === bookingId);
  return { bookingId, transferId: transferId ?? '', paymentId: payment?.providerPaymentId ?? '' };
}

describe('WH9', () => {
  test('TU17: a ready-made account that the provider suspends cannot be booked, and can when the provider lets it go on', async () => {
    const bookable = async () => (await world.queries.payoutAccount(TUTOR))?.bookable;
    await world.settled();
    expect(await bookable()).toBe(true);
    await world.sandbox.control(`accounts/${world.account}/suspend`, {});
    await reconcile();
    await world.settled();
    expect(await bookable()).toBe(false);
    await world.sandbox.control(`accounts/${world.account}/activate`, {});
    await reconcile();
    await world.settled();
    expect(await bookable()).toBe(true);
  });
});

describe('RC5–RC8', () => {
  test('taught, cancelled early and late, charged back: nothing differs', async () => {
    expect(await reconcile()).toEqual([]);
    const startsAt = nextStart();
    const taught = await world.book({ startsAt });
    const { lessonId } = await world.booking(taught, (row) => row.code !== null);
    const early = await held();
    const late = await held();
    const lost = await held();
    await world.give({ type: 'CancelBooking', data: { bookingId: early.bookingId, by: 'tutor', reason: '' } });
    await world.booking(early.bookingId, (row) => row.payment === 'refunded');
    const dispute = await world.sandbox.control<{ id: string }>(`payments/${lost.paymentId}/disputes`, {});
    await world.sandbox.control(`disputes/${dispute.id}/resolve`, { status: 'lost' });
    await until('the reversal', async () =>
      (await world.store.read(`payout-${lost.bookingId}`)).some(({ type }) => type === 'TransferReversed'),
    );
    await world.teach(lessonId ?? '', startsAt, [STUDENT]);
    const { releaseAt } = await world.payout(taught, (row) => row.releaseAt !== null);
    expect(await reconcile()).toEqual([]);
    await world.advanceTo((releaseAt ?? 0) + 1);
    await world.payout(taught, (row) => row.state === 'released');
    expect(await reconcile()).toEqual([]);
    const { startsAt: lateStart } = await world.booking(late.bookingId, () => true);
    await world.advanceTo(lateStart - 10 * HOUR);
    await world.give(
      { type: 'CancelBooking', data: { bookingId: late.bookingId, by: 'student', reason: '' } },
      STUDENT,
    );
    await world.booking(late.bookingId, (row) => row.payment === 'partly-refunded');
    expect(await reconcile()).toEqual([]);
    // RC6: the bank's own reference of each settlement is kept.
    const utrs = await world.db.query(`SELECT 1 FROM worker.provider_line WHERE settled AND utr IS NOT NULL`);
    expect(utrs.length).toBeGreaterThan(0);
    const [all] = await world.db.query<{ types: readonly string[] }>(
      'SELECT array_agg(DISTINCT type ORDER BY type) AS types FROM worker.provider_line',
    );
    expect(all?.types).toEqual(['adjustment', 'payment', 'refund', 'transfer']);
  });

  test('missing-here: a refund by hand, at once by its payment, and by the books once it is three days old', async () => {
    const { bookingId, paymentId } = await held();
    const refund = await byHand('POST', `/v1/payments/${paymentId}/refund`, { amount: 10_000 });
    expect(await reconcile()).toEqual([
      { class: 'missing-here', subject: refund.id, booking_id: bookingId, ours: 'nothing', theirs: 'processed 10000' },
    ]);
    await world.advance(4 * DAY);
    const found = await reconcile();
    expect(found.map((one) => [one.class, one.subject])).toEqual([
      ['amount', 'psp:balance'],
      ['missing-here', refund.id],
      ['missing-here', refund.id],
    ]);
    await world.db.query('DELETE FROM worker.drift');
  });

  test('state: a hold that someone lifted, until it is there again', async () => {
    const { bookingId, transferId } = await held();
    await byHand('PATCH', `/v1/transfers/${transferId}`, { on_hold: false });
    const found = (await reconcile()).filter(
      (one) => one.booking_id === bookingId || one.subject === 'psp:linked:held',
    );
    expect(found.map((one) => [one.class, one.subject, one.ours])).toMatchObject([
      ['state', transferId, 'held'],
      ['amount', 'psp:linked:held', expect.any(String)],
    ]);
    await byHand('PATCH', `/v1/transfers/${transferId}`, { on_hold: true });
    expect((await reconcile()).filter((one) => one.booking_id === bookingId)).toEqual([]);
    const resolved = await world.db.query('SELECT 1 FROM worker.drift WHERE subject = $1 AND resolved_at IS NOT NULL', [
      transferId,
    ]);
    expect(resolved).toHaveLength(1);
  });

  test('amount: a reversal by hand', async () => {
    const { bookingId, transferId } = await held();
    await byHand('POST', `/v1/transfers/${transferId}/reversals`, { amount: 1_000 });
    const found = (await reconcile()).filter((one) => one.booking_id === bookingId);
    expect(found).toEqual([
      {
        class: 'amount',
        subject: transferId,
        booking_id: bookingId,
        ours: '72000, 0 taken back',
        theirs: '72000, 1000 taken back',
      },
    ]);
  });

  test('duplicate: a second transfer of one payment', async () => {
    const { bookingId, paymentId } = await held();
    await byHand('POST', `/v1/payments/${paymentId}/transfers`, {
      transfers: [{ account: world.account, amount: 1_000, currency: 'INR', on_hold: true }],
    });
    const found = (await reconcile()).filter((one) => one.booking_id === bookingId);
    expect(found).toMatchObject([{ class: 'duplicate', theirs: expect.stringContaining('1000') }]);
  });

  test('missing-here: a case of the bank of which no webhook came is told, and followed from then on', async () => {
    const { bookingId, paymentId } = await held();
    await world.sandbox.control('webhooks/faults', { kind: 'drop', event: null, times: 1_000 });
    const dispute = await world.sandbox.control<{ id: string }>(`payments/${paymentId}/disputes`, {});
    const first = (await reconcile()).filter((one) => one.subject === dispute.id);
    expect(first).toMatchObject([{ class: 'missing-here', ours: 'nothing' }]);
    await until('the pause', async () =>
      (await world.store.read(`payout-${bookingId}`)).some(({ type }) => type === 'PayoutPaused'),
    );
    expect((await reconcile()).filter((one) => one.subject === dispute.id)).toEqual([]);
    await world.sandbox.control('webhooks/faults', undefined, 'DELETE');
  });
});
