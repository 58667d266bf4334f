/** Why a payment failed, in the provider's words. */
const failure = (
  reason: string,
  description: string,
  source: string,
  step: string,
  code: 'BAD_REQUEST_ERROR' | 'GATEWAY_ERROR' = 'BAD_REQUEST_ERROR',
) => ({ code, description, source, step, reason });

export const FAILURES = {
  payment_timed_out: failure(
    'payment_timed_out',
    'Payment was unsuccessful as you could not complete it in time. Any amount deducted will be refunded within 5-7 working days.',
    'customer',
    'payment_authentication',
  ),
  insufficient_fund: failure(
    'insufficient_fund',
    'Your payment could not be completed due to insufficient account balance. Try again with another card or payment method.',
    'customer',
    'payment_authorization',
  ),
  payment_cancelled: failure(
    'payment_cancelled',
    "You've cancelled the payment. Try again or complete the payment later.",
    'customer',
    'payment_authentication',
  ),
  card_declined: failure(
    'card_declined',
    'Your payment could not be completed as the card was declined by your bank. Try another payment method or contact your bank.',
    'issuer_bank',
    'payment_authorization',
  ),
  card_disabled_for_online_payments: failure(
    'card_disabled_for_online_payments',
    "Your payment could not be completed as this card is disabled for online payments. Ask the card's bank to enable it, or try another payment method.",
    'issuer_bank',
    'payment_authorization',
  ),
  card_number_invalid: failure(
    'card_number_invalid',
    "You've entered an incorrect card number. Try again.",
    'customer',
    'payment_authorization',
  ),
  gateway_technical_error: failure(
    'gateway_technical_error',
    "Your payment didn't go through due to a temporary issue. Any debited amount will be refunded in 4-5 business days.",
    'gateway',
    'payment_authorization',
    'GATEWAY_ERROR',
  ),
  authentication_failed: failure(
    'authentication_failed',
    'Your payment could not be completed as the bank could not confirm that it was you. Try again or use another payment method.',
    'gateway',
    'payment_authentication',
    'GATEWAY_ERROR',
  ),
  incorrect_otp: failure(
    'incorrect_otp',
    "You've entered an incorrect OTP. Try again.",
    'customer',
    'payment_authentication',
  ),
  payment_failed: failure(
    'payment_failed',
    'Payment was unsuccessful due to a temporary issue. If amount got deducted, it will be refunded within 5-7 working days.',
    'gateway',
    'payment_response',
  ),
  bank_refused: failure(
    'payment_failed',
    'Your payment was not completed at the bank. Try again or use another payment method.',
    'bank',
    'payment_authorization',
  ),
} as const;

export type FailureName = keyof typeof FAILURES;
