/** What the papers of a booking are made of, for whom they are: all who see it but its tutor (PR1, PR4). */
import { lessonPaper } from '#app/server/papers/lesson-receipt.ts';
import { dutyOf } from '#app/server/look-services.server.ts';
import { readerOf } from '#app/server/views.server.ts';
import { unknownPage } from '$lib/guard.ts';
import { bookingOf } from './booking-of.ts';

type Asked = Parameters<typeof bookingOf>[0];

/** How somebody pays is not for the tutor to see. */
export async function paidBookingOf(event: Asked) {
  const found = await bookingOf(event);
  const { person, booking } = found;
  const { queries, copyTaken } = event.locals.services;
  const reader = await readerOf(queries, person, booking);
  if (reader === 'tutor') unknownPage();
  return {
    ...found,
    /** Before the paper is given out: what ops and auditors take along is noted, or they do not get it (LK2, LK4). */
    async noted(): Promise<void> {
      if (reader === 'ops') await copyTaken(person, dutyOf(person), 'receipt', booking.bookingId);
    },
  };
}

/** The lesson receipt; for a booking whose lesson has no outcome yet there is none. */
export async function lessonPaperOf(event: Asked) {
  const { person, booking, noted } = await paidBookingOf(event);
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
  await noted();
  return { person, paper };
}
