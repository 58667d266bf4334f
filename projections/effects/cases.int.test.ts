/** Chargebacks and tutors' accounts through the real package and the sandbox: webhook, fetch, log, call, answer. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idFrom, newId } from '#events/shared/ids.ts';
import type { RecordedEvent } from '#events/store/event-store.ts';
import { HOUR, openWorld, PRICE, STUDENT, until, type World } from '../testing/world.ts';

let world: World;
let day = 0;
const nextStart = (): number => world.firstStart + 24 * HOUR * (day += 20);
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.close();
});

const typesOf = async (stream: string): Promise<readonly string[]> =>
  (await world.store.read(stream)).map(({ type }) => type);
const came = (stream: string, type: string): Promise<RecordedEvent> =>
  until(`${type} in ${stream}`, async () => (await world.store.read(stream)).find((one) => one.type === type) ?? null);

async function paymentOf(bookingId: string): Promise<string> {
  const [payment] = (await world.queries.paymentsOf(STUDENT)).filter((row) => row.bookingId === bookingId);
  return payment?.providerPaymentId ?? '';
}

async function challenged(body: Readonly<Record<string, unknown>> = {}): Promise<{ bookingId: string; id: string }> {
  const bookingId = await world.book({ startsAt: nextStart() });
  await world.payout(bookingId, (row) => row.state === 'held');
  const dispute = await world.sandbox.control<{ id: string }>(`payments/${await paymentOf(bookingId)}/disputes`, body);
  await came(`chargeback-${dispute.id}`, 'ChargebackOpened');
  return { bookingId, id: dispute.id };
}
const contest = (chargebackId: string, operationId = newId()) =>
  world.give({
    type: 'RequestContest',
    data: { chargebackId, operationId, by: 'ops-1', summary: 'It was taught; see the log.', parties: [STUDENT] },
  });
const accept = (chargebackId: string) =>
  world.give({
    type: 'RequestAccept',
    data: { chargebackId, operationId: newId(), by: 'ops-1', reason: 'They are right.', parties: [STUDENT] },
  });
const fault = (kind: string, method: string, route: string) =>
  world.sandbox.control('faults', { kind, method, route, times: 1 });

describe('a chargeback', () => {
  test('EF10, WH8: is contested with a document, won, and the payout goes on', async () => {
    const { bookingId, id } = await challenged();
    await came(`payout-${bookingId}`, 'PayoutPaused');
    await came(`payment-${bookingId}`, 'RefundsFrozen');
    expect(await contest(id)).toBeNull();
    await came(`chargeback-${id}`, 'ContestSubmitted');
    expect(await accept(id)).toBe('already-submitted');
    await world.sandbox.control(`disputes/${id}/resolve`, { status: 'won' });
    await came(`payout-${bookingId}`, 'PayoutResumed');
    await came(`payment-${bookingId}`, 'RefundsUnfrozen');
    const { disputes } = await world.sandbox.control<{ disputes: readonly Record<string, unknown>[] }>('state');
    expect(disputes.find((one) => one.id === id)).toMatchObject({
      status: 'won',
      evidence: { summary: 'It was taught; see the log.', explanation_letter: [expect.stringMatching(/^doc_/)] },
    });
    await world.settled();
    expect(await typesOf(`chargeback-${id}`)).toEqual([
      'ChargebackOpened',
      'ContestRequested',
      'ContestSubmitted',
      'ChargebackWon',
    ]);
  });

  test.each(['timeout-after-commit', '500-after-commit', 'timeout-before-commit', '502-html'])(
    'EF10: %s of a contest: handed in once',
    async (kind) => {
      const { id } = await challenged();
      await fault(kind, 'PATCH', '/v1/disputes/:id/contest');
      await contest(id);
      await came(`chargeback-${id}`, 'ContestSubmitted');
      await world.settled();
      expect((await typesOf(`chargeback-${id}`)).filter((type) => type === 'ContestSubmitted')).toHaveLength(1);
      await world.sandbox.control(`disputes/${id}/resolve`, { status: 'won' });
      await came(`chargeback-${id}`, 'ChargebackWon');
    },
  );

  test('CB4: the bank asks for more, and gets it', async () => {
    const { id } = await challenged();
    await contest(id);
    await came(`chargeback-${id}`, 'ContestSubmitted');
    await world.sandbox.control(`disputes/${id}/resolve`, { status: 'action_required' });
    await came(`chargeback-${id}`, 'ChargebackActionRequired');
    expect(await contest(id)).toBeNull();
    await until('the second evidence', async () => {
      const types = await typesOf(`chargeback-${id}`);
      return types.filter((type) => type === 'ContestSubmitted').length === 2;
    });
    await world.sandbox.control(`disputes/${id}/resolve`, { status: 'won' });
    await came(`chargeback-${id}`, 'ChargebackWon');
  });

  test('EF10: evidence whose answer was lost is not handed in again when the bank has asked for more', async () => {
    const { id } = await challenged();
    await fault('timeout-after-commit', 'PATCH', '/v1/disputes/:id/contest');
    await contest(id);
    await came(`chargeback-${id}`, 'ContestSubmitted');
    await world.sandbox.control(`disputes/${id}/resolve`, { status: 'action_required' });
    await came(`chargeback-${id}`, 'ChargebackActionRequired');
    await world.settled();
    expect((await typesOf(`chargeback-${id}`)).at(-1)).toBe('ChargebackActionRequired');
    const { disputes } = await world.sandbox.control<{ disputes: readonly Record<string, unknown>[] }>('state');
    expect(disputes.find((one) => one.id === id)).toMatchObject({ status: 'open' });
    expect(await contest(id)).toBeNull();
    await until('the second evidence', async () => {
      const types = await typesOf(`chargeback-${id}`);
      return types.filter((type) => type === 'ContestSubmitted').length === 2;
    });
  });

  test.each(['none', 'timeout-after-commit'])(
    'EF10: accepted (%s): the tutor’s part comes out of the transfer, and the money is gone once',
    async (kind) => {
      const { bookingId, id } = await challenged();
      if (kind !== 'none') await fault(kind, 'POST', '/v1/disputes/:id/accept');
      expect(await accept(id)).toBeNull();
      const lost = await came(`chargeback-${id}`, 'ChargebackLost');
      expect(lost.data).toMatchObject({ accepted: true, amount: PRICE });
      const back = await came(`payout-${bookingId}`, 'TransferReversed');
      expect(back.data).toMatchObject({ amount: 72_000 });
      await world.settled();
      expect(
        await world.give({
          type: 'RequestRefund',
          data: {
            bookingId,
            refundId: idFrom('test', id),
            providerPaymentId: await paymentOf(bookingId),
            amount: 100,
            reason: 'test',
          },
        }),
      ).toBe('refund-too-large');
      // The student cancels what they have the money of already: nothing more is due, and nothing is under way.
      expect(
        await world.give({ type: 'CancelBooking', data: { bookingId, by: 'student', reason: '' } }, STUDENT),
      ).toBeNull();
      await world.settled();
      expect(await world.booking(bookingId, (row) => row.state === 'cancelled')).toMatchObject({
        cancelRule: 'grace',
        payment: 'charged-back',
        refundDue: 0,
        refunded: 0,
      });
      expect((await world.queries.paymentsOf(STUDENT)).find((row) => row.bookingId === bookingId)).toMatchObject({
        refundDue: 0,
        refunded: 0,
        lost: PRICE,
      });
      expect((await world.queries.stuck(world.clock.now())).filter((row) => row.bookingId === bookingId)).toEqual([]);
      const { reversals, refunds } = await world.sandbox.state();
      const { transferId } = await world.payout(bookingId, (row) => row.transferId !== null);
      expect(reversals.filter((one) => one.transfer_id === transferId)).toMatchObject([{ amount: 72_000 }]);
      expect(refunds.filter((one) => one.booking_id === bookingId)).toEqual([]);
    },
  );

  test('EF10: an answer to a case that the bank has decided meanwhile records how it ended', async () => {
    const { id } = await challenged();
    await contest(id);
    await came(`chargeback-${id}`, 'ContestSubmitted');
    // Nothing is heard of it: the answer meets a case that is over.
    await world.sandbox.control('webhooks/faults', { kind: 'drop', event: null, times: 1_000 });
    await world.sandbox.control(`disputes/${id}/resolve`, { status: 'action_required' });
    await world.submit(
      {
        type: 'ObserveChargeback',
        now: world.clock.now(),
        data: {
          chargebackId: id,
          bookingId: String((await world.store.read(`chargeback-${id}`))[0]?.data.bookingId),
          providerPaymentId: String((await world.store.read(`chargeback-${id}`))[0]?.data.providerPaymentId),
          status: 'open',
          phase: 'chargeback',
          amount: PRICE,
          amountDeducted: 0,
          reasonCode: '',
          respondBy: Math.floor(world.clock.now()) + 90 * 24 * HOUR,
          asOf: Math.floor(world.clock.now()),
        },
      },
      {
        commandId: newId(),
        correlationId: id,
        causationId: id,
        actor: { kind: 'provider', id: 'razorpay' },
      },
    );
    // Longer than the bank gives: the provider refuses what we still took for lawful.
    await world.advance(20 * 24 * HOUR);
    await accept(id);
    await came(`chargeback-${id}`, 'ChargebackLost');
    await world.sandbox.control('webhooks/faults', undefined, 'DELETE');
  });
});

const details = (email: string, beneficiary = 'Ravi Iyer') => ({
  legalName: 'Ravi Iyer',
  businessType: 'individual' as const,
  contactName: 'Ravi Iyer',
  email,
  phone: '9000090001',
  pan: 'ABCPI1234K',
  address: { street: '12 MG Road', city: 'Pune', state: 'Maharashtra', postalCode: '411001' },
  bank: { beneficiary, accountNumber: '123456789012', ifsc: 'HDFC0000123' },
});

describe('a tutor’s account', () => {
  async function onboard(tutorId: string, beneficiary?: string, email = `${tutorId}@tutors.test`): Promise<void> {
    await world.give({ type: 'RegisterPerson', data: { personId: tutorId, role: 'tutor', zone: 'Asia/Kolkata' } });
    expect(
      await world.give({ type: 'SubmitPayoutDetails', data: { tutorId, ...details(email, beneficiary) } }),
    ).toBeNull();
  }

  test.each(['none', 'timeout-after-commit', '500-after-commit', 'timeout-before-commit'])(
    'EF11, WH9: is made once, reviewed and activated (%s on the way)',
    async (kind) => {
      const tutorId = `tutor-${kind}`;
      if (kind !== 'none') {
        await fault(kind, 'POST', '/v2/accounts');
        await fault(kind, 'POST', '/v2/accounts/:id/stakeholders');
        await fault(kind, 'POST', '/v2/accounts/:id/products');
        await fault(kind, 'PATCH', '/v2/accounts/:id/products/:productId');
      }
      await onboard(tutorId);
      const made = await came(`tutor-${tutorId}`, 'LinkedAccountCreated');
      await came(`tutor-${tutorId}`, 'LinkedAccountActivated');
      await world.settled();
      const { accounts } = await world.sandbox.control<{ accounts: readonly Record<string, unknown>[] }>('state');
      const ours = accounts.filter((one) => one.email === `${tutorId}@tutors.test`);
      expect(ours).toMatchObject([{ id: made.data.accountId, notes: { tutor_id: tutorId } }]);
      const [call] = await world.db.query<{ request: object; provider_id: string }>(
        `SELECT request, provider_id FROM worker.outbound_call WHERE kind = 'create-account' AND request->>'tutorId' = $1`,
        [tutorId],
      );
      // No name, number or address of anybody in our tables.
      expect(call?.request).toEqual({ kind: 'create-account', tutorId });
      expect(call?.provider_id).toBe(`${String(made.data.accountId)}/${String(made.data.productId)}`);
    },
  );

  test('EF12: an e-mail address of somebody else’s account never becomes this tutor’s', async () => {
    await onboard('tutor-first', undefined, 'same@tutors.test');
    await came('tutor-tutor-first', 'LinkedAccountActivated');
    await onboard('tutor-second', undefined, 'same@tutors.test');
    const failed = await came('tutor-tutor-second', 'LinkedAccountFailed');
    expect(failed.data.reason).toMatch(/belongs to another account/);
    expect(await typesOf('tutor-tutor-second')).not.toContain('LinkedAccountCreated');
  });

  test.each([
    ['none', '999888777661'],
    ['timeout-after-commit', '999888777662'],
    ['timeout-before-commit', '999888777663'],
  ])(
    'EF11, OT2: another bank account is told to the provider when it has cooled off (%s on the way)',
    async (kind, accountNumber) => {
      const tutorId = `tutor-moved-${kind}`;
      await onboard(tutorId);
      await came(`tutor-${tutorId}`, 'LinkedAccountActivated');
      if (kind !== 'none') await fault(kind, 'PATCH', '/v2/accounts/:id/products/:productId');
      const moved = details(`${tutorId}@tutors.test`);
      const bank = { ...moved.bank, accountNumber };
      expect(await world.give({ type: 'SubmitPayoutDetails', data: { tutorId, ...moved, bank } })).toBeNull();
      await came(`tutor-${tutorId}`, 'BankDetailsChanged');
      await world.settled();
      expect(JSON.stringify(await world.sandbox.control('state'))).not.toContain(`"${bank.accountNumber}"`);
      await world.advance(72 * 3_600_000 + 1000);
      await came(`tutor-${tutorId}`, 'BankChangeApplied');
      await until('the new bank account at the provider', async () => {
        const { accounts } = await world.sandbox.control<{
          accounts: readonly { email: string; internal?: { settlements?: { account_number?: string } } }[];
        }>('state');
        return JSON.stringify(accounts.find((one) => one.email === `${tutorId}@tutors.test`)).includes(accountNumber);
      });
      await world.settled();
      const [call] = await world.db.query<{ state: string; problem: string | null; request: string }>(
        `SELECT state, problem, request::text AS request FROM worker.outbound_call
         WHERE kind = 'update-settlements' AND request->>'tutorId' = $1`,
        [tutorId],
      );
      expect(call).toMatchObject({ state: 'confirmed', problem: null });
      expect(call?.request).not.toContain(accountNumber);
    },
  );

  test('WH9: what the provider doubts is told, and corrected', async () => {
    await onboard('tutor-doubted', 'CLARIFY Iyer');
    const doubted = await came('tutor-tutor-doubted', 'LinkedAccountNeedsClarification');
    expect(doubted.data.requirements).not.toEqual([]);
    await world.give({
      type: 'SubmitPayoutDetails',
      data: { tutorId: 'tutor-doubted', ...details('tutor-doubted@tutors.test') },
    });
    await came('tutor-tutor-doubted', 'LinkedAccountActivated');
  });

  test.each(['none', 'timeout-after-commit', 'timeout-before-commit'])(
    'EF15: better details change name, address and PAN at the provider too (%s on the way)',
    async (kind) => {
      const tutorId = `tutor-renamed-${kind}`;
      await onboard(tutorId, 'CLARIFY Iyer');
      const made = await came(`tutor-${tutorId}`, 'LinkedAccountNeedsClarification');
      const accountId = String(made.data.accountId);
      await world.sandbox.control(`accounts/${accountId}/clarify`, {});
      if (kind !== 'none') {
        await fault(kind, 'PATCH', '/v2/accounts/:id');
        await fault(kind, 'PATCH', '/v2/accounts/:id/stakeholders/:stakeholderId');
        await fault(kind, 'PATCH', '/v2/accounts/:id/products/:productId');
      }
      const better = details(`${tutorId}@tutors.test`);
      const address = { ...better.address, street: '14 Karve Road', postalCode: '411004' };
      const data = { tutorId, ...better, contactName: 'Ravi R Iyer', phone: '9000090009', address };
      expect(await world.give({ type: 'SubmitPayoutDetails', data })).toBeNull();
      await came(`tutor-${tutorId}`, 'LinkedAccountActivated');
      await world.settled();
      const { accounts } = await world.sandbox.control<{ accounts: readonly Record<string, unknown>[] }>('state');
      expect(accounts.find((one) => one.id === accountId)).toMatchObject({
        contact_name: 'Ravi R Iyer',
        phone: '9000090009',
        legal_business_name: 'Ravi Iyer',
        profile: { addresses: { registered: { street1: '14 Karve Road', postal_code: '411004', city: 'Pune' } } },
        notes: { tutor_id: tutorId },
      });
    },
  );
});
