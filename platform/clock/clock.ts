/**
 * Two clocks (ARCHITECTURE §2). The business clock serves bookings, lessons, holds and reminders; it moves forward only
 * and its offset lives in the database, shared by all processes. The wall clock (Date.now) serves sign-in, tickets,
 * leases and rate limits.
 */
export interface BusinessClock {
  /** Milliseconds since the epoch, UTC, by the business clock. */
  now(): number;
  /** Calls `onJump` after the offset changed in any process. Returns the way to stop. */
  onJump(onJump: () => void): () => void;
}

/** Only where configuration yields the capability `clockControl`. */
export interface ClockControl extends BusinessClock {
  /** Moves the business clock forward by `ms`, at least 0. Resolves once the offset is durable. */
  advance(ms: number): Promise<number>;
}
