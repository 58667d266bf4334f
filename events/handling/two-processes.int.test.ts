/** HA9 on a real database: two processes, each with its own connections and memory, on one log. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPostgres } from '#platform/database/postgres.server.ts';
import type { Database } from '#platform/database/database.ts';
import { startPostgres, type TestPostgres } from '../../tests/support/postgres.ts';
import { fold } from '../shared/decider.ts';
import { isRefusal } from '../shared/refusal.ts';
import { DAY, START } from '../shared/times.ts';
import * as calendarStream from '../calendar/events.ts';
import { verifyChain, type ChainedStore } from '../store/chain.ts';
import type { EventStore, RecordedEvent } from '../store/event-store.ts';
import { openSqlStore } from '../store/postgres.server.ts';
import { fromPerson } from './context.ts';
import { recogniseAs } from './registry.ts';
import type { AnyCommand, Submit } from './submit.ts';
import { createSubmit } from './submit.server.ts';

const now = START - 7 * DAY;
let postgres: TestPostgres;
const handles: { db: Database; store: EventStore & ChainedStore; submit: Submit }[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  const url = await postgres.createDatabase('two');
  for (let n = 0; n < 2; n += 1) {
    const db = await openPostgres(url);
    const store = await openSqlStore(db);
    handles.push({ db, store, submit: createSubmit(store) });
  }
});
afterAll(async () => {
  for (const { db, store } of handles) {
    await store.close();
    await db.close();
  }
  await postgres.stop();
});

const submitOf = (n: number): Submit => {
  const handle = handles[n % 2];
  if (!handle) throw new Error('two processes');
  return handle.submit;
};

async function give(n: number, command: AnyCommand, requestId: string): Promise<readonly RecordedEvent[]> {
  const answer = await submitOf(n)(command, fromPerson({ personId: 's1', requestId, command: command.type }));
  if (isRefusal(answer)) throw new Error(answer.code);
  return answer.events;
}

it('CA8, HA3, HA4, HA9: a rush for few seats at several tutors, every form sent to both: no seat twice, no event twice', async () => {
  const tutors = ['t1', 't2', 't3'];
  const seats = 3;
  for (const tutorId of tutors) {
    const windows = [{ weekday: 1, from: '10:00', to: '12:00', offerId: 'o1' }] as const;
    await give(
      0,
      { type: 'SetAvailability', data: { tutorId, zone: 'Asia/Kolkata', windows }, now },
      `open ${tutorId}`,
    );
  }
  const hold = (tutorId: string, n: number): AnyCommand => ({
    type: 'HoldSeat',
    data: {
      tutorId,
      bookingId: `${tutorId} b${n}`,
      studentId: `s${n}`,
      lessonId: `${tutorId} l${n}`,
      offerId: 'o1',
      startsAt: START,
      minutes: 60,
      seats,
    },
    now,
  });
  const asked = tutors.flatMap((tutorId) => Array.from({ length: 20 }, (_, n) => ({ tutorId, n })));
  // Each form goes to one process, and shortly after to the other, as when a browser tries again.
  const answers = await Promise.all(
    asked.flatMap(({ tutorId, n }) =>
      [n, n + 1].map((process) => give(process, hold(tutorId, n), `hold ${tutorId} ${n}`)),
    ),
  );

  const [first] = handles;
  if (!first) throw new Error('a process');
  for (const [index, { tutorId }] of asked.entries()) {
    const [one, again] = [answers[2 * index], answers[2 * index + 1]];
    expect(one, `${tutorId}: both answers are the same event`).toEqual(again);
  }
  for (const tutorId of tutors) {
    const events = await first.store.read(`calendar-${tutorId}`);
    expect(events).toHaveLength(21);
    expect(new Set(events.map((event) => event.meta.commandId)).size).toBe(21);
    const state = fold(
      calendarStream,
      events.flatMap((event) => recogniseAs(event, 'calendar') ?? []),
    );
    expect(state.lessons.map((lesson) => lesson.taken.length)).toEqual([seats]);
  }
  expect(await verifyChain(first.store)).toMatchObject({ kind: 'whole', records: 63 });
});

it('HA9: what one process did is what the other decides over, turn by turn', async () => {
  const tutorId = 't9';
  for (let n = 0; n < 40; n += 1) {
    const from = now + n * 1_000;
    const added: AnyCommand = { type: 'AddTimeOff', data: { tutorId, from, to: from + 500 }, now };
    const removed: AnyCommand = { type: 'RemoveTimeOff', data: { tutorId, from, to: from + 500 }, now };
    expect((await give(n, added, `add ${n}`)).map(({ type }) => type)).toEqual(['TimeOffAdded']);
    expect((await give(n + 1, removed, `remove ${n}`)).map(({ type }) => type)).toEqual(['TimeOffRemoved']);
    expect(await give(n, removed, `remove again ${n}`)).toEqual([]);
  }
});
