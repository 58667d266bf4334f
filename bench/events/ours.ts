/** This product: its command path, log and read models, in one process, on one database. */
import { fromSystem } from '#events/handling/context.ts';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { Accepted } from '#events/handling/submit.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { verifyChain, type ChainedStore } from '#events/store/chain.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import type { Database } from '#platform/database/database.ts';
import { createLog } from '#platform/log/log.server.ts';
import type { Fact } from '#projections/fact.ts';
import { readCheckpoint, takeOver } from '#projections/runner/checkpoint.server.ts';
import {
  fingerprintReadModels,
  READ_MODELS,
  rebuildReadModels,
  runReadModels,
  type ReadModelRunner,
} from '#projections/runner/read-models.server.ts';
import { prepareProjections } from '#projections/worker.server.ts';
import { tutorsFor, tutorSteps, type Step } from './life.ts';

export interface Ours {
  readonly db: Database;
  /** Throws when the command is refused. */
  give(step: Step, key: string): Promise<Accepted>;
  /** Follows the log with all read models. */
  project(onCommitted?: (facts: readonly Fact[]) => void): Promise<void>;
  /** Resolves when the read models hold everything that is in the log. */
  caughtUp(): Promise<void>;
  /** Of all rows of each read model, by table. */
  fingerprint(): Promise<Readonly<Record<string, string>>>;
  /** Stops following and builds all read models from the beginning; gives the number of events. */
  rebuild(): Promise<number>;
  /** Throws unless positions are dense, the chain is whole and the read models counted every event once. */
  check(): Promise<void>;
  /** Also closes the database. */
  close(): Promise<void>;
}

/** A log with the tutors of so many lives, in an empty database. */
export async function openOurs(db: Database, lives: number): Promise<Ours> {
  const log = createLog({ level: 'error' });
  const store: EventStore & ChainedStore = await openSqlStore(db, { log });
  await prepareProjections(db);
  const submit = createSubmit(store);
  const give: Ours['give'] = async ({ command }, key) => {
    const answer = await submit(command, fromSystem('bench', key));
    if (isRefusal(answer)) throw new Error(`${command.type} was refused: ${answer.code}`);
    return answer;
  };
  const tutors = Array.from({ length: tutorsFor(lives) }, (_, tutor) => tutor);
  const open = async (): Promise<void> => {
    for (let tutor = tutors.pop(); tutor !== undefined; tutor = tutors.pop())
      for (const [index, step] of tutorSteps(tutor).entries()) await give(step, `tutor ${tutor} ${index}`);
  };
  await Promise.all(Array.from({ length: 64 }, open));

  let runner: ReadModelRunner | null = null;
  return {
    db,
    give,
    async project(onCommitted) {
      runner = await runReadModels({ db, store, log, ...(onCommitted && { onCommitted }) });
    },
    async caughtUp() {
      const head = await store.head();
      while ((await readCheckpoint(db, READ_MODELS)).position !== head) await new Promise((r) => setTimeout(r, 1));
    },
    fingerprint: () => fingerprintReadModels(db),
    async rebuild() {
      await runner?.stop();
      runner = null;
      const epoch = await takeOver(db, READ_MODELS);
      return rebuildReadModels({ db, store, log, epoch });
    },
    async check() {
      const [counts] = await db.query<{ events: number; last: number }>(
        'SELECT count(*)::int8 AS events, max(pos) AS last FROM log_event',
      );
      if (counts?.events !== counts?.last) throw new Error(`Positions have gaps: ${JSON.stringify(counts)}`);
      const { ordinal } = await readCheckpoint(db, READ_MODELS);
      if (ordinal !== 0 && ordinal !== counts?.events)
        throw new Error(`The read models saw ${ordinal} events of ${counts?.events}`);
      const chain = await verifyChain(store);
      if (chain.kind === 'broken') throw new Error(`The chain is broken: ${chain.reason}`);
    },
    async close() {
      await runner?.stop();
      await store.close();
      await db.close();
    },
  };
}
