/** The business clock whose offset lives in the database, shared by all processes; a jump is told over the bus. */
import type { Bus } from '../bus/bus.ts';
import type { Database } from '../database/database.ts';
import { migrate } from '../database/schema.server.ts';
import type { ClockControl } from './clock.ts';

const TOPIC = 'clock-jump';
/** A jump that the bus lost is seen at the next look, wall ms. */
const LOOK_EVERY_MS = 5_000;

export interface OpenClock extends ClockControl {
  close(): Promise<void>;
}

export async function openBusinessClock(
  db: Database,
  bus: Bus,
  onError: (error: unknown) => void = () => undefined,
): Promise<OpenClock> {
  await migrate(db, 'clock', [
    'CREATE TABLE business_clock (id int PRIMARY KEY CHECK (id = 1), offset_ms bigint NOT NULL CHECK (offset_ms >= 0))',
    'INSERT INTO business_clock (id, offset_ms) VALUES (1, 0)',
  ]);
  let offset = 0;
  const watchers = new Set<() => void>();
  const take = (found: number): void => {
    // Forward only, whatever arrives late.
    if (found <= offset) return;
    offset = found;
    for (const watcher of watchers) watcher();
  };
  const look = async (): Promise<void> => {
    const [row] = await db.query<{ offset_ms: number }>('SELECT offset_ms FROM business_clock WHERE id = 1');
    if (row) take(row.offset_ms);
  };
  await look();
  const unsubscribe = await bus.subscribe(TOPIC, (message) => {
    if (typeof message === 'number') take(message);
  });
  const timer = setInterval(() => void look().catch(onError), LOOK_EVERY_MS);
  timer.unref();

  return {
    now: () => Date.now() + offset,
    onJump(watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    async advance(ms) {
      if (!Number.isSafeInteger(ms) || ms < 0)
        throw new RangeError('The business clock moves forward only, by whole ms.');
      const [row] = await db.query<{ offset_ms: number }>(
        'UPDATE business_clock SET offset_ms = offset_ms + $1 WHERE id = 1 RETURNING offset_ms',
        [ms],
      );
      if (!row) throw new Error('The business clock has no offset row.');
      take(row.offset_ms);
      await bus.publish(TOPIC, row.offset_ms);
      return Date.now() + offset;
    },
    async close() {
      clearInterval(timer);
      await unsubscribe();
    },
  };
}
