/** The sweep behind moves, when no process was there: no worker runs here, only the read models. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import { newId } from '#events/shared/ids.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { manualClock } from '#platform/clock/manual.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import type { Intent } from '../processes/process.ts';
import { runReadModels } from '../runner/read-models.server.ts';
import { createWaiter, type Waiter } from '../runner/wait-for.server.ts';
import { prepareProjections } from '../worker.server.ts';
import { createSweeper } from './sweep.server.ts';

const HOUR = 3_600_000;
const clock = manualClock(Date.UTC(2026, 10, 21));
const log = createLog({ level: 'silent' });
const tutorId = 't1';
const PRICE = 80_000;

let db: Database;
let store: EventStore;
let submit: Submit;
let waiter: Waiter;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  db = await openPglite(null);
  await db.script('CREATE TABLE person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL)');
  await prepareProjections(db);
  store = inMemoryStore();
  submit = createSubmit(store);
  waiter = await createWaiter(db);
  const readModels = await runReadModels({ db, store, log });
  closing.push(
    () => readModels.stop(),
    () => waiter.stop(),
    () => store.close(),
    () => db.close(),
  );
  const windows = ([0, 1, 2, 3, 4, 5, 6] as const).map((weekday) => ({
    weekday,
    from: '00:00',
    to: '24:00',
    offerId: 'single',
  }));
  await give({ type: 'SetAvailability', data: { tutorId, zone: 'UTC', windows } });
});
afterAll(async () => {
  for (const close of closing) await close();
});

async function give(command: Intent): Promise<void> {
  const id = newId();
  const full: AnyCommand = { ...command, now: clock.now() };
  const actor = { kind: 'system', id: 'test' } as const;
  const outcome = await submit(full, { commandId: id, correlationId: id, causationId: id, actor });
  if (isRefusal(outcome)) throw new Error(`${command.type}: ${outcome.code}`);
}

async function sweep(): Promise<void> {
  expect(await waiter.waitFor((await store.head()) ?? '', 10_000)).toBe(true);
  await createSweeper({ db, store, submit, clock, log }).run();
}

let hours = 60;
/** A booking with its seat, paid. */
async function confirmed(): Promise<{ bookingId: string; startsAt: number }> {
  const bookingId = newId();
  hours += 2;
  const slot = { tutorId, bookingId, studentId: 's1', offerId: 'single', minutes: 60, seats: 1 };
  const startsAt = clock.now() - (clock.now() % HOUR) + hours * HOUR;
  await give({
    type: 'RequestBooking',
    data: {
      ...slot,
      startsAt,
      bookedBy: 's1',
      subject: 'Physics',
      price: PRICE,
      mode: 'instant',
      policy: POLICY_2026_11,
      note: '',
    },
  });
  await give({ type: 'HoldSeat', data: { ...slot, startsAt, lessonId: `lesson-${bookingId}` } });
  await give({ type: 'AcceptBooking', data: { bookingId, lessonId: `lesson-${bookingId}` } });
  await give({ type: 'ConfirmBooking', data: { bookingId, amount: PRICE } });
  return { bookingId, startsAt };
}

const last = async (stream: string) => (await store.read(stream)).at(-1);

test('SW10: a proposal that nobody answered lapses, and so does the next one of that booking', async () => {
  const { bookingId, startsAt } = await confirmed();
  const to = startsAt + 48 * HOUR;
  for (const proposalId of ['a1', 'a2']) {
    await give({ type: 'ProposeReschedule', data: { bookingId, proposalId, by: 'tutor', startsAt: to } });
    await sweep();
    expect(await last(`booking-${bookingId}`)).toMatchObject({ type: 'RescheduleProposed' });
    await clock.advance(25 * HOUR);
    await sweep();
    expect(await last(`booking-${bookingId}`)).toMatchObject({
      type: 'RescheduleDeclined',
      data: { proposalId, reason: 'lapsed' },
    });
  }
});

test('SW10: one that was agreed to goes on: seat first, then the booking', async () => {
  const { bookingId, startsAt } = await confirmed();
  const to = startsAt + 48 * HOUR;
  await give({ type: 'ProposeReschedule', data: { bookingId, proposalId: 'b1', by: 'student', startsAt: to } });
  await sweep();
  expect(await last(`calendar-${tutorId}`)).not.toMatchObject({ type: 'SeatMoved' });
  await clock.advance(2 * 60_000);
  await sweep();
  expect(await last(`calendar-${tutorId}`)).toMatchObject({ type: 'SeatMoved', data: { bookingId, startsAt: to } });
  await sweep();
  expect(await last(`booking-${bookingId}`)).toMatchObject({ type: 'BookingRescheduled', data: { startsAt: to } });
});

test('SW10: what the calendar refused is told to the booking', async () => {
  const { bookingId } = await confirmed();
  const other = await confirmed();
  await give({
    type: 'ProposeReschedule',
    data: { bookingId, proposalId: 'c1', by: 'student', startsAt: other.startsAt },
  });
  await clock.advance(2 * 60_000);
  await sweep();
  await sweep();
  expect(await last(`booking-${bookingId}`)).toMatchObject({
    type: 'RescheduleDeclined',
    // The same student has the seat there.
    data: { proposalId: 'c1', reason: 'not-available' },
  });
});
