import type { Answer, ProviderTransfer } from './payment-gateway.ts';

/** One line of the provider's own books. Paise; `createdAt` in ms. */
export interface ReconLine {
  readonly entityId: string;
  readonly type: 'payment' | 'refund' | 'transfer' | 'adjustment';
  readonly debit: number;
  readonly credit: number;
  readonly amount: number;
  readonly fee: number;
  readonly tax: number;
  readonly settled: boolean;
  readonly settlementId: string | null;
  /** The bank's own reference of the settlement. */
  readonly utr: string | null;
  readonly paymentId: string | null;
  readonly disputeId: string | null;
  readonly createdAt: number;
}

export interface ReportGateway {
  /** The lines of one day in India, from `skip` on, at most 1,000. `month` counts from 1. */
  recon(page: {
    readonly year: number;
    readonly month: number;
    readonly day: number;
    readonly skip: number;
  }): Promise<Answer<readonly ReconLine[]>>;
  /** Newest first, from `skip` on, at most 100. */
  transfers(skip: number): Promise<Answer<readonly ProviderTransfer[]>>;
}
