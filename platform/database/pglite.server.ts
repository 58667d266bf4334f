import { mkdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Connection, Database, Row } from './database.ts';
import { DatabaseUnavailable, SqlError } from './errors.ts';
import { lockFolder } from './folder-lock.server.ts';
import { MisuseGuard } from './misuse.ts';
import type { Ask, Reply, Request } from './pglite-messages.ts';
import { transact } from './transact.ts';
import { Turns } from './turns.ts';

interface Answer {
  readonly rows: readonly Row[];
  readonly affected: number;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

const TURN_MS = 30_000;

/** PGlite in `folder`, or in memory when that is null, on a thread of its own. One process owns a folder. */
export async function openPglite(folder: string | null): Promise<Database> {
  if (folder !== null) mkdirSync(folder, { recursive: true });
  const unlock = folder === null ? () => undefined : lockFolder(folder);
  try {
    return databaseOn(await PgliteThread.start(folder), unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

class PgliteThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly listeners = new Map<string, Set<() => void>>();
  #nextId = 1;
  #gone: Error | null = null;

  static async start(folder: string | null): Promise<PgliteThread> {
    const worker = new Worker(new URL('./pglite-thread.server.ts', import.meta.url), {
      workerData: folder,
      execArgv: [],
      name: 'pglite',
    });
    const thread = new PgliteThread(worker);
    await new Promise<void>((resolve, reject) => {
      thread.#waiting.set(0, { resolve: () => resolve(), reject });
    });
    return thread;
  }

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (reply: Reply) => this.#onReply(reply));
    worker.on('error', (error: unknown) => this.#lose(new DatabaseUnavailable(`PGlite stopped: ${String(error)}`)));
    worker.on('exit', () => this.#lose(new DatabaseUnavailable('The database is closed')));
  }

  async ask(ask: Ask): Promise<Answer> {
    if (this.#gone !== null) throw this.#gone;
    const request: Request = { ...ask, id: this.#nextId++ };
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      try {
        this.#worker.postMessage(request);
      } catch (error) {
        // A parameter that cannot be copied to another thread, such as a function.
        this.#waiting.delete(request.id);
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  async close(): Promise<void> {
    if (this.#gone === null) {
      const closing = this.ask({ kind: 'close' });
      this.#gone = new DatabaseUnavailable('The database is closed');
      await closing;
    }
    await this.#worker.terminate();
  }

  #onReply(reply: Reply): void {
    switch (reply.kind) {
      case 'ready':
        return this.#settle(0, (waiting) => waiting.resolve({ rows: [], affected: 0 }));
      case 'answer':
        return this.#settle(reply.id, (waiting) => waiting.resolve(reply));
      case 'refused':
        return this.#settle(reply.id, (waiting) => waiting.reject(new SqlError(reply.facts)));
      case 'failed':
        if (reply.fatal) return this.#lose(new DatabaseUnavailable(`PGlite stopped: ${reply.message}`));
        return this.#settle(reply.id, (waiting) => waiting.reject(new Error(reply.message)));
      case 'notify':
        for (const onNotify of this.listeners.get(reply.channel) ?? []) onNotify();
    }
  }

  #settle(id: number, settle: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting !== undefined) settle(waiting);
  }

  #lose(error: Error): void {
    this.#gone ??= error;
    for (const id of [...this.#waiting.keys()]) this.#settle(id, (waiting) => waiting.reject(error));
  }
}

function databaseOn(thread: PgliteThread, unlock: () => void): Database {
  const turns = new Turns(TURN_MS);
  const guard = new MisuseGuard();

  async function send<R>(sql: string, params: readonly unknown[] = []): Promise<{ rows: R[]; affected: number }> {
    const { rows, affected } = await thread.ask({
      kind: 'query',
      sql,
      params: params.map((param) => (param === undefined ? null : param)),
    });
    // The caller names the shape of its own statement's rows; the port leaves that to it.
    return { rows: rows as R[], affected };
  }

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    guard.check();
    return turns.pass(work);
  }

  async function acquire(): Promise<Connection> {
    guard.check();
    await turns.hold();
    let released = false;
    return {
      async query<R>(sql: string, params?: readonly unknown[]) {
        return (await connected(released, () => send<R>(sql, params))).rows;
      },
      execute: (sql, params) => connected(released, () => send(sql, params)),
      release() {
        if (released) return;
        released = true;
        // Sent before anyone else's statement, and in order; if the thread is gone there is nothing to roll back.
        thread.ask({ kind: 'reset' }).catch(() => undefined);
        turns.release();
      },
    };
  }

  return {
    kind: 'pglite',
    async query<R>(sql: string, params?: readonly unknown[]) {
      return (await inTurn(() => send<R>(sql, params))).rows;
    },
    acquire,
    transaction: async (work) => transact(await acquire(), guard, work),
    script: (sql) => inTurn(async () => void (await thread.ask({ kind: 'script', sql }))),

    copyIn: (into, text) => inTurn(async () => void (await thread.ask({ kind: 'copy-in', into, text }))),

    async listen(channel, onNotify) {
      const listeners = thread.listeners.get(channel) ?? new Set();
      thread.listeners.set(channel, listeners);
      listeners.add(onNotify);
      if (listeners.size === 1) await inTurn(() => thread.ask({ kind: 'listen', channel }));
      return async () => {
        listeners.delete(onNotify);
        if (listeners.size === 0) await inTurn(() => thread.ask({ kind: 'unlisten', channel }));
      };
    },

    async close() {
      try {
        await thread.close();
      } finally {
        unlock();
      }
    },
  };
}

async function connected<T>(released: boolean, work: () => Promise<T>): Promise<T> {
  if (released) throw new Error('The connection was given back already');
  return work();
}
