import type { AccountGateway } from './account-gateway.ts';
import type { DisputeGateway } from './dispute-gateway.ts';
import type { ReportGateway } from './report-gateway.ts';

/**
 * What we need of a payment provider. A write answers in one of three ways, and `unknown` is the honest one: it may have
 * happened. Only a read resolves it. Amounts in paise, `createdAt` in seconds as the provider gives it.
 */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  /** The provider said no: nothing happened. `description` is its own text. */
  | { readonly kind: 'rejected'; readonly code: string; readonly description: string }
  /** No answer, an answer we cannot read, or trouble on their side: it may have happened or not. */
  | { readonly kind: 'unknown'; readonly cause: string };

export interface ProviderOrder {
  readonly id: string;
  readonly amount: number;
  readonly status: string;
  readonly createdAt: number;
}

export interface ProviderPayment {
  readonly id: string;
  readonly orderId: string;
  readonly status: 'created' | 'authorized' | 'captured' | 'refunded' | 'failed';
  readonly amount: number;
  readonly currency: string;
  readonly fee: number;
  readonly tax: number;
  readonly method: string;
  readonly reason: string;
  readonly description: string;
  /** Whether it was ever captured. */
  readonly captured: boolean;
  readonly amountRefunded: number;
  readonly createdAt: number;
}

export interface ProviderTransfer {
  readonly id: string;
  readonly status: 'created' | 'pending' | 'processed' | 'failed' | 'partially_reversed' | 'reversed';
  readonly amount: number;
  readonly onHold: boolean;
  readonly settlementId: string | null;
  readonly settled: boolean;
  readonly problem: string;
  /** What the provider takes for it, tax included; 0 until it is processed. */
  readonly fee: number;
  readonly tax: number;
  readonly amountReversed: number;
  /** The payment it came from; null for one that is not from a payment. */
  readonly paymentId: string | null;
  readonly operationId: string | null;
}

export interface ProviderReversal {
  readonly id: string;
  readonly amount: number;
  readonly operationId: string | null;
}

export interface ProviderRefund {
  readonly id: string;
  readonly amount: number;
  readonly status: 'pending' | 'processed' | 'failed';
  readonly operationId: string | null;
}

export interface PaymentGateway extends DisputeGateway, AccountGateway, ReportGateway {
  /** Name for actors and logs. */
  readonly name: string;

  createOrder(order: {
    readonly amount: number;
    readonly receipt: string;
    readonly notes: Readonly<Record<string, string>>;
  }): Promise<Answer<ProviderOrder>>;
  /** Oldest first. */
  ordersByReceipt(receipt: string): Promise<Answer<readonly ProviderOrder[]>>;
  /** All attempts, oldest first. */
  paymentsOfOrder(orderId: string): Promise<Answer<readonly ProviderPayment[]>>;
  payment(paymentId: string): Promise<Answer<ProviderPayment>>;

  /** On hold without an end: if we are down, money stays held. */
  createTransfer(transfer: {
    readonly paymentId: string;
    readonly accountId: string;
    readonly amount: number;
    readonly notes: Readonly<Record<string, string>>;
  }): Promise<Answer<ProviderTransfer>>;
  transfersOfPayment(paymentId: string): Promise<Answer<readonly ProviderTransfer[]>>;
  transfer(transferId: string): Promise<Answer<ProviderTransfer>>;
  liftHold(transferId: string): Promise<Answer<ProviderTransfer>>;

  reverse(reversal: {
    readonly transferId: string;
    readonly amount: number;
    readonly notes: Readonly<Record<string, string>>;
  }): Promise<Answer<ProviderReversal>>;
  reversalsOf(transferId: string): Promise<Answer<readonly ProviderReversal[]>>;

  /** The same `key` a second time refunds once. */
  refund(refund: {
    readonly paymentId: string;
    readonly amount: number;
    readonly key: string;
    readonly notes: Readonly<Record<string, string>>;
  }): Promise<Answer<ProviderRefund>>;
  refundsOf(paymentId: string): Promise<Answer<readonly ProviderRefund[]>>;

  /** Whether the provider vouches that this payment was authorised for this order. Says nothing about capture. */
  isCheckoutGenuine(proof: {
    readonly orderId: string;
    readonly paymentId: string;
    readonly signature: string;
  }): boolean;
  /** Over the bytes as they arrived. */
  isWebhookGenuine(rawBody: Buffer, signature: string): boolean;
}
