/** The whole of this folder over a real database and the real sandbox, with people who can book. */
import { createServer } from 'node:http';
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import { createSubmit } from '#events/handling/submit.server.ts';
import { newId } from '#events/shared/ids.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Bus } from '#platform/bus/bus.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import { createLog } from '#platform/log/log.server.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { openSmtp } from '../effects/mail.server.ts';
import { openRazorpay } from '../effects/razorpay.server.ts';
import type { BookingRow, EarningRow, Queries } from '../queries.ts';
import {
  openPayments,
  openReadSide,
  prepareProjections,
  startWorker,
  type Payments,
  type Worker,
  type WorkerSettings,
} from '../worker.server.ts';
import { KEYS, startSandbox, type Sandbox } from './sandbox.ts';

export const HOUR = 3_600_000;
export const TUTOR = 'person-tutor';
export const STUDENT = 'person-student';
export const STUDENT2 = 'person-student2';
export const PARENT = 'person-parent';
export const PRICE = 80_000;

const NAMES: Readonly<Record<string, string>> = {
  [TUTOR]: 'Asha Rao',
  [STUDENT]: 'Ravi Kumar',
  [STUDENT2]: 'Meera Nair',
  [PARENT]: 'Latha Kumar',
};

export interface World {
  readonly db: Database;
  readonly store: EventStore;
  readonly submit: Submit;
  readonly bus: Bus;
  readonly queries: Queries;
  readonly payments: Payments;
  readonly sandbox: Sandbox;
  readonly account: string;
  readonly clock: BusinessClock;
  /** A start that is free, tomorrow or later, by the business clock. */
  readonly firstStart: number;
  advance(ms: number): Promise<void>;
  advanceTo(at: number): Promise<void>;
  give(command: WithoutNow<AnyCommand>, as?: string): Promise<string | null>;
  /** Requests a seat; gives the booking id. */
  request(options?: { student?: string; offerId?: string; startsAt?: number; bookingId?: string }): Promise<string>;
  /** Requests and pays; resolves once it is confirmed. */
  book(options?: { student?: string; offerId?: string; startsAt?: number }): Promise<string>;
  pay(bookingId: string, body?: Readonly<Record<string, unknown>>): Promise<void>;
  booking(bookingId: string, when: (row: BookingRow) => boolean): Promise<BookingRow>;
  payout(bookingId: string, when: (row: EarningRow) => boolean): Promise<EarningRow>;
  /** Both in the classroom, media both ways, for the whole of its minutes; the tutor ends it. */
  teach(lessonId: string, startsAt: number, students: readonly string[]): Promise<void>;
  readonly worker: Worker;
  /** Ends the worker as it stands and starts another one. */
  restart(settings?: Partial<WorkerSettings>): Promise<void>;
  /** A second worker beside the first, as another process would run one. */
  another(): Worker;
  /** Both consumers have seen everything, and no call, webhook or due timer waits. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

type WithoutNow<C> = C extends AnyCommand ? Omit<C, 'now'> : never;

export async function until<T>(what: string, read: () => Promise<T | null | false>, ms = 30_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await read();
    if (found !== null && found !== false) return found;
    if (Date.now() > end) throw new Error(`It never came about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function testClock(): BusinessClock & { offset: number; jumped(): void } {
  const listeners = new Set<() => void>();
  return {
    offset: 0,
    now() {
      return Date.now() + this.offset;
    },
    onJump(onJump) {
      listeners.add(onJump);
      return () => listeners.delete(onJump);
    },
    jumped() {
      for (const listener of listeners) listener();
    },
  };
}

export interface WorldSettings {
  /** Without it, PGlite in memory. */
  readonly database?: Database;
  /** One that runs already and outlives this world. */
  readonly sandbox?: Sandbox;
  /** Without it, the log is in the database too. */
  readonly openStore?: (db: Database) => Promise<EventStore>;
}

export async function openWorld(settings: WorldSettings = {}): Promise<World> {
  const log = createLog({ level: process.env.TEST_LOG ?? 'silent' });
  const db = settings.database ?? (await openPglite(null));
  await db.script(
    'CREATE TABLE IF NOT EXISTS person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL)',
  );
  for (const [id, name] of Object.entries(NAMES))
    await db.query('INSERT INTO person_name VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [id, name, `${id}@demo.test`]);

  let receive: Payments['receiveWebhook'] = async () => 'stored';
  const web = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      receive(Buffer.concat(chunks), request.headers).then(
        (received) => response.writeHead(received === 'bad-signature' ? 400 : 200).end(),
        () => response.writeHead(500).end(),
      );
    });
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const address = web.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  const webhookUrl = `http://127.0.0.1:${address.port}/webhooks`;
  const sandbox = settings.sandbox ?? (await startSandbox(webhookUrl));
  if (settings.sandbox) await sandbox.control('webhook-url', { url: webhookUrl });
  const store = await (settings.openStore?.(db) ?? openSqlStore(db, { pollMs: 100 }));
  const submit = createSubmit(store);
  const clock = testClock();
  clock.offset = (await sandbox.control<{ clock: { offsetMs: number } }>('state')).clock.offsetMs;
  const bus = createMemoryBus();
  const gateway = openRazorpay({
    keyId: KEYS.keyId,
    keySecret: KEYS.keySecret,
    webhookSecrets: [KEYS.webhookSecret],
    baseUrl: () => sandbox.url,
    timeoutMs: 1_000,
  });
  await prepareProjections(db);
  const readSide = await openReadSide({ db, clock });
  const { queries } = readSide;
  const payments = openPayments({ db, gateway, submit, clock, log });
  receive = payments.receiveWebhook;
  const mail = openSmtp(() => `smtp://127.0.0.1:${sandbox.smtpPort}`, 'NexusEd <no-reply@nexused.test>');

  const workerSettings: WorkerSettings = {
    db,
    store,
    submit,
    clock,
    bus,
    gateway,
    mail,
    log,
    publicUrl: () => 'http://localhost:3000',
    pace: {
      timersMs: 50,
      outboxMs: 50,
      inboxMs: 50,
      mailMs: 100,
      sweepMs: 3_600_000,
      reconcileMs: 3_600_000,
      outbox: { settleMs: 300, firstRetryMs: 100, longestRetryMs: 500 },
    },
  };
  let worker = startWorker(workerSettings);

  const give: World['give'] = async (command, as = 'test') => {
    const id = newId();
    const outcome = await submit(
      { ...command, now: clock.now() },
      { commandId: id, correlationId: id, causationId: id, actor: { kind: 'person', id: as } },
    );
    return isRefusal(outcome) ? outcome.code : null;
  };

  for (const personId of [TUTOR, STUDENT, STUDENT2, PARENT])
    await give({
      type: 'RegisterPerson',
      data: {
        personId,
        role: personId === TUTOR ? 'tutor' : personId === PARENT ? 'guardian' : 'student',
        zone: 'Asia/Kolkata',
      },
    });
  await give({ type: 'LinkGuardian', data: { personId: STUDENT, guardianId: PARENT } });
  const { accountId: account } = await sandbox.control<{ accountId: string }>('accounts', {
    email: 'asha@demo.test',
    name: 'Asha Rao',
  });
  const tutorId = TUTOR;
  await give({
    type: 'PublishTutorProfile',
    data: {
      tutorId,
      profile: {
        slug: 'asha-rao',
        name: 'Asha Rao',
        headline: 'Mathematics for class 9 to 12',
        about: 'Twelve years of patience.',
        subjects: ['Mathematics', 'Physics'],
        levels: ['Class 10', 'Class 12'],
        languages: ['English', 'Hindi'],
        city: 'Pune',
        yearsTeaching: 12,
        education: 'M.Sc., IIT Bombay',
      },
    },
  });
  await give({
    type: 'SetOffers',
    data: {
      tutorId,
      offers: [
        { offerId: 'single', minutes: 60, seats: 1, price: PRICE, title: 'One-to-one' },
        { offerId: 'group', minutes: 60, seats: 3, price: 30_001, title: 'Group of three' },
      ],
    },
  });
  const weekdays = [0, 1, 2, 3, 4, 5, 6] as const;
  await give({
    type: 'SetAvailability',
    data: {
      tutorId,
      zone: 'Asia/Kolkata',
      windows: weekdays.flatMap((weekday) => [
        { weekday, from: '06:00', to: '16:00', offerId: 'single' },
        { weekday, from: '16:00', to: '22:00', offerId: 'group' },
      ]),
    },
  });
  await give({ type: 'ActivateLinkedAccount', data: { tutorId, accountId: account } });
  const IST = 5.5 * HOUR;
  const midnight = Math.floor((clock.now() + IST) / (24 * HOUR)) * 24 * HOUR - IST;

  const world: World = {
    db,
    store,
    submit,
    bus,
    queries,
    payments,
    sandbox,
    account,
    clock,
    // Three days on, 09:00 in Kolkata: far from every tier of the cancellation table.
    firstStart: midnight + 3 * 24 * HOUR + 9 * HOUR,
    give,

    async advance(ms) {
      clock.offset += ms;
      await sandbox.control('clock', { offsetMs: Math.round(clock.offset) });
      clock.jumped();
    },
    advanceTo: (at) => world.advance(at - clock.now()),

    async request({ student = STUDENT, offerId = 'single', startsAt = world.firstStart, bookingId = newId() } = {}) {
      const group = offerId === 'group';
      const refused = await give(
        {
          type: 'RequestBooking',
          data: {
            bookingId,
            tutorId,
            studentId: student,
            bookedBy: student,
            offerId,
            subject: 'Mathematics',
            startsAt,
            minutes: 60,
            seats: group ? 3 : 1,
            price: group ? 30_001 : PRICE,
            mode: 'instant',
            policy: POLICY_2026_11,
            note: '',
          },
        },
        student,
      );
      if (refused) throw new Error(refused);
      return bookingId;
    },
    async book(options) {
      const bookingId = await world.request(options);
      await world.pay(bookingId);
      await world.booking(bookingId, (row) => row.state === 'confirmed');
      return bookingId;
    },
    async pay(bookingId, body = {}) {
      const { orderId } = await world.booking(bookingId, (row) => row.orderId !== null);
      await sandbox.control(`orders/${orderId}/pay`, body);
    },

    booking: (bookingId, when) =>
      until(`booking ${when.toString()}`, async () => {
        const row = await queries.booking(bookingId);
        return row && when(row) ? row : null;
      }),
    payout: (bookingId, when) =>
      until(`payout ${when.toString()}`, async () => {
        const row = await queries.payout(bookingId);
        return row && when(row) ? row : null;
      }),

    async teach(lessonId, startsAt, students) {
      await world.advanceTo(startsAt);
      const everyone = [TUTOR, ...students];
      for (const personId of everyone) {
        const role = personId === TUTOR ? ('host' as const) : ('participant' as const);
        const connectionId = `connection of ${personId}`;
        await give({ type: 'JoinLesson', data: { lessonId, personId, role, connectionId } }, personId);
        for (const direction of ['sent', 'received'] as const)
          await give({
            type: 'StartMedia',
            data: { lessonId, personId, connectionId, direction, at: clock.now() },
          });
      }
      await world.advanceTo(startsAt + HOUR);
      const refused = await give({ type: 'EndLesson', data: { lessonId, by: 'host', policy: POLICY_2026_11 } }, TUTOR);
      if (refused) throw new Error(refused);
    },

    get worker() {
      return worker;
    },
    async restart(changes = {}) {
      await worker.stop();
      worker = startWorker({ ...workerSettings, ...changes });
    },

    another: () => startWorker(workerSettings),

    async settled() {
      await until('everything settled', async () => {
        const head = await store.head();
        const [row] = await db.query<{ behind: number; waiting: number }>(
          `SELECT
             (SELECT count(*)::int4 FROM worker.checkpoint
               WHERE consumer IN ('read-models', 'processes') AND position IS DISTINCT FROM $1) AS behind,
             (SELECT count(*)::int4 FROM worker.outbound_call WHERE state IN ('planned', 'sent', 'unknown'))
             + (SELECT count(*)::int4 FROM worker.webhook WHERE state = 'stored')
             + (SELECT count(*)::int4 FROM worker.mail WHERE state = 'planned')
             + (SELECT count(*)::int4 FROM worker.timer WHERE fired_at IS NULL AND due_at <= $2) AS waiting`,
          [head, Math.floor(clock.now())],
        );
        return row?.behind === 0 && row.waiting === 0;
      });
    },
    async close() {
      await worker.stop();
      await readSide.stop();
      mail.close();
      await store.close();
      await new Promise<void>((resolve) => {
        web.closeAllConnections();
        web.close(() => resolve());
      });
      if (!settings.sandbox) await sandbox.stop();
      await db.close();
    },
  };
  return world;
}
