/**
 * The double-entry journal, derived from the facts (money.md §3, §5; SPEC LE1–LE6). The entries of one fact add up to zero,
 * and an entry's id is its event and line. What an entry takes from is what is there: the pools of a booking (its escrow,
 * its dispute's reserve, what is payable and pending) are kept with it, so that none is ever overdrawn.
 */
import { tutorPartOfRefund } from '#events/shared/money.ts';
import type { Fact } from '../fact.ts';
import { type Projection, type Rows } from '../runner/projection.ts';
import { chargebackLost, clawback } from './chargebacks.ts';
import { Entry, type Book } from './entry.ts';
import { refundFailed, refundProcessed, refundRequested } from './refunds.ts';
import { BOOK, CHARGEBACK, ENTRY, PAYMENT, REFUND } from './tables.ts';

export const ledger: Projection = {
  name: 'ledger',
  tables: [ENTRY, BOOK, PAYMENT, REFUND, CHARGEBACK],
  project(fact, rows, ordinal) {
    switch (fact.type) {
      case 'PaymentCaptured':
      case 'SurplusPaymentDetected':
        return paid(rows, fact, ordinal);
      case 'PayoutPlanned': {
        const { bookingId, tutorId, share } = fact.data;
        return posted(rows, fact, ordinal, bookingId, (entry) => {
          entry.book = { ...entry.book, tutor_id: tutorId, share };
          earn(entry);
        });
      }
      case 'TransferProcessed': {
        const { bookingId, amount, fee, tax } = fact.data;
        return posted(rows, fact, ordinal, bookingId, (entry) => {
          entry.line('psp:linked:held', amount);
          entry.line('expense:route_fee', fee - tax);
          entry.line('gst:input', tax);
          entry.line('psp:balance', -amount - fee);
        });
      }
      case 'TransferReversed': {
        const { bookingId, amount } = fact.data;
        return posted(rows, fact, ordinal, bookingId, (entry) => {
          entry.line('psp:balance', amount);
          entry.line('psp:linked:held', -amount);
          entry.book = { ...entry.book, reversed: entry.book.reversed + amount };
        });
      }
      case 'BookingCompleted':
        return ended(rows, fact, ordinal, fact.data.bookingId, 0);
      case 'BookingCancelled':
        return ended(rows, fact, ordinal, fact.data.bookingId, fact.data.refund);
      case 'PayoutDisputed':
        return posted(rows, fact, ordinal, fact.data.bookingId, reserve);
      case 'PayoutDisputeClosed':
        return posted(rows, fact, ordinal, fact.data.bookingId, (entry) => unreserve(entry, fact.data.refund));
      case 'ReleaseAuthorized':
        return posted(rows, fact, ordinal, fact.data.bookingId, release);
      case 'HoldLifted': {
        const { bookingId, amount } = fact.data;
        return posted(rows, fact, ordinal, bookingId, (entry) => {
          entry.line('psp:linked:settling', amount);
          entry.line('psp:linked:held', -amount);
          entry.book = { ...entry.book, settling: amount };
        });
      }
      case 'TransferSettled':
        return posted(rows, fact, ordinal, fact.data.bookingId, (entry) => {
          entry.line('tutor:payable:released', entry.book.settling);
          entry.line('psp:linked:settling', -entry.book.settling);
          entry.book = { ...entry.book, settling: 0 };
        });
      case 'RefundRequested':
        return refundRequested(rows, fact, ordinal);
      case 'RefundProcessed':
        return refundProcessed(rows, fact, ordinal);
      case 'RefundFailed':
        return refundFailed(rows, fact, ordinal);
      case 'ChargebackOpened': {
        const { chargebackId, bookingId, providerPaymentId } = fact.data;
        return rows.put(CHARGEBACK, {
          chargeback_id: chargebackId,
          booking_id: bookingId,
          provider_payment_id: providerPaymentId,
        });
      }
      case 'ChargebackLost':
        return chargebackLost(rows, fact, ordinal);
      case 'ClawbackRecorded':
        return clawback(rows, fact, ordinal);
    }
  },
};

function posted(rows: Rows, fact: Fact, ordinal: number, bookingId: string, post: (entry: Entry) => void): void {
  const entry = Entry.of(rows, fact, ordinal, bookingId);
  post(entry);
  entry.done();
}

type Paid = Extract<Fact, { type: 'PaymentCaptured' | 'SurplusPaymentDetected' }>;

function paid(rows: Rows, fact: Paid, ordinal: number): void {
  const { bookingId, providerPaymentId, amount, fee, tax } = fact.data;
  const surplus = fact.type === 'SurplusPaymentDetected';
  // A bank can be faster than our own news of the payment: then what now arrives covers the loss.
  const gone = Math.min(amount, rows.get(PAYMENT, providerPaymentId)?.uncovered ?? 0);
  rows.put(PAYMENT, {
    provider_payment_id: providerPaymentId,
    booking_id: bookingId,
    recorded: true,
    surplus,
    escrow: surplus ? amount - gone : 0,
    uncovered: 0,
  });
  posted(rows, fact, ordinal, bookingId, (entry) => {
    entry.line('psp:balance', amount - fee);
    entry.line('expense:psp_fee', fee - tax);
    entry.line('gst:input', tax);
    entry.line('escrow:booking', -amount);
    entry.line('escrow:booking', gone);
    entry.line('expense:chargeback', -gone);
    if (!surplus) entry.book = { ...entry.book, gross: amount, escrow: amount - gone, lost: gone };
  });
}

/** The booking came to an end of which `refund` goes back: the rest is earned, by a lesson or a late cancellation. */
function ended(rows: Rows, fact: Fact, ordinal: number, bookingId: string, refund: number): void {
  posted(rows, fact, ordinal, bookingId, (entry) => {
    entry.book = { ...entry.book, due: refund };
    earn(entry);
  });
}

/** Once it is known what goes back, and what the tutor's share is, and nobody disputes it, the escrow is divided. */
function earn(entry: Entry): void {
  const { book } = entry;
  if (book.due === null || book.share === null || book.disputed) return;
  // What is reserved for a refund, asked back already or gone to a bank is no longer in the escrow.
  const outstanding = Math.max(0, book.due - book.lost - book.reserve - book.asked);
  const kept = Math.max(0, book.escrow - outstanding);
  const share = shareOfKept(book, kept);
  entry.move('escrow', 'payable', share);
  entry.move('escrow', 'pending', kept - share);
}

/** The tutor's part when `kept` of the price is not given back: the share less the tutor's part of what is. */
function shareOfKept({ gross, share }: Book, kept: number): number {
  const tutors = (share ?? 0) - tutorPartOfRefund(gross - kept, share ?? 0, gross);
  return Math.min(kept, Math.max(0, tutors));
}

function reserve(entry: Entry): void {
  entry.book = { ...entry.book, disputed: true };
  for (const pool of ['payable', 'pending', 'escrow'] as const) entry.move(pool, 'reserve', entry.book[pool]);
}

/** What goes back stays reserved for the refund; the rest is where it was, or is earned if the lesson has ended meanwhile. */
function unreserve(entry: Entry, refund: number): void {
  entry.book = { ...entry.book, disputed: false };
  const { reserve: reserved, lost } = entry.book;
  entry.move('reserve', 'escrow', Math.max(0, reserved - Math.max(0, refund - lost)));
  earn(entry);
}

/** The tutor gets what is left of the share; all else that this booking still holds is ours, or, if it is short, our loss. */
function release(entry: Entry): void {
  const { share, reversed, payable, pending } = entry.book;
  const left = Math.max(0, (share ?? 0) - reversed);
  entry.line('tutor:payable:held', payable);
  entry.line('platform:commission:pending', pending);
  entry.line('tutor:payable:released', -left);
  const ours = payable + pending - left;
  if (ours >= 0) entry.line('revenue:commission', -ours);
  else entry.line('expense:chargeback', -ours);
  entry.book = { ...entry.book, payable: 0, pending: 0 };
}
