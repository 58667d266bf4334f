import type { Fact } from '../fact.ts';
import type { Rows } from './rows.ts';
import type { AnyTable } from './table.ts';

export { change, type Rows } from './rows.ts';
export { growingTable, json, table, type Row } from './table.ts';

export interface Projection {
  readonly name: string;
  /** Its tables in the schema `read_model`, which no other projection writes or reads. */
  readonly tables: readonly AnyTable[];
  /**
   * Records what this fact changes. `ordinal` counts the facts of the log from 1, so that rows can be put in log order.
   * The same facts in the same order always give the same rows. It may be called several times for one fact, with rows
   * missing at first: what it does must follow from its arguments alone.
   */
  project(fact: Fact, rows: Rows, ordinal: number): void;
}
