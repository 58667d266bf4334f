import { expect, it } from 'vitest';
import { POLICY_2026_11 } from '../shared/policy.ts';
import { upcastBookingRequested } from './upcast.ts';

const {
  rescheduleAnswerMs: _,
  disputeOpensAfterStartMs: __,
  disputeAnswerMs: ___,
  disputeDecideMs: ____,
  secondPersonAbove: _____,
  accountCoolOffMs: ______,
  ...first
} = POLICY_2026_11;

it('BO42: a request of version 1 is read with the rules of its time, its own numbers untouched', () => {
  const old = { bookingId: 'b1', policy: { ...first, holdMs: 1 } };
  expect(upcastBookingRequested(old, 1)).toEqual({ bookingId: 'b1', policy: { ...POLICY_2026_11, holdMs: 1 } });
});

it('BO42: one of version 2 is read as it is', () => {
  const now = { bookingId: 'b1', policy: { ...POLICY_2026_11, secondPersonAbove: 1 } };
  expect(upcastBookingRequested(now, 2)).toBe(now);
});
