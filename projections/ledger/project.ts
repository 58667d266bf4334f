/**
 * The double-entry journal, derived from the facts (money.md §3, §5; SPEC LE1–LE4). Debits are positive, credits negative,
 * so the entries of one fact add up to zero. An entry's id is its event and line.
 */
import type { Fact } from '../fact.ts';
import { change, growingTable, table, type Projection, type Rows } from '../runner/projection.ts';

type Line = readonly [account: string, amount: number];

const ENTRY = growingTable(
  'ledger_entry',
  { entry_id: 'text', booking_id: 'text', account: 'text', amount: 'int8', at: 'int8' },
  {
    key: ['entry_id'],
    indexes: { ledger_entry_booking: '(booking_id)', ledger_entry_account: '(account)' },
  },
);

/** What later entries of a booking depend on. */
const STATE = table(
  'ledger_state',
  {
    booking_id: 'text',
    tutor_id: 'text',
    gross: 'int8',
    share: 'int8',
    commission: 'int8',
    pending: 'int8',
    reversed: 'int8',
  },
  { key: ['booking_id'] },
);

const escrow = (bookingId: string): string => `escrow:booking:${bookingId}`;
const inFlight = (refundId: string): string => `refund:in_flight:${refundId}`;

function enter(rows: Rows, fact: Fact, bookingId: string, lines: readonly Line[]): void {
  for (const [index, [account, amount]] of lines.entries())
    if (amount !== 0)
      rows.add(ENTRY, {
        entry_id: `${fact.id}:${index}`,
        booking_id: bookingId,
        account,
        amount,
        at: fact.meta.occurredAt,
      });
}

export const ledger: Projection = {
  name: 'ledger',
  tables: [ENTRY, STATE],
  project(fact, rows) {
    switch (fact.type) {
      case 'PaymentCaptured': {
        const { bookingId, amount, fee, tax } = fact.data;
        return enter(rows, fact, bookingId, [
          ['psp:balance', amount - fee],
          ['expense:psp_fee', fee - tax],
          ['gst:input', tax],
          [escrow(bookingId), -amount],
        ]);
      }
      case 'SurplusPaymentDetected': {
        const { bookingId, amount } = fact.data;
        return enter(rows, fact, bookingId, [
          ['psp:balance', amount],
          [escrow(bookingId), -amount],
        ]);
      }
      case 'PayoutPlanned': {
        const { bookingId, tutorId, gross, share, commission } = fact.data;
        return rows.put(STATE, {
          booking_id: bookingId,
          tutor_id: tutorId,
          gross,
          share,
          commission,
          pending: 0,
          reversed: 0,
        });
      }
      case 'TransferProcessed': {
        const { bookingId, amount } = fact.data;
        const state = rows.get(STATE, bookingId);
        if (!state) return;
        return enter(rows, fact, bookingId, [
          [`psp:linked:${state.tutor_id}:held`, amount],
          ['psp:balance', -amount],
        ]);
      }
      case 'BookingCompleted':
        return earned(rows, fact, fact.data.bookingId, 0);
      case 'BookingCancelled':
        // What is kept of a late cancellation is earned like a lesson; nothing is kept of the others.
        return earned(rows, fact, fact.data.bookingId, fact.data.refund);
      case 'HoldLifted': {
        const { bookingId, amount } = fact.data;
        const state = rows.get(STATE, bookingId);
        if (!state) return;
        const { tutor_id: tutor, pending } = state;
        enter(rows, fact, bookingId, [
          [`psp:linked:${tutor}:settling`, amount],
          [`psp:linked:${tutor}:held`, -amount],
          [`tutor:${tutor}:payable:held`, amount],
          [`tutor:${tutor}:payable:released`, -amount],
          // The commission is earned with the release: whatever of it is pending for this booking.
          ['platform:commission:pending', pending],
          ['revenue:commission', -pending],
        ]);
        return rows.put(STATE, { ...state, pending: 0 });
      }
      case 'TransferSettled': {
        const { bookingId } = fact.data;
        const state = rows.get(STATE, bookingId);
        if (!state) return;
        const left = state.share - state.reversed;
        return enter(rows, fact, bookingId, [
          [`tutor:${state.tutor_id}:payable:released`, left],
          [`psp:linked:${state.tutor_id}:settling`, -left],
        ]);
      }
      case 'TransferReversed': {
        const { bookingId, amount } = fact.data;
        const state = rows.get(STATE, bookingId);
        if (!state) return;
        change(rows, STATE, bookingId, ({ reversed }) => ({ reversed: reversed + amount }));
        return enter(rows, fact, bookingId, [
          ['psp:balance', amount],
          [`psp:linked:${state.tutor_id}:held`, -amount],
        ]);
      }
      case 'RefundRequested': {
        const { bookingId, refundId, amount } = fact.data;
        return enter(rows, fact, bookingId, [
          [escrow(bookingId), amount],
          [inFlight(refundId), -amount],
        ]);
      }
      case 'RefundProcessed': {
        const { bookingId, refundId, amount } = fact.data;
        return enter(rows, fact, bookingId, [
          [inFlight(refundId), amount],
          ['psp:balance', -amount],
        ]);
      }
      case 'RefundFailed': {
        const { bookingId, refundId, amount } = fact.data;
        return enter(rows, fact, bookingId, [
          [inFlight(refundId), amount],
          [escrow(bookingId), -amount],
        ]);
      }
    }
  },
};

/** What is left of the price after `refund` is the tutor's and ours, until the release ours only as pending. */
function earned(rows: Rows, fact: Fact, bookingId: string, refund: number): void {
  const state = rows.get(STATE, bookingId);
  if (!state) return;
  const kept = state.gross - refund;
  const tutors = state.share - Number((BigInt(refund) * BigInt(state.share)) / BigInt(state.gross));
  enter(rows, fact, bookingId, [
    [escrow(bookingId), kept],
    [`tutor:${state.tutor_id}:payable:held`, -tutors],
    ['platform:commission:pending', -(kept - tutors)],
  ]);
  rows.put(STATE, { ...state, pending: state.pending + kept - tutors });
}
