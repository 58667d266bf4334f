/** What callers see of each entity. Empty notes are `[]` and not `{}`: a quirk of the provider, kept on purpose. */
import type {
  Account,
  Dispute,
  Document,
  Notes,
  Order,
  Payment,
  Refund,
  Reversal,
  Settlement,
  Transfer,
} from './entities.ts';

export type Shown = Readonly<Record<string, unknown>>;

export const showNotes = (notes: Notes): Notes | [] => (Object.keys(notes).length === 0 ? [] : notes);

export function collection(items: readonly Shown[]): Shown {
  return { entity: 'collection', count: items.length, items };
}

export function showOrder(order: Order): Shown {
  const { internal: _, ...rest } = order;
  return {
    ...rest,
    entity: 'order',
    amount_due: order.amount - order.amount_paid,
    offer_id: null,
    notes: showNotes(order.notes),
  };
}

export function showCard(payment: Payment): Shown | null {
  if (!payment.card) return null;
  return {
    ...payment.card,
    entity: 'card',
    type: 'debit',
    issuer: null,
    international: false,
    emi: false,
    sub_type: 'consumer',
  };
}

export function showPayment(payment: Payment, { withCard }: { withCard: boolean }): Shown {
  const { internal: _, error, card, ...rest } = payment;
  return {
    ...rest,
    entity: 'payment',
    invoice_id: null,
    international: false,
    card_id: card?.id ?? null,
    ...(withCard && card ? { card: showCard(payment) } : {}),
    ...(payment.vpa === null ? {} : { upi: { vpa: payment.vpa, payer_account_type: 'bank_account', flow: 'collect' } }),
    notes: showNotes(payment.notes),
    error_code: error?.code ?? null,
    error_description: error?.description ?? null,
    error_source: error?.source ?? null,
    error_step: error?.step ?? null,
    error_reason: error?.reason ?? null,
  };
}

export function showRefund(refund: Refund): Shown {
  return { ...refund, entity: 'refund', batch_id: null, notes: showNotes(refund.notes) };
}

/** `settlement` is given when the caller asked to expand it. */
export function showTransfer(transfer: Transfer, settlement?: Settlement): Shown {
  const { internal: _, error, fees, tax, settlement_status, ...rest } = transfer;
  const undecided = transfer.status === 'created' || transfer.status === 'pending';
  return {
    ...rest,
    ...(undecided ? {} : { fees, tax, settlement_status }),
    entity: 'transfer',
    notes: showNotes(transfer.notes),
    ...(settlement ? { recipient_settlement: showSettlement(settlement) } : {}),
    error: {
      code: error?.code ?? null,
      description: error?.description ?? null,
      reason: error?.reason ?? null,
      field: null,
      step: error?.step ?? null,
      id: transfer.id,
      source: error?.source ?? null,
      metadata: null,
    },
  };
}

export function showDispute(dispute: Dispute): Shown {
  const { internal: _, ...rest } = dispute;
  return { ...rest, entity: 'dispute' };
}

export function showDocument(document: Document): Shown {
  return { ...document, entity: 'document', display_name: document.name, url: '' };
}

export function showReversal(reversal: Reversal): Shown {
  return {
    ...reversal,
    entity: 'reversal',
    fee: 0,
    tax: 0,
    customer_refund_id: null,
    utr: null,
    notes: showNotes(reversal.notes),
  };
}

export function showSettlement(settlement: Settlement): Shown {
  const { owner: _, ...rest } = settlement;
  return { ...rest, entity: 'settlement' };
}

export function showAccount(account: Account): Shown {
  const { internal: _, ...rest } = account;
  return {
    ...rest,
    customer_facing_business_name: account.customer_facing_business_name ?? account.legal_business_name,
    type: 'route',
    notes: showNotes(account.notes),
    live: account.internal.activation === 'activated' && account.status !== 'suspended',
  };
}
