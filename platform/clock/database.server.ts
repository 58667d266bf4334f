import type { Bus } from '../bus/bus.ts';
import type { Database } from '../database/database.ts';
import { migrate } from '../database/schema.server.ts';
import type { ClockControl } from './clock.ts';

const TOPIC = 'business-clock';

/** A jump whose message was lost is noticed this much later at most, ms. */
const LOOK_EVERY_MS = 2_000;

export interface OpenedClock extends ClockControl {
  close(): Promise<void>;
}

/** The business clock whose offset all processes on this database share. */
export async function openBusinessClock(db: Database, bus: Bus): Promise<OpenedClock> {
  await migrate(db, 'business-clock', [
    `CREATE TABLE business_clock (one int PRIMARY KEY CHECK (one = 1), offset_ms int8 NOT NULL CHECK (offset_ms >= 0))`,
    `INSERT INTO business_clock VALUES (1, 0)`,
  ]);
  const listeners = new Set<() => void>();
  let offset = 0;
  let latest = 0;

  function now(): number {
    // The wall clock may be set back; this one is not.
    latest = Math.max(latest, Date.now() + offset);
    return latest;
  }

  /** Offsets only grow, so the larger one is the newer one, whatever order they arrive in. */
  function reach(newOffset: number): void {
    if (newOffset <= offset) return;
    offset = newOffset;
    for (const onJump of [...listeners]) onJump();
  }

  async function look(): Promise<void> {
    const [row] = await db.query<{ offset_ms: number }>('SELECT offset_ms FROM business_clock');
    reach(row?.offset_ms ?? 0);
  }

  const unsubscribe = await bus.subscribe(TOPIC, (message) => {
    if (typeof message === 'number') reach(message);
  });
  await look();
  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    // A database that cannot be read now is read the next time; until then the last known offset holds.
    looking = look().catch(() => undefined);
  }, LOOK_EVERY_MS);
  timer.unref();

  return {
    now,

    onJump(onJump) {
      const listener = (): void => onJump();
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    async advance(ms) {
      if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError(`The clock cannot move by ${ms} ms`);
      const [row] = await db.query<{ offset_ms: number }>(
        'UPDATE business_clock SET offset_ms = offset_ms + $1 RETURNING offset_ms',
        [ms],
      );
      if (row === undefined) throw new Error('The business clock has lost its row');
      reach(row.offset_ms);
      // Only a hint to the others: they also look for themselves.
      await bus.publish(TOPIC, row.offset_ms).catch(() => undefined);
      return now();
    },

    async close() {
      clearInterval(timer);
      listeners.clear();
      await looking;
      await unsubscribe();
    },
  };
}
