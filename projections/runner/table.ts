/** What a read model's table looks like: written once, read by the types, the runner and the database. */

type Kind = 'text' | 'int8' | 'int4' | 'boolean' | 'json' | 'jsonb';
export type Column = Kind | `${Kind} null`;
export type Columns = Readonly<Record<string, Column>>;

/**
 * `json` and `jsonb` are held as JSON text, so that a row that is written again is not put into words again. `json` is text
 * for the database too: what is only shown it need not parse.
 */
type Plain<K> = K extends 'int8' | 'int4' ? number : K extends 'boolean' ? boolean : string;
type ValueOf<C> = C extends `${infer K} null` ? Plain<K> | null : Plain<C>;
export type Row<C extends Columns> = { readonly [K in keyof C]: ValueOf<C[K]> };

export type Value = string | number | boolean | null;
/** A row of any table, as the runner holds it. */
export type StoredRow = Readonly<Record<string, Value>>;

export interface AnyTable {
  readonly name: string;
  readonly columns: Columns;
  /** The columns of the primary key; they also order a dump. */
  readonly key: readonly string[];
  /** Index name → what it is on, such as `(tutor_id, starts_at DESC)`. */
  readonly indexes: Readonly<Record<string, string>>;
  /** Rows are only added, each once, and no projection reads them. */
  readonly grows: boolean;
}

/** A table whose rows are read and replaced by their key. */
export interface Table<C extends Columns = Columns> extends AnyTable {
  readonly columns: C;
  readonly grows: false;
}

/** A table that only grows. */
export interface GrowingTable<C extends Columns = Columns> extends AnyTable {
  readonly columns: C;
  readonly grows: true;
}

interface Options<C extends Columns> {
  readonly key: readonly (keyof C & string)[];
  readonly indexes?: Readonly<Record<string, string>>;
}

export function table<const C extends Columns>(name: string, columns: C, { key, indexes = {} }: Options<C>): Table<C> {
  return { name, columns, key, indexes, grows: false };
}

export function growingTable<const C extends Columns>(
  name: string,
  columns: C,
  { key, indexes = {} }: Options<C>,
): GrowingTable<C> {
  return { name, columns, key, indexes, grows: true };
}

/** JSON text for a `json` or `jsonb` column. */
export const json = (value: unknown): string => JSON.stringify(value);

/** One text for the whole key. No text that the database can hold has U+0000 in it. */
export function keyText(values: readonly (string | number)[]): string {
  const [only] = values;
  return values.length === 1 && typeof only === 'string' ? only : values.join('\u0000');
}

export function keyOf({ key }: AnyTable, row: StoredRow): string {
  const [only] = key;
  if (key.length === 1 && only !== undefined) return String(row[only]);
  return key.map((column) => row[column]).join('\u0000');
}

/** The column's type in the database. */
export function sqlTypeOf(column: Column): string {
  const kind = column.replace(' null', '');
  return kind === 'json' ? 'text' : kind;
}

export function createSql(schema: string, { name, columns }: AnyTable): string {
  const lines = Object.entries(columns).map(
    ([column, kind]) => `${column} ${sqlTypeOf(kind)}${kind.endsWith(' null') ? '' : ' NOT NULL'}`,
  );
  return `CREATE TABLE ${schema}.${name} (${lines.join(', ')})`;
}

export const primaryKeySql = (schema: string, { name, key }: AnyTable): string =>
  `ALTER TABLE ${schema}.${name} ADD PRIMARY KEY (${key.join(', ')})`;

export const indexSql = (schema: string, { name, indexes }: AnyTable): readonly string[] =>
  Object.entries(indexes).map(([index, on]) => `CREATE INDEX ${index} ON ${schema}.${name} ${on}`);

/** Changes when the database's side of the table does. */
export const definitionOf = (table: AnyTable): string =>
  [createSql('x', table), primaryKeySql('x', table), ...indexSql('x', table)].join(';');
