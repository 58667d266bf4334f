import type { Fact } from '../fact.ts';

/** One write, as data. A projection can only record: it has nothing to read, decide or call with. */
export interface Statement {
  readonly sql: string;
  readonly params: readonly unknown[];
}

export const statement = (sql: string, ...params: readonly unknown[]): Statement => ({ sql, params });

/** jsonb parameters travel as text: the database port promises nothing for objects and arrays. */
export const json = (value: unknown): string => JSON.stringify(value);

export interface Projection {
  readonly name: string;
  /** Statements that create its tables in the schema `read_model`. */
  readonly schema: string;
  /** Its tables, each with the columns that order a dump. */
  readonly tables: Readonly<Record<string, string>>;
  /**
   * What this fact changes. `ordinal` counts the facts of the log from 1, so that rows can be put in log order.
   * The same facts in the same order always give the same rows.
   */
  project(fact: Fact, ordinal: number): readonly Statement[];
}
