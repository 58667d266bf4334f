/** What the papers of a booking are made of, for whom they are: all who see it but its tutor (PR1, PR4). */
import { lessonPaper } from '#app/server/papers/lesson-receipt.ts';
import { readerOf } from '#app/server/views.server.ts';
import { unknownPage } from '$lib/guard.ts';
import { bookingOf } from './booking-of.ts';

type Asked = Parameters<typeof bookingOf>[0];

/** How somebody pays is not for the tutor to see. */
export async function paidBookingOf(event: Asked) {
  const found = await bookingOf(event);
  if ((await readerOf(event.locals.services.queries, found.person, found.booking)) === 'tutor') unknownPage();
  return found;
}

/** The lesson receipt; for a booking whose lesson has no outcome yet there is none. */
export async function lessonPaperOf(event: Asked) {
  const { person, booking } = await paidBookingOf(event);
  const { queries } = event.locals.services;
  const { bookingId, lessonId } = booking;
  const [rows, attendance, bank, payout] = await Promise.all([
    queries.timeline(bookingId),
    lessonId === null ? [] : queries.attendance(lessonId),
    queries.chargebacksOf(bookingId),
    queries.payout(bookingId),
  ]);
  const paper = lessonPaper({ booking, rows, attendance, bank, payout });
  if (!paper) unknownPage();
  return { person, paper };
}
