/**
 * The double-entry journal, derived from the facts (money.md §3, §5; SPEC LE1–LE4). Debits are positive, credits negative,
 * so the entries of one fact add up to zero. An entry's id is its event and line: the same fact twice is the same entry.
 */
import type { Fact } from '../fact.ts';
import { statement, type Projection, type Statement } from '../runner/projection.ts';

type Line = readonly [account: string, amount: number];

const escrow = (bookingId: string): string => `escrow:booking:${bookingId}`;
const inFlight = (refundId: string): string => `refund:in_flight:${refundId}`;

/** Entries whose amounts the fact itself tells. Lines of zero are left out. */
function entries(fact: Fact, bookingId: string, lines: readonly Line[]): readonly Statement[] {
  return lines.flatMap(([account, amount], index) =>
    amount === 0
      ? []
      : [
          statement(
            `INSERT INTO read_model.ledger_entry (entry_id, booking_id, account, amount, at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (entry_id) DO NOTHING`,
            `${fact.id}:${index}`,
            bookingId,
            account,
            amount,
            fact.meta.occurredAt,
          ),
        ],
  );
}

/** Entries whose amounts follow from the payout of the booking. `lines` gives SQL rows (line, account, amount) over `p`. */
function entriesOfPayout(fact: Fact, bookingId: string, lines: string, ...params: readonly unknown[]): Statement {
  return statement(
    `INSERT INTO read_model.ledger_entry (entry_id, booking_id, account, amount, at)
     SELECT $1 || ':' || l.line, p.booking_id, l.account, l.amount::int8, $3::int8
     FROM read_model.payout p CROSS JOIN LATERAL (VALUES ${lines}) AS l(line, account, amount)
     WHERE p.booking_id = $2 AND l.amount <> 0
     ON CONFLICT (entry_id) DO NOTHING`,
    fact.id,
    bookingId,
    fact.meta.occurredAt,
    ...params,
  );
}

export const ledger: Projection = {
  name: 'ledger',
  schema: `
    CREATE TABLE read_model.ledger_entry (
      entry_id text PRIMARY KEY,
      booking_id text NOT NULL,
      account text NOT NULL,
      amount int8 NOT NULL,
      at int8 NOT NULL
    );
    CREATE INDEX ledger_entry_booking ON read_model.ledger_entry (booking_id);
    CREATE INDEX ledger_entry_account ON read_model.ledger_entry (account);
  `,
  tables: { ledger_entry: 'entry_id' },
  project(fact) {
    switch (fact.type) {
      case 'PaymentCaptured': {
        const { bookingId, amount, fee, tax } = fact.data;
        return entries(fact, bookingId, [
          ['psp:balance', amount - fee],
          ['expense:psp_fee', fee - tax],
          ['gst:input', tax],
          [escrow(bookingId), -amount],
        ]);
      }
      case 'SurplusPaymentDetected': {
        const { bookingId, amount } = fact.data;
        return entries(fact, bookingId, [
          ['psp:balance', amount],
          [escrow(bookingId), -amount],
        ]);
      }
      case 'TransferProcessed': {
        const { bookingId, amount } = fact.data;
        return [
          entriesOfPayout(
            fact,
            bookingId,
            `(0, 'psp:linked:' || p.tutor_id || ':held', $4::int8), (1, 'psp:balance', -$4::int8)`,
            amount,
          ),
        ];
      }
      case 'BookingCompleted':
        return [
          entriesOfPayout(
            fact,
            fact.data.bookingId,
            `(0, 'escrow:booking:' || p.booking_id, p.gross),
             (1, 'tutor:' || p.tutor_id || ':payable:held', -p.share),
             (2, 'platform:commission:pending', -p.commission)`,
          ),
        ];
      case 'BookingCancelled':
        // What is kept of a late cancellation is earned like a lesson; nothing is kept of the others.
        return [
          entriesOfPayout(
            fact,
            fact.data.bookingId,
            `(0, 'escrow:booking:' || p.booking_id, p.gross - $4::int8),
             (1, 'tutor:' || p.tutor_id || ':payable:held', -(p.share - $4::int8 * p.share / p.gross)),
             (2, 'platform:commission:pending',
                -(p.gross - $4::int8 - (p.share - $4::int8 * p.share / p.gross)))`,
            fact.data.refund,
          ),
        ];
      case 'HoldLifted': {
        const { bookingId, amount } = fact.data;
        return [
          entriesOfPayout(
            fact,
            bookingId,
            `(0, 'psp:linked:' || p.tutor_id || ':settling', $4::int8),
             (1, 'psp:linked:' || p.tutor_id || ':held', -$4::int8),
             (2, 'tutor:' || p.tutor_id || ':payable:held', $4::int8),
             (3, 'tutor:' || p.tutor_id || ':payable:released', -$4::int8)`,
            amount,
          ),
          // The commission is earned with the release: whatever of it is pending for this booking.
          statement(
            `INSERT INTO read_model.ledger_entry (entry_id, booking_id, account, amount, at)
             SELECT $1 || ':' || l.line, $2, l.account, l.amount, $3::int8
             FROM (SELECT coalesce(-sum(amount), 0)::int8 AS pending FROM read_model.ledger_entry
                   WHERE booking_id = $2 AND account = 'platform:commission:pending') c
             CROSS JOIN LATERAL (VALUES (4, 'platform:commission:pending', c.pending),
                                        (5, 'revenue:commission', -c.pending)) AS l(line, account, amount)
             WHERE l.amount <> 0 ON CONFLICT (entry_id) DO NOTHING`,
            fact.id,
            bookingId,
            fact.meta.occurredAt,
          ),
        ];
      }
      case 'TransferSettled':
        return [
          entriesOfPayout(
            fact,
            fact.data.bookingId,
            `(0, 'tutor:' || p.tutor_id || ':payable:released', p.share - p.reversed),
             (1, 'psp:linked:' || p.tutor_id || ':settling', -(p.share - p.reversed))`,
          ),
        ];
      case 'TransferReversed': {
        const { bookingId, amount } = fact.data;
        return [
          entriesOfPayout(
            fact,
            bookingId,
            `(0, 'psp:balance', $4::int8), (1, 'psp:linked:' || p.tutor_id || ':held', -$4::int8)`,
            amount,
          ),
        ];
      }
      case 'RefundRequested': {
        const { bookingId, refundId, amount } = fact.data;
        return entries(fact, bookingId, [
          [escrow(bookingId), amount],
          [inFlight(refundId), -amount],
        ]);
      }
      case 'RefundProcessed': {
        const { bookingId, refundId, amount } = fact.data;
        return entries(fact, bookingId, [
          [inFlight(refundId), amount],
          ['psp:balance', -amount],
        ]);
      }
      case 'RefundFailed': {
        const { bookingId, refundId, amount } = fact.data;
        return entries(fact, bookingId, [
          [inFlight(refundId), amount],
          [escrow(bookingId), -amount],
        ]);
      }
      default:
        return [];
    }
  },
};
