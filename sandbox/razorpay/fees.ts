/** Fees in paise, by integer arithmetic rounded half up, so that no float decides about money. */

const portion = (amount: number, numerator: number, denominator: number): number =>
  Math.floor((2 * amount * numerator + denominator) / (2 * denominator));

/** 2 % and 18 % GST upon it, both in `fee`; `tax` is the GST inside it. */
export function paymentFee(amount: number): { fee: number; tax: number } {
  return { fee: portion(amount, 236, 10_000), tax: portion(amount, 36, 10_000) };
}

/** 0.25 % and GST, at least one paisa, charged to the platform on top of the transfer. */
export function transferFee(amount: number): { fee: number; tax: number } {
  return { fee: Math.max(1, portion(amount, 295, 100_000)), tax: portion(amount, 45, 100_000) };
}
