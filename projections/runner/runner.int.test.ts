import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { fromPerson } from '#events/handling/context.ts';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { AnyCommand, CommandContext, Submit } from '#events/handling/submit.ts';
import { newId } from '#events/shared/ids.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import { manualClock } from '#platform/clock/manual.ts';
import type { ClockControl } from '#platform/clock/clock.ts';
import { DatabaseUnavailable, type Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { bookLesson } from '../processes/book-lesson.ts';
import type { AnyProcess } from '../processes/all.ts';
import type { Process } from '../processes/process.ts';
import { until } from '../testing/world.ts';
import { prepareProjections } from '../worker.server.ts';
import { PROJECTIONS } from './all-projections.ts';
import { Fenced, lockCheckpoint, takeOver } from './checkpoint.server.ts';
import { whileLeased } from './lease.server.ts';
import { runProcesses } from './processes.server.ts';
import { table, type Projection } from './projection.ts';
import {
  dumpReadModels,
  READ_MODELS,
  rebuildReadModels,
  requestRebuild,
  resetReadModels,
  runReadModels,
} from './read-models.server.ts';
import { writeReactions } from './reactions.server.ts';
import { createTimers } from './timers.server.ts';
import { createWaiter } from './wait-for.server.ts';

let db: Database;
let store: EventStore;
let submit: Submit;
let clock: ClockControl;
const running: { stop(): Promise<void> }[] = [];
const errors = vi.fn();
const log = createLog({ level: 'error', write: errors });

beforeAll(async () => {
  db = await openPglite(null);
  await db.script('CREATE TABLE person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL)');
  await prepareProjections(db);
});
afterAll(async () => {
  await db.close();
});

beforeEach(async () => {
  errors.mockClear();
  const tables = await db.query<{ name: string }>(
    `SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('read_model', 'worker')`,
  );
  await db.query(`TRUNCATE ${tables.map((table) => table.name).join(', ')}`);
  store = inMemoryStore();
  submit = createSubmit(store);
  clock = manualClock(Date.UTC(2026, 10, 21));
});
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
  await store.close();
});

const started = <T extends { stop(): Promise<void> }>(one: T): T => {
  running.push(one);
  return one;
};

const context = (id = newId()): CommandContext => ({
  commandId: id,
  correlationId: id,
  causationId: id,
  actor: { kind: 'system', id: 'test' },
});

async function register(personId: string): Promise<string> {
  const outcome = await submit(
    { type: 'RegisterPerson', now: clock.now(), data: { personId, role: 'student', zone: 'Asia/Kolkata' } },
    context(),
  );
  if (outcome.kind === 'refusal' || outcome.position === null) throw new Error('not registered');
  return outcome.position;
}

const people = () => db.query<{ person_id: string }>('SELECT person_id FROM read_model.person ORDER BY person_id');

describe('read models', () => {
  test('RU6: waitFor is true once the position is read, and false when the time is over first', async () => {
    const waiter = started(await createWaiter(db));
    const first = await register('p1');
    expect(await waiter.waitFor(first, 50)).toBe(false);
    started(await runReadModels({ db, store, log }));
    expect(await waiter.waitFor(first, 5_000)).toBe(true);
    const second = await register('p2');
    expect(await waiter.waitFor(second, 5_000)).toBe(true);
    expect(await people()).toEqual([{ person_id: 'p1' }, { person_id: 'p2' }]);
  });

  test('RU2, RU3: facts that come again change nothing, and a rebuild gives the same rows', async () => {
    for (const id of ['p1', 'p2', 'p3']) await register(id);
    const waiter = started(await createWaiter(db));
    const runner = await runReadModels({ db, store, log });
    const head = (await store.head()) ?? '';
    expect(await waiter.waitFor(head, 5_000)).toBe(true);
    const before = await dumpReadModels(db);

    // The log from its beginning again, as a subscription may give it, and then all of it from nothing.
    await runner.stop();
    const again = {
      ...store,
      subscribe: (options: Parameters<EventStore['subscribe']>[0]) => store.subscribe({ ...options, after: 'start' }),
    };
    const seen = vi.fn();
    const repeated = await runReadModels({ db, store: again, log, onCommitted: seen });
    const next = await register('p4');
    expect(await waiter.waitFor(next, 5_000)).toBe(true);
    await repeated.stop();
    expect(seen.mock.calls.flatMap(([facts]) => facts)).toHaveLength(1);
    expect((await dumpReadModels(db)).split('\n')).toHaveLength(before.split('\n').length + 2);
    const live = await dumpReadModels(db);

    await resetReadModels(db);
    expect(await people()).toEqual([]);
    started(await runReadModels({ db, store, log }));
    expect(await waiter.waitFor(next, 5_000)).toBe(true);
    expect(await dumpReadModels(db)).toBe(live);
  });

  const PLACE = table('place', { name: 'text' }, { key: ['name'] });

  const poisoned = (poison: () => Error | null): Projection => ({
    name: 'poisoned',
    tables: [PLACE],
    project(fact, rows) {
      if (fact.type !== 'PersonRegistered') return;
      rows.put(PLACE, { name: fact.data.personId });
      if (fact.data.personId !== 'poison') return;
      const error = poison();
      if (error) throw error;
      rows.put(PLACE, { name: 'what no column can hold: \u0000' });
    },
  });

  describe.each([
    ['while it follows the log', true],
    ['while it builds from the beginning', false],
  ])('%s', (_when, follows) => {
    test.each([
      ['a handler that throws', () => new Error('a bug')],
      ['a row that the database refuses', () => null],
    ])('RU4: %s parks the event for that projection, with an alert, and the rest goes on', async (_what, poison) => {
      const projections = [...PROJECTIONS, poisoned(poison)];
      await resetReadModels(db, projections);
      const run = async () => started(await runReadModels({ db, store, log, projections }));
      if (follows) await run();
      for (const id of ['p1', 'poison', 'p2']) await register(id);
      if (!follows) await run();
      await until('all three', async () => (await people()).length === 3);
      const parked = await db.query('SELECT consumer, part, type FROM worker.parked_event');
      expect(parked).toEqual([{ consumer: READ_MODELS, part: 'poisoned', type: 'PersonRegistered' }]);
      // Nothing of the fact is left where it was parked, and nothing of others is missing.
      expect(await db.query('SELECT name FROM read_model.place ORDER BY name')).toEqual([
        { name: 'p1' },
        { name: 'p2' },
      ]);
      expect(errors).toHaveBeenCalledWith(expect.stringContaining('event-parked'));
    });
  });

  test('RU5: a database that is away parks nothing; the batch comes again', async () => {
    let failures = 2;
    const projection: Projection = {
      name: 'away',
      tables: [],
      project: () => {
        if (failures === 0) return;
        failures -= 1;
        throw new DatabaseUnavailable('away');
      },
    };
    for (const id of ['p1', 'poison']) await register(id);
    started(await runReadModels({ db, store, log, projections: [...PROJECTIONS, projection] }));
    await until('both', async () => (await people()).length === 2);
    expect(await db.query('SELECT 1 FROM worker.parked_event')).toEqual([]);
  });
});

describe('RU14: building anew', () => {
  const many = async (count: number): Promise<string> => {
    let last = '';
    for (let index = 0; index < count; index += 1) last = await register(`person-${index}`);
    return last;
  };

  test('RU3: with any size of pages and memory, the rows are the same', async () => {
    await many(40);
    for (let index = 0; index < 40; index += 3)
      await submit(
        { type: 'ChangeZone', now: clock.now(), data: { personId: `person-${index}`, zone: 'Europe/Berlin' } },
        context(),
      );
    const dumps = new Set<string>();
    for (const [pageSize, keepRows] of [
      [1, 0],
      [3, 5],
      [7, 20],
      [1_000, 1_000],
    ] as const) {
      const epoch = await takeOver(db, READ_MODELS);
      expect(await rebuildReadModels({ db, store, log, epoch, pageSize, keepRows })).toBe(54);
      dumps.add(await dumpReadModels(db));
    }
    expect(dumps.size).toBe(1);
    expect([...dumps].join().match(/Berlin/g)).toHaveLength(14);
  });

  test('one that was taken over and still writes changes nothing in the tables of its successor', async () => {
    await many(12);
    /** The store, reading no further than the first page until told to. */
    const held = (): { store: EventStore; atFirst: Promise<void>; goOn: () => void } => {
      const atFirst = Promise.withResolvers<void>();
      const going = Promise.withResolvers<void>();
      let pages = 0;
      const readAll: EventStore['readAll'] = async (from) => {
        pages += 1;
        if (pages > 2) {
          atFirst.resolve();
          await going.promise;
        }
        return await store.readAll(from);
      };
      return { store: { ...store, readAll }, atFirst: atFirst.promise, goOn: () => going.resolve() };
    };
    const rebuild = async (through: EventStore): Promise<number> =>
      await rebuildReadModels({ db, store: through, log, epoch: await takeOver(db, READ_MODELS), pageSize: 2 });

    const old = held();
    const ofOld = rebuild(old.store).catch((error: unknown) => error);
    await old.atFirst;
    const young = held();
    const ofYoung = rebuild(young.store);
    await young.atFirst;
    old.goOn();
    expect(await ofOld).toBeInstanceOf(Error);
    young.goOn();
    const facts = await ofYoung;
    const dump = await dumpReadModels(db);
    expect(await rebuild(store)).toBe(facts);
    expect(await dumpReadModels(db)).toBe(dump);
    expect(await people()).toHaveLength(12);
    const left = await db.query(`SELECT 1 FROM pg_namespace WHERE nspname LIKE 'read\\_model\\_next%'`);
    expect(left).toHaveLength(0);
  });

  test('what is there can be read until the new rows take its place, also by a request from elsewhere', async () => {
    const last = await many(5);
    const waiter = started(await createWaiter(db));
    const onFenced = vi.fn();
    const quiet = createLog({ level: 'silent' });
    const first = await runReadModels({ db, store, log: quiet, onFenced });
    expect(await waiter.waitFor(last, 5_000)).toBe(true);
    await db.query(`UPDATE read_model.person SET zone = 'what an erased person wrote' WHERE person_id = 'person-1'`);
    await requestRebuild(db);
    await until('the runner knows', async () => onFenced.mock.calls.length > 0);
    expect(await people()).toHaveLength(5);
    await first.stop();
    started(await runReadModels({ db, store, log }));
    expect(await waiter.waitFor(last, 5_000)).toBe(true);
    expect(await db.query(`SELECT DISTINCT zone FROM read_model.person`)).toEqual([{ zone: 'Asia/Kolkata' }]);
  });

  test('RU15: commits that a crash of the database has taken are noticed without another event, and made again', async () => {
    const last = await many(4);
    const waiter = started(await createWaiter(db));
    const quiet = createLog({ level: 'silent' });
    const onFenced = vi.fn();
    const first = await runReadModels({ db, store, log: quiet, onFenced });
    expect(await waiter.waitFor(last, 5_000)).toBe(true);
    const next = await register('late');
    expect(await waiter.waitFor(next, 5_000)).toBe(true);
    const whole = await dumpReadModels(db);
    // As if the last commit had never reached the disk.
    await db.query('UPDATE worker.checkpoint SET position = $1, ordinal = 4 WHERE consumer = $2', [last, READ_MODELS]);
    for (const table of ['person', 'person_role'])
      await db.query(`DELETE FROM read_model.${table} WHERE person_id = 'late'`);
    await until('noticed', async () => onFenced.mock.calls.length > 0, 10_000);
    await first.stop();
    started(await runReadModels({ db, store, log }));
    expect(await waiter.waitFor(next, 5_000)).toBe(true);
    expect(await dumpReadModels(db)).toBe(whole);
  });

  test('RU15: what a crash of the database took is not skipped by the batch that was on its way', async () => {
    const last = await many(4);
    const waiter = started(await createWaiter(db));
    let crash: (() => Promise<void>) | null = null;
    // The write of a batch fails as when the database crashes, and the commit before it is gone.
    const crashing: Database = {
      ...db,
      query: async (sql, params) => {
        const taken = sql.includes('worker.apply_') ? crash : null;
        if (taken === null) return await db.query(sql, params);
        crash = null;
        await taken();
        throw new DatabaseUnavailable('crashed');
      },
    };
    const onFenced = vi.fn();
    const first = await runReadModels({ db: crashing, store, log: createLog({ level: 'silent' }), onFenced });
    expect(await waiter.waitFor(last, 5_000)).toBe(true);
    const late = await register('late');
    expect(await waiter.waitFor(late, 5_000)).toBe(true);
    crash = async () => {
      await db.query('UPDATE worker.checkpoint SET position = $1, ordinal = 4 WHERE consumer = $2', [
        last,
        READ_MODELS,
      ]);
      for (const table of ['person', 'person_role'])
        await db.query(`DELETE FROM read_model.${table} WHERE person_id = 'late'`);
    };
    const later = await register('later');
    await until('noticed', async () => onFenced.mock.calls.length > 0, 10_000);
    await first.stop();
    started(await runReadModels({ db, store, log }));
    expect(await waiter.waitFor(later, 5_000)).toBe(true);
    const lived = await dumpReadModels(db);
    expect(lived).toContain('"late"');
    await rebuildReadModels({ db, store, log, epoch: await takeOver(db, READ_MODELS) });
    expect(await dumpReadModels(db)).toBe(lived);
  });

  test('RU15: nor by one that holds a fact which some projection cannot take, and that is written the long way', async () => {
    const last = await many(4);
    const waiter = started(await createWaiter(db));
    const picky: Projection = {
      name: 'picky',
      tables: [],
      project(fact) {
        if (fact.type === 'PersonRegistered' && fact.data.personId === 'later') throw new Error('a bug');
      },
    };
    const settings = { db, store, log: createLog({ level: 'silent' }), projections: [...PROJECTIONS, picky] };
    const onFenced = vi.fn();
    const first = await runReadModels({ ...settings, onFenced });
    expect(await waiter.waitFor(last, 5_000)).toBe(true);
    expect(await waiter.waitFor(await register('late'), 5_000)).toBe(true);
    // As if the last commit had never reached the disk; the next fact comes before anybody has looked.
    await db.query('UPDATE worker.checkpoint SET position = $1, ordinal = 4 WHERE consumer = $2', [last, READ_MODELS]);
    for (const name of ['person', 'person_role'])
      await db.query(`DELETE FROM read_model.${name} WHERE person_id = 'late'`);
    const later = await register('later');
    await until('noticed', async () => onFenced.mock.calls.length > 0, 10_000);
    await first.stop();
    started(await runReadModels(settings));
    expect(await waiter.waitFor(later, 5_000)).toBe(true);
    expect((await people()).map((row) => row.person_id)).toContain('late');
  });

  test('one that was replaced meanwhile changes nothing', async () => {
    await many(3);
    const epoch = await takeOver(db, READ_MODELS);
    await takeOver(db, READ_MODELS);
    await expect(rebuildReadModels({ db, store, log, epoch })).rejects.toThrow(Fenced);
    expect(await people()).toEqual([]);
  });
});

describe('RU11: one worker at a time', () => {
  test('a commit of the worker that was replaced fails', async () => {
    const old = await takeOver(db, READ_MODELS);
    await takeOver(db, READ_MODELS);
    await expect(db.transaction((tx) => lockCheckpoint(tx, READ_MODELS, old))).rejects.toThrow(Fenced);
  });

  test('a consumer that was replaced stops writing and says so', async () => {
    const onFenced = vi.fn();
    started(await runReadModels({ db, store, log: createLog({ level: 'silent' }), onFenced }));
    await takeOver(db, READ_MODELS);
    await register('p1');
    await until('fenced', async () => onFenced.mock.calls.length > 0);
    expect(await people()).toEqual([]);
  });

  test('only the holder of the lease runs a duty; another takes over when it stops', async () => {
    const bus = createMemoryBus();
    const ran: string[] = [];
    const duty = (holder: string) =>
      whileLeased(bus, 'duty', holder, log, async () => {
        ran.push(holder);
        return { stop: async () => undefined };
      });
    const first = duty('first');
    await until('the first runs', async () => ran.length === 1);
    const second = started(duty('second'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ran).toEqual(['first']);
    await first.stop();
    second.wake();
    await until('the second runs', async () => ran.length === 2);
    expect(ran).toEqual(['first', 'second']);
  });
});

interface Seen {
  readonly facts: readonly string[];
}

/** Gives a role to everyone who registers. */
const greeter: Process<Seen> = {
  name: 'greeter',
  initial: { facts: [] },
  keyOf: (fact) => (fact.type === 'PersonRegistered' ? fact.data.personId : null),
  evolve: (state, fact) => ({ facts: [...state.facts, fact.id] }),
  react: (fact) =>
    fact.type === 'PersonRegistered'
      ? [
          {
            kind: 'command',
            step: 'grant',
            command: { type: 'GrantRole', data: { personId: fact.data.personId, role: 'tutor' } },
          },
          {
            kind: 'timer',
            key: `zone:${fact.data.personId}`,
            dueAt: fact.meta.occurredAt + 1_000,
            command: { type: 'ChangeZone', data: { personId: fact.data.personId, zone: 'Europe/Berlin' } },
          },
        ]
      : [],
};
/** Keeps no text of the facts it sees. */
const watcher: Process<null> = {
  name: 'watcher',
  initial: null,
  keyOf: (fact) => (fact.type === 'BookingRequested' ? fact.data.bookingId : null),
  evolve: () => null,
  react: () => [],
};

/** A request for the lesson at 09:00 UTC on the third day, or that many hours later. */
function booking(bookingId: string, hours: number): Extract<AnyCommand, { type: 'RequestBooking' }> {
  return {
    type: 'RequestBooking',
    now: clock.now(),
    data: {
      bookingId,
      tutorId: 't1',
      studentId: 's1',
      bookedBy: 's1',
      offerId: 'single',
      subject: 'Physics',
      startsAt: clock.now() + (3 * 24 + 9 + hours) * 3_600_000,
      minutes: 60,
      seats: 1,
      price: 80_000,
      mode: 'instant',
      policy: POLICY_2026_11,
      note: '',
    },
  };
}

const listed = <State>(process: Process<State>): AnyProcess => ({ name: process.name, run: (use) => use(process) });

describe('processes', () => {
  test('RU7, RU8: a fact that is handled again submits the same commands, and they change nothing', async () => {
    await register('p1');
    const ids: string[] = [];
    const spied: Submit = (command: AnyCommand, given) => {
      ids.push(given.commandId);
      return submit(command, given);
    };
    const settings = { db, store, submit: spied, clock, log, processes: [listed(greeter)] };
    const first = await runProcesses(settings);
    await until('one command', async () => ids.length === 1);
    await until('its state', async () => (await db.query('SELECT 1 FROM worker.process_state')).length === 1);
    await first.stop();
    // As if the process had died between its commands and its commit.
    await db.query(`DELETE FROM worker.process_state`);
    await db.query(`UPDATE worker.checkpoint SET position = NULL WHERE consumer = 'processes'`);
    started(await runProcesses(settings));
    await until('the command again', async () => ids.length === 2);
    expect(ids[0]).toBe(ids[1]);
    const events = await store.read('person-p1');
    expect(events.map((event) => event.type)).toEqual(['PersonRegistered', 'RoleGranted']);
  });

  test('RU4: a fact that a process cannot take is parked after some tries, and the others go on', async () => {
    const broken: Process<null> = {
      name: 'broken',
      initial: null,
      keyOf: (fact) => (fact.type === 'PersonRegistered' && fact.data.personId === 'poison' ? 'x' : null),
      evolve: () => {
        throw new Error('a bug');
      },
      react: () => [],
    };
    for (const id of ['p1', 'poison', 'p2']) await register(id);
    started(await runProcesses({ db, store, submit, clock, log, processes: [listed(broken), listed(greeter)] }));
    await until('everyone has a role', async () => {
      const granted = await store.readAll({ filter: { types: ['RoleGranted'] } });
      return granted.length === 3;
    });
    await until('parked', async () => (await db.query('SELECT 1 FROM worker.parked_event')).length === 1);
    expect(errors).toHaveBeenCalledWith(expect.stringContaining('event-parked'));
  });

  test('RU12: an error of the program itself parks the fact at the first try', async () => {
    const wrong = vi.fn(() => {
      throw new RangeError('Invalid time value');
    });
    const broken: Process<null> = {
      name: 'broken',
      initial: null,
      keyOf: (fact) => (fact.type === 'PersonRegistered' ? 'x' : null),
      evolve: wrong,
      react: () => [],
    };
    for (const id of ['p1', 'p2']) await register(id);
    started(await runProcesses({ db, store, submit, clock, log, processes: [listed(broken)] }));
    await until('both parked', async () => (await db.query('SELECT 1 FROM worker.parked_event')).length === 2);
    expect(wrong).toHaveBeenCalledTimes(2);
  });

  test('RU12: a stored event whose state the database refuses is parked for that process, and all else goes on', async () => {
    const stored = await openSqlStore(db, { pollMs: 50 });
    started({ stop: () => stored.close() });
    const submitStored = createSubmit(stored);
    const give = (command: AnyCommand) => submitStored(command, context());
    // Past every check, as a program that did not know of them would have stored it.
    await db.query('SELECT * FROM log_append($1, -1, $2, $3, $4, $5)', [
      'booking-poison',
      [newId()],
      ['BookingRequested'],
      [JSON.stringify({ ...booking('poison', 0).data, requestedAt: clock.now(), note: 'a\u0000b' })],
      [JSON.stringify({ ...context(), occurredAt: clock.now(), schemaVersion: 1 })],
    ]);
    await give({
      type: 'RegisterPerson',
      now: clock.now(),
      data: { personId: 'after', role: 'student', zone: 'Asia/Kolkata' },
    });
    const processes = [listed(bookLesson), listed(greeter), listed(watcher)];
    started(await runProcesses({ db, store: stored, submit: submitStored, clock, log, processes }));
    await until('the event after it', async () => (await stored.read('person-after')).length === 2);
    const parked = await db.query('SELECT part, type FROM worker.parked_event');
    expect(parked).toEqual([{ part: 'book-lesson', type: 'BookingRequested' }]);
    // What another process made of the same fact is kept.
    expect(await db.query('SELECT key FROM worker.process_state WHERE process = $1', ['watcher'])).toEqual([
      { key: 'poison' },
    ]);
    expect(errors).toHaveBeenCalledWith(expect.stringContaining('event-parked'));
  });

  test('RU16: a commit that comes through after its answer was lost is not made a second time', async () => {
    const counter: Process<number> = {
      name: 'counter',
      initial: 0,
      keyOf: (fact) => (fact.type === 'PersonRegistered' ? 'all' : null),
      evolve: (seen) => seen + 1,
      react: () => [],
    };
    // The first transaction loses its answer, and takes effect after the checkpoint was read again, before the states are.
    let late: Promise<void> | (() => Promise<void>) | null = null;
    const lossy: Database = {
      ...db,
      async transaction(work) {
        if (late !== null) return db.transaction(work);
        late = async () => void (await db.transaction(work));
        throw new DatabaseUnavailable('the connection is gone');
      },
      async query(sql, params) {
        if (sql.includes('FROM worker.process_state') && typeof late === 'function') await (late = late());
        return db.query(sql, params);
      },
    };
    await register('p1');
    started(await runProcesses({ db: lossy, store, submit, clock, log, processes: [listed(counter)] }));
    await register('p2');
    const states = () => db.query<{ state: number }>('SELECT state FROM worker.process_state');
    await until('both', async () => ((await states())[0]?.state ?? 0) >= 2, 5_000);
    expect(await states()).toEqual([{ state: 2 }]);
    const head = await store.head();
    await until('all handled', async () => {
      const [row] = await db.query<{ position: string }>('SELECT position FROM worker.checkpoint');
      return row?.position === head;
    });
    expect(await states()).toEqual([{ state: 2 }]);
    expect(late).toBeInstanceOf(Promise);
  });

  test('BL9: two bookings cancelled with one request id are two cancellations: both seats are free again', async () => {
    const windows = ([0, 1, 2, 3, 4, 5, 6] as const).map((weekday) => ({
      weekday,
      from: '06:00',
      to: '20:00',
      offerId: 'single',
    }));
    await submit(
      { type: 'SetAvailability', now: clock.now(), data: { tutorId: 't1', zone: 'UTC', windows } },
      context(),
    );
    started(await runProcesses({ db, store, submit, clock, log, processes: [listed(bookLesson)] }));
    for (const [index, bookingId] of ['b1', 'b2'].entries()) await submit(booking(bookingId, index), context());
    const ofType = (type: string) => store.readAll({ filter: { types: [type] } });
    await until('two seats', async () => (await ofType('BookingAccepted')).length === 2);
    const key = newId();
    for (const bookingId of ['b1', 'b2'])
      await submit(
        { type: 'CancelBooking', now: clock.now(), data: { bookingId, by: 'student', reason: '' } },
        fromPerson({ personId: 's1', requestId: key, command: 'CancelBooking' }),
      );
    await until('both seats back', async () => (await ofType('SeatReleased')).length === 2, 5_000);
    const ids = (await store.readAll()).map((event) => event.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('timers', () => {
  const arm = (key: string, dueAt: number, personId = 'p1') =>
    db.transaction((tx) =>
      writeReactions(
        tx,
        [
          {
            process: 'test',
            correlationId: 'c',
            causationId: 'c',
            at: 0,
            reaction: {
              kind: 'timer',
              key,
              dueAt,
              command: { type: 'ChangeZone', data: { personId, zone: 'Europe/Berlin' } },
            },
          },
        ],
        0,
      ),
    );
  const zones = () => store.readAll({ filter: { types: ['ZoneChanged'] } });

  test('TI1: a timer fires once business time reaches it, not before', async () => {
    await register('p1');
    await arm('t', clock.now() + 1_000);
    const timers = createTimers({ db, submit, clock, log });
    await timers.run();
    expect(await zones()).toEqual([]);
    await clock.advance(999);
    await timers.run();
    expect(await zones()).toEqual([]);
    await clock.advance(1);
    await timers.run();
    expect(await zones()).toHaveLength(1);
  });

  test('TI2: fired twice, it is one command', async () => {
    await register('p1');
    await arm('t', clock.now());
    await createTimers({ db, submit, clock, log }).run();
    await db.query('UPDATE worker.timer SET fired_at = NULL');
    await submit({ type: 'ChangeZone', now: clock.now(), data: { personId: 'p1', zone: 'Asia/Kolkata' } }, context());
    await createTimers({ db, submit, clock, log }).run();
    // Not set to Berlin a second time, though it is Kolkata again by now.
    expect((await zones()).map((event) => event.data.zone)).toEqual(['Europe/Berlin', 'Asia/Kolkata']);
  });

  test('TI3, TI4: the first timer of a key stands, and a forgotten one does not fire', async () => {
    await register('p1');
    await arm('t', clock.now() + 1_000);
    await arm('t', clock.now());
    await createTimers({ db, submit, clock, log }).run();
    expect(await zones()).toEqual([]);
    await db.transaction((tx) =>
      writeReactions(
        tx,
        [{ process: 'test', correlationId: 'c', causationId: 'c', at: 0, reaction: { kind: 'forget', keys: ['t'] } }],
        0,
      ),
    );
    await clock.advance(5_000);
    await createTimers({ db, submit, clock, log }).run();
    expect(await zones()).toEqual([]);
  });

  test('a timer whose command cannot be submitted tries again later, and does not hold up the others', async () => {
    await register('p1');
    await arm('a', clock.now());
    await arm('b', clock.now());
    let failures = 1;
    const flaky: Submit = (command, given) => {
      if (failures-- > 0) return Promise.reject(new Error('the store is away'));
      return submit(command, given);
    };
    await createTimers({ db, submit: flaky, clock, log }).run();
    expect(await zones()).toHaveLength(1);
    await db.query('UPDATE worker.timer SET retry_at = 0');
    await createTimers({ db, submit: flaky, clock, log }).run();
    expect(await db.query('SELECT 1 FROM worker.timer WHERE fired_at IS NULL')).toEqual([]);
  });
});
