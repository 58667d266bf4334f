import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { createTables, text, type Database, type Row } from '../shared/database.server.ts';

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
  /** Every one, oldest first. */
  all(): T[];
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS entity (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    parent TEXT, key TEXT, created_at INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS entity_parent ON entity (kind, parent);
  CREATE INDEX IF NOT EXISTS entity_key ON entity (kind, key)`;

/** Documents are checked against `schema` when they are read, so a change of shape cannot pass unseen. */
export function createCollection<S extends TSchema>(
  database: Database,
  kind: string,
  schema: S,
): Collection<Static<S> & { id: string; created_at: number }> {
  type Document = Static<S> & { id: string; created_at: number };
  createTables(database, TABLES);
  const isDocument = (value: unknown): value is Document => Value.Check(schema, value);
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
      return database
        .all(
          `SELECT id, body FROM entity WHERE kind = ? AND (? IS NULL OR parent = ?) AND (? IS NULL OR key = ?)
             AND created_at BETWEEN ? AND ? ORDER BY seq DESC LIMIT ? OFFSET ?`,
          kind,
          parent ?? null,
          parent ?? null,
          key ?? null,
          key ?? null,
          from ?? 0,
          to ?? Number.MAX_SAFE_INTEGER,
          count ?? -1,
          skip ?? 0,
        )
        .map(read);
    },
    all() {
      return database.all('SELECT id, body FROM entity WHERE kind = ? ORDER BY seq', kind).map(read);
    },
  };
}
