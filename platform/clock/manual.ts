import type { ClockControl } from './clock.ts';

/** A business clock that stands still until it is moved, for tests. `start` in ms since the epoch. */
export function manualClock(start: number): ClockControl {
  const listeners = new Set<() => void>();
  let now = start;
  return {
    now: () => now,
    onJump(onJump) {
      const listener = (): void => onJump();
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async advance(ms) {
      if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError(`The clock cannot move by ${ms} ms`);
      now += ms;
      if (ms > 0) for (const onJump of [...listeners]) onJump();
      return now;
    },
  };
}
