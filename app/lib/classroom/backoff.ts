const FIRST_MS = 250;
const MOST_MS = 3_000;

/**
 * How long to wait before trying again, ms. The first try is at once: most losses are a blip.
 * @param chance 0 to 1, so that a whole class does not come back in the same instant.
 */
export function backoff(attempt: number, chance: number): number {
  if (attempt === 0) return 0;
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** (attempt - 1));
  return Math.round(most * (0.5 + chance / 2));
}
