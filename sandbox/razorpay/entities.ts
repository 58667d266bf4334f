/**
 * What the provider remembers. Amounts are paise, times are seconds. `present.ts` turns these into what callers see;
 * fields that callers never see stand under `internal`.
 */
import { Type, type Static, type TSchema } from '@sinclair/typebox';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const literals = <T extends string>(...values: T[]) => Type.Union(values.map((value) => Type.Literal(value)));

export const NotesSchema = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]));
export type Notes = Static<typeof NotesSchema>;

const ErrorSchema = Type.Object({
  code: literals('BAD_REQUEST_ERROR', 'GATEWAY_ERROR', 'SERVER_ERROR'),
  description: Type.String(),
  source: Type.String(),
  step: Type.String(),
  reason: Type.String(),
});

export const OrderSchema = Type.Object({
  id: Type.String(),
  amount: Type.Integer(),
  amount_paid: Type.Integer(),
  currency: Type.String(),
  receipt: nullable(Type.String()),
  status: literals('created', 'attempted', 'paid'),
  attempts: Type.Integer(),
  notes: NotesSchema,
  created_at: Type.Integer(),
  internal: Type.Object({ capture: literals('automatic', 'manual'), hasTransfers: Type.Boolean() }),
});
export type Order = Static<typeof OrderSchema>;

export const MethodSchema = literals('card', 'upi', 'netbanking', 'wallet');
export type Method = Static<typeof MethodSchema>;

/** What an instrument will do once the payer has done their part; decided when the attempt starts. */
export const OutcomeSchema = Type.Union([
  Type.Object({ kind: Type.Literal('success') }),
  Type.Object({ kind: Type.Literal('failure'), error: ErrorSchema }),
]);
export type Outcome = Static<typeof OutcomeSchema>;

const CardSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  last4: Type.String(),
  network: Type.String(),
});

export const PaymentSchema = Type.Object({
  id: Type.String(),
  order_id: Type.String(),
  amount: Type.Integer(),
  currency: Type.String(),
  status: literals('created', 'authorized', 'captured', 'refunded', 'failed'),
  method: MethodSchema,
  captured: Type.Boolean(),
  amount_refunded: Type.Integer(),
  amount_transferred: Type.Integer(),
  refund_status: nullable(literals('partial', 'full')),
  description: nullable(Type.String()),
  card: nullable(CardSchema),
  bank: nullable(Type.String()),
  wallet: nullable(Type.String()),
  vpa: nullable(Type.String()),
  email: Type.String(),
  contact: Type.String(),
  notes: NotesSchema,
  fee: nullable(Type.Integer()),
  tax: nullable(Type.Integer()),
  error: nullable(ErrorSchema),
  acquirer_data: Type.Record(Type.String(), nullable(Type.String())),
  created_at: Type.Integer(),
  internal: Type.Object({
    /** What the attempt still waits for. */
    awaits: literals('otp', 'bank', 'answer', 'nothing'),
    outcome: OutcomeSchema,
    authorized_at: nullable(Type.Integer()),
  }),
});
export type Payment = Static<typeof PaymentSchema>;

export const RefundSchema = Type.Object({
  id: Type.String(),
  payment_id: Type.String(),
  amount: Type.Integer(),
  currency: Type.String(),
  notes: NotesSchema,
  receipt: nullable(Type.String()),
  acquirer_data: Type.Record(Type.String(), nullable(Type.String())),
  status: literals('pending', 'processed', 'failed'),
  speed_processed: nullable(Type.String()),
  speed_requested: Type.String(),
  created_at: Type.Integer(),
});
export type Refund = Static<typeof RefundSchema>;

/** A transfer that fails later says why under codes of its own. */
const TransferErrorSchema = Type.Composite([
  Type.Omit(ErrorSchema, ['code']),
  Type.Object({ code: literals('BAD_REQUEST_ERROR', 'BAD_REQUEST_TRANSFER_INSUFFICIENT_BALANCE') }),
]);

export const TransferSchema = Type.Object({
  id: Type.String(),
  /** The payment, the order, or the platform's own account for a direct transfer. */
  source: Type.String(),
  recipient: Type.String(),
  amount: Type.Integer(),
  currency: Type.String(),
  status: literals('created', 'pending', 'processed', 'partially_reversed', 'reversed', 'failed'),
  amount_reversed: Type.Integer(),
  fees: nullable(Type.Integer()),
  tax: nullable(Type.Integer()),
  notes: NotesSchema,
  linked_account_notes: Type.Array(Type.String()),
  on_hold: Type.Boolean(),
  on_hold_until: nullable(Type.Integer()),
  settlement_status: nullable(literals('pending', 'on_hold', 'settled')),
  recipient_settlement_id: nullable(Type.String()),
  processed_at: nullable(Type.Integer()),
  error: nullable(TransferErrorSchema),
  created_at: Type.Integer(),
  internal: Type.Object({
    /** How often the hold went from on to off; tests assert that it is once. */
    holdsLifted: Type.Integer(),
    /** Bookkeeping of the settlement schedule: seconds, null while held. */
    settles_at: nullable(Type.Integer()),
  }),
});
export type Transfer = Static<typeof TransferSchema>;

export const ReversalSchema = Type.Object({
  id: Type.String(),
  transfer_id: Type.String(),
  amount: Type.Integer(),
  currency: Type.String(),
  notes: NotesSchema,
  initiator_id: Type.String(),
  created_at: Type.Integer(),
});
export type Reversal = Static<typeof ReversalSchema>;

export const EVIDENCE_FIELDS = [
  'shipping_proof',
  'billing_proof',
  'cancellation_proof',
  'customer_communication',
  'proof_of_service',
  'explanation_letter',
  'refund_confirmation',
  'access_activity_log',
  'refund_cancellation_policy',
  'term_and_conditions',
] as const;
const DocumentIds = nullable(Type.Array(Type.String()));

export const EvidenceSchema = Type.Object({
  amount: Type.Integer(),
  summary: nullable(Type.String()),
  shipping_proof: DocumentIds,
  billing_proof: DocumentIds,
  cancellation_proof: DocumentIds,
  customer_communication: DocumentIds,
  proof_of_service: DocumentIds,
  explanation_letter: DocumentIds,
  refund_confirmation: DocumentIds,
  access_activity_log: DocumentIds,
  refund_cancellation_policy: DocumentIds,
  term_and_conditions: DocumentIds,
  others: nullable(Type.Array(Type.Object({ type: Type.String(), document_ids: Type.Array(Type.String()) }))),
  submitted_at: nullable(Type.Integer()),
});
export type Evidence = Static<typeof EvidenceSchema>;

export const DISPUTE_PHASES = ['fraud', 'retrieval', 'chargeback', 'pre_arbitration', 'arbitration'] as const;

export const DisputeSchema = Type.Object({
  id: Type.String(),
  payment_id: Type.String(),
  amount: Type.Integer(),
  currency: Type.String(),
  /** 0 until lost. */
  amount_deducted: Type.Integer(),
  reason_code: Type.String(),
  reason_description: Type.String(),
  respond_by: Type.Integer(),
  status: literals('open', 'under_review', 'won', 'lost', 'closed'),
  phase: literals(...DISPUTE_PHASES),
  created_at: Type.Integer(),
  evidence: EvidenceSchema,
  internal: Type.Object({
    /** The entry that took the money, once lost. */
    adjustment: nullable(Type.Object({ id: Type.String(), created_at: Type.Integer() })),
  }),
});
export type Dispute = Static<typeof DisputeSchema>;

/** Only what is said about a document is kept, not its bytes. */
export const DocumentSchema = Type.Object({
  id: Type.String(),
  purpose: Type.String(),
  name: Type.String(),
  mime_type: Type.String(),
  size: Type.Integer(),
  created_at: Type.Integer(),
});
export type Document = Static<typeof DocumentSchema>;

const ObjectSchema = Type.Record(Type.String(), Type.Unknown());

export const StakeholderSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  email: Type.String(),
  /** Phone, addresses and the like, as they were sent. */
  details: Type.Optional(ObjectSchema),
  notes: Type.Optional(NotesSchema),
});
export type Stakeholder = Static<typeof StakeholderSchema>;

/** What is optional here came later: accounts that were stored before lack it. */
export const AccountSchema = Type.Object({
  id: Type.String(),
  email: Type.String(),
  phone: Type.String(),
  legal_business_name: Type.String(),
  business_type: Type.String(),
  contact_name: Type.String(),
  reference_id: nullable(Type.String()),
  profile: Type.Record(Type.String(), Type.Unknown()),
  legal_info: Type.Record(Type.String(), Type.Unknown()),
  notes: NotesSchema,
  customer_facing_business_name: Type.Optional(Type.String()),
  contact_info: Type.Optional(ObjectSchema),
  apps: Type.Optional(ObjectSchema),
  brand: Type.Optional(ObjectSchema),
  status: literals('created', 'suspended'),
  suspended_at: Type.Optional(Type.Integer()),
  created_at: Type.Integer(),
  internal: Type.Object({
    activation: literals('requested', 'needs_clarification', 'under_review', 'activated'),
    stakeholder: nullable(StakeholderSchema),
    product: nullable(
      Type.Object({
        id: Type.String(),
        requested_at: Type.Integer(),
        /** Null until the terms are accepted. */
        tnc: Type.Optional(nullable(Type.Object({ id: Type.String(), accepted_at: Type.Integer() }))),
      }),
    ),
    settlements: Type.Optional(
      nullable(
        Type.Object({ account_number: Type.String(), ifsc_code: Type.String(), beneficiary_name: Type.String() }),
      ),
    ),
    /** What the review did not believe. */
    doubts: Type.Optional(Type.Array(Type.Object({ field_reference: Type.String(), reason_code: Type.String() }))),
    /** Transfers are refused before this second: the cooling period of a new account. */
    cooling_until: Type.Integer(),
  }),
});
export type Account = Static<typeof AccountSchema>;

export const SettlementSchema = Type.Object({
  id: Type.String(),
  /** `platform` or a linked account. */
  owner: Type.String(),
  amount: Type.Integer(),
  status: literals('created', 'processed', 'failed'),
  fees: Type.Integer(),
  tax: Type.Integer(),
  utr: Type.String(),
  created_at: Type.Integer(),
});
export type Settlement = Static<typeof SettlementSchema>;
