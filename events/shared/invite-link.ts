/** Links that let people in. What decides about one link is the same wherever it leads; who may make one is not. */

export interface LinkTerms {
  /** Business ms; null: until it is stopped. */
  readonly expiresAt: number | null;
  /** Null: for whoever has it. */
  readonly mostUses: number | null;
  readonly uses: number;
}

/** Why nobody comes in by a link any more that nobody has stopped, or null. `at`: business ms. */
export function whyLinkIsDead({ expiresAt, mostUses, uses }: LinkTerms, at: number): 'expired' | 'used-up' | null {
  if (expiresAt !== null && expiresAt <= at) return 'expired';
  return mostUses !== null && uses >= mostUses ? 'used-up' : null;
}
