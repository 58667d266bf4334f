/** What ops ask for is what a process would ask for: under the same ids, so that it happens once whoever is first. */
import { describe, expect, it } from 'vitest';
import * as booking from '#app/server/ops-booking-acts.server.ts';
import * as payout from '#app/server/ops-payout-acts.server.ts';
import { opsServices } from '#app/server/ops-services.server.ts';
import type { BookingParts } from '#app/server/booking-services.server.ts';
import type { OpsAct, Person } from '#app/server/services.ts';
import type { Role } from '#events/access/roles.ts';
import { createSubmit } from '#events/handling/submit.server.ts';
import { fromSystem } from '#events/handling/context.ts';
import type { AnyCommand } from '#events/handling/submit.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { lateRefundId } from '#projections/processes/book-lesson.ts';
import { refundAgainId, reversalAgainId } from '#projections/processes/payout-case.ts';
import { releaseId, transferId } from '#projections/processes/release-payout.ts';
import { disputeReversalId } from '#projections/processes/resolve-dispute.ts';
import type { StuckRow } from '#projections/queries.ts';
import { BOOKING } from './stub.ts';

const NOW = 1_800_000_000_000;
const bookingId = BOOKING.bookingId;

describe('the ids of acts', () => {
  it('are those of the processes', () => {
    expect(payout.transferId('b', 2)).toBe(transferId('b', 2));
    expect(payout.releaseId('b')).toBe(releaseId('b'));
    expect(payout.reversalAgainId('o')).toBe(reversalAgainId('o'));
    expect(payout.disputeReversalId('d')).toBe(disputeReversalId('d'));
    expect(booking.refundAgainId('r')).toBe(refundAgainId('r'));
    expect(booking.lateRefundId('b')).toBe(lateRefundId('b'));
  });
});

const person = (personId: string, role: Role): Person => ({
  personId,
  name: personId,
  email: `${personId}@x.test`,
  roles: [role],
  zone: 'UTC',
});
const ops = person('ops1', 'ops');

/** A payout whose transfer failed once. */
async function scene(rows: readonly StuckRow[]) {
  const store = inMemoryStore();
  const submit = createSubmit(store);
  const give = async (key: string, command: AnyCommand): Promise<void> => {
    expect(await submit(command, fromSystem('test', key))).toMatchObject({ kind: 'accepted' });
  };
  await give('plan', {
    type: 'PlanPayout',
    now: NOW,
    data: {
      bookingId,
      tutorId: BOOKING.tutorId,
      accountId: 'acc_1',
      providerPaymentId: 'pay_1',
      gross: 80_000,
      commissionBps: 1_000,
      holdMs: 1,
    },
  });
  await give('try', { type: 'RequestTransfer', now: NOW, data: { bookingId, operationId: transferId(bookingId, 1) } });
  await give('fail', { type: 'RecordTransferFailure', now: NOW, data: { bookingId, reason: 'suspended' } });
  await give('pause', { type: 'PausePayout', now: NOW, data: { bookingId, reason: 'account-suspended', until: null } });
  const queries = { stuck: async () => rows, booking: async () => BOOKING, rolesOf: async () => null };
  const parts: unknown = { store, submit, queries, now: () => NOW, seen: async () => true };
  const services = opsServices(parts as BookingParts);
  return { store, services };
}

const row = (what: string, ...commands: string[]): StuckRow => ({
  bookingId,
  what,
  since: NOW,
  detail: '',
  subjectId: null,
  commands,
});
const act = (what: string, command: OpsAct['command']): OpsAct => ({
  what,
  bookingId,
  subjectId: null,
  command,
  reason: '',
});

describe('an act of ops', () => {
  it('is a command under a new operation, kept with who and why', async () => {
    const { store, services } = await scene([row('transfer-failed', 'RequestTransfer', 'CancelPayout')]);
    expect(await services.opsAct(ops, act('transfer-failed', 'RequestTransfer'), 'r1')).toEqual({ kind: 'done' });
    const last = (await store.read(`payout-${bookingId}`)).at(-1);
    expect(last?.type).toBe('TransferRequested');
    expect(last?.data).toMatchObject({ operationId: transferId(bookingId, 2), attempt: 2 });
    expect(last?.meta.actor).toEqual({ kind: 'person', id: 'ops1', role: 'ops', reason: 'transfer-failed' });
  });

  it('is refused when it is not offered now, to others than ops, and to a party', async () => {
    const { services } = await scene([row('transfer-failed', 'RequestTransfer')]);
    const tried = (who: Person, one: OpsAct) => services.opsAct(who, one, 'r1');
    expect(await tried(ops, act('transfer-failed', 'CancelPayout'))).toMatchObject({ code: 'not-offered' });
    expect(await tried(ops, act('payout-overdue', 'AuthorizeRelease'))).toMatchObject({ code: 'not-offered' });
    expect(await tried(person('auditor', 'auditor'), act('transfer-failed', 'RequestTransfer'))).toMatchObject({
      code: 'forbidden',
    });
    expect(await tried(person(BOOKING.tutorId, 'ops'), act('transfer-failed', 'RequestTransfer'))).toMatchObject({
      code: 'own-case',
    });
  });

  it('ends no pause whose cause stands', async () => {
    const { store, services } = await scene([row('payout-paused', 'ResumePayout')]);
    const before = (await store.read(`payout-${bookingId}`)).length;
    expect(await services.opsAct(ops, act('payout-paused', 'ResumePayout'), 'r1')).toMatchObject({
      code: 'pause-stands',
      message: expect.stringContaining('suspension'),
    });
    expect(await store.read(`payout-${bookingId}`)).toHaveLength(before);
  });

  it('that ends a booking needs words for both sides', async () => {
    const { services } = await scene([row('payout-missing', 'CancelBooking')]);
    expect(await services.opsAct(ops, act('payout-missing', 'CancelBooking'), 'r1')).toMatchObject({
      code: 'reason-missing',
    });
  });
});

describe('CancelPayout', () => {
  const row = (commands: readonly string[]): StuckRow => ({
    bookingId,
    what: 'transfer-failed',
    since: 0,
    detail: '',
    subjectId: null,
    commands,
  });

  it('is refused unless the booking is cancelled and all of the payment goes back', async () => {
    const { store, services } = await scene([row(['CancelPayout'])]);
    const asked = { what: 'transfer-failed', bookingId, subjectId: null, command: 'CancelPayout', reason: '' } as const;
    expect(await services.opsAct(ops, asked, '0f8fad5b-d9cb-469f-a165-70867728950e')).toMatchObject({
      code: 'payout-owed',
    });
    expect((await store.read(`payout-${bookingId}`)).map((event) => event.type)).not.toContain('PayoutCancelled');
  });
});
