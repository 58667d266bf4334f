/** Refunds: from the reserve of a dispute, or from the escrow, to the payer; and back to where they came from if they fail. */
import { never } from '#events/shared/never.ts';
import type { Fact } from '../fact.ts';
import { json, type Rows } from '../runner/projection.ts';
import { Entry } from './entry.ts';
import { PAYMENT, REFUND } from './tables.ts';

type Of<Type extends Fact['type']> = Extract<Fact, { type: Type }>;

/** `surplus`: the escrow of a surplus payment. `own`: ours, where the booking has nothing left. */
type Origin = 'reserve' | 'escrow' | 'surplus' | 'own';
type Origins = readonly (readonly [origin: Origin, amount: number])[];

/** Debits what pays for the refund; gives where it was taken from. */
function fund(rows: Rows, entry: Entry, providerPaymentId: string, amount: number): Origins {
  const origins: [Origin, number][] = [];
  let left = amount;
  const took = (origin: Origin, taken: number): void => {
    if (taken > 0) origins.push([origin, taken]);
    left -= taken;
  };
  const payment = rows.get(PAYMENT, providerPaymentId);
  if (payment?.surplus === true) {
    const taken = Math.min(left, payment.escrow);
    entry.line('escrow:booking', taken);
    rows.put(PAYMENT, { ...payment, escrow: payment.escrow - taken });
    took('surplus', taken);
  } else {
    took('reserve', entry.take('reserve', left));
    took('escrow', entry.take('escrow', left));
    entry.book = { ...entry.book, asked: entry.book.asked + amount };
  }
  entry.line('expense:goodwill', left);
  took('own', left);
  return origins;
}

/** What comes back covers first what a bank took meanwhile: that is not refunded again. */
function giveBack(rows: Rows, entry: Entry, providerPaymentId: string, origins: Origins): void {
  const payment = rows.get(PAYMENT, providerPaymentId);
  let escrow = payment?.escrow ?? 0;
  let uncovered = payment?.uncovered ?? 0;
  for (const [origin, amount] of origins) {
    const covers = origin === 'own' ? 0 : Math.min(amount, uncovered);
    uncovered -= covers;
    entry.line('expense:chargeback', -covers);
    const left = amount - covers;
    switch (origin) {
      case 'reserve':
      case 'escrow':
        entry.give(origin, left);
        break;
      case 'surplus':
        entry.line('escrow:booking', -left);
        escrow += left;
        break;
      case 'own':
        entry.line('expense:goodwill', -left);
        break;
      default:
        never(origin, 'origin of a refund');
    }
  }
  if (payment) rows.put(PAYMENT, { ...payment, escrow, uncovered });
  if (payment?.surplus !== true) {
    const back = origins.reduce((total, [, amount]) => total + amount, 0);
    entry.book = { ...entry.book, asked: entry.book.asked - back };
  }
}

export function refundRequested(rows: Rows, fact: Of<'RefundRequested'>, ordinal: number): void {
  const { bookingId, refundId, providerPaymentId, amount } = fact.data;
  const entry = Entry.of(rows, fact, ordinal, bookingId);
  const origins = fund(rows, entry, providerPaymentId, amount);
  entry.line('refund:in_flight', -amount, refundId);
  entry.done();
  rows.put(REFUND, {
    refund_id: refundId,
    provider_payment_id: providerPaymentId,
    in_flight: amount,
    origins: json(origins),
  });
}

export function refundProcessed(rows: Rows, fact: Of<'RefundProcessed'>, ordinal: number): void {
  const { bookingId, refundId, amount } = fact.data;
  const refund = rows.get(REFUND, refundId);
  const entry = Entry.of(rows, fact, ordinal, bookingId);
  // One that was thought to have failed, and went through after all, has to be paid for again.
  if (refund?.in_flight === 0) fund(rows, entry, refund.provider_payment_id, amount);
  else entry.line('refund:in_flight', amount, refundId);
  entry.line('psp:balance', -amount);
  entry.done();
  if (refund) rows.put(REFUND, { ...refund, in_flight: 0 });
}

export function refundFailed(rows: Rows, fact: Of<'RefundFailed'>, ordinal: number): void {
  const { bookingId, refundId, amount } = fact.data;
  const refund = rows.get(REFUND, refundId);
  if (!refund) return;
  const origins: Origins = JSON.parse(refund.origins);
  const entry = Entry.of(rows, fact, ordinal, bookingId);
  entry.line('refund:in_flight', amount, refundId);
  giveBack(rows, entry, refund.provider_payment_id, origins);
  entry.done();
  rows.put(REFUND, { ...refund, in_flight: 0, origins: '[]' });
}
