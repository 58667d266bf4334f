/** The machinery of the chaos runs: a real PostgreSQL, the real sandbox process, and one life after the other. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openSqlStore } from '#events/store/postgres.server.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { dumpReadModels, resetReadModels } from '#projections/runner/read-models.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { KEYS, startSandbox, type Sandbox } from '#projections/testing/sandbox.ts';
import { freePort } from '../support/free-port.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import {
  booksBalance,
  noReleaseUnderDispute,
  onceAtProvider,
  onceInLog,
  provenByLog,
  type LedgerEntry,
  type LoggedEvent,
} from './invariants.ts';

/** After a kill everything that can be done by then is done within this time, wall ms. */
export const SETTLE_MS = 30_000;
const LIFE_STARTS_MS = 30_000;

type Json = Readonly<Record<string, unknown>>;

export interface JournalEntry extends LedgerEntry {
  readonly class: string;
  readonly type: string;
  /** Of the event it follows from, in the log. */
  readonly ordinal: number;
}

export interface Stage {
  readonly sandbox: Sandbox;
  readonly postgres: TestPostgres;
  /** Asks the life that runs; waits while there is none, and asks again when it dies over the question. */
  ask(path: string, body?: Json): Promise<Json>;
  start(): Promise<void>;
  /** Resolves once the life is gone. */
  readonly gone: () => Promise<void>;
  kill(): Promise<void>;
  /** No driver asks anything between these two. */
  close(): void;
  open(): void;
  /** Wall ms until nothing waits any more. @throws after SETTLE_MS */
  settle(): Promise<number>;
  /** Sentences about what does not hold; none when all is well. */
  violations(): Promise<string[]>;
  /** Whether the read models built anew are the same, byte for byte. Only while no life runs. */
  rebuildsTheSame(): Promise<boolean>;
  events(): Promise<readonly LoggedEvent[]>;
  /** The journal, in the order of the log. */
  journal(): Promise<readonly JournalEntry[]>;
  end(): Promise<void>;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function openStage(): Promise<Stage> {
  const postgres = await startPostgres();
  const url = await postgres.createDatabase('chaos');
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const sandbox = await startSandbox(`${base}/webhooks`);
  let child: ChildProcess | null = null;
  let ended: Promise<void> = Promise.resolve();
  let gate: Promise<void> = Promise.resolve();
  let openGate = (): void => undefined;

  async function plainAsk(path: string, body?: Json): Promise<Json> {
    const answer = await fetch(`${base}/${path}`, {
      method: body ? 'POST' : 'GET',
      signal: AbortSignal.timeout(15_000),
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const said = (await answer.json()) as Json;
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(said)}`);
    return said;
  }

  async function withStore<T>(
    use: (db: Awaited<ReturnType<typeof openPostgres>>, store: Awaited<ReturnType<typeof openSqlStore>>) => Promise<T>,
  ): Promise<T> {
    const db = await openPostgres(url, { log: createLog({ level: 'silent' }) });
    const store = await openSqlStore(db);
    try {
      return await use(db, store);
    } finally {
      await store.close();
      await db.close();
    }
  }

  async function start(): Promise<void> {
    const life = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'life.ts')],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          PATH: process.env['PATH'] ?? '',
          TEST_LOG: process.env['TEST_LOG'] ?? 'silent',
          DATABASE_URL: url,
          PORT: String(port),
          SANDBOX_URL: sandbox.url,
          SANDBOX_SMTP_PORT: String(sandbox.smtpPort),
          SANDBOX_KEY_ID: KEYS.keyId,
          SANDBOX_KEY_SECRET: KEYS.keySecret,
          SANDBOX_WEBHOOK_SECRET: KEYS.webhookSecret,
        },
      },
    );
    child = life;
    const exit = once(life, 'exit').then(() => undefined);
    ended = exit;
    if (!life.stdout) throw new Error('no output');
    const ready = once(createInterface({ input: life.stdout }), 'line').then(() => 'ready' as const);
    const first = await Promise.race([
      ready,
      exit.then(() => 'gone' as const),
      sleep(LIFE_STARTS_MS).then(() => 'late' as const),
    ]);
    if (first !== 'ready') throw new Error(`a life did not begin: ${first}`);
  }

  async function events(): Promise<readonly LoggedEvent[]> {
    return withStore(async (_, store) => {
      const all: LoggedEvent[] = [];
      let after: string | undefined;
      for (;;) {
        const page = await store.readAll({ limit: 2_000, ...(after !== undefined && { after }) });
        all.push(...page);
        after = page.at(-1)?.position;
        if (page.length < 2_000) return all;
      }
    });
  }

  return {
    sandbox,
    postgres,
    start,
    gone: () => ended,
    events,

    journal: () =>
      withStore((db) =>
        db.query<JournalEntry>(
          `SELECT entry_id AS "entryId", booking_id AS "bookingId", account, amount, class, type, ordinal
           FROM read_model.ledger_entry ORDER BY ordinal, entry_id`,
        ),
      ),

    async ask(path, body) {
      const until = Date.now() + 90_000;
      for (;;) {
        await gate;
        try {
          return await plainAsk(path, body);
        } catch (error) {
          // It died, or its database did: the same question to the next life changes nothing twice.
          if (Date.now() > until) throw error;
          await sleep(50);
        }
      }
    },

    async kill() {
      child?.kill('SIGKILL');
      await ended;
    },

    close() {
      gate = new Promise((resolve) => (openGate = resolve));
    },
    open() {
      openGate();
    },

    async settle() {
      const began = Date.now();
      for (;;) {
        const answered = await plainAsk('settled').catch(() => ({ settled: false }));
        if (answered['settled'] === true) return Date.now() - began;
        if (Date.now() - began > SETTLE_MS) throw new Error(`nothing had settled ${SETTLE_MS} ms after the kill`);
        await sleep(50);
      }
    },

    async violations() {
      const provider = await sandbox.state();
      const log = await events();
      const entries = await withStore((db) =>
        db.query<LedgerEntry & Record<string, unknown>>(
          `SELECT entry_id AS "entryId", booking_id AS "bookingId", account, amount FROM read_model.ledger_entry`,
        ),
      );
      return [
        ...onceInLog(log),
        ...noReleaseUnderDispute(log),
        ...onceAtProvider(provider),
        ...provenByLog(log, provider),
        ...booksBalance(entries),
      ];
    },

    rebuildsTheSame: () =>
      withStore(async (db) => {
        const before = await dumpReadModels(db);
        await resetReadModels(db);
        await start();
        const until = Date.now() + SETTLE_MS;
        while ((await plainAsk('settled'))['settled'] !== true && Date.now() < until) await sleep(100);
        return before === (await dumpReadModels(db));
      }),

    async end() {
      child?.kill('SIGKILL');
      await ended;
      await sandbox.stop();
      await postgres.stop();
    },
  };
}
