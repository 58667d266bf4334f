/** Erasing a person over the real tables: what they wrote is nowhere, and money and chain are as before. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuth } from '#app/server/auth/auth.server.ts';
import { ensureAccount, passwordHash } from '#app/server/auth/accounts.server.ts';
import { bookingServices } from '#app/server/booking-services.server.ts';
import { createErasure, type ErasePerson } from '#app/server/auth/erase.server.ts';
import { fromPerson, fromProvider, fromSystem } from '#events/handling/context.ts';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import { STUDY_RULES_2026_11 as rules } from '#events/lesson/study.ts';
import type { ErasureFacts } from '#events/person/can-erase.ts';
import { openVault, type Vault } from '#events/sealing/vault.server.ts';
import { sealedStore } from '#events/sealing/sealed-store.server.ts';
import { newId } from '#events/shared/ids.ts';
import { policyAt } from '#events/shared/policy.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { verifyChain, type ChainedStore } from '#events/store/chain.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import { kyselyDialect } from '#platform/database/kysely-dialect.server.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { erasureFacts } from '#projections/erasure/facts.server.ts';
import { scrubWorkerTables } from '#projections/erasure/scrub.server.ts';
import { createQueries } from '#projections/queries.server.ts';
import { requestRebuild, runReadModels } from '#projections/runner/read-models.server.ts';
import { runProcesses } from '#projections/runner/processes.server.ts';
import { prepareProjections } from '#projections/worker.server.ts';

const NOW = Date.UTC(2027, 0, 4, 4, 30);
const log = createLog({ level: 'silent' });
const clock = { now: () => NOW, onJump: () => () => undefined };

/** What must be nowhere afterwards, of the student and of nobody else. */
const STUDENT_WORDS = [
  'Rukmini Venkataraman',
  'rukmini@nexused.test',
  'My dyslexia makes reading slow',
  'My grandmother died on Monday',
  'Friends of Rukmini’s garden',
];
const TUTOR_WORDS = [
  'Farhan Sheikh',
  'farhan-sheikh',
  'Taught in Lucknow for years',
  'farhan@nexused.test',
  'ABCPE1234F',
  '987654321098',
];

let db: Database;
let store: EventStore & ChainedStore;
let submit: Submit;
let vault: Vault;
let erase: ErasePerson;
let student: string;
let tutor: string;
let stop: () => Promise<void> = async () => undefined;
const facts: ErasureFacts = {
  openBookings: 0,
  openPayouts: 0,
  openRefunds: 0,
  openCases: 0,
  owes: 0,
  children: 0,
  hasDuty: false,
};
let open: ErasureFacts = facts;

type WithoutNow<C> = C extends AnyCommand ? Omit<C, 'now'> : never;

async function give(command: WithoutNow<AnyCommand>, by?: string): Promise<void> {
  const context = by
    ? fromPerson({ personId: by, requestId: newId(), command: command.type })
    : fromSystem('test', newId());
  const done = await submit({ ...command, now: NOW } as AnyCommand, context);
  if (isRefusal(done)) throw new Error(`${command.type}: ${done.code}`);
}

/** Every text in every table, row by row. */
async function everythingHeld(): Promise<string[]> {
  const tables = await db.query<{ name: string }>(
    `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables
      WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const held: string[] = [];
  for (const { name } of tables)
    for (const { row } of await db.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`))
      held.push(`${name} ${row}`);
  return held;
}

const holding = async (words: readonly string[]): Promise<string[]> =>
  (await everythingHeld()).filter((row) => words.some((word) => row.toLowerCase().includes(word.toLowerCase())));

/** Read models and processes over everything there is, as the worker runs them. */
async function work(): Promise<() => Promise<void>> {
  const readModels = await runReadModels({ db, store, log });
  const processes = await runProcesses({ db, store, submit, clock, log });
  return async () => {
    await processes.stop();
    await readModels.stop();
  };
}

/** (`expect.poll` works inside a test only.) */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It never came about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function caughtUp(): Promise<void> {
  await until('everything is projected', async () => {
    const head = await store.head();
    const rows = await db.query<{ position: string | null }>('SELECT position FROM worker.checkpoint');
    return rows.length === 2 && rows.every(({ position }) => position === head);
  });
}

const money = async (): Promise<unknown> => [
  await db.query(
    'SELECT account, sum(amount)::int8 AS total FROM read_model.ledger_entry GROUP BY account ORDER BY account',
  ),
  await db.query('SELECT * FROM read_model.payout ORDER BY booking_id'),
];

beforeAll(async () => {
  db = await openPglite(null);
  await createAuth({
    db,
    dialect: kyselyDialect(db),
    secret: 'a secret of thirty-two characters',
    publicUrl: 'http://localhost',
    log,
    sendMail: async () => undefined,
    register: async () => undefined,
  });
  const account = { zone: 'Asia/Kolkata', passwordHash: await passwordHash('a long password') };
  student = await ensureAccount(db, {
    ...account,
    email: 'rukmini@nexused.test',
    name: 'Rukmini Venkataraman',
    role: 'student',
  });
  tutor = await ensureAccount(db, { ...account, email: 'farhan@nexused.test', name: 'Farhan Sheikh', role: 'tutor' });
  await db.query(
    `INSERT INTO "session" (id, token, "userId", "expiresAt", "createdAt", "updatedAt") VALUES ('x', 'y', $1, now(), now(), now())`,
    [student],
  );
  await prepareProjections(db);
  const bus = createMemoryBus(() => undefined);
  vault = await openVault({ db, dataKey: '11'.repeat(32), bus });
  store = sealedStore(await openSqlStore(db), vault);
  submit = createSubmit(store);
  erase = createErasure({
    db,
    store,
    submit,
    vault,
    now: () => NOW,
    factsOf: async () => open,
    scrub: (traces) => scrubWorkerTables(db, traces),
    membershipsOf: createQueries(db, clock).membershipsOf,
    studyRoomsOf: createQueries(db, clock).studyRoomsOf,
    rebuild: async () => {
      await requestRebuild(db);
      // As the worker does, whose consumer finds that it was replaced.
      await stop();
      stop = await work();
    },
  });

  await give({ type: 'RegisterPerson', data: { personId: student, role: 'student', zone: 'Asia/Kolkata' } });
  await give({ type: 'RegisterPerson', data: { personId: tutor, role: 'tutor', zone: 'Asia/Kolkata' } });
  const profile = {
    slug: 'farhan-sheikh',
    name: 'Farhan Sheikh',
    headline: 'Physics',
    about: 'Taught in Lucknow for years',
    subjects: ['Physics'],
    levels: ['School'],
    languages: ['English'],
    city: 'Lucknow',
    yearsTeaching: 9,
    education: 'MSc',
  };
  await give({ type: 'PublishTutorProfile', data: { tutorId: tutor, profile } });
  const offer = { offerId: newId(), minutes: 60, seats: 1, price: 80_000, title: 'Physics alone' } as const;
  await give({ type: 'SetOffers', data: { tutorId: tutor, offers: [offer] } });
  await give({ type: 'ActivateLinkedAccount', data: { tutorId: tutor, accountId: 'acc_1' } });
  await give({
    type: 'SubmitPayoutDetails',
    data: {
      tutorId: tutor,
      legalName: 'Farhan Sheikh',
      businessType: 'individual',
      contactName: 'Farhan Sheikh',
      email: 'farhan@nexused.test',
      phone: '9876543210',
      pan: 'ABCPE1234F',
      address: { street: '1 Hazratganj', city: 'Lucknow', state: 'Uttar Pradesh', postalCode: '226001' },
      bank: { beneficiary: 'Farhan Sheikh', accountNumber: '987654321098', ifsc: 'HDFC0001234' },
    },
  });
  const windows = [0, 1, 2, 3, 4, 5, 6].map((weekday) => ({
    weekday: weekday as 0,
    from: '10:00',
    to: '20:00',
    offerId: offer.offerId,
  }));
  await give({ type: 'SetAvailability', data: { tutorId: tutor, zone: 'Asia/Kolkata', windows } });
  stop = await work();

  const bookingId = newId();
  await give(
    {
      type: 'RequestBooking',
      data: {
        bookingId,
        tutorId: tutor,
        studentId: student,
        bookedBy: student,
        offerId: offer.offerId,
        subject: 'Physics',
        startsAt: Date.UTC(2027, 0, 6, 4, 30),
        minutes: 60,
        seats: 1,
        price: 80_000,
        mode: 'instant',
        policy: policyAt(NOW),
        note: 'My dyslexia makes reading slow',
      },
    },
    student,
  );
  await until('the order is planned', async () => (await store.read(`payment-${bookingId}`)).length === 1);
  await give({ type: 'RecordOrder', data: { bookingId, orderId: 'order_1', amount: 80_000 } });
  const captured = {
    providerPaymentId: 'pay_1',
    orderId: 'order_1',
    status: 'captured',
    amount: 80_000,
    currency: 'INR',
    fee: 1_600,
    tax: 288,
    method: 'upi',
    reason: '',
    description: '',
  } as const;
  const seen = await submit(
    { type: 'ObservePayment', now: NOW, data: { bookingId, ...captured } },
    fromProvider('razorpay', 'pay_1 captured'),
  );
  if (isRefusal(seen)) throw new Error(seen.code);
  await until('the payout is planned', async () => (await store.read(`payout-${bookingId}`)).length > 0);
  await give(
    { type: 'CancelBooking', data: { bookingId, by: 'student', reason: 'My grandmother died on Monday' } },
    student,
  );
  await give({ type: 'OpenDirect', data: { conversationId: 'dm-1', personId: student, otherId: tutor } }, student);
  const group = { conversationId: 'group-1', by: student };
  await give({ type: 'CreateStudyGroup', data: { ...group, name: 'Friends of Rukmini’s garden' } }, student);
  await give({ type: 'InviteMember', data: { ...group, personId: tutor } }, student);
  await give({ type: 'JoinStudyGroup', data: { conversationId: 'group-1', personId: tutor, tokenHash: null } }, tutor);
  const room = (lessonId: string, hostId: string, subject: string) =>
    give({
      type: 'OpenStudyRoom',
      data: { lessonId, code: lessonId, hostId, subject, rules, linkId: `k-${lessonId}`, tokenHash: `h-${lessonId}` },
    });
  await room('room-1', student, 'Friends of Rukmini’s garden, botany');
  await room('room-2', 'somebody', 'Botany');
  await give({ type: 'FollowStudyLink', data: { lessonId: 'room-2', personId: student, tokenHash: 'h-room-2' } });
  const word = { type: 'ParticipantAdmitted', personId: student } as const;
  await give({ type: 'NoteRoom', data: { lessonId: 'room-2', by: 'somebody', at: NOW, word } });
  await db.query(`INSERT INTO worker.webhook (event_id, body, state, received_at) VALUES ('evt_1', $1, 'done', 0)`, [
    JSON.stringify({ payload: { payment: { entity: { email: 'Rukmini@nexused.test', amount: 80_000 } } } }),
  ]);
  await caughtUp();
});

afterAll(async () => {
  await stop();
  await store.close();
  await vault.close();
  await db.close();
});

describe('erasing a person', () => {
  it('PE7: money that goes back is open until it has arrived, for who pays and for who teaches', async () => {
    const [paid] = await db.query<{ booking: string }>('SELECT booking_id AS booking FROM read_model.booking');
    const found = async () => [await erasureFacts(db, student), await erasureFacts(db, tutor)];
    // The lesson was cancelled in time: all of it is owed, though nobody asked the provider yet.
    for (const one of await found()) expect(one).toMatchObject({ openRefunds: 1, openPayouts: 1 });
    const refund = async (state: string): Promise<unknown> =>
      db.query(
        `INSERT INTO read_model.refund VALUES ('r1', $1, 'pay_1', 80000, 'cancelled', $2, NULL, 0, NULL, 0)
         ON CONFLICT (refund_id) DO UPDATE SET state = excluded.state`,
        [paid?.booking, state],
      );
    await refund('failed');
    for (const one of await found()) expect(one).toMatchObject({ openRefunds: 2 });
    await refund('processed');
    for (const one of await found()) expect(one).toMatchObject({ openRefunds: 0 });
    await db.query(`DELETE FROM read_model.refund WHERE refund_id = 'r1'`);
  });

  it('SE14: is refused while something is open, and to strangers; nothing is lost by asking', async () => {
    open = { ...facts, openPayouts: 1 };
    expect(await erase({ personId: student, by: { personId: student }, requestId: newId() })).toMatchObject({
      code: 'money-open',
    });
    open = facts;
    expect(await erase({ personId: student, by: { personId: tutor }, requestId: newId() })).toMatchObject({
      code: 'not-allowed',
    });
    expect((await holding(STUDENT_WORDS)).length).toBeGreaterThan(5);
  });

  it('SE14: leaves none of their words, name or address in any table, and all of the money', async () => {
    const before = await money();
    const records = await store.chainRecords();
    const others = (await holding(TUTOR_WORDS)).length;
    expect(await erase({ personId: student, by: { personId: student }, requestId: newId() })).toEqual({
      kind: 'erased',
    });
    await caughtUp();
    expect(await holding(STUDENT_WORDS)).toEqual([]);
    expect(await money()).toEqual(before);
    expect(others).toBeGreaterThan(5);
    // What is the tutor's own stays: the account, the profile.
    expect((await holding(TUTOR_WORDS)).length).toBeGreaterThanOrEqual(2);
    expect(await verifyChain(store)).toMatchObject({ kind: 'whole' });
    expect((await store.chainRecords()).slice(0, records.length)).toEqual(records);
    const [notice] = await db.query<{ title: string }>(
      `SELECT title FROM worker.notice WHERE kind = 'booking-received'`,
    );
    expect(notice?.title).toBe('someone who left booked Physics');
    const [row] = await db.query('SELECT note, state FROM read_model.booking');
    expect(row).toEqual({ note: '[erased]', state: 'cancelled' });
    // CV15: whoever is left reads on, owns the group, and nobody else is in either.
    expect(await createQueries(db, clock).conversationsOf(tutor)).toMatchObject([
      { conversationId: 'dm-1', over: true, members: [{ personId: tutor }] },
      { conversationId: 'group-1', over: false, name: null, ownerId: tutor, members: [{ personId: tutor }] },
    ]);
    // ST10: nobody stays in a room whose host is gone; where they were a guest the others go on.
    const rooms = await db.query(
      `SELECT lesson_id AS id, subject, state FROM read_model.lesson WHERE kind = 'study' ORDER BY 1`,
    );
    expect(rooms).toEqual([
      { id: 'room-1', subject: '[erased]', state: 'ended' },
      { id: 'room-2', subject: 'Botany', state: 'scheduled' },
    ]);
    expect(await db.query(`SELECT * FROM "session"`)).toEqual([]);
    expect(await db.query('SELECT body FROM worker.webhook')).toEqual([{ body: '' }]);
    // Nobody books as somebody who is gone, even with a session of before.
    const queries = createQueries(db, clock);
    expect(await queries.rolesOf(student)).toBeNull();
    const services = bookingServices({
      store,
      submit,
      queries,
      now: () => NOW,
      seen: async () => true,
      observeOrder: async () => undefined,
      checkReturn: async () => ({ kind: 'verified' }),
    });
    const request = { requestId: newId(), tutorId: tutor, studentId: student, subject: 'Physics', note: '' };
    const asked = { ...request, offerId: 'any', startsAt: NOW };
    const person = { personId: student, roles: ['student'], name: '', email: '', zone: 'UTC' } as const;
    expect(await services.book(person, asked, newId())).toMatchObject({ code: 'person-erased' });
    expect(await erase({ personId: student, by: { personId: student }, requestId: newId() })).toEqual({
      kind: 'erased',
    });
    await caughtUp();
  });

  it('SE14: the same for a tutor, whose bank, profile and offers go; nobody can book them', async () => {
    const before = await money();
    expect(await erase({ personId: tutor, by: { personId: 'ops-1', role: 'ops' }, requestId: newId() })).toEqual({
      kind: 'erased',
    });
    await caughtUp();
    expect(await holding(TUTOR_WORDS)).toEqual([]);
    expect(await money()).toEqual(before);
    expect(await verifyChain(store)).toMatchObject({ kind: 'whole' });
    const [calendar] = await store.read(`calendar-${tutor}`, { direction: 'backwards', limit: 1 });
    expect(await createQueries(db, clock).searchTutors({})).toEqual({ tutors: [], total: 0 });
    expect(calendar).toMatchObject({ type: 'AvailabilitySet', data: { windows: [] } });
  });
});
