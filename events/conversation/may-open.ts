/** Who may begin to write to whom (rules CV17–CV18). The facts come from the read models. Pure. */
import type { Role } from '../access/roles.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';

/** What is known of two people. */
export interface Acquaintance {
  /** One of them teaches, or was asked to teach, the other, a child of the other, or who the other booked for. */
  readonly booked: boolean;
  readonly roles: readonly Role[];
  /** The other one has a public profile as a tutor. */
  readonly otherTeaches: boolean;
  /** Conversations that the asker began in the last 24 hours without a booking behind them. */
  readonly begun: number;
}

/** To people one has no lesson with. */
export const MOST_BEGUN_A_DAY = 10;

export function mayOpenDirect({ booked, roles, otherTeaches, begun }: Acquaintance): Refusal | null {
  if (booked) return null;
  const learns = roles.includes('student') || roles.includes('guardian');
  if (!learns || !otherTeaches)
    return refuse(
      'not-acquainted',
      'You can write to people you have had a lesson with, and as a student or parent to any tutor. Others meet in study groups.',
    );
  return begun < MOST_BEGUN_A_DAY
    ? null
    : refuse(
        'too-many-begun',
        `You wrote to ${MOST_BEGUN_A_DAY} new tutors today. Wait for their answers, or go on tomorrow.`,
      );
}
