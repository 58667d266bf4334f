/** Stream `payment-<bookingId>`: all attempts to pay one booking (money.md §7.2). Amounts in paise. */
export type PaymentEvent =
  | {
      /** The order is planned before the provider is called; `receipt` finds it again. */
      readonly type: 'OrderPlanned';
      readonly data: {
        readonly bookingId: string;
        readonly amount: number;
        readonly receipt: string;
        readonly payBy: number;
      };
    }
  | {
      readonly type: 'OrderCreated';
      readonly data: { readonly bookingId: string; readonly orderId: string; readonly amount: number };
    }
  | {
      readonly type: 'PaymentAttemptFailed';
      readonly data: {
        readonly bookingId: string;
        readonly providerPaymentId: string;
        readonly method: string;
        readonly reason: string;
        readonly description: string;
      };
    }
  | {
      readonly type: 'PaymentAuthorized';
      readonly data: {
        readonly bookingId: string;
        readonly providerPaymentId: string;
        readonly amount: number;
        readonly method: string;
      };
    }
  | {
      readonly type: 'PaymentCaptured';
      readonly data: {
        readonly bookingId: string;
        readonly orderId: string;
        readonly providerPaymentId: string;
        readonly amount: number;
        readonly fee: number;
        readonly tax: number;
        readonly method: string;
        readonly capturedAt: number;
      };
    }
  | {
      /** A second capture, or one on a booking that is gone: it goes back whole. */
      readonly type: 'SurplusPaymentDetected';
      readonly data: { readonly bookingId: string; readonly providerPaymentId: string; readonly amount: number };
    }
  | {
      readonly type: 'RefundRequested';
      readonly data: {
        readonly bookingId: string;
        readonly refundId: string;
        readonly providerPaymentId: string;
        readonly amount: number;
        readonly reason: string;
      };
    }
  | {
      readonly type: 'RefundProcessed';
      readonly data: {
        readonly bookingId: string;
        readonly refundId: string;
        readonly providerRefundId: string;
        readonly amount: number;
      };
    }
  | {
      readonly type: 'RefundFailed';
      readonly data: {
        readonly bookingId: string;
        readonly refundId: string;
        readonly amount: number;
        readonly reason: string;
      };
    };
