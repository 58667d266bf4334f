/** RM1, RM2, RM9: what the pages ask, over a log without a worker's effects. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { AnyCommand } from '#events/handling/submit.ts';
import { newId } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { manualClock } from '#platform/clock/manual.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { createQueries } from './queries.server.ts';
import type { Queries } from './queries.ts';
import type { Intent } from './processes/process.ts';
import { runReadModels } from './runner/read-models.server.ts';
import { createWaiter } from './runner/wait-for.server.ts';
import { prepareProjections } from './worker.server.ts';

const HOUR = 3_600_000;
/** A Monday, 00:00 in Kolkata. */
const MONDAY = Date.UTC(2026, 10, 22, 18, 30);
const clock = manualClock(MONDAY);
const log = createLog({ level: 'silent' });

let db: Database;
let queries: Queries;
const closing: (() => Promise<unknown>)[] = [];

interface Tutor {
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly language: string;
  readonly price: number;
  /** Free from this hour to the next but one, Kolkata, on Mondays. */
  readonly from: number;
  readonly account: boolean;
}

const TUTORS: readonly Tutor[] = [
  { id: 't1', name: 'Asha Rao', subject: 'Mathematics', language: 'Hindi', price: 80_000, from: 9, account: true },
  { id: 't2', name: 'Bilal Khan', subject: 'Physics', language: 'Urdu', price: 50_000, from: 17, account: true },
  { id: 't3', name: '100% Chitra', subject: 'Mathematics', language: 'Tamil', price: 60_000, from: 12, account: false },
];

beforeAll(async () => {
  db = await openPglite(null);
  await db.script(`CREATE TABLE person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL);
    INSERT INTO person_name VALUES ('s1', 'Ravi', 'ravi@demo.test'), ('g1', 'Latha', 'latha@demo.test')`);
  await prepareProjections(db);
  const store = inMemoryStore();
  const submit = createSubmit(store);
  const give = async (command: Intent): Promise<void> => {
    const id = newId();
    const actor = { kind: 'system', id: 'test' } as const;
    const full: AnyCommand = { ...command, now: clock.now() };
    const outcome = await submit(full, { commandId: id, correlationId: id, causationId: id, actor });
    if (isRefusal(outcome)) throw new Error(`${command.type}: ${outcome.code}`);
  };
  for (const { id: tutorId, name, subject, language, price, from, account } of TUTORS) {
    await give({
      type: 'PublishTutorProfile',
      data: {
        tutorId,
        profile: {
          slug: `tutor-${tutorId}`,
          name,
          headline: `${subject} with patience`,
          about: 'About.',
          subjects: [subject],
          levels: ['Class 10'],
          languages: ['English', language],
          city: tutorId === 't1' ? 'Pune' : 'Delhi',
          yearsTeaching: 5,
          education: 'M.Sc.',
        },
      },
    });
    await give({
      type: 'SetOffers',
      data: {
        tutorId,
        offers: [
          { offerId: 'one', minutes: 60, seats: 1, price, title: 'One-to-one' },
          { offerId: 'three', minutes: 60, seats: 3, price: 20_000, title: 'Group' },
        ],
      },
    });
    const hour = (at: number): string => `${String(at).padStart(2, '0')}:00`;
    await give({
      type: 'SetAvailability',
      data: {
        tutorId,
        zone: 'Asia/Kolkata',
        windows: [
          { weekday: 1, from: hour(from), to: hour(from + 2), offerId: 'one' },
          { weekday: 1, from: hour(from + 2), to: hour(from + 3), offerId: 'three' },
        ],
      },
    });
    if (account) await give({ type: 'ActivateLinkedAccount', data: { tutorId, accountId: 'acc_Demo0000000001' } });
  }
  await give({ type: 'RegisterPerson', data: { personId: 's1', role: 'student', zone: 'Asia/Kolkata' } });
  await give({ type: 'RegisterPerson', data: { personId: 'g1', role: 'guardian', zone: 'Europe/Berlin' } });
  await give({ type: 'LinkGuardian', data: { personId: 's1', guardianId: 'g1' } });
  await give({
    type: 'HoldSeat',
    data: {
      tutorId: 't1',
      bookingId: 'b1',
      studentId: 's1',
      lessonId: 'l1',
      offerId: 'three',
      startsAt: MONDAY + 11 * HOUR,
      minutes: 60,
      seats: 3,
    },
  });
  await give({ type: 'AddTimeOff', data: { tutorId: 't1', from: MONDAY + 10 * HOUR, to: MONDAY + 11 * HOUR } });
  await give({
    type: 'WriteReview',
    data: { bookingId: 'b0', tutorId: 't2', studentId: 's1', rating: 5, text: 'Clear and kind.' },
  });

  const readModels = await runReadModels({ db, store, log });
  const waiter = await createWaiter(db);
  queries = createQueries(db, clock);
  closing.push(
    () => readModels.stop(),
    waiter.stop,
    () => store.close(),
    () => db.close(),
  );
  expect(await waiter.waitFor((await store.head()) ?? '', 10_000)).toBe(true);
});
afterAll(async () => {
  for (const close of closing) await close();
});

const names = async (search: Parameters<Queries['searchTutors']>[0]): Promise<readonly string[]> =>
  (await queries.searchTutors(search)).tutors.map((tutor) => tutor.name);

describe('RM1: the search', () => {
  test('finds by subject, language, level, price and words, each without regard to case', async () => {
    expect(await names({ subject: 'mathematics', sort: 'price' })).toEqual(['100% Chitra', 'Asha Rao']);
    expect(await names({ language: 'URDU' })).toEqual(['Bilal Khan']);
    expect(await names({ level: 'Class 10' })).toHaveLength(3);
    expect(await names({ maxPrice: 19_999 })).toEqual([]);
    expect(await names({ text: 'patience pune' })).toEqual(['Asha Rao']);
    expect(await names({ text: '100%' })).toEqual(['100% Chitra']);
    expect(await names({ text: '_' })).toEqual([]);
    expect(await names({ text: "o'; DROP TABLE read_model.tutor; --" })).toEqual([]);
  });

  test('what no text can hold is found nowhere', async () => {
    for (const bad of ['a\u0000b', '\u0000'])
      for (const search of [{ text: bad }, { subject: bad }, { level: bad }, { language: bad }])
        expect(await queries.searchTutors(search)).toEqual({ tutors: [], total: 0 });
    expect(await queries.tutorBySlug('tutor-t2\u0000')).toBeNull();
    expect(await queries.tutorById('t2\u0000')).toBeNull();
    expect(await queries.booking('\u0000')).toBeNull();
    expect(await queries.lessonByCode('nx\u0000')).toBeNull();
    expect(await queries.cases({ text: 'a\u0000' })).toEqual({ rows: [], total: 0 });
  });

  test.each([
    8_640_000_000_000_000,
    Number.MAX_SAFE_INTEGER,
    Number.MAX_VALUE,
    Infinity,
    -Infinity,
    Number.NaN,
    -8_640_000_000_000_001,
  ])('a time out of any calendar (%d) is no error', async (at) => {
    expect(await names({ freeFrom: at, freeTo: at })).toEqual([]);
    const from = await names({ freeFrom: at });
    expect(from).toHaveLength(at < 0 ? 3 : 0);
    const to = await names({ freeTo: at });
    expect(to).toHaveLength(at > 0 ? 3 : 0);
    expect(await queries.freeSlots('t1', at, at)).toEqual([]);
  });

  test('a price that is no amount is no error', async () => {
    expect(await names({ maxPrice: 1e300 })).toHaveLength(3);
    expect(await names({ maxPrice: 19_999.5 })).toEqual([]);
    expect(await names({ maxPrice: -Infinity })).toEqual([]);
    expect(await names({ maxPrice: Number.NaN })).toEqual([]);
  });

  test('finds who is free in a range of time', async () => {
    const at = (from: number, to: number) => ({ freeFrom: MONDAY + from * HOUR, freeTo: MONDAY + to * HOUR });
    expect(await names(at(9, 10))).toEqual(['Asha Rao']);
    expect(await names(at(17, 20))).toEqual(['Bilal Khan']);
    // Only time off and nothing else: not free.
    expect(await names(at(10, 11))).toEqual([]);
  });

  test('sorts by what is best, by price, or by who is free first, and counts all', async () => {
    // Reviewed well, then not reviewed, and last who cannot be booked yet.
    expect(await names({})).toEqual(['Bilal Khan', 'Asha Rao', '100% Chitra']);
    expect(await names({ sort: 'soonest' })).toEqual(['Asha Rao', '100% Chitra', 'Bilal Khan']);
    const page = await queries.searchTutors({ sort: 'soonest', limit: 1, offset: 1 });
    expect(page).toMatchObject({ total: 3, tutors: [{ name: '100% Chitra', bookable: false }] });
  });

  test('the form offers what occurs', async () => {
    expect(await queries.searchFacets()).toEqual({
      subjects: ['Mathematics', 'Physics'],
      levels: ['Class 10'],
      languages: ['English', 'Hindi', 'Tamil', 'Urdu'],
    });
  });

  test('a page has offers, hours, reviews and the next free time', async () => {
    const page = await queries.tutorBySlug('tutor-t2');
    expect(page).toMatchObject({
      tutorId: 't2',
      rating: 5,
      reviews: 1,
      fromPrice: 20_000,
      nextFreeAt: MONDAY + 17 * HOUR,
      zone: 'Asia/Kolkata',
      latestReviews: [{ authorName: 'Ravi', rating: 5, text: 'Clear and kind.' }],
    });
    expect(await queries.tutorBySlug('nobody')).toBeNull();
    expect(await queries.tutorById('s1')).toBeNull();
  });
});

describe('RM2: free slots', () => {
  test('are the windows less time off, and a shared lesson shows its seats left', async () => {
    const slots = await queries.freeSlots('t1', MONDAY, MONDAY + 24 * HOUR);
    expect(slots.map(({ startsAt, offerId, seatsLeft }) => [(startsAt - MONDAY) / HOUR, offerId, seatsLeft])).toEqual([
      [9, 'one', 1],
      [11, 'three', 2],
    ]);
  });

  test('none in the past', async () => {
    expect(await queries.freeSlots('t2', MONDAY - 100 * HOUR, MONDAY)).toEqual([]);
  });
});

test('RM9: roles, zone and children of a person; null for nobody', async () => {
  expect(await queries.rolesOf('g1')).toEqual({
    roles: ['guardian'],
    zone: 'Europe/Berlin',
    children: ['s1'],
    institutes: [],
  });
  expect(await queries.rolesOf('nobody')).toBeNull();
  expect(await queries.institute('nobody')).toBeNull();
});

describe('RM5: earnings', () => {
  const MANY = 2_500;

  beforeAll(async () => {
    await db.query(
      `INSERT INTO read_model.booking (booking_id, state, tutor_id, student_id, booked_by, offer_id, subject, starts_at,
         minutes, seats, price, mode, note, policy, requested_at, refund, refund_cap_pct)
       SELECT 'e' || i, 'completed', 'rich', 's1', 's1', 'one', 'Physics', $1::int8 + (i / 2) * 1000, 60, 1, 80000,
         'instant', '', '{}', $1, 0, 100
       FROM generate_series(1, $2::int4) i`,
      [MONDAY, MANY],
    );
    await db.query(
      `INSERT INTO read_model.payout (booking_id, tutor_id, account_id, provider_payment_id, gross, commission, share,
         state, planned_at, t0, release_at, reversed, owed, pauses, clawback)
       SELECT 'e' || i, 'rich', 'acc', 'pay' || i, 80000, 8000, 72000,
         CASE i % 5 WHEN 0 THEN 'settled' WHEN 1 THEN 'released' WHEN 2 THEN 'hold-running' WHEN 3 THEN 'disputed'
           ELSE 'hold-running' END,
         $1, $1, $1::int8 + i, CASE WHEN i % 5 = 3 THEN 1 ELSE 0 END, 0,
         CASE WHEN i % 5 = 4 THEN '{"chargeback": null}' ELSE '{"bank-changed": 1}' END::jsonb, 0
       FROM generate_series(1, $2::int4) i`,
      [MONDAY, MANY],
    );
  });

  test('the sums are over all payouts, however many', async () => {
    const fifth = (MANY / 5) * 72_000;
    expect(await queries.earnings('rich', { limit: 1 })).toMatchObject({
      held: 3 * fifth - MANY / 5,
      disputed: fifth - MANY / 5,
      paused: fifth,
      released: 2 * fifth,
      settled: fifth,
      owed: 0,
      // The first that waits for nothing but its time.
      nextReleaseAt: MONDAY + 2,
      nextReleaseAmount: 72_000,
    });
  });

  test('the rows come in pages, each row once, also where lessons begin together', async () => {
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await queries.earnings('rich', after === undefined ? {} : { after });
      expect(page.rows.length).toBeLessThanOrEqual(1_000);
      seen.push(...page.rows.map((row) => row.bookingId));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toHaveLength(MANY);
    expect(new Set(seen).size).toBe(MANY);
  });

  test('only lessons of some days are shown, and a stranger has none', async () => {
    const days = await queries.earnings('rich', { from: MONDAY + 2_000, to: MONDAY + 3_000 });
    expect(days.rows.map((row) => row.bookingId)).toEqual(['e4', 'e5']);
    expect(days.next).toBeNull();
    expect(await queries.earnings('rich', { code: 'nx-none00' })).toMatchObject({ rows: [], next: null });
    expect(await queries.earnings('t2')).toMatchObject({ rows: [], held: 0, nextReleaseAt: null });
  });
});

test('[RM6] whom a host took out of a lesson is known by name', async () => {
  await db.script(`INSERT INTO read_model.lesson_out (lesson_id, person_id)
    VALUES ('out-1', 's1'), ('out-1', 'unnamed'), ('out-2', 'g1')`);
  expect(await queries.takenOutOf('out-1')).toEqual([
    { personId: 's1', name: 'Ravi' },
    { personId: 'unnamed', name: 'Student' },
  ]);
  expect(await queries.takenOutOf('out-3')).toEqual([]);
});
