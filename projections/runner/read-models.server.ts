/** Runs the projections: a batch of facts, their rows and the checkpoint in one transaction. Rules RU1–RU6 of SPEC.md. */
import { comparePositions, type EventStore, type RecordedEvent } from '#events/store/event-store.ts';
import type { Database, Queryable } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import { recognise, type Fact } from '../fact.ts';
import { PROJECTIONS, SHAPE } from './all-projections.ts';
import { Fenced, lockCheckpoint, moveCheckpoint, readCheckpoint, takeOver } from './checkpoint.server.ts';
import { park, passesByItself } from './parked.server.ts';
import type { Projection } from './projection.ts';

export const READ_MODELS = 'read-models';
/** NOTIFY channel: the checkpoint of the read models moved. */
export const READ_MODELS_MOVED = 'read_models_moved';

/** Steps that several processes start at once must wait for each other. Any number that nobody else locks. */
const LOCK = 7_204_119_027;

/** Makes the tables; when their shape has changed since, drops them all, so that they are built anew from the log. */
export async function prepareReadModels(db: Database, projections: readonly Projection[] = PROJECTIONS): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const [row] = await tx.query<{ shape: string }>('SELECT shape FROM worker.checkpoint WHERE consumer = $1', [
      READ_MODELS,
    ]);
    if (row?.shape === SHAPE) return;
    await buildAnew(tx, projections);
  });
}

/** Empties every read model; the consumer then starts from the beginning of the log. */
export async function resetReadModels(db: Database, projections: readonly Projection[] = PROJECTIONS): Promise<void> {
  await db.transaction((tx) => buildAnew(tx, projections));
}

async function buildAnew(tx: Queryable, projections: readonly Projection[]): Promise<void> {
  await tx.query('DROP SCHEMA IF EXISTS read_model CASCADE');
  await tx.query('CREATE SCHEMA read_model');
  for (const { schema } of projections) for (const sql of schema.split(';')) if (sql.trim() !== '') await tx.query(sql);
  // The epoch rises too: a consumer that still runs must not write behind the reset.
  await tx.query(
    `INSERT INTO worker.checkpoint (consumer, shape, epoch) VALUES ($1, $2, 1)
     ON CONFLICT (consumer) DO UPDATE SET position = NULL, ordinal = 0, shape = excluded.shape,
       epoch = worker.checkpoint.epoch + 1`,
    [READ_MODELS, SHAPE],
  );
  await tx.query('DELETE FROM worker.parked_event WHERE consumer = $1', [READ_MODELS]);
}

/** All rows of all read models as text, in a fixed order: two of these are equal when the rows are. */
export async function dumpReadModels(db: Queryable, projections: readonly Projection[] = PROJECTIONS): Promise<string> {
  const lines: string[] = [];
  for (const { tables } of projections)
    for (const [table, order] of Object.entries(tables)) {
      const rows = await db.query(`SELECT * FROM read_model.${table} ORDER BY ${order}`);
      for (const row of rows) lines.push(`${table} ${JSON.stringify(row)}`);
    }
  return lines.join('\n');
}

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
}

export async function runReadModels(settings: ReadModelSettings): Promise<ReadModelRunner> {
  const { db, store, log, projections = PROJECTIONS, onCommitted, onFenced } = settings;
  const epoch = await takeOver(db, READ_MODELS);
  const start = await readCheckpoint(db, READ_MODELS);
  let fenced = false;

  async function apply(events: readonly RecordedEvent[], one: (tx: Queryable, fact: Fact, n: number) => Promise<void>) {
    const facts: Fact[] = [];
    await db.transaction(async (tx) => {
      facts.length = 0;
      let { position, ordinal } = await lockCheckpoint(tx, READ_MODELS, epoch);
      for (const event of events) {
        // Delivery is at least once: what the checkpoint has passed is in the rows already.
        if (position !== null && comparePositions(event.position, position) <= 0) continue;
        position = event.position;
        const fact = recognise(event);
        if (!fact) {
          log.error(
            { eventId: event.id, type: event.type, alert: 'unknown-event' },
            'an event of a newer program was skipped',
          );
          continue;
        }
        ordinal += 1;
        await one(tx, fact, ordinal);
        facts.push(fact);
      }
      await moveCheckpoint(tx, READ_MODELS, { position, ordinal });
      await tx.query('SELECT pg_notify($1, $2)', [READ_MODELS_MOVED, '']);
    });
    onCommitted?.(facts);
  }

  async function all(tx: Queryable, fact: Fact, ordinal: number): Promise<void> {
    for (const projection of projections)
      for (const { sql, params } of projection.project(fact, ordinal)) await tx.query(sql, params);
  }

  /** The slow way, for a batch that failed: the projection that cannot take a fact loses it, the others do not. */
  async function carefully(tx: Queryable, fact: Fact, ordinal: number): Promise<void> {
    for (const projection of projections) {
      await tx.query('SAVEPOINT one');
      try {
        for (const { sql, params } of projection.project(fact, ordinal)) await tx.query(sql, params);
        await tx.query('RELEASE SAVEPOINT one');
      } catch (error) {
        if (passesByItself(error)) throw error;
        await tx.query('ROLLBACK TO SAVEPOINT one');
        await park(tx, READ_MODELS, projection.name, fact, error, fact.recordedAt);
        log.error(
          { err: error, projection: projection.name, eventId: fact.id, type: fact.type, alert: 'event-parked' },
          'an event was parked: a read model could not take it',
        );
      }
    }
  }

  const subscription = store.subscribe({
    after: start.position ?? 'start',
    batchSize: 200,
    async onEvents(events) {
      if (fenced) return;
      try {
        await apply(events, all);
      } catch (error) {
        if (error instanceof Fenced) {
          fenced = true;
          log.warn({ consumer: READ_MODELS }, 'another worker took the read models over');
          onFenced?.();
          return;
        }
        if (passesByItself(error)) throw error;
        for (const event of events) await apply([event], carefully);
      }
    },
  });
  return { stop: () => subscription.stop() };
}
