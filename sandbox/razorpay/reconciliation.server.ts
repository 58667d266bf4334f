/** The platform's credits and debits of a month or a day, in the row shape of the provider's own report. */
import type { Payment } from './entities.ts';
import { invalid } from './errors.ts';
import type { Fields } from './input.ts';
import type { Shown } from './present.ts';
import type { World } from './world.server.ts';

const IST_S = 5.5 * 3600;
const MOST_ROWS = 1_000;

interface Row {
  readonly entity_id: string;
  readonly type: 'payment' | 'refund' | 'transfer' | 'adjustment';
  readonly debit: number;
  readonly credit: number;
  readonly amount: number;
  readonly fee: number;
  readonly tax: number;
  readonly on_hold: boolean;
  readonly created_at: number;
  readonly description: string | null;
  /** JSON in a string, or null: not an object as elsewhere. */
  readonly notes: string | null;
  readonly payment_id: string | null;
  readonly dispute_id: string | null;
  /** The payment that the row is about, for its order, method and card. */
  readonly about: Payment | null;
}

const NOTHING = { debit: 0, credit: 0, fee: 0, tax: 0, on_hold: false, description: null, notes: null } as const;
const LINKLESS = { payment_id: null, dispute_id: null, about: null } as const;

/** Newest first. */
export function reconciliation(world: World, query: Fields): Shown[] {
  const skip = whole(query, 'skip', 0);
  const count = whole(query, 'count', MOST_ROWS);
  if (count > MOST_ROWS) throw invalid(`The count may not be greater than ${MOST_ROWS}.`, 'count');
  const page = period(query);
  return [
    ...paymentRows(world, page),
    ...refundRows(world, page),
    ...transferRows(world, page),
    ...adjustments(world, page),
  ]
    .sort((a, b) => b.created_at - a.created_at)
    .slice(skip, skip + count)
    .map((row) => show(world, row));
}

/** Seconds, both inside. */
interface Period {
  readonly from: number;
  readonly to: number;
}

function paymentRows(world: World, page: Period): Row[] {
  return world.payments
    .list(page)
    .filter((payment) => payment.captured)
    .map((payment) => ({
      ...NOTHING,
      ...LINKLESS,
      entity_id: payment.id,
      type: 'payment',
      credit: payment.amount - (payment.fee ?? 0),
      amount: payment.amount,
      fee: payment.fee ?? 0,
      tax: payment.tax ?? 0,
      created_at: payment.created_at,
      description: payment.description,
      notes: JSON.stringify(payment.notes),
      about: payment,
    }));
}

function refundRows(world: World, page: Period): Row[] {
  return world.refunds.list(page).flatMap((refund): Row[] => {
    const about = world.payments.find(refund.payment_id) ?? null;
    // What was never captured was never the platform's, and a failed refund gave back what it took.
    if (refund.status !== 'processed' || !about?.captured) return [];
    return [
      {
        ...NOTHING,
        ...LINKLESS,
        entity_id: refund.id,
        type: 'refund',
        debit: refund.amount,
        amount: refund.amount,
        created_at: refund.created_at,
        notes: JSON.stringify(refund.notes),
        payment_id: refund.payment_id,
        about,
      },
    ];
  });
}

function transferRows(world: World, page: Period): Row[] {
  return world.transfers
    .list(page)
    .filter((transfer) => transfer.processed_at !== null)
    .map((transfer) => ({
      ...NOTHING,
      ...LINKLESS,
      entity_id: transfer.id,
      type: 'transfer',
      debit: transfer.amount + (transfer.fees ?? 0),
      amount: transfer.amount,
      fee: transfer.fees ?? 0,
      tax: transfer.tax ?? 0,
      on_hold: transfer.on_hold,
      created_at: transfer.created_at,
      payment_id: transfer.source.startsWith('pay_') ? transfer.source : null,
    }));
}

/** Money that came back from linked accounts, and money that banks took for lost disputes. */
function adjustments(world: World, page: Period): Row[] {
  const reversals = world.reversals.list(page).map((reversal): Row => ({
    ...NOTHING,
    ...LINKLESS,
    entity_id: reversal.id,
    type: 'adjustment',
    credit: reversal.amount,
    amount: reversal.amount,
    created_at: reversal.created_at,
    description: `Reversal of ${reversal.transfer_id}`,
  }));
  const lost = world.disputes.list({ to: page.to }).flatMap((dispute): Row[] => {
    const { adjustment } = dispute.internal;
    if (!adjustment || adjustment.created_at < page.from || adjustment.created_at > page.to) return [];
    return [
      {
        ...NOTHING,
        ...LINKLESS,
        entity_id: adjustment.id,
        type: 'adjustment',
        debit: dispute.amount_deducted,
        amount: dispute.amount_deducted,
        created_at: adjustment.created_at,
        description: 'Dispute lost',
        payment_id: dispute.payment_id,
        dispute_id: dispute.id,
      },
    ];
  });
  return [...reversals, ...lost];
}

function show(world: World, { about, ...row }: Row): Shown {
  const settlementId = world.ledger.settlementOf(row.entity_id);
  const settlement = settlementId === null ? undefined : world.settlements.find(settlementId);
  return {
    ...row,
    currency: 'INR',
    settled: settlement !== undefined,
    settled_at: settlement?.created_at ?? null,
    settlement_id: settlement?.id ?? null,
    settlement_utr: settlement?.utr ?? null,
    posted_at: null,
    credit_type: 'default',
    order_id: about?.order_id ?? null,
    order_receipt: about ? (world.orders.find(about.order_id)?.receipt ?? null) : null,
    method: about?.method ?? null,
    card_network: about?.card?.network ?? null,
    card_issuer: null,
    card_type: about?.card ? 'debit' : null,
  };
}

function whole(query: Fields, name: string, otherwise: number): number {
  const value = query[name];
  if (value === undefined || value === '') return otherwise;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw invalid(`The ${name} must be an integer.`, name);
  return number;
}

/** A day or a month in India. */
function period(query: Fields): Period {
  for (const name of ['year', 'month']) {
    if (query[name] === undefined) throw invalid(`The ${name} field is required.`, name);
  }
  const year = whole(query, 'year', 0);
  const month = whole(query, 'month', 1);
  const day = query.day === undefined ? null : whole(query, 'day', 1);
  if (month < 1 || month > 12) throw invalid('The month must be between 1 and 12.', 'month');
  const midnight = (monthIndex: number, date: number): number => Date.UTC(year, monthIndex, date) / 1000 - IST_S;
  return day === null
    ? { from: midnight(month - 1, 1), to: midnight(month, 1) - 1 }
    : { from: midnight(month - 1, day), to: midnight(month - 1, day + 1) - 1 };
}
