import type { Database } from '#platform/database/database.ts';
import { bookingQueries } from '../bookings/queries.server.ts';
import { chargebackQueries } from '../chargebacks/queries.server.ts';
import { disputeQueries } from '../disputes/queries.server.ts';
import { earningQueries } from '../earnings/queries.server.ts';
import { ledgerQueries } from '../ledger/queries.server.ts';
import { paymentQueries } from '../payments/queries.server.ts';
import { OF_BOOKING } from '../timeline/queries.server.ts';
import { CHART, isAccountClass } from '../ledger/chart.ts';
import type { LedgerRow, TimelineRow } from '../queries.ts';
import { pastDatabase } from './database.server.ts';
import { factOf, foldTo, type Placed } from './fold.ts';
import type { PastMoment } from './moment.ts';
import type { AccountBalance, PastBooking, PastEvent, PastQueries } from './past.ts';

type Stored = Omit<TimelineRow, 'lane' | 'actorName'> & { readonly ordinal: number };

export function pastQueries(db: Database): PastQueries {
  async function factsOf(bookingId: string): Promise<readonly Placed[]> {
    const rows = await db.query<Stored>(
      `WITH ${OF_BOOKING} SELECT e.ordinal, e.position, e.event_id AS "eventId", e.stream, e.revision, e.type, e.data::json AS data,
         e.actor::json AS actor, e.occurred_at AS "occurredAt", e.recorded_at AS "recordedAt",
         e.correlation_id AS "correlationId", e.chain
       FROM mine e ORDER BY e.ordinal`,
      [bookingId],
    );
    return rows.flatMap((row) => {
      const fact = factOf(row);
      return fact ? [{ fact, ordinal: row.ordinal }] : [];
    });
  }

  async function stood(bookingId: string, facts: readonly Placed[], moment: PastMoment): Promise<PastBooking> {
    const past: Database = { ...db, ...pastDatabase(db, foldTo(facts, moment)) };
    // None of what is asked here depends on the time of asking.
    const clock = { now: () => moment.at, onJump: () => () => undefined };
    const [booking, payout, refunds, dispute, chargebacks, ledger, money] = await Promise.all([
      bookingQueries(past).booking(bookingId),
      earningQueries(past, clock).payout(bookingId),
      paymentQueries(past).refundsOf(bookingId),
      disputeQueries(past).dispute(bookingId),
      chargebackQueries(past).chargebacksOf(bookingId),
      ledgerQueries(past).ledgerOf(bookingId),
      ledgerQueries(past).moneyOf(bookingId),
    ]);
    // This past has no other booking, so these are the payments of this one.
    const payments = booking === null ? [] : await paymentQueries(past).paymentsOf(booking.bookedBy);
    return {
      moment,
      booking,
      payout,
      payments,
      refunds,
      dispute,
      chargebacks,
      ledger,
      money,
      accounts: balancesOf(ledger),
    };
  }

  return {
    pastEvents: (bookingId) =>
      db.query<PastEvent>(
        `WITH ${OF_BOOKING} SELECT e.event_id AS "eventId", e.type, e.occurred_at AS "occurredAt", e.recorded_at AS "recordedAt"
         FROM mine e ORDER BY e.ordinal`,
        [bookingId],
      ),
    async pastBooking(bookingId, moments) {
      const facts = await factsOf(bookingId);
      return Promise.all(moments.map((moment) => stood(bookingId, facts, moment)));
    },
  };
}

function balancesOf(ledger: readonly LedgerRow[]): readonly AccountBalance[] {
  const accounts = new Map<string, AccountBalance>();
  for (const { account, class: line, amount } of ledger) {
    const name = isAccountClass(line) ? CHART[line].name : line;
    accounts.set(account, { account, name, balance: (accounts.get(account)?.balance ?? 0) + amount });
  }
  return [...accounts.values()].toSorted((one, other) => (one.account < other.account ? -1 : 1));
}
