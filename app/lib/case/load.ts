/** What a case shows, for ops and for auditors. The page checks the role first. */
import { unknownPage } from '../guard.ts';

/** Everything about one booking; for an unknown id the page does not exist. */
export async function loadCase(locals: App.Locals, bookingId: string) {
  const { queries, now } = locals.services;
  const booking = await queries.booking(bookingId);
  if (!booking) unknownPage();
  const [payout, rows, attendance, stuck] = await Promise.all([
    queries.payout(bookingId),
    queries.timeline(bookingId),
    booking.lessonId === null ? [] : queries.attendance(booking.lessonId),
    queries.stuck(now()),
  ]);
  return {
    booking,
    payout,
    rows,
    attendance: attendance.filter((row) => row.personId === booking.tutorId || row.personId === booking.studentId),
    stuck: stuck.filter((row) => row.bookingId === bookingId),
  };
}
