import type { MoneyTerms } from '../ledger/chart.ts';
import type { ChargebackRow, DisputeRow, LedgerRow, RefundRow } from '../money-rows.ts';
import type { BookingRow, EarningRow, PaymentRow } from '../queries.ts';
import type { PastMoment, Stamps } from './moment.ts';

/** One event of the booking's timeline: where the past can be stopped. */
export interface PastEvent extends Stamps {
  readonly eventId: string;
  readonly type: string;
}

/** One booking as it stood; every row has the shape that the live query gives. */
export interface PastBooking {
  readonly moment: PastMoment;
  /** Null: it had not been asked for yet. */
  readonly booking: BookingRow | null;
  readonly payout: EarningRow | null;
  readonly payments: readonly PaymentRow[];
  readonly refunds: readonly RefundRow[];
  readonly dispute: DisputeRow | null;
  readonly chargebacks: readonly ChargebackRow[];
  readonly ledger: readonly LedgerRow[];
  readonly money: MoneyTerms | null;
  /** Every account that had an entry, by its name. */
  readonly accounts: readonly AccountBalance[];
}

export interface AccountBalance {
  readonly account: string;
  /** Its line in the chart, in words. */
  readonly name: string;
  /** Paise; debit positive, credit negative. */
  readonly balance: number;
}

export interface PastQueries {
  /** Each event of the booking's timeline, in the order of the log; none for an unknown booking. */
  pastEvents(bookingId: string): Promise<readonly PastEvent[]>;
  /** The booking at each of these instants, in their order. Names, and what a tutor calls themselves, are today's. */
  pastBooking(bookingId: string, moments: readonly PastMoment[]): Promise<readonly PastBooking[]>;
}
