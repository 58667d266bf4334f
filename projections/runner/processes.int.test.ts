import { describe, expect, test, vi } from 'vitest';
import { fromPerson } from '#events/handling/context.ts';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import { newId } from '#events/shared/ids.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import { DatabaseUnavailable, type Database } from '#platform/database/database.ts';
import { bookLesson } from '../processes/book-lesson.ts';
import type { AnyProcess } from '../processes/all.ts';
import type { Process } from '../processes/process.ts';
import { until } from '../testing/world.ts';
import { runProcesses } from './processes.server.ts';
import {
  clock,
  context,
  db,
  errors,
  log,
  register,
  started,
  store,
  submit,
  useRunnerFixture,
} from '../testing/runner-fixture.ts';

useRunnerFixture();

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
