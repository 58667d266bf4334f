import {
  CompiledQuery,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { Connection, Database } from './database.ts';

/** Kysely over the database port, for libraries that bring their own queries (better-auth: `type: 'postgres'`). */
export function kyselyDialect(db: Database): Dialect {
  return {
    createAdapter: () => (db.kind === 'pglite' ? new OneConnectionAdapter() : new PostgresAdapter()),
    createDriver: () => new PortDriver(db),
    createIntrospector: (kysely: Kysely<unknown>) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

class OneConnectionAdapter extends PostgresAdapter {
  override get supportsMultipleConnections(): boolean {
    return false;
  }
}

class PortConnection implements DatabaseConnection {
  readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, affected } = await this.connection.execute<R>(query.sql, query.parameters);
    return { rows, numAffectedRows: BigInt(affected) };
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('The database port does not stream');
  }
}

class PortDriver implements Driver {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PortConnection> {
    return new PortConnection(await this.#db.acquire());
  }

  async releaseConnection(connection: PortConnection): Promise<void> {
    connection.connection.release();
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const level = settings.isolationLevel ? ` isolation level ${settings.isolationLevel}` : '';
    await connection.executeQuery(CompiledQuery.raw(`begin${level}`));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  /** The database belongs to whoever opened it. */
  async destroy(): Promise<void> {}
}
