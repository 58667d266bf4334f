/** One batch of the live read models: rows and checkpoint in one transaction, a statement or two a table. */
import { comparePositions, type Position, type RecordedEvent } from '#events/store/event-store.ts';
import type { Database, Queryable } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import { recognise, type Fact } from '../fact.ts';
import { prepareApply, type Apply } from './apply.server.ts';
import { loadRows, writeUnit } from './bulk.server.ts';
import { Fenced, moveFenced, readCheckpoint, type Checkpoint } from './checkpoint.server.ts';
import { park, passesByItself } from './parked.server.ts';
import { project, type Unprojectable } from './project.ts';
import type { Projection } from './projection.ts';
import { READ_MODELS, READ_MODELS_MOVED, SCHEMA, tablesOf } from './read-model-tables.server.ts';
import { RowMemory } from './row-memory.ts';
import type { Key, Unit } from './rows.ts';
import { keyOf, keyText, type AnyTable } from './table.ts';

/** Rows kept at hand between batches. Only the worker on duty writes them, so they do not grow old. */
const KEEP_ROWS = 50_000;

export interface WriterSettings {
  readonly db: Database;
  readonly log: Log;
  readonly projections: readonly Projection[];
  readonly epoch: number;
  /** What the first batch follows: events up to here do not come any more. */
  readonly after: Position | null;
  readonly onCommitted?: (facts: readonly Fact[]) => void;
}

/** Known facts among events; others are told and skipped. */
export function factsIn(events: readonly RecordedEvent[], log: Log): readonly Fact[] {
  const facts: Fact[] = [];
  for (const event of events) {
    const fact = recognise(event);
    if (fact) facts.push(fact);
    else
      log.error(
        { eventId: event.id, type: event.type, alert: 'unknown-event' },
        'an event of a newer program was skipped',
      );
  }
  return facts;
}

export const reportParked = (log: Log, { projection, fact, error }: Unprojectable): void =>
  log.error(
    { err: error, projection, eventId: fact.id, type: fact.type, alert: 'event-parked' },
    'an event was parked: a read model could not take it',
  );

const parkFor = (tx: Queryable, { projection, fact, error }: Unprojectable): Promise<void> =>
  park(tx, READ_MODELS, projection, fact, error, fact.recordedAt);

export interface ReadModelWriter {
  /** Applies one batch after the other. @throws Fenced */
  apply(events: readonly RecordedEvent[]): Promise<void>;
  /** Where it left the checkpoint; undefined while it writes, or when it is not sure. */
  readonly left: Checkpoint | undefined;
  /** Resolves once it uses the database no more. */
  idle(): Promise<void>;
}

export function readModelWriter(settings: WriterSettings): ReadModelWriter {
  const { db, log, projections, epoch, after, onCommitted } = settings;
  const memory = new RowMemory(KEEP_ROWS);
  /** As the database has it; null when that is not sure, after an error. */
  let checkpoint: Checkpoint | null = null;
  /** The next batch begins behind this, whatever the database says. */
  let passed: Position | null = after;
  let writing = false;
  let write: Apply | null = null;
  let telling: Promise<void> | null = null;
  let more = false;

  /**
   * Tells waiters, after the commit: commits that notify wait for each other, those of the log and their disk included.
   * Whoever misses it looks by itself.
   */
  function tell(): void {
    more = true;
    telling ??= (async () => {
      while (more) {
        more = false;
        await db.query('SELECT pg_notify($1, $2)', [READ_MODELS_MOVED, '']);
      }
    })()
      .catch((error: unknown) => log.warn({ err: error }, 'nobody was told of new rows'))
      .finally(() => (telling = null));
  }

  async function load(table: AnyTable, keys: readonly Key[]): Promise<void> {
    for (const key of keys) memory.set(table, keyText(key), null);
    for (const row of await loadRows(db, SCHEMA, table, keys)) memory.set(table, keyOf(table, row), row);
  }

  const projected = (some: readonly Projection[], facts: readonly Fact[], ordinal: number) =>
    project(some, facts, ordinal, (table, key) => memory.get(table, key), load);

  function remember(unit: Unit): void {
    for (const [table, rows] of unit.changed) for (const [key, row] of rows) memory.set(table, key, row);
  }

  async function whole(facts: readonly Fact[], from: Checkpoint, to: Checkpoint): Promise<void> {
    const { unit, failures } = await projected(projections, facts, from.ordinal);
    for (const { error } of failures) if (passesByItself(error)) throw error;
    write ??= await prepareApply(db, SCHEMA, READ_MODELS, tablesOf(projections));
    const written = failures.length === 0 ? await write(unit, { epoch, from, to }) : null;
    if (written === false) throw new Fenced(READ_MODELS);
    if (written === true) tell();
    else {
      await db.transaction(async (tx) => {
        await moveFenced(tx, READ_MODELS, epoch, from, to, READ_MODELS_MOVED);
        await writeUnit(tx, SCHEMA, unit);
        for (const failure of failures) await parkFor(tx, failure);
      });
      for (const failure of failures) reportParked(log, failure);
    }
    remember(unit);
  }

  /** One fact that the database refused: the projection whose rows they were loses it, the others do not. */
  async function carefully(fact: Fact, from: Checkpoint, to: Checkpoint): Promise<void> {
    const units: { name: string; unit: Unit; failures: readonly Unprojectable[] }[] = [];
    for (const projection of projections)
      units.push({ name: projection.name, ...(await projected([projection], [fact], from.ordinal)) });
    const parked: Unprojectable[] = [];
    await db.transaction(async (tx) => {
      parked.length = 0;
      await moveFenced(tx, READ_MODELS, epoch, from, to, READ_MODELS_MOVED);
      for (const { name, unit, failures } of units) {
        parked.push(...failures);
        await tx.query('SAVEPOINT one');
        try {
          await writeUnit(tx, SCHEMA, unit);
          await tx.query('RELEASE SAVEPOINT one');
        } catch (error) {
          if (passesByItself(error)) throw error;
          await tx.query('ROLLBACK TO SAVEPOINT one');
          parked.push({ projection: name, fact, error });
        }
      }
      for (const failure of parked) await parkFor(tx, failure);
    });
    memory.clear();
    for (const failure of parked) reportParked(log, failure);
  }

  /** A batch that the database refuses is halved until the fact is found that it refuses. */
  async function apply(events: readonly RecordedEvent[]): Promise<void> {
    const from = (checkpoint ??= await readCheckpoint(db, READ_MODELS));
    // A crash of the database has taken commits that nobody waited for. Their events do not come again by themselves, and
    // going on from here would skip them for good: whoever begins anew at the checkpoint gets them.
    if (passed !== null && (from.position === null || comparePositions(from.position, passed) < 0))
      throw new Fenced(READ_MODELS);
    passed = from.position;
    // Delivery is at least once: what the checkpoint has passed is in the rows already.
    const { position } = from;
    const fresh = position === null ? events : events.filter((one) => comparePositions(one.position, position) > 0);
    const last = fresh.at(-1);
    if (!last) return;
    const facts = factsIn(fresh, log);
    const to = { position: last.position, ordinal: from.ordinal + facts.length };
    try {
      await whole(facts, from, to);
    } catch (error) {
      memory.clear();
      checkpoint = null;
      if (error instanceof Fenced || passesByItself(error)) throw error;
      const [only] = facts;
      if (only && fresh.length === 1) await carefully(only, from, to);
      else {
        const half = fresh.length >> 1;
        if (half === 0) throw error;
        await apply(fresh.slice(0, half));
        await apply(fresh.slice(half));
        return;
      }
    }
    checkpoint = to;
    passed = to.position;
    memory.trim();
    onCommitted?.(facts);
  }

  return {
    async apply(events) {
      writing = true;
      try {
        await apply(events);
      } finally {
        writing = false;
      }
    },
    get left() {
      return writing ? undefined : (checkpoint ?? undefined);
    },
    async idle() {
      await telling;
    },
  };
}
