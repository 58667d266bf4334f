import { redirect, type ActionFailure } from '@sveltejs/kit';
import { isRefusal } from '#events/shared/refusal.ts';
import type { BookingRow, Queries } from '#projections/queries.ts';
import type { Person } from '#app/server/services.ts';
import { attendanceFor, readerOf } from '#app/server/views.server.ts';
import type { Problem } from '$lib/answer.ts';
import { isCause } from '$lib/booking/case-view.ts';
import { policyOf } from '$lib/booking/policy.ts';
import { reportingOf } from '$lib/booking/report.ts';
import { refused, requestIdOf, textOf, unknownPage } from '$lib/guard.ts';
import { messagesIn } from '$lib/messages/index.ts';
import { paiseOf } from '$lib/profile/offers.ts';
import { formatMoney } from '$lib/ui/money.ts';
import { bookingOf } from '../booking-of.ts';
import type { Actions, PageServerLoad } from './$types';

const m = messagesIn('en').dispute;
const MINUTE = 60_000;

/** Whole minutes that tutor and student were in the classroom; null where nobody was seen. */
async function thereOf(queries: Queries, person: Person, booking: BookingRow) {
  const lesson = booking.lessonId === null ? null : await queries.lesson(booking.lessonId);
  const rows = lesson ? await attendanceFor(queries, person, lesson) : [];
  const minutes = (id: string): number => Math.floor((rows.find((row) => row.personId === id)?.hereMs ?? 0) / MINUTE);
  return rows.length === 0 ? null : { student: minutes(booking.studentId), tutor: minutes(booking.tutorId) };
}

/** Only the student’s side reports a problem with a lesson. */
async function reportableOf(event: Parameters<typeof bookingOf>[0]) {
  const found = await bookingOf(event);
  if ((await readerOf(event.locals.services.queries, found.person, found.booking)) !== 'student') unknownPage();
  return found;
}

export const load: PageServerLoad = async (event) => {
  const { services } = event.locals;
  const { queries } = services;
  const { person, booking } = await reportableOf(event);
  const { bookingId } = booking;
  const [payout, dispute, there] = await Promise.all([
    queries.payout(bookingId),
    queries.dispute(bookingId),
    thereOf(queries, person, booking),
  ]);
  const policy = policyOf(booking.policyVersion);
  const { subject, startsAt, minutes, price, tutorName, studentName } = booking;
  return {
    booking: { bookingId, subject, startsAt, minutes, price, tutorName, studentName },
    reporting: reportingOf(booking, payout, dispute, policy, services.now()),
    answerMs: policy.disputeAnswerMs,
    there,
    requestId: crypto.randomUUID(),
  };
};

export const actions: Actions = {
  default: async (event): Promise<ActionFailure<Problem>> => {
    const { person, booking } = await reportableOf(event);
    const form = await event.request.formData();
    const requestId = requestIdOf(form);
    if (!requestId) return refused('send', 'bad-request-id', m.stale);
    const cause = textOf(form, 'cause');
    if (!isCause(cause)) return refused('cause', 'cause-missing', m.report.problems.cause);
    const text = textOf(form, 'text').replaceAll('\r\n', '\n');
    if (text.length < 3) return refused('words', 'text-missing', m.report.problems.words);
    const wants = wantsOf(textOf(form, 'wants'), textOf(form, 'amount'), booking.price);
    if (wants === undefined) {
      const most = formatMoney(booking.price, { paise: 'always' });
      return refused('amount', 'amount-invalid', m.report.problems.amount(most));
    }
    const opened = await event.locals.services.openDispute(
      person,
      booking.bookingId,
      { cause, text, wants },
      requestId,
    );
    if (isRefusal(opened)) return refused('send', opened.code, opened.message, 409);
    redirect(303, `/bookings/${booking.bookingId}`);
  },
};

/** Paise asked back, null for “you decide”; undefined for what is no amount. */
function wantsOf(choice: string, amount: string, price: number): number | null | undefined {
  if (choice === 'all') return price;
  if (choice !== 'part') return null;
  const paise = paiseOf(amount);
  return paise !== null && paise > 0 && paise <= price ? paise : undefined;
}
