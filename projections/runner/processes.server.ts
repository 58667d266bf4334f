/**
 * Runs the processes. For each fact: fold it into the process's state, react, submit the commands; then states, timers,
 * calls, notices and the checkpoint commit together. A crash in between repeats the fact, and the repeated commands have
 * the same ids, so they change nothing. Rules RU7–RU12 of SPEC.md.
 */
import type { Submit } from '#events/handling/submit.ts';
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { comparePositions, type EventStore, type Position, type RecordedEvent } from '#events/store/event-store.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import { crashPoint } from '#platform/crash/crash-point.ts';
import type { Database, Queryable } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import { recognise, type Fact } from '../fact.ts';
import type { Posted } from '../notices/post.server.ts';
import { PROCESSES, type AnyProcess } from '../processes/all.ts';
import type { Process, Reaction } from '../processes/process.ts';
import { accountOf } from './account.server.ts';
import {
  CheckpointMoved,
  Fenced,
  lockCheckpoint,
  moveCheckpoint,
  readCheckpoint,
  takeOver,
} from './checkpoint.server.ts';
import { neverPasses, park, passesByItself } from './parked.server.ts';
import { writeReactions, type Wanted } from './reactions.server.ts';

export const PROCESS_RUNNER = 'processes';

/** A fact that fails this often, while log and database are well, is put aside. */
const ATTEMPTS = 5;

export interface ProcessSettings {
  readonly db: Database;
  readonly store: EventStore;
  readonly submit: Submit;
  readonly clock: BusinessClock;
  readonly log: Log;
  readonly processes?: readonly AnyProcess[];
  readonly onPosted?: (posted: readonly Posted[]) => void;
  readonly onFenced?: () => void;
}

/** A process that could not take the fact. */
interface Given {
  readonly part: string;
  readonly error: unknown;
}

/** The fact that is handled, and the checkpoint before and after it. */
interface Step {
  readonly event: RecordedEvent;
  readonly from: Position | null;
  readonly ordinal: number;
}

/** What one process made of one fact, until it is committed. */
interface Work {
  readonly process: string;
  readonly key: string;
  readonly state: unknown;
  readonly wanted: readonly Wanted[];
}

export async function runProcesses(settings: ProcessSettings): Promise<{ stop(): Promise<void> }> {
  const { db, store, submit, clock, log, processes = PROCESSES, onPosted, onFenced } = settings;
  const epoch = await takeOver(db, PROCESS_RUNNER);
  const start = await readCheckpoint(db, PROCESS_RUNNER);
  const failures = new Map<string, number>();
  let fenced = false;

  async function stateOf<State>(process: Process<State>, key: string): Promise<State> {
    const [row] = await db.query<{ state: State }>(
      'SELECT state FROM worker.process_state WHERE process = $1 AND key = $2',
      [process.name, key],
    );
    return row ? row.state : process.initial;
  }

  async function submitFor(process: string, fact: Fact, reaction: Extract<Reaction, { kind: 'command' }>) {
    const { step, command } = reaction;
    const outcome = await submit(
      { ...command, now: clock.now() },
      {
        commandId: idFrom(fact.id, process, step),
        correlationId: fact.meta.correlationId,
        causationId: fact.id,
        actor: { kind: 'process', id: process },
      },
    );
    // Expected when a race was lost: the fact that won it tells the process what to do next.
    if (isRefusal(outcome))
      log.info(
        { process, command: command.type, code: outcome.code, stream: fact.stream },
        'a command of a process was refused',
      );
  }

  async function handle<State>(process: Process<State>, fact: Fact, works: Work[]): Promise<void> {
    const key = process.keyOf(fact);
    if (key === null) return;
    const state = process.evolve(await stateOf(process, key), fact);
    const tutorId = process.needsAccountOf?.(fact, state) ?? null;
    const around = { accountId: tutorId === null ? null : await accountOf(store, tutorId) };
    const wanted: Wanted[] = [];
    for (const reaction of process.react(fact, state, around)) {
      if (reaction.kind === 'command') await submitFor(process.name, fact, reaction);
      else
        wanted.push({
          process: process.name,
          reaction,
          correlationId: fact.meta.correlationId,
          causationId: fact.id,
          at: fact.meta.occurredAt,
        });
    }
    works.push({ process: process.name, key, state, wanted });
  }

  /** Whether the fact is to blame and not tried again by this part. Throws what may pass, so that the fact comes again. */
  async function blame(part: string, event: RecordedEvent, error: unknown): Promise<void> {
    if (error instanceof Fenced || error instanceof CheckpointMoved || passesByItself(error)) throw error;
    // Both must answer before an event may be blamed for the failure.
    await store.head();
    const key = `${part} ${event.id}`;
    const tries = (failures.get(key) ?? 0) + 1;
    failures.set(key, tries);
    if (tries < ATTEMPTS && !neverPasses(error)) throw error;
    failures.delete(key);
  }

  /** Handles the fact for every process; one that cannot take it loses it after some tries, the others do not. */
  async function offer(fact: Fact, works: Work[]): Promise<readonly Given[]> {
    const given: Given[] = [];
    for (const process of processes) {
      try {
        await process.run((one) => handle(one, fact, works));
      } catch (error) {
        await blame(process.name, fact, error);
        given.push({ part: process.name, error });
      }
    }
    return given;
  }

  async function save(tx: Queryable, { process, key, state, wanted }: Work): Promise<readonly Posted[]> {
    await tx.query(
      `INSERT INTO worker.process_state (process, key, state) VALUES ($1, $2, $3::jsonb)
       ON CONFLICT (process, key) DO UPDATE SET state = excluded.state`,
      [process, key, JSON.stringify(state)],
    );
    return writeReactions(tx, wanted, Date.now());
  }

  /** The slow way, after a commit that failed: the process whose work cannot be saved loses the fact, the others do not. */
  async function saveIfPossible(tx: Queryable, work: Work): Promise<readonly Posted[] | Given> {
    await tx.query('SAVEPOINT one');
    try {
      const fresh = await save(tx, work);
      await tx.query('RELEASE SAVEPOINT one');
      return fresh;
    } catch (error) {
      if (passesByItself(error)) throw error;
      await tx.query('ROLLBACK TO SAVEPOINT one');
      return { part: work.process, error };
    }
  }

  /** Gives what was posted, and which processes lost the fact. */
  async function write(
    { event, from, ordinal }: Step,
    works: readonly Work[],
    given: readonly Given[],
    carefully: boolean,
  ) {
    return db.transaction(async (tx) => {
      const posted: Posted[] = [];
      const lost = [...given];
      // What is saved was made from states read where the checkpoint stood: elsewhere, a fact would count twice in them.
      const { position } = await lockCheckpoint(tx, PROCESS_RUNNER, epoch);
      if (position !== from) throw new CheckpointMoved(PROCESS_RUNNER);
      for (const work of works) {
        const saved = carefully ? await saveIfPossible(tx, work) : await save(tx, work);
        if ('part' in saved) lost.push(saved);
        else posted.push(...saved);
      }
      for (const { part, error } of lost) await park(tx, PROCESS_RUNNER, part, event, error, Date.now());
      await moveCheckpoint(tx, PROCESS_RUNNER, { position: event.position, ordinal });
      return { posted, lost };
    });
  }

  async function commit(step: Step, works: readonly Work[], given: readonly Given[]): Promise<void> {
    const { event } = step;
    const { posted, lost } = await write(step, works, given, false).catch(async (error: unknown) => {
      await blame('commit', event, error);
      return write(step, works, given, true);
    });
    for (const { part, error } of lost)
      log.error(
        { err: error, process: part, eventId: event.id, type: event.type, stream: event.stream, alert: 'event-parked' },
        'an event was parked: a process could not take it',
      );
    if (posted.length > 0) onPosted?.(posted);
  }

  const concerns = (fact: Fact): boolean => processes.some((process) => process.run((one) => one.keyOf(fact) !== null));

  async function handleBatch(events: readonly RecordedEvent[]): Promise<void> {
    const checkpoint = await readCheckpoint(db, PROCESS_RUNNER);
    let { ordinal, position } = checkpoint;
    let passed: RecordedEvent | null = null;
    for (const event of events) {
      if (checkpoint.position !== null && comparePositions(event.position, checkpoint.position) <= 0) continue;
      ordinal += 1;
      passed = event;
      const fact = recognise(event);
      if (!fact || !concerns(fact)) continue;
      const works: Work[] = [];
      const given = await offer(fact, works);
      await crashPoint('process:commands-submitted');
      await commit({ event, from: position, ordinal }, works, given);
      await crashPoint('process:committed');
      position = event.position;
      passed = null;
    }
    // Facts that concern no process only move the checkpoint, once for all of them.
    if (passed) await commit({ event: passed, from: position, ordinal }, [], []);
  }

  const subscription = store.subscribe({
    after: start.position ?? 'start',
    batchSize: 50,
    async onEvents(events) {
      if (fenced) return;
      try {
        await handleBatch(events);
      } catch (error) {
        if (!(error instanceof Fenced)) throw error;
        fenced = true;
        log.warn({ consumer: PROCESS_RUNNER }, 'another worker took the processes over');
        onFenced?.();
      }
    },
  });
  return { stop: () => subscription.stop() };
}
