import { describe, expect, test, vi } from 'vitest';
import type { EventStore } from '#events/store/event-store.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import { DatabaseUnavailable, type Database } from '#platform/database/database.ts';
import { createLog } from '#platform/log/log.server.ts';
import { until } from '../testing/world.ts';
import { PROJECTIONS } from './all-projections.ts';
import { Fenced, lockCheckpoint, takeOver } from './checkpoint.server.ts';
import { whileLeased } from './lease.server.ts';
import { table, type Projection } from './projection.ts';
import {
  dumpReadModels,
  READ_MODELS,
  rebuildReadModels,
  requestRebuild,
  resetReadModels,
  runReadModels,
} from './read-models.server.ts';
import { createWaiter } from './wait-for.server.ts';
import {
  clock,
  context,
  db,
  errors,
  log,
  people,
  register,
  started,
  store,
  submit,
  useRunnerFixture,
} from '../testing/runner-fixture.ts';

useRunnerFixture();

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
