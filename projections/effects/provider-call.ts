/** Everything we ask of the payment provider that changes something there, as data. Amounts in paise. */
export type ProviderCall =
  | {
      readonly kind: 'create-order';
      readonly bookingId: string;
      readonly amount: number;
      readonly receipt: string;
    }
  | {
      readonly kind: 'create-transfer';
      readonly bookingId: string;
      readonly paymentId: string;
      readonly accountId: string;
      readonly amount: number;
    }
  | { readonly kind: 'lift-hold'; readonly bookingId: string; readonly transferId: string; readonly amount: number }
  | {
      readonly kind: 'reverse-transfer';
      readonly bookingId: string;
      readonly transferId: string;
      readonly amount: number;
    }
  | {
      readonly kind: 'refund-payment';
      readonly bookingId: string;
      readonly refundId: string;
      readonly paymentId: string;
      readonly amount: number;
    };
