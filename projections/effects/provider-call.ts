/**
 * Everything we ask of the payment provider that changes something there, as data. Amounts in paise. Nobody's personal
 * details are in it: they are read from the tutor's stream when the call is made.
 */
export type MoneyCall =
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

export type DisputeCall =
  | {
      readonly kind: 'contest-dispute';
      readonly chargebackId: string;
      readonly bookingId: string;
      readonly summary: string;
    }
  | { readonly kind: 'accept-dispute'; readonly chargebackId: string; readonly bookingId: string };

export type AccountCall =
  | { readonly kind: 'create-account'; readonly tutorId: string }
  | { readonly kind: 'update-settlements'; readonly tutorId: string; readonly accountId: string };

export type ProviderCall = MoneyCall | DisputeCall | AccountCall;

/** What calls are about runs one after another: those of one booking, or of one tutor's account. */
export const accountCase = (tutorId: string): string => `tutor:${tutorId}`;
