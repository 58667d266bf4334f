/** A statement that the database refused. */
export class SqlError extends Error {
  /** SQLSTATE, such as 23505 for a broken unique constraint. */
  readonly code: string;
  readonly detail: string | undefined;
  readonly constraint: string | undefined;
  readonly table: string | undefined;

  constructor(facts: SqlErrorFacts, options?: ErrorOptions) {
    super(facts.message, options);
    this.name = 'SqlError';
    this.code = facts.code;
    this.detail = facts.detail;
    this.constraint = facts.constraint;
    this.table = facts.table;
  }
}

export interface SqlErrorFacts {
  readonly message: string;
  readonly code: string;
  readonly detail?: string | undefined;
  readonly constraint?: string | undefined;
  readonly table?: string | undefined;
}

/** The database cannot be reached, or went away. Whether a statement in flight took effect is unknown. */
export class DatabaseUnavailable extends Error {
  readonly code = 'database-unavailable';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseUnavailable';
  }
}

/** What a driver's error says, when it came from the database itself; null for an error of the connection. */
export function sqlFactsOf(error: unknown): SqlErrorFacts | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  // SQLSTATEs have five characters; class 57P and 08 say that the server goes away or is gone.
  if (!/^[0-9A-Z]{5}$/.test(error.code) || /^(08|57P)/.test(error.code) || !('severity' in error)) return null;
  if (isFatal(error)) return null;
  const field = (name: string): string | undefined => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    message: error.message,
    code: error.code,
    detail: field('detail'),
    constraint: field('constraint'),
    table: field('table'),
  };
}

/** PostgreSQL ends itself (or the connection) on these, such as after a flush that the disk refused. */
export function isFatal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const severity: unknown = Reflect.get(error, 'severity');
  return severity === 'PANIC' || severity === 'FATAL';
}

/** An int8 as a number; both adapters refuse what a number cannot hold exactly. */
export function safeInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${text} is an int8 that a number cannot hold exactly`);
  return number;
}
