import type { AnyTable, Columns, GrowingTable, Row, StoredRow, Table } from './table.ts';
import { keyOf, keyText } from './table.ts';

/**
 * What a projection reads and writes: rows by their key. Nothing here waits: a row that is not at hand is told as missing,
 * the runner loads it, and the batch is projected again from its beginning.
 */
export interface Rows {
  get<C extends Columns>(table: Table<C>, ...key: readonly (string | number)[]): Row<C> | null;
  /** Writes the whole row, new or not. */
  put<C extends Columns>(table: Table<C>, row: Row<C>): void;
  remove<C extends Columns>(table: Table<C>, ...key: readonly (string | number)[]): void;
  add<C extends Columns>(table: GrowingTable<C>, row: Row<C>): void;
}

/** Changes a row, if there is one. */
export function change<C extends Columns>(
  rows: Rows,
  table: Table<C>,
  key: string,
  to: (row: Row<C>) => Partial<Row<C>>,
): void {
  const row = rows.get(table, key);
  if (row) rows.put(table, { ...row, ...to(row) });
}

export type Key = readonly (string | number)[];
/** null: there is no such row. undefined: not known, it has to be loaded. */
export type Known = (table: AnyTable, key: string) => StoredRow | null | undefined;

/** What one batch changes, over what is known of the rows. */
export class Unit implements Rows {
  /** By table and key; null: the row is removed. */
  readonly changed = new Map<AnyTable, Map<string, StoredRow | null>>();
  readonly added = new Map<AnyTable, StoredRow[]>();
  /** Rows that were asked for and are not known. While there are any, what was projected may be wrong. */
  readonly missing = new Map<AnyTable, Map<string, Key>>();
  readonly #known: Known;
  /** How to take back what was written since `begin`; null where nobody will. */
  #undo: (() => void)[] | null = null;

  constructor(known: Known) {
    this.#known = known;
  }

  get<C extends Columns>(table: Table<C>, ...key: Key): Row<C> | null {
    const id = keyText(key);
    let row = this.changed.get(table)?.get(id);
    if (row === undefined) row = this.#known(table, id);
    if (row === undefined) {
      into(this.missing, table).set(id, key);
      return null;
    }
    // Only rows of this table, which `put` took or the database gave, are kept under it.
    return row as Row<C> | null;
  }

  put<C extends Columns>(table: Table<C>, row: Row<C>): void {
    const stored: StoredRow = row;
    this.#set(table, keyOf(table, stored), stored);
  }

  remove<C extends Columns>(table: Table<C>, ...key: Key): void {
    this.#set(table, keyText(key), null);
  }

  add<C extends Columns>(table: GrowingTable<C>, row: Row<C>): void {
    let rows = this.added.get(table);
    if (!rows) this.added.set(table, (rows = []));
    const list = rows;
    list.push(row);
    this.#undo?.push(() => list.pop());
  }

  /** From here on `takeBack` undoes. */
  begin(): void {
    this.#undo = [];
  }

  takeBack(): void {
    for (const undo of (this.#undo ?? []).reverse()) undo();
    this.#undo = null;
  }

  #set(table: AnyTable, id: string, row: StoredRow | null): void {
    const rows = into(this.changed, table);
    if (this.#undo) {
      const before = rows.get(id);
      this.#undo.push(() => (before === undefined ? rows.delete(id) : rows.set(id, before)));
    }
    rows.set(id, row);
  }
}

export function into<T>(maps: Map<AnyTable, Map<string, T>>, table: AnyTable): Map<string, T> {
  let map = maps.get(table);
  if (!map) maps.set(table, (map = new Map()));
  return map;
}
