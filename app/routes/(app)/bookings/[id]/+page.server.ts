import { fail } from '@sveltejs/kit';
import { isRefusal } from '#events/shared/refusal.ts';
import { dutyOf } from '#app/server/look-services.server.ts';
import { bookingFor, readerOf, timelineFor } from '#app/server/views.server.ts';
import { othersOf } from '$lib/conversations/others.ts';
import { caseView } from '$lib/booking/case-view.ts';
import { isOpenChargeback } from '$lib/booking/chargeback.ts';
import { policyOf } from '$lib/booking/policy.ts';
import { reportingOf } from '$lib/booking/report.ts';
import { requestIdOf, textOf } from '$lib/guard.ts';
import { LIVE } from '$lib/live-key.ts';
import { messagesIn } from '$lib/messages/index.ts';
import { moneyStory } from '$lib/money-story/story.ts';
import { timelineEntries, timelineLanes, type TimelineContext } from '$lib/timeline-words.ts';
import { zoneOf } from '$lib/zone-of.ts';
import { bookingOf } from './booking-of.ts';
import { caseActions } from './case-actions.ts';
import { BOOKING } from './key.ts';
import type { Actions, PageServerLoad } from './$types';

const MAX_REASON = 500;

export const load: PageServerLoad = async (event) => {
  const { services } = event.locals;
  event.depends(BOOKING, LIVE);
  const { person, booking } = await bookingOf(event);
  const { bookingId } = booking;
  const [rows, payout, dispute, refunds, chargebacks] = await Promise.all([
    services.queries.timeline(bookingId),
    services.queries.payout(bookingId),
    services.queries.dispute(bookingId),
    services.queries.refundsOf(bookingId),
    services.queries.chargebacksOf(bookingId),
  ]);
  const reader = await readerOf(services.queries, person, booking);
  if (reader === 'ops') await services.lookedAt(person, dutyOf(person), [bookingId], 'booking');
  const policy = policyOf(booking.policyVersion);
  const shown = timelineFor(reader, booking, rows);
  const messages = messagesIn('en');
  const words = messages.timeline;
  const context: TimelineContext = {
    reader,
    viewerId: person.personId,
    tutorId: booking.tutorId,
    tutorName: booking.tutorName,
    studentId: booking.studentId,
    studentName: booking.studentName,
    zone: zoneOf(event.cookies, person),
  };
  return {
    booking: bookingFor(reader, booking),
    reader,
    ownSeat: person.personId === booking.studentId,
    others: await othersOf(services, person, reader, booking),
    payer: { name: person.name, email: person.email },
    checkout: services.checkout,
    opensAt: booking.startsAt - policy.opensBeforeMs,
    /** End of the 72 hours; null until the outcome is known. */
    holdUntil: payout?.releaseAt ?? null,
    reporting: reader === 'student' ? reportingOf(booking, payout, dispute, policy, services.now()) : null,
    dispute: dispute && caseView(dispute, person.personId),
    // How and when money comes back is the payer's.
    refunds: reader === 'tutor' ? [] : refunds,
    /** The payer has asked their bank for the money too: nothing is sent back twice. */
    bankDecides: reader === 'student' && chargebacks.some(isOpenChargeback),
    /** There is a receipt, and it is the reader's to have. */
    receipt: reader !== 'tutor' && rows.some((row) => row.type === 'PaymentCaptured'),
    /** What came of the lesson is decided, so that there is a receipt of it too. */
    lessonReceipt: reader !== 'tutor' && rows.some((row) => row.type === 'OutcomeDecided'),
    money: moneyStory({ rows, shown }, context, services.now(), messages),
    entries: timelineEntries(shown, context, words).map((entry) => ({ ...entry, raw: undefined })),
    lanes: timelineLanes(words),
    cancelId: crypto.randomUUID(),
    caseId: crypto.randomUUID(),
  };
};

export const actions: Actions = {
  ...caseActions,

  verify: async (event) => {
    const { person, booking } = await bookingOf(event);
    const form = await event.request.formData();
    const verified = await event.locals.services.verifyCheckout(person, booking.bookingId, {
      razorpay_payment_id: textOf(form, 'razorpay_payment_id'),
      razorpay_order_id: textOf(form, 'razorpay_order_id'),
      razorpay_signature: textOf(form, 'razorpay_signature'),
    });
    if (isRefusal(verified)) return fail(409, { code: verified.code, message: verified.message });
    return { verified: true };
  },

  /** An attempt failed or the window was closed: the provider is asked what really happened. */
  refresh: async (event) => {
    const { booking } = await bookingOf(event);
    await event.locals.services.refreshPayment(booking.bookingId);
    return { refreshed: true };
  },

  quote: async (event) => {
    const { person, booking } = await bookingOf(event);
    const by = person.personId === booking.tutorId ? 'tutor' : 'student';
    const quote = await event.locals.services.cancelQuote(booking.bookingId, by);
    if (isRefusal(quote)) return fail(409, { code: quote.code, message: quote.message });
    return { quote };
  },

  cancel: async (event) => {
    const { person, booking } = await bookingOf(event);
    const form = await event.request.formData();
    const requestId = requestIdOf(form);
    if (!requestId)
      return fail(400, { code: 'bad-request-id', message: 'This form was out of date. Reload the page.' });
    const reason = textOf(form, 'reason').slice(0, MAX_REASON);
    const cancelled = await event.locals.services.cancel(person, booking.bookingId, reason, requestId);
    if (isRefusal(cancelled)) return fail(409, { code: cancelled.code, message: cancelled.message });
    return { cancelled: true };
  },
};
