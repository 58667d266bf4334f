/** The provider's entities as they come over the wire, checked at the boundary (razorpay.md §3–7). */
import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type {
  Answer,
  ProviderOrder,
  ProviderPayment,
  ProviderRefund,
  ProviderReversal,
  ProviderTransfer,
} from './payment-gateway.ts';

export const Nullable = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));
/** Empty notes come back as an empty array. */
export const Notes = Type.Optional(
  Type.Union([Type.Array(Type.Unknown()), Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
);
export const Amount = Type.Integer({ minimum: 0 });

const Order = Type.Object({ id: Type.String(), amount: Amount, status: Type.String(), created_at: Type.Integer() });

const Payment = Type.Object({
  id: Type.String(),
  order_id: Type.String(),
  status: Type.Union([
    Type.Literal('created'),
    Type.Literal('authorized'),
    Type.Literal('captured'),
    Type.Literal('refunded'),
    Type.Literal('failed'),
  ]),
  amount: Amount,
  currency: Type.String(),
  fee: Nullable(Amount),
  tax: Nullable(Amount),
  method: Nullable(Type.String()),
  error_reason: Nullable(Type.String()),
  error_description: Nullable(Type.String()),
  captured: Nullable(Type.Boolean()),
  amount_refunded: Nullable(Amount),
  created_at: Type.Integer(),
});

const TransferStatus = Type.Union([
  Type.Literal('created'),
  Type.Literal('pending'),
  Type.Literal('processed'),
  Type.Literal('failed'),
  Type.Literal('partially_reversed'),
  Type.Literal('reversed'),
]);

const Transfer = Type.Object({
  id: Type.String(),
  status: Type.Optional(TransferStatus),
  /** One of the provider's own samples names it so. */
  transfer_status: Type.Optional(TransferStatus),
  amount: Amount,
  on_hold: Type.Union([Type.Boolean(), Type.Integer()]),
  settlement_status: Nullable(Type.String()),
  recipient_settlement_id: Nullable(Type.String()),
  fees: Nullable(Amount),
  tax: Nullable(Amount),
  amount_reversed: Nullable(Amount),
  source: Nullable(Type.String()),
  notes: Notes,
  error: Nullable(Type.Object({ description: Nullable(Type.String()), reason: Nullable(Type.String()) })),
});

const Reversal = Type.Object({ id: Type.String(), amount: Amount, notes: Notes });

const Refund = Type.Object({
  id: Type.String(),
  amount: Amount,
  status: Type.Union([Type.Literal('pending'), Type.Literal('processed'), Type.Literal('failed')]),
  notes: Notes,
});

/** Our own operation id, which we put into the notes of everything we create. */
const operationIdIn = (notes: Static<typeof Notes> | undefined): string | null => noteIn(notes, 'op_id');

export function noteIn(notes: Static<typeof Notes> | undefined, name: string): string | null {
  if (notes === null || notes === undefined || Array.isArray(notes)) return null;
  const note = notes[name];
  return typeof note === 'string' ? note : null;
}

export type Reader<T> = (value: unknown) => T | null;

export const readOrder: Reader<ProviderOrder> = (value) =>
  Value.Check(Order, value)
    ? { id: value.id, amount: value.amount, status: value.status, createdAt: value.created_at }
    : null;

export const readPayment: Reader<ProviderPayment> = (value) =>
  Value.Check(Payment, value)
    ? {
        id: value.id,
        orderId: value.order_id,
        status: value.status,
        amount: value.amount,
        currency: value.currency,
        fee: value.fee ?? 0,
        tax: value.tax ?? 0,
        method: value.method ?? '',
        reason: value.error_reason ?? '',
        description: value.error_description ?? '',
        captured: value.captured ?? (value.status === 'captured' || value.status === 'refunded'),
        amountRefunded: value.amount_refunded ?? 0,
        createdAt: value.created_at,
      }
    : null;

export const readTransfer: Reader<ProviderTransfer> = (value) => {
  if (!Value.Check(Transfer, value)) return null;
  const status = value.status ?? value.transfer_status;
  if (status === undefined) return null;
  return {
    id: value.id,
    status,
    amount: value.amount,
    onHold: Boolean(value.on_hold),
    settlementId: value.recipient_settlement_id ?? null,
    settled: value.settlement_status === 'settled',
    problem: value.error?.reason ?? value.error?.description ?? '',
    fee: value.fees ?? 0,
    tax: value.tax ?? 0,
    amountReversed: value.amount_reversed ?? 0,
    paymentId: value.source?.startsWith('pay_') ? value.source : null,
    operationId: operationIdIn(value.notes),
  };
};

export const readReversal: Reader<ProviderReversal> = (value) =>
  Value.Check(Reversal, value) ? { id: value.id, amount: value.amount, operationId: operationIdIn(value.notes) } : null;

export const readRefund: Reader<ProviderRefund> = (value) =>
  Value.Check(Refund, value)
    ? { id: value.id, amount: value.amount, status: value.status, operationId: operationIdIn(value.notes) }
    : null;

const Collection = Type.Object({ items: Type.Array(Type.Unknown()) });

/** A collection is readable only if each of its items is: a page with a hole could hide what we look for. */
export const listOf =
  <T>(read: Reader<T>): Reader<readonly T[]> =>
  (value) => {
    if (!Value.Check(Collection, value)) return null;
    const items = value.items.map(read);
    const readable = items.filter((item) => item !== null);
    return readable.length === items.length ? readable : null;
  };

export function answerFrom<T>(read: Reader<T>, value: unknown): Answer<T> {
  const readable = read(value);
  return readable === null
    ? { kind: 'unknown', cause: 'the answer has not the shape that was agreed' }
    : { kind: 'ok', value: readable };
}
