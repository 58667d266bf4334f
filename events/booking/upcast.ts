import { POLICY_2026_11 } from '../shared/policy.ts';

type Data = Readonly<Record<string, unknown>>;

/** What version 1 had no fields for. Its numbers were the only ones then, so they are what those bookings were made under. */
const {
  rescheduleAnswerMs,
  disputeOpensAfterStartMs,
  disputeAnswerMs,
  disputeDecideMs,
  secondPersonAbove,
  accountCoolOffMs,
} = POLICY_2026_11;
const ADDED = {
  rescheduleAnswerMs,
  disputeOpensAfterStartMs,
  disputeAnswerMs,
  disputeDecideMs,
  secondPersonAbove,
  accountCoolOffMs,
};

/** `BookingRequested`: version 2 has the rules of moves, disputes and accounts in its policy. */
export function upcastBookingRequested(data: Data, from: number): Data {
  if (from >= 2 || typeof data.policy !== 'object' || data.policy === null) return data;
  return { ...data, policy: { ...ADDED, ...data.policy } };
}
