import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { AccountRow, AccountStatus, Queries } from '../queries.ts';

/** Activated, not suspended, and past the days in which a stranger's account would be found out. */
export const canBePaid = (status: AccountStatus | null, usableFrom: number | null, now: number): boolean =>
  status === 'active' && usableFrom !== null && usableFrom <= now;

interface Stored extends Omit<AccountRow, 'pendingChange' | 'bookable'> {
  readonly changedTo: string | null;
  readonly coolsUntil: number | null;
}

export function accountQueries(db: Database, clock: BusinessClock): Pick<Queries, 'payoutAccount'> {
  return {
    async payoutAccount(tutorId) {
      const [found] = await db.query<Stored>(
        `SELECT tutor_id AS "tutorId", status, account_id AS "accountId", bank_last4 AS "bankLast4",
           submitted_at AS "submittedAt", usable_from AS "usableFrom", requirements, problem,
           changed_to AS "changedTo", cools_until AS "coolsUntil", since
         FROM read_model.account WHERE tutor_id = $1`,
        [tutorId],
      );
      if (!found) return null;
      const { changedTo, coolsUntil, ...account } = found;
      const now = clock.now();
      return {
        ...account,
        pendingChange:
          changedTo !== null && coolsUntil !== null && coolsUntil > now ? { bankLast4: changedTo, coolsUntil } : null,
        bookable: canBePaid(account.status, account.usableFrom, now),
      };
    },
  };
}
