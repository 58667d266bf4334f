import { growingTable, table } from '../runner/projection.ts';

export const ENTRY = growingTable(
  'ledger_entry',
  {
    entry_id: 'text',
    booking_id: 'text',
    account: 'text',
    /** The account's line in the chart. */
    class: 'text',
    amount: 'int8',
    at: 'int8',
    /** The event it follows from. */
    type: 'text',
    ordinal: 'int8',
  },
  {
    key: ['entry_id'],
    indexes: { ledger_entry_booking: '(booking_id, ordinal)', ledger_entry_account: '(account)' },
  },
);

/** What is where of a booking's first payment, for the entries to come. Paise. */
export const BOOK = table(
  'ledger_book',
  {
    booking_id: 'text',
    tutor_id: 'text',
    gross: 'int8',
    /** The tutor's share of the whole price; null until the payout is planned. */
    share: 'int8 null',
    escrow: 'int8',
    reserve: 'int8',
    payable: 'int8',
    pending: 'int8',
    /** Asked back of the first payment, not counting what failed. */
    asked: 'int8',
    /** What banks took of the first payment: it counts towards what goes back. */
    lost: 'int8',
    reversed: 'int8',
    settling: 'int8',
    /** What goes back because of how the booking ended; null while it has not. */
    due: 'int8 null',
    disputed: 'boolean',
  },
  { key: ['booking_id'] },
);

/**
 * Payments; of surplus ones also what of them is still in escrow. `recorded`: we have heard of the payment itself, not only of
 * a bank's case about it. `uncovered`: what a bank took while there was nothing of it here.
 */
export const PAYMENT = table(
  'ledger_payment',
  {
    provider_payment_id: 'text',
    booking_id: 'text',
    recorded: 'boolean',
    surplus: 'boolean',
    escrow: 'int8',
    uncovered: 'int8',
  },
  { key: ['provider_payment_id'] },
);

/** Where the money of a refund was taken from, so that it goes back there when it fails. */
export const REFUND = table(
  'ledger_refund',
  { refund_id: 'text', provider_payment_id: 'text', in_flight: 'int8', origins: 'jsonb' },
  { key: ['refund_id'] },
);

export const CHARGEBACK = table(
  'ledger_chargeback',
  { chargeback_id: 'text', booking_id: 'text', provider_payment_id: 'text' },
  { key: ['chargeback_id'] },
);
