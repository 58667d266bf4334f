/** Stream `payout-<bookingId>`: what the tutor gets from one booking; release and dispute race here (money.md §7.3). Paise. */
export type PayoutEvent =
  | {
      readonly type: 'PayoutPlanned';
      readonly data: {
        readonly bookingId: string;
        readonly tutorId: string;
        readonly accountId: string;
        readonly providerPaymentId: string;
        readonly gross: number;
        readonly commission: number;
        readonly share: number;
        readonly holdMs: number;
      };
    }
  | {
      readonly type: 'TransferRequested';
      readonly data: { readonly bookingId: string; readonly operationId: string; readonly attempt: number };
    }
  | {
      readonly type: 'TransferProcessed';
      readonly data: { readonly bookingId: string; readonly transferId: string; readonly amount: number };
    }
  | { readonly type: 'TransferFailed'; readonly data: { readonly bookingId: string; readonly reason: string } }
  | {
      readonly type: 'HoldStarted';
      readonly data: { readonly bookingId: string; readonly t0: number; readonly endsAt: number };
    }
  | {
      readonly type: 'ReleaseAuthorized';
      readonly data: { readonly bookingId: string; readonly operationId: string; readonly at: number };
    }
  | {
      readonly type: 'HoldLifted';
      readonly data: { readonly bookingId: string; readonly transferId: string; readonly amount: number };
    }
  | { readonly type: 'TransferSettled'; readonly data: { readonly bookingId: string; readonly settlementId: string } }
  | {
      readonly type: 'ReversalRequested';
      readonly data: {
        readonly bookingId: string;
        readonly operationId: string;
        readonly amount: number;
        readonly reason: string;
      };
    }
  | {
      readonly type: 'TransferReversed';
      readonly data: {
        readonly bookingId: string;
        readonly operationId: string;
        readonly reversalId: string;
        readonly amount: number;
      };
    }
  | { readonly type: 'PayoutCancelled'; readonly data: { readonly bookingId: string; readonly reason: string } };
