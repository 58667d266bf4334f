import { invalid } from './errors.ts';
import type { Fields } from './input.ts';
import type { Shown } from './present.ts';
import type { World } from './world.server.ts';

/** The platform's credits and debits of a month or a day (in India), newest first. */
export function reconciliation(world: World, query: Fields): Shown[] {
  const { from, to } = period(query);
  const within = (entity: { created_at: number }) => entity.created_at >= from && entity.created_at < to;
  const base = { currency: 'INR', on_hold: false, dispute_id: null };

  const payments = world.payments
    .all()
    .filter((payment) => payment.captured && within(payment))
    .map((payment) => ({
      ...base,
      entity_id: payment.id,
      type: 'payment',
      debit: 0,
      credit: payment.amount - (payment.fee ?? 0),
      amount: payment.amount,
      fee: payment.fee ?? 0,
      tax: payment.tax ?? 0,
      created_at: payment.created_at,
      payment_id: payment.id,
      order_id: payment.order_id,
      order_receipt: world.orders.find(payment.order_id)?.receipt ?? null,
      method: payment.method,
      notes: payment.notes,
    }));
  const refunds = world.refunds
    .all()
    .filter((refund) => refund.status === 'processed' && within(refund))
    .map((refund) => ({
      ...base,
      entity_id: refund.id,
      type: 'refund',
      debit: refund.amount,
      credit: 0,
      amount: refund.amount,
      fee: 0,
      tax: 0,
      created_at: refund.created_at,
      payment_id: refund.payment_id,
      notes: refund.notes,
    }));
  const transfers = world.transfers
    .all()
    .filter((transfer) => transfer.processed_at !== null && within(transfer))
    .map((transfer) => ({
      ...base,
      entity_id: transfer.id,
      type: 'transfer',
      debit: transfer.amount + (transfer.fees ?? 0),
      credit: 0,
      amount: transfer.amount,
      fee: transfer.fees ?? 0,
      tax: transfer.tax ?? 0,
      on_hold: transfer.on_hold,
      created_at: transfer.created_at,
      payment_id: transfer.source.startsWith('pay_') ? transfer.source : null,
      notes: transfer.notes,
    }));
  const reversals = world.reversals
    .all()
    .filter(within)
    .map((reversal) => ({
      ...base,
      entity_id: reversal.id,
      type: 'adjustment',
      debit: 0,
      credit: reversal.amount,
      amount: reversal.amount,
      fee: 0,
      tax: 0,
      created_at: reversal.created_at,
      payment_id: null,
      notes: reversal.notes,
    }));

  return [...payments, ...refunds, ...transfers, ...reversals]
    .sort((a, b) => b.created_at - a.created_at)
    .slice(whole(query, 'skip', 0), whole(query, 'skip', 0) + whole(query, 'count', 1000))
    .map((row) => ({ ...row, ...settledBy(world, row.entity_id) }));
}

function settledBy(world: World, entityId: string) {
  const settlementId = world.ledger.settlementOf(entityId);
  const settlement = settlementId === null ? undefined : world.settlements.find(settlementId);
  return {
    settled: settlement !== undefined,
    settled_at: settlement?.created_at ?? null,
    settlement_id: settlement?.id ?? null,
    settlement_utr: settlement?.utr ?? null,
  };
}

function whole(query: Fields, name: string, otherwise: number): number {
  const value = query[name];
  if (value === undefined || value === '') return otherwise;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw invalid(`The ${name} must be an integer.`, name);
  return number;
}

/** Seconds; `to` is outside. */
function period(query: Fields): { from: number; to: number } {
  for (const name of ['year', 'month']) {
    if (query[name] === undefined) throw invalid(`The ${name} field is required.`, name);
  }
  const year = whole(query, 'year', 0);
  const month = whole(query, 'month', 1);
  const day = query.day === undefined ? null : whole(query, 'day', 1);
  const instant = (monthIndex: number, date: number) => Date.UTC(year, monthIndex, date) / 1000 - 5.5 * 3600;
  return day === null
    ? { from: instant(month - 1, 1), to: instant(month, 1) }
    : { from: instant(month - 1, day), to: instant(month - 1, day + 1) };
}
