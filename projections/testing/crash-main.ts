/**
 * One life of the product's worker, for crash.int.test.ts: takes two bookings as far as it gets, however far the lives
 * before it got, and says so when they are done. CRASH_AT ends it on the way (platform/crash).
 */
import { openPglite } from '#platform/database/pglite.server.ts';
import { attachSandbox } from './sandbox.ts';
import { HOUR, openWorld, STUDENT, STUDENT2, until } from './world.ts';
import { dumpReadModels, resetReadModels } from '../runner/read-models.server.ts';

const [, , folder = '', url = '', smtpPort = '', taughtId = '', cancelledId = '', start = ''] = process.argv;

const sandbox = attachSandbox(url, Number(smtpPort));
const world = await openWorld({ database: await openPglite(folder), sandbox });
const startsAt = Number(start);
const { queries } = world;

async function bookAndPay(bookingId: string, student: string, at: number): Promise<void> {
  if ((await queries.booking(bookingId)) === null) await world.request({ bookingId, student, startsAt: at });
  const { orderId } = await world.booking(bookingId, (row) => row.orderId !== null);
  const { orders } = await sandbox.state();
  if (orders.some((order) => order.id === orderId && order.status !== 'paid')) await world.pay(bookingId);
  await world.booking(bookingId, (row) => row.confirmedAt !== null);
}

await bookAndPay(taughtId, STUDENT, startsAt);
await bookAndPay(cancelledId, STUDENT2, startsAt + HOUR);
// Not before its transfer stands, so that there is something to take back.
await world.payout(cancelledId, (row) => row.transferId !== null);
if ((await queries.booking(cancelledId))?.state === 'confirmed')
  await world.give({ type: 'CancelBooking', data: { bookingId: cancelledId, by: 'student', reason: '' } }, STUDENT2);
await world.booking(cancelledId, (row) => row.payment === 'refunded');

const { lessonId } = await world.booking(taughtId, (row) => row.code !== null);
const lesson = await until('the lesson', () => queries.lesson(lessonId ?? ''));
if (lesson.state === 'scheduled' || lesson.state === 'live') await world.teach(lesson.lessonId, startsAt, [STUDENT]);
const { releaseAt } = await world.payout(taughtId, (row) => row.releaseAt !== null);
if (world.clock.now() < (releaseAt ?? 0)) await world.advanceTo((releaseAt ?? 0) + 1);
await world.booking(taughtId, (row) => row.state === 'closed');
await world.settled();

const live = await dumpReadModels(world.db);
await world.worker.stop();
await resetReadModels(world.db);
await world.restart();
await world.settled();
const rebuilt = await dumpReadModels(world.db);
const books = await world.db.query<{ booking_id: string; off: number; negative: number }>(
  `SELECT booking_id, sum(balance)::int8 AS off,
     count(*) FILTER (WHERE balance > 0 AND account !~ '^(psp:|gst:|expense:)')::int4 AS negative
   FROM (SELECT booking_id, account, sum(amount)::int8 AS balance FROM read_model.ledger_entry GROUP BY booking_id, account) b
   GROUP BY booking_id ORDER BY booking_id`,
);
const mails = await world.db.query<{ mails: number }>(
  `SELECT count(*)::int4 AS mails FROM worker.mail WHERE state = 'sent'`,
);
process.stdout.write(`${JSON.stringify({ same: live === rebuilt, lines: live.split('\n').length, books, mails })}\n`);
await world.close();
