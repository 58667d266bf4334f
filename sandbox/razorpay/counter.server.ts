import { createTables, integer, type Database } from '../shared/database.server.ts';

/** A number that outlives a kill. */
export interface Counter {
  get(): number;
  set(value: number): void;
}

export function createCounter(database: Database, name: string): Counter {
  createTables(database, 'CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL)');
  return {
    get() {
      const row = database.get('SELECT value FROM counter WHERE name = ?', name);
      return row ? integer(row, 'value') : 0;
    },
    set: (value) => database.run('INSERT OR REPLACE INTO counter (name, value) VALUES (?, ?)', name, value),
  };
}
