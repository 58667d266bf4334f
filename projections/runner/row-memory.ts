/** Rows that a runner keeps at hand between batches. */
import type { AnyTable, StoredRow } from './table.ts';
import { into } from './rows.ts';

export class RowMemory {
  readonly #tables = new Map<AnyTable, Map<string, StoredRow | null>>();
  readonly #limit: number;
  #size = 0;

  /** `limit`: rows of all tables together, about. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** undefined: not at hand. null: there is no such row. */
  get(table: AnyTable, key: string): StoredRow | null | undefined {
    return this.#tables.get(table)?.get(key);
  }

  set(table: AnyTable, key: string, row: StoredRow | null): void {
    const rows = into(this.#tables, table);
    // The youngest stands last, so that the oldest goes first.
    if (!rows.delete(key)) this.#size += 1;
    rows.set(key, row);
  }

  /** Forgets the older half once there are too many. Between batches only: a batch relies on what it has loaded. */
  trim(): void {
    if (this.#size <= this.#limit) return;
    for (const rows of this.#tables.values()) {
      let surplus = rows.size >> 1;
      this.#size -= surplus;
      for (const key of rows.keys()) {
        if (surplus === 0) break;
        surplus -= 1;
        rows.delete(key);
      }
    }
  }

  clear(): void {
    this.#tables.clear();
    this.#size = 0;
  }
}
