import { comparePositions, type Position } from '#events/store/event-store.ts';
import type { Database } from '#platform/database/database.ts';
import { readCheckpoint } from './checkpoint.server.ts';
import { READ_MODELS, READ_MODELS_MOVED } from './read-models.server.ts';

/** How often a waiter looks when no notification arrives, wall ms. */
const LOOK_EVERY_MS = 50;

export interface Waiter {
  /** True once the read models have seen `position`; false when `ms` (wall) are over first. */
  waitFor(position: Position, ms: number): Promise<boolean>;
  stop(): Promise<void>;
}

/** Read-your-writes for pages, in any process that shares the database. */
export async function createWaiter(db: Database): Promise<Waiter> {
  const waiting = new Set<() => void>();
  const unlisten = await db.listen(READ_MODELS_MOVED, () => {
    for (const look of waiting) look();
  });

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      }
      waiting.add(done);
    });

  return {
    async waitFor(position, ms) {
      const until = performance.now() + ms;
      for (;;) {
        const checkpoint = await readCheckpoint(db, READ_MODELS);
        if (checkpoint.position !== null && comparePositions(checkpoint.position, position) >= 0) return true;
        const left = until - performance.now();
        if (left <= 0) return false;
        await pause(Math.min(left, LOOK_EVERY_MS));
      }
    },
    stop: unlisten,
  };
}
