import type { Connection } from 'pg';

/** What pg's connection has besides, and its types do not tell. */
interface Copying {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

const canCopy = (connection: Connection): connection is Connection & Copying =>
  'sendCopyFromChunk' in connection && 'endCopyFrom' in connection;

/** `COPY … FROM STDIN` of a text as a query that pg can be given: it has none of its own. */
export class CopyIn {
  /** Resolves once the rows are committed; rejects when none of them is. */
  readonly done: Promise<void>;
  readonly #settle = Promise.withResolvers<void>();
  readonly #sql: string;
  readonly #text: Buffer;
  #error: Error | null = null;

  /** `into`: table and columns. `text`: rows in COPY's text format. `waits`: for the disk. */
  constructor(into: string, text: string, waits = true) {
    // Statements of one message are one transaction.
    this.#sql = `${waits ? '' : 'SET LOCAL synchronous_commit = off; '}COPY ${into} FROM STDIN`;
    this.#text = Buffer.from(text);
    this.done = this.#settle.promise;
  }

  /**
   * Sends everything at once. Waiting for the server's word first would cost a round trip, in which this thread may be busy;
   * a server that does not come to copying passes over the rows, as the protocol says.
   */
  submit(connection: Connection): void {
    if (!canCopy(connection)) throw new TypeError('This version of pg cannot copy');
    connection.query(this.#sql);
    connection.sendCopyFromChunk(this.#text);
    connection.endCopyFrom();
  }

  handleCopyInResponse(): void {
    // The rows are on their way already.
  }

  handleError(error: Error): void {
    this.#error = error;
    this.#settle.reject(error);
  }

  handleReadyForQuery(): void {
    if (this.#error === null) this.#settle.resolve();
  }

  handleCommandComplete(): void {
    // How many rows it took is known already.
  }
}
