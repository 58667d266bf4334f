import { describe, expect, test } from 'vitest';
import type { Submit } from '#events/handling/submit.ts';
import { writeReactions } from './reactions.server.ts';
import { createTimers } from './timers.server.ts';
import { clock, context, db, log, register, store, submit, useRunnerFixture } from '../testing/runner-fixture.ts';

useRunnerFixture();

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
