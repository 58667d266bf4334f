import { describe, expect, test } from 'vitest';
import { idFrom } from '#events/shared/ids.ts';
import type { Fact } from '../fact.ts';
import { fact, reactionsTo } from '../testing/facts.ts';
import { onboardTutor } from './onboard-tutor.ts';
import type { Reaction } from './process.ts';

const tutorId = 't1';
const accountId = 'acc_1';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 11, 1);

const details = (at = NOW): Fact =>
  fact(
    {
      type: 'PayoutDetailsSubmitted',
      data: {
        tutorId,
        legalName: 'Meera Iyer',
        businessType: 'individual',
        contactName: 'Meera Iyer',
        email: 'meera@example.com',
        phone: '9876543210',
        pan: 'ABCPI1234F',
        address: { street: '12 Beach Road', city: 'Chennai', state: 'Tamil Nadu', postalCode: '600001' },
        bank: { beneficiary: 'Meera Iyer', accountNumber: '123456789012', ifsc: 'HDFC0001234' },
        bankLast4: '9012',
        at,
      },
    },
    at,
  );
const created = fact({ type: 'LinkedAccountCreated', data: { tutorId, accountId, productId: 'acc_prd_1' } });
const activated = fact({ type: 'LinkedAccountActivated', data: { tutorId, accountId, usableFrom: NOW } });
const suspended = fact({ type: 'LinkedAccountSuspended', data: { tutorId, accountId, reason: 'risk' } });
const asked = fact({ type: 'LinkedAccountNeedsClarification', data: { tutorId, accountId, requirements: [] } });
const bankChanged = (at = NOW): Fact =>
  fact(
    {
      type: 'BankDetailsChanged',
      data: { tutorId, accountId, operationId: 'settlements-1', bankLast4: '9012', at, coolsUntil: at + DAY },
    },
    at,
  );
const planned = (bookingId: string, at = NOW): Fact =>
  fact(
    {
      type: 'PayoutPlanned',
      data: {
        bookingId,
        tutorId,
        accountId,
        providerPaymentId: `pay_${bookingId}`,
        gross: 80_000,
        commission: 8_000,
        share: 72_000,
        holdMs: 72 * HOUR,
      },
    },
    at,
  );
const to = (...facts: readonly Fact[]) => reactionsTo(onboardTutor, facts);
const commands = (reactions: readonly Reaction[]) =>
  reactions.flatMap((one) => (one.kind === 'command' ? [{ type: one.command.type, ...one.command.data }] : []));

describe('onboard-tutor', () => {
  test('OT1: details ask for an account, which is one call for the tutor’s case', () => {
    const given = details();
    const operationId = idFrom('linked-account', given.id);
    expect(commands(to(given))).toEqual([{ type: 'RequestLinkedAccount', tutorId, operationId }]);
    expect(to(given, fact({ type: 'LinkedAccountRequested', data: { tutorId, operationId, attempt: 1 } }))).toEqual([
      { kind: 'call', operationId, bookingId: 'tutor:t1', call: { kind: 'create-account', tutorId } },
    ]);
  });

  test('OT1: details of somebody who has an account ask for none', () => {
    expect(to(details(), created, details())).toEqual([]);
    expect(to(activated, details())).toEqual([]);
  });

  test('OT2: another bank: every open payout rests, and the provider hears of it only when it has cooled off', () => {
    const reactions = to(activated, planned('b1'), planned('b2'), bankChanged());
    expect(reactions.map((one) => one.kind)).toEqual(['command', 'command', 'timer']);
    expect(commands(reactions)).toEqual([
      { type: 'PausePayout', bookingId: 'b1', reason: 'bank-changed', until: NOW + DAY },
      { type: 'PausePayout', bookingId: 'b2', reason: 'bank-changed', until: NOW + DAY },
    ]);
    expect(reactions.at(-1)).toEqual({
      kind: 'timer',
      key: 'bank-change:t1:settlements-1',
      dueAt: NOW + DAY,
      command: { type: 'ApplyBankChange', data: { tutorId, operationId: 'settlements-1' } },
    });
    const at = NOW + DAY;
    const applied = fact({ type: 'BankChangeApplied', data: { tutorId, accountId, operationId: 'settlements-1', at } });
    expect(to(activated, planned('b1'), bankChanged(), applied)).toMatchObject([
      { kind: 'call', operationId: 'settlements-1', call: { kind: 'update-settlements', tutorId, accountId } },
    ]);
  });

  test('OT3: another change while they rest makes them rest longer', () => {
    expect(commands(to(activated, planned('b1'), bankChanged(), bankChanged(NOW + HOUR)))).toEqual([
      { type: 'PausePayout', bookingId: 'b1', reason: 'bank-changed', until: NOW + HOUR + DAY },
    ]);
  });

  test('OT4: one planned while the bank cools off, or while the account is suspended, rests too', () => {
    expect(commands(to(activated, bankChanged(), planned('b3', NOW + HOUR)))).toEqual([
      { type: 'PausePayout', bookingId: 'b3', reason: 'bank-changed', until: NOW + DAY },
    ]);
    expect(to(activated, bankChanged(), planned('b3', NOW + DAY))).toEqual([]);
    expect(commands(to(activated, suspended, planned('b3')))).toEqual([
      { type: 'PausePayout', bookingId: 'b3', reason: 'account-suspended', until: null },
    ]);
  });

  test('OT5: suspended: every open payout rests; active again: they go on, once', () => {
    expect(commands(to(activated, planned('b1'), suspended))).toEqual([
      { type: 'PausePayout', bookingId: 'b1', reason: 'account-suspended', until: null },
    ]);
    expect(commands(to(activated, planned('b1'), suspended, activated))).toEqual([
      { type: 'ResumePayout', bookingId: 'b1', reason: 'account-suspended' },
    ]);
    expect(to(activated, planned('b1'), suspended, activated, activated)).toEqual([]);
  });

  test('OT6: better details that the provider asked for are sent, once', () => {
    expect(to(details(), created, asked, details(NOW + 5))).toMatchObject([
      { kind: 'call', call: { kind: 'update-settlements', accountId } },
    ]);
    expect(to(details(), created, asked, bankChanged(NOW + 5), details(NOW + 5))).toEqual([]);
    expect(to(activated, asked, bankChanged(), details(NOW + HOUR))).toEqual([]);
  });

  test('OT7: no personal detail is kept in its state', () => {
    const state = [details(), created, activated, bankChanged()].reduce(onboardTutor.evolve, onboardTutor.initial);
    expect(JSON.stringify(state)).not.toMatch(/Meera|9012|ABCPI|HDFC|9876543210|example\.com/);
  });

  test('OT7: payouts of long ago are forgotten', () => {
    const state = [planned('old', NOW - 500 * DAY), planned('new')].reduce(onboardTutor.evolve, onboardTutor.initial);
    expect(Object.keys(state.payouts)).toEqual(['new']);
  });
});
