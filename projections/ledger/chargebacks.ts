/** Chargebacks: what a bank takes comes from what the booking still holds; beyond that it is our loss, or the tutor's debt. */
import { tutorPartOfRefund } from '#events/shared/money.ts';
import type { Fact } from '../fact.ts';
import type { Rows } from '../runner/projection.ts';
import { Entry } from './entry.ts';
import { CHARGEBACK, PAYMENT } from './tables.ts';

type Of<Type extends Fact['type']> = Extract<Fact, { type: Type }>;

export function chargebackLost(rows: Rows, fact: Of<'ChargebackLost'>, ordinal: number): void {
  const { bookingId, chargebackId, amount } = fact.data;
  const paymentId = rows.get(CHARGEBACK, chargebackId)?.provider_payment_id ?? '';
  const payment = rows.get(PAYMENT, paymentId);
  const entry = Entry.of(rows, fact, ordinal, bookingId);
  let left = amount;
  let escrow = payment?.escrow ?? 0;
  if (payment?.surplus === true) {
    const taken = Math.min(left, escrow);
    entry.line('escrow:booking', taken);
    escrow -= taken;
    left -= taken;
  } else if (payment?.recorded === true) {
    entry.book = { ...entry.book, lost: entry.book.lost + amount };
    left -= entry.take('reserve', left);
    left -= entry.take('escrow', left);
    // Within the hold both bear it as they would bear a refund.
    const { gross, share } = entry.book;
    const tutors = share === null ? 0 : tutorPartOfRefund(Math.min(left, gross), share, gross);
    const before = left;
    left -= entry.take('payable', tutors);
    left -= entry.take('pending', before - tutors);
    left -= entry.take('payable', left);
  }
  entry.line('expense:chargeback', left);
  entry.line('psp:balance', -amount);
  entry.done();
  const known = payment ?? {
    provider_payment_id: paymentId,
    booking_id: bookingId,
    recorded: false,
    surplus: false,
    uncovered: 0,
  };
  rows.put(PAYMENT, { ...known, escrow, uncovered: known.uncovered + left });
}

export function clawback(rows: Rows, fact: Of<'ClawbackRecorded'>, ordinal: number): void {
  const { bookingId, amount } = fact.data;
  const entry = Entry.of(rows, fact, ordinal, bookingId);
  entry.line('tutor:receivable', amount);
  entry.line('expense:chargeback', -amount);
  entry.done();
}
