/** Runs the projections: builds what is not built, then follows the log. Rules RU1–RU6 and RU11 of SPEC.md. */
import type { EventStore } from '#events/store/event-store.ts';
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import type { Fact } from '../fact.ts';
import { PROJECTIONS } from './all-projections.ts';
import { dutyOf, Fenced, readCheckpoint, takeOver, type Checkpoint } from './checkpoint.server.ts';
import { neverPasses } from './parked.server.ts';
import type { Projection } from './projection.ts';
import { emptyReadModels, READ_MODELS, READ_MODELS_ANEW } from './read-model-tables.server.ts';
import { readModelWriter, type ReadModelWriter } from './read-model-writer.server.ts';
import { rebuildReadModels } from './rebuild.server.ts';
import { repeat, type Task } from './task.ts';

export {
  dumpReadModels,
  fingerprintReadModels,
  prepareReadModels,
  READ_MODELS,
  READ_MODELS_MOVED,
  requestRebuild,
  resetReadModels,
} from './read-model-tables.server.ts';
export { rebuildReadModels } from './rebuild.server.ts';

const BATCH = 1_000;
/** How often a runner looks whether it is still on duty, wall ms. */
const LOOK_EVERY_MS = 2_000;

export interface ReadModelRunner {
  stop(): Promise<void>;
}

export interface ReadModelSettings {
  readonly db: Database;
  readonly store: EventStore;
  readonly log: Log;
  readonly projections?: readonly Projection[];
  /** After the rows of these facts are there to be read. */
  readonly onCommitted?: (facts: readonly Fact[]) => void;
  /** Someone else runs them now; stop. */
  readonly onFenced?: () => void;
  /** Facts projected at once, at most. */
  readonly batchSize?: number;
}

/** What is to be built from the beginning is built beside what can be read meanwhile, and takes its place when it is done. */
export async function runReadModels(settings: ReadModelSettings): Promise<ReadModelRunner> {
  const { db, store, log, projections = PROJECTIONS, onFenced, batchSize = BATCH } = settings;
  const epoch = await takeOver(db, READ_MODELS);
  // Read before anything is begun: a start that fails must leave no watcher behind, which would stop the next runner.
  const start = await readCheckpoint(db, READ_MODELS);
  const head = await store.head();
  const stopping = new AbortController();
  const { signal } = stopping;
  let fenced = false;
  let following: { stop(): Promise<void> } | null = null;
  let writer: ReadModelWriter | null = null;

  function replaced(): void {
    if (fenced) return;
    fenced = true;
    log.warn({ consumer: READ_MODELS }, 'another worker took the read models over');
    onFenced?.();
  }

  function follow({ position }: Checkpoint): void {
    const ours = readModelWriter({ ...settings, projections, epoch, after: position });
    writer = ours;
    following = store.subscribe({
      after: position ?? 'start',
      batchSize,
      async onEvents(events) {
        if (fenced) return;
        try {
          await ours.apply(events);
        } catch (error) {
          if (!(error instanceof Fenced)) throw error;
          replaced();
        }
      },
    });
  }

  async function buildAnew(): Promise<void> {
    try {
      await rebuildReadModels({ db, store, log, projections, epoch, signal });
    } catch (error) {
      // Anything else is tried again: emptying takes from everyone what they can read meanwhile.
      if (!neverPasses(error)) throw error;
      // Such as an event whose rows the database refuses: only the slow way can find it and put it aside.
      log.error({ err: error }, 'the read models could not be built at once and are built batch by batch');
      await emptyReadModels(db, projections, epoch);
    }
  }

  let watching: Task | null = null;
  const unlisten = await db.listen(READ_MODELS_ANEW, () => watching?.wake());
  // Without it, a request to build anew, or commits that a crash of the database has taken, would be noticed with the next
  // event only.
  watching = repeat('watching the read models', LOOK_EVERY_MS, log, async () => {
    const left = writer?.left;
    const duty = await dutyOf(db, READ_MODELS);
    const lost = left !== undefined && writer?.left === left && duty?.position !== left.position;
    if (!fenced && !signal.aborted && (duty?.epoch !== epoch || lost)) replaced();
    return false;
  });

  const build = async (): Promise<boolean> => {
    if (fenced || following || signal.aborted) return false;
    try {
      await buildAnew();
      if (!signal.aborted) follow(await readCheckpoint(db, READ_MODELS));
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
      replaced();
    }
    return false;
  };
  let building: Task | null = null;
  if (start.position !== null || head === null) follow(start);
  else building = repeat('building the read models', 60_000, log, build);
  return {
    async stop() {
      stopping.abort();
      await unlisten();
      await watching?.stop();
      await building?.stop();
      await following?.stop();
      await writer?.idle();
    },
  };
}
