/** Disputes, linked accounts and the lines of the provider's books, checked at the boundary (razorpay.md §8, §9, §13). */
import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { ProviderAccount, ProviderIdentity, ProviderProduct } from './account-gateway.ts';
import type { ProviderDispute } from './dispute-gateway.ts';
import { Amount, noteIn, Notes, Nullable, type Reader } from './razorpay-entities.ts';
import type { ReconLine } from './report-gateway.ts';

/** `evidence` is not read: it stands inside the entity or beside it, and tells nothing that the status does not. */
const Dispute = Type.Object({
  id: Type.String(),
  payment_id: Type.String(),
  amount: Amount,
  amount_deducted: Nullable(Amount),
  reason_code: Nullable(Type.String()),
  respond_by: Type.Integer(),
  status: Type.Union([
    Type.Literal('open'),
    Type.Literal('under_review'),
    Type.Literal('won'),
    Type.Literal('lost'),
    Type.Literal('closed'),
  ]),
  phase: Type.Union([
    Type.Literal('fraud'),
    Type.Literal('retrieval'),
    Type.Literal('chargeback'),
    Type.Literal('pre_arbitration'),
    Type.Literal('arbitration'),
  ]),
});

export const readDispute: Reader<ProviderDispute> = (value) =>
  Value.Check(Dispute, value)
    ? {
        id: value.id,
        paymentId: value.payment_id,
        amount: value.amount,
        amountDeducted: value.amount_deducted ?? 0,
        status: value.status,
        phase: value.phase,
        reasonCode: value.reason_code ?? '',
        respondBy: value.respond_by * 1_000,
      }
    : null;

const Named = Type.Object({ id: Type.String() });
export const readId: Reader<{ readonly id: string }> = (value) => (Value.Check(Named, value) ? { id: value.id } : null);

const Account = Type.Object({ id: Type.String(), status: Type.String(), notes: Notes });

export const readAccount: Reader<ProviderAccount> = (value) =>
  Value.Check(Account, value)
    ? {
        id: value.id,
        status: value.status === 'suspended' ? 'suspended' : 'created',
        tutorId: noteIn(value.notes, 'tutor_id'),
      }
    : null;

const Text = Nullable(Type.String());
const Pan = Nullable(Type.Union([Type.Object({ pan: Text }), Type.Array(Type.Unknown())]));
const panIn = (of: Static<typeof Pan> | undefined): string | null =>
  of && !Array.isArray(of) ? (of.pan ?? null) : null;
const Identity = Type.Object({
  legal_business_name: Text,
  contact_name: Text,
  phone: Nullable(Type.Union([Type.String(), Type.Number()])),
  legal_info: Pan,
  profile: Nullable(
    Type.Object({
      addresses: Nullable(
        Type.Object({
          registered: Nullable(
            Type.Object({
              street1: Text,
              city: Text,
              state: Text,
              postal_code: Nullable(Type.Union([Type.String(), Type.Number()])),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** Without the stakeholder, who is read elsewhere. */
export const readIdentity: Reader<Omit<ProviderIdentity, 'stakeholder'>> = (value) => {
  if (!Value.Check(Identity, value)) return null;
  const { legal_business_name, contact_name, phone, legal_info, profile } = value;
  const at = profile?.addresses?.registered;
  return {
    legalName: legal_business_name ?? null,
    contactName: contact_name ?? null,
    phone: phone === null || phone === undefined ? null : String(phone),
    pan: panIn(legal_info),
    address: {
      street: at?.street1 ?? null,
      city: at?.city ?? null,
      state: at?.state ?? null,
      postalCode: at?.postal_code === null || at?.postal_code === undefined ? null : String(at.postal_code),
    },
  };
};

const Stakeholder = Type.Object({ id: Type.String(), name: Text, kyc: Pan });

export const readStakeholder: Reader<NonNullable<ProviderIdentity['stakeholder']>> = (value) =>
  Value.Check(Stakeholder, value) ? { id: value.id, name: value.name ?? null, pan: panIn(value.kyc) } : null;

const Requirement = Type.Object({
  field_reference: Nullable(Type.String()),
  reason_code: Nullable(Type.String()),
  description: Nullable(Type.String()),
});

const Settlements = Type.Object({ account_number: Text, ifsc_code: Text, beneficiary_name: Text });
/** The details are active once checked, and only requested before; which of the two is filled is not documented. */
const Configuration = Nullable(
  Type.Union([Type.Array(Type.Unknown()), Type.Object({ settlements: Nullable(Settlements) })]),
);

const Product = Type.Object({
  id: Type.String(),
  account_id: Type.String(),
  activation_status: Type.Union([
    Type.Literal('requested'),
    Type.Literal('needs_clarification'),
    Type.Literal('under_review'),
    Type.Literal('activated'),
    Type.Literal('suspended'),
  ]),
  requirements: Nullable(Type.Array(Requirement)),
  active_configuration: Configuration,
  requested_configuration: Configuration,
});

export const readProduct: Reader<ProviderProduct> = (value) => {
  if (!Value.Check(Product, value)) return null;
  const { requested_configuration: asked, active_configuration: active } = value;
  const settlementsIn = (of: typeof asked) => (of && !Array.isArray(of) ? of.settlements : null);
  const settlements = settlementsIn(asked) ?? settlementsIn(active);
  return {
    id: value.id,
    accountId: value.account_id,
    status: value.activation_status,
    requirements: (value.requirements ?? []).map((one) => ({
      field: one.field_reference ?? '',
      reason: one.description ?? one.reason_code ?? '',
    })),
    accountNumber: settlements?.account_number ?? null,
    ifsc: settlements?.ifsc_code ?? null,
    beneficiary: settlements?.beneficiary_name ?? null,
  };
};

const Line = Type.Object({
  entity_id: Type.String(),
  type: Type.Union([
    Type.Literal('payment'),
    Type.Literal('refund'),
    Type.Literal('transfer'),
    Type.Literal('adjustment'),
  ]),
  debit: Amount,
  credit: Amount,
  amount: Amount,
  fee: Nullable(Amount),
  tax: Nullable(Amount),
  settled: Nullable(Type.Union([Type.Boolean(), Type.Integer()])),
  settlement_id: Nullable(Type.String()),
  settlement_utr: Nullable(Type.String()),
  payment_id: Nullable(Type.String()),
  dispute_id: Nullable(Type.String()),
  created_at: Type.Integer(),
});

export const readLine: Reader<ReconLine> = (value) =>
  Value.Check(Line, value)
    ? {
        entityId: value.entity_id,
        type: value.type,
        debit: value.debit,
        credit: value.credit,
        amount: value.amount,
        fee: value.fee ?? 0,
        tax: value.tax ?? 0,
        settled: Boolean(value.settled),
        settlementId: value.settlement_id ?? null,
        utr: value.settlement_utr ?? null,
        paymentId: value.payment_id ?? null,
        disputeId: value.dispute_id ?? null,
        createdAt: value.created_at * 1_000,
      }
    : null;
