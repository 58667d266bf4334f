import type { Answer } from './payment-gateway.ts';

/** What the payer's bank wants back, as the provider tells it. Paise; `respondBy` in ms. */
export interface ProviderDispute {
  readonly id: string;
  readonly paymentId: string;
  readonly amount: number;
  /** 0 until it is lost. */
  readonly amountDeducted: number;
  readonly status: 'open' | 'under_review' | 'won' | 'lost' | 'closed';
  readonly phase: 'fraud' | 'retrieval' | 'chargeback' | 'pre_arbitration' | 'arbitration';
  readonly reasonCode: string;
  readonly respondBy: number;
}

export interface DisputeGateway {
  dispute(disputeId: string): Promise<Answer<ProviderDispute>>;
  /** Newest first, from `skip` on, at most 100. */
  disputes(skip: number): Promise<Answer<readonly ProviderDispute[]>>;
  /** Gives the document's id. A second upload is another document and does no harm. */
  uploadEvidence(document: { readonly name: string; readonly pdf: Buffer }): Promise<Answer<{ readonly id: string }>>;
  /** Hands the evidence in: after that nothing can be changed until the bank answers. */
  contest(contest: {
    readonly disputeId: string;
    readonly amount: number;
    readonly summary: string;
    readonly documentIds: readonly string[];
  }): Promise<Answer<ProviderDispute>>;
  /** Gives the money up for good. */
  accept(disputeId: string): Promise<Answer<ProviderDispute>>;
}
