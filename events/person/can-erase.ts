/** Whether somebody may be erased now (rule PE7). The facts come from the read models; the answer is theirs alone. */
import { refuse, type Refusal } from '../shared/refusal.ts';

/** Of one person, as student, guardian or tutor. Counts, except where paise are named. */
export interface ErasureFacts {
  /** Bookings that are neither over nor closed, seats in lessons to come among them. */
  readonly openBookings: number;
  /** Payouts of these bookings, whoever gets them, that are neither settled nor cancelled nor taken back. */
  readonly openPayouts: number;
  /** Refunds on their way, failed ones, and payments of which less went back than is owed. */
  readonly openRefunds: number;
  /** Disputes and reviews without a decision, chargebacks without an end. */
  readonly openCases: number;
  /** Paise that the tutor owes us after a chargeback. */
  readonly owes: number;
  /** Students for whom only this person can act. */
  readonly children: number;
  /** Ops, auditor or institute admin: somebody has to take the role away first. */
  readonly hasDuty: boolean;
}

export function canErase(facts: ErasureFacts): Refusal | null {
  const { openBookings, openPayouts, openRefunds, openCases, owes, children, hasDuty } = facts;
  if (openBookings > 0)
    return refuse(
      'lessons-open',
      'There are bookings that are not over yet. Cancel them, or wait until they are closed.',
    );
  if (openCases > 0) return refuse('case-open', 'A case about a lesson or payment is not decided yet.');
  if (openPayouts > 0 || openRefunds > 0)
    return refuse('money-open', 'Money is still on its way: a payout or a refund has not arrived yet.');
  if (owes > 0) return refuse('debt-open', 'A payment that the bank took back is not settled yet.');
  if (children > 0)
    return refuse(
      'still-guardian',
      'A student depends on this guardian. Erase the student first, or give them another guardian.',
    );
  if (hasDuty) return refuse('still-on-duty', 'This person has a role with duties. It must be taken away first.');
  return null;
}
