/** The provider's checkout in the browser: its script is fetched when somebody pays, and not before. */
export interface CheckoutResult {
  readonly razorpay_payment_id: string;
  readonly razorpay_order_id: string;
  readonly razorpay_signature: string;
}

export interface CheckoutFailure {
  readonly error: { readonly code: string; readonly description: string; readonly reason?: string };
}

export interface CheckoutOptions {
  readonly key: string;
  readonly order_id: string;
  /** Paise. */
  readonly amount: number;
  readonly currency: 'INR';
  readonly name: string;
  readonly description: string;
  readonly prefill: { readonly name: string; readonly email: string };
  /** Seconds until the window closes itself: the seat is not kept longer. */
  readonly timeout: number;
  readonly handler: (result: CheckoutResult) => void;
  readonly modal: { readonly ondismiss: () => void };
}

export interface Checkout {
  open(): void;
  on(event: 'payment.failed', listener: (failure: CheckoutFailure) => void): void;
}

type CheckoutClass = new (options: CheckoutOptions) => Checkout;

declare global {
  interface Window {
    Razorpay?: CheckoutClass;
  }
}

let loading: Promise<CheckoutClass> | null = null;

/** Rejects when the script cannot be had; the next call tries again. */
export function loadCheckout(script: string): Promise<CheckoutClass> {
  loading ??= new Promise<CheckoutClass>((resolve, reject) => {
    if (window.Razorpay) {
      resolve(window.Razorpay);
      return;
    }
    const element = document.createElement('script');
    const fail = (why: string): void => {
      element.remove();
      loading = null;
      reject(new Error(why));
    };
    element.src = script;
    element.onload = () => {
      if (window.Razorpay) resolve(window.Razorpay);
      else fail('The checkout script did not bring its window.');
    };
    element.onerror = () => fail('The checkout script could not be loaded.');
    document.head.append(element);
  });
  return loading;
}
