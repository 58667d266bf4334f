import { createTables, integer, type Database } from './database.server.ts';

/** The provider's business time: the wall clock plus an offset that tests and the demo may move. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number;
  /** Whole seconds since the epoch, UTC: the provider's unit. */
  seconds(): number;
  /** Milliseconds ahead of the wall clock. */
  offset(): number;
  setOffset(offsetMs: number): void;
}

/** The offset is kept in the database, so a restart does not travel back in time. `startOffset` overrides it. */
export function createClock(database: Database, startOffset: number | null): Clock {
  createTables(database, 'CREATE TABLE IF NOT EXISTS clock (id INTEGER PRIMARY KEY, offset_ms INTEGER NOT NULL)');
  const stored = database.get('SELECT offset_ms FROM clock WHERE id = 1');
  let offset = startOffset ?? (stored ? integer(stored, 'offset_ms') : 0);
  const save = () => database.run('INSERT OR REPLACE INTO clock (id, offset_ms) VALUES (1, ?)', offset);
  save();
  const now = () => Date.now() + offset;
  return {
    now,
    seconds: () => Math.floor(now() / 1000),
    offset: () => offset,
    setOffset(offsetMs) {
      offset = offsetMs;
      save();
    },
  };
}
