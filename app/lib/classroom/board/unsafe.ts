/** Own things on the board that the server has not said to have for a while: they are shown fainter until it has. */

/** Storing takes a moment; only what takes longer is shown. Wall ms. */
export const OVERDUE_MS = 1_500;
/** Between two looks at what is not safe, wall ms. */
export const LOOK_MS = 400;

/** Everything is safe. */
export const ALL_SAFE: ReadonlySet<string> = new Set();

export class Overdue {
  private since = new Map<string, number>();

  /**
   * Those of what is not safe now that have not been for long.
   *
   * @param keys of the items that are not safe.
   * @param now wall ms.
   */
  look(keys: readonly string[], now: number): ReadonlySet<string> {
    this.since = new Map(keys.map((key) => [key, this.since.get(key) ?? now]));
    return new Set(keys.filter((key) => now - (this.since.get(key) ?? now) >= OVERDUE_MS));
  }
}
