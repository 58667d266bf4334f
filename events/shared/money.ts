/** Money is integer paise (1 rupee = 100 paise), INR only (money.md §4). */
export type Paise = number;

/** `bps` of `amount`, half up. 80,000 at 1,000 bps = 8,000. */
export function shareOf(amount: Paise, bps: number): Paise {
  return Math.floor((amount * bps + 5_000) / 10_000);
}

/** Commission and the tutor's complement: they always add up to `gross`. */
export function splitGross(gross: Paise, commissionBps: number): { commission: Paise; share: Paise } {
  const commission = shareOf(gross, commissionBps);
  return { commission, share: gross - commission };
}

/** The tutor's part of a refund, floor(refund · share / gross); the rest is commission (money.md §4). */
export function tutorPartOfRefund(refund: Paise, share: Paise, gross: Paise): Paise {
  return gross === 0 ? 0 : Number((BigInt(refund) * BigInt(share)) / BigInt(gross));
}
