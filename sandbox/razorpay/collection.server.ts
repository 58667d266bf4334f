import type { Static, TSchema } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { createTables, integer, text, type Database, type Row } from '../shared/database.server.ts';

export interface Filter {
  /** The entity this one belongs to, such as the order of a payment. */
  readonly parent?: string;
  /** A second way to find it, such as the receipt of an order. */
  readonly key?: string;
  /** Seconds, both inclusive. */
  readonly from?: number;
  readonly to?: number;
  readonly count?: number;
  readonly skip?: number;
}

/** Entities of one kind, newest first in every list. */
export interface Collection<T> {
  find(id: string): T | undefined;
  insert(document: T, index: { parent: string | null; key: string | null }): void;
  save(document: T): void;
  /** Changes the second key under which `list` finds it. */
  rekey(id: string, key: string): void;
  list(filter: Filter): T[];
  /** Every one, oldest first; with a bound only the newest so many, or those made at `since` (seconds) or later. */
  all(bound?: { readonly newest?: number; readonly since?: number }): T[];
  count(): number;
  /** Those for which time will do something, oldest first: what the collection was created with says which. */
  waiting(): T[];
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS entity (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    parent TEXT, key TEXT, created_at INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS entity_parent ON entity (kind, parent);
  CREATE INDEX IF NOT EXISTS entity_key ON entity (kind, key)`;

/**
 * Documents are checked against `schema` when they are read, so a change of shape cannot pass unseen. `waiting` is a
 * condition in SQL over `body`; it has an index of its own, so that looking for what is due costs nothing when
 * thousands are done with.
 */
export function createCollection<S extends TSchema>(
  database: Database,
  kind: string,
  schema: S,
  waiting = 'FALSE',
): Collection<Static<S> & { id: string; created_at: number }> {
  type Document = Static<S> & { id: string; created_at: number };
  createTables(database, TABLES);
  const isWaiting = `kind = '${kind}' AND (${waiting})`;
  if (waiting !== 'FALSE') {
    createTables(database, `CREATE INDEX IF NOT EXISTS entity_waiting_${kind} ON entity (seq) WHERE ${isWaiting}`);
  }
  const compiled = TypeCompiler.Compile(schema);
  const isDocument = (value: unknown): value is Document => compiled.Check(value);
  const read = (row: Row): Document => {
    const value: unknown = JSON.parse(text(row, 'body'));
    if (!isDocument(value)) throw new Error(`the stored ${kind} ${text(row, 'id')} has another shape than the code`);
    return value;
  };
  return {
    find(id) {
      const row = database.get('SELECT id, body FROM entity WHERE kind = ? AND id = ?', kind, id);
      return row && read(row);
    },
    insert(document, { parent, key }) {
      database.run(
        'INSERT INTO entity (id, kind, parent, key, created_at, body) VALUES (?, ?, ?, ?, ?, ?)',
        document.id,
        kind,
        parent,
        key,
        document.created_at,
        JSON.stringify(document),
      );
    },
    save(document) {
      database.run('UPDATE entity SET body = ? WHERE kind = ? AND id = ?', JSON.stringify(document), kind, document.id);
    },
    rekey(id, key) {
      database.run('UPDATE entity SET key = ? WHERE kind = ? AND id = ?', key, kind, id);
    },
    list({ parent, key, from, to, count, skip }) {
      // Only the conditions that are asked for, so that the indexes on parent and key are used.
      const conditions = ['kind = ?'];
      const values: (string | number)[] = [kind];
      const where = (condition: string, value: string | number | undefined): void => {
        if (value === undefined) return;
        conditions.push(condition);
        values.push(value);
      };
      where('parent = ?', parent);
      where('key = ?', key);
      where('created_at >= ?', from);
      where('created_at <= ?', to);
      return database
        .all(
          `SELECT id, body FROM entity WHERE ${conditions.join(' AND ')} ORDER BY seq DESC LIMIT ? OFFSET ?`,
          ...values,
          count ?? -1,
          skip ?? 0,
        )
        .map(read);
    },
    all({ newest, since } = {}) {
      return database
        .all(
          'SELECT id, body FROM entity WHERE kind = ? AND created_at >= ? ORDER BY seq DESC LIMIT ?',
          kind,
          since ?? 0,
          newest ?? -1,
        )
        .reverse()
        .map(read);
    },
    count() {
      const row = database.get('SELECT count(*) AS count FROM entity WHERE kind = ?', kind);
      return row ? integer(row, 'count') : 0;
    },
    waiting() {
      return database.all(`SELECT id, body FROM entity WHERE ${isWaiting} ORDER BY seq`).map(read);
    },
  };
}
