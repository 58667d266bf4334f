/** What is left behind by all lives: the log, the journal, the provider's state; read from outside. */
import type { RecordedEvent } from '#events/store/event-store.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import type { Database } from '#platform/database/database.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { dumpReadModels, resetReadModels } from '#projections/runner/read-models.server.ts';
import type { Sandbox } from '#projections/testing/sandbox.ts';
import {
  booksBalance,
  noReleaseUnderDispute,
  onceAtProvider,
  onceInLog,
  provenByLog,
  type LedgerEntry,
} from './invariants.ts';

export interface JournalEntry extends LedgerEntry {
  readonly class: string;
  readonly type: string;
  /** Of the event it follows from, in the log. */
  readonly ordinal: number;
}

export interface Evidence {
  events(): Promise<readonly RecordedEvent[]>;
  /** In the order of the log. */
  journal(): Promise<readonly JournalEntry[]>;
  /** Sentences about what does not hold; none when all is well. */
  violations(): Promise<string[]>;
  /** All rows of the read models, as one text. */
  readModels(): Promise<string>;
  /** The same, and then empties them: the next life builds them anew. Only while no life runs. */
  forgetReadModels(): Promise<string>;
  query: Database['query'];
}

const PAGE = 2_000;

export function evidenceOf(databaseUrl: string, sandbox: Sandbox): Evidence {
  async function withDatabase<T>(use: (db: Database) => Promise<T>): Promise<T> {
    const db = await openPostgres(databaseUrl, { log: createLog({ level: 'silent' }) });
    try {
      return await use(db);
    } finally {
      await db.close();
    }
  }

  const events = (): Promise<readonly RecordedEvent[]> =>
    withDatabase(async (db) => {
      const store = await openSqlStore(db);
      try {
        const all: RecordedEvent[] = [];
        let after: string | undefined;
        for (;;) {
          const page = await store.readAll({ limit: PAGE, ...(after !== undefined && { after }) });
          all.push(...page);
          after = page.at(-1)?.position;
          if (page.length < PAGE) return all;
        }
      } finally {
        await store.close();
      }
    });

  const journal = (): Promise<readonly JournalEntry[]> =>
    withDatabase((db) =>
      db.query<JournalEntry>(
        `SELECT entry_id AS "entryId", booking_id AS "bookingId", account, amount, class, type, ordinal
         FROM read_model.ledger_entry ORDER BY ordinal, entry_id`,
      ),
    );

  return {
    events,
    journal,
    query: (sql, params) => withDatabase((db) => db.query(sql, params)),
    readModels: () => withDatabase(dumpReadModels),

    async violations() {
      const provider = await sandbox.state();
      const log = await events();
      return [
        ...onceInLog(log),
        ...noReleaseUnderDispute(log),
        ...onceAtProvider(provider),
        ...provenByLog(log, provider),
        ...booksBalance(await journal()),
      ];
    },

    forgetReadModels: () =>
      withDatabase(async (db) => {
        const before = await dumpReadModels(db);
        await resetReadModels(db);
        return before;
      }),
  };
}
