/** Instants for tests: `START` is a Monday, 10:00 in Asia/Kolkata. Milliseconds. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const START = Date.UTC(2026, 11, 7, 4, 30);
