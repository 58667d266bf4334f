/**
 * Runs the processes. For each fact: fold it into the process's state, react, submit the commands; then states, timers,
 * calls, notices and the checkpoint commit together. A crash in between repeats the fact, and the repeated commands have
 * the same ids, so they change nothing. Rules RU7–RU11 of SPEC.md.
 */
import type { Submit } from '#events/handling/submit.ts';
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { comparePositions, type EventStore, type RecordedEvent } from '#events/store/event-store.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import { crashPoint } from '#platform/crash/crash-point.ts';
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import { recognise, type Fact } from '../fact.ts';
import type { Posted } from '../notices/post.server.ts';
import { PROCESSES, type AnyProcess } from '../processes/all.ts';
import type { Process, Reaction } from '../processes/process.ts';
import { accountOf } from './account.server.ts';
import { Fenced, lockCheckpoint, moveCheckpoint, readCheckpoint, takeOver } from './checkpoint.server.ts';
import { park, passesByItself } from './parked.server.ts';
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

/** What one fact has come to, until it is committed. */
interface Pending {
  readonly states: { readonly process: string; readonly key: string; readonly state: unknown }[];
  readonly wanted: Wanted[];
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

  async function handle<State>(process: Process<State>, fact: Fact, pending: Pending): Promise<void> {
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
    pending.states.push({ process: process.name, key, state });
    pending.wanted.push(...wanted);
  }

  /** Handles the fact for every process; one that cannot take it loses it after some tries, the others do not. */
  async function offer(fact: Fact, pending: Pending): Promise<readonly Given[]> {
    const given: Given[] = [];
    for (const process of processes) {
      try {
        await process.run((one) => handle(one, fact, pending));
      } catch (error) {
        if (passesByItself(error)) throw error;
        // Both must answer before an event may be blamed for the failure.
        await store.head();
        const tries = (failures.get(`${process.name} ${fact.id}`) ?? 0) + 1;
        failures.set(`${process.name} ${fact.id}`, tries);
        if (tries < ATTEMPTS) throw error;
        given.push({ part: process.name, error });
      }
    }
    return given;
  }

  async function commit(
    event: RecordedEvent,
    ordinal: number,
    pending: Pending,
    given: readonly Given[],
  ): Promise<void> {
    const posted = await db.transaction(async (tx) => {
      await lockCheckpoint(tx, PROCESS_RUNNER, epoch);
      for (const { part, error } of given) await park(tx, PROCESS_RUNNER, part, event, error, Date.now());
      for (const { process, key, state } of pending.states)
        await tx.query(
          `INSERT INTO worker.process_state (process, key, state) VALUES ($1, $2, $3::jsonb)
           ON CONFLICT (process, key) DO UPDATE SET state = excluded.state`,
          [process, key, JSON.stringify(state)],
        );
      const fresh = await writeReactions(tx, pending.wanted, Date.now());
      await moveCheckpoint(tx, PROCESS_RUNNER, { position: event.position, ordinal });
      return fresh;
    });
    for (const { part, error } of given)
      log.error(
        { err: error, process: part, eventId: event.id, type: event.type, stream: event.stream, alert: 'event-parked' },
        'an event was parked: a process could not take it',
      );
    if (posted.length > 0) onPosted?.(posted);
  }

  const concerns = (fact: Fact): boolean => processes.some((process) => process.run((one) => one.keyOf(fact) !== null));

  async function handleBatch(events: readonly RecordedEvent[]): Promise<void> {
    const checkpoint = await readCheckpoint(db, PROCESS_RUNNER);
    let { ordinal } = checkpoint;
    let passed: RecordedEvent | null = null;
    for (const event of events) {
      if (checkpoint.position !== null && comparePositions(event.position, checkpoint.position) <= 0) continue;
      ordinal += 1;
      passed = event;
      const fact = recognise(event);
      if (!fact || !concerns(fact)) continue;
      const pending: Pending = { states: [], wanted: [] };
      const given = await offer(fact, pending);
      await crashPoint('process:commands-submitted');
      await commit(event, ordinal, pending, given);
      await crashPoint('process:committed');
      passed = null;
    }
    // Facts that concern no process only move the checkpoint, once for all of them.
    if (passed) await commit(passed, ordinal, { states: [], wanted: [] }, []);
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
