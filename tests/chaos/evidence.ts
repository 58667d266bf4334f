/** What is left behind by all lives: the log, the journal, the provider's state; read from outside. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, RecordedEvent } from '#events/store/event-store.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import type { Database } from '#platform/database/database.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { createLog, type Log } from '#platform/log/log.server.ts';
import { readCheckpoint, takeOver } from '#projections/runner/checkpoint.server.ts';
import {
  dumpReadModels,
  READ_MODELS,
  rebuildReadModels,
  runReadModels,
} from '#projections/runner/read-models.server.ts';
import type { Sandbox } from '#projections/testing/sandbox.ts';
import {
  booksBalance,
  keptWhatWasAcknowledged,
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
  /** Sentences about what does not hold; none when all is well. `acknowledged`: ids of commands that were answered with events. */
  violations(acknowledged: ReadonlySet<string>): Promise<string[]>;
  /**
   * Lines in which the read models of all lives differ from those built anew from the same log; none when all is well. What
   * the last life left to be projected is projected first, and nothing else: a life would go on with its business meanwhile,
   * and what it wrote would be in the one and not in the other. Only while no life runs.
   */
  differencesOfRebuild(): Promise<string[]>;
  query: Database['query'];
}

const PAGE = 2_000;
/** How long what was left may take to be projected, wall ms. */
const PROJECTED_MS = 60_000;
/** Lines that are told of, of each side. */
const MOST_LINES = 5;

async function project(db: Database, store: EventStore, log: Log): Promise<void> {
  const runner = await runReadModels({ db, store, log });
  try {
    const head = await store.head();
    const until = Date.now() + PROJECTED_MS;
    while ((await readCheckpoint(db, READ_MODELS)).position !== head) {
      if (Date.now() > until) throw new Error('The read models do not reach the end of the log');
      await sleep(50);
    }
  } finally {
    await runner.stop();
  }
}

function differences(lived: string, rebuilt: string): string[] {
  const [old, young] = [lived.split('\n'), rebuilt.split('\n')];
  const [inOld, inYoung] = [new Set(old), new Set(young)];
  return [
    ...old
      .filter((line) => !inYoung.has(line))
      .map((line) => `only as lived: ${line}`)
      .slice(0, MOST_LINES),
    ...young
      .filter((line) => !inOld.has(line))
      .map((line) => `only as rebuilt: ${line}`)
      .slice(0, MOST_LINES),
  ];
}

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

    async violations(acknowledged) {
      const provider = await sandbox.state();
      const log = await events();
      return [
        ...keptWhatWasAcknowledged(acknowledged, new Set(log.map(({ meta }) => meta.commandId))),
        ...onceInLog(log),
        ...noReleaseUnderDispute(log),
        ...onceAtProvider(provider),
        ...provenByLog(log, provider),
        ...booksBalance(await journal()),
      ];
    },

    differencesOfRebuild: () =>
      withDatabase(async (db) => {
        const log = createLog({ level: 'silent' });
        const store = await openSqlStore(db);
        try {
          await project(db, store, log);
          const lived = await dumpReadModels(db);
          await rebuildReadModels({ db, store, log, epoch: await takeOver(db, READ_MODELS) });
          return differences(lived, await dumpReadModels(db));
        } finally {
          await store.close();
        }
      }),
  };
}
