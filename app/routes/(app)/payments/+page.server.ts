import { readerOf } from '#app/server/views.server.ts';
import { caseView } from '$lib/booking/case-view.ts';
import { isOpenChargeback } from '$lib/booking/chargeback.ts';
import { personWith } from '$lib/guard.ts';
import { LIVE } from '$lib/live-key.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'student', 'guardian', 'institute-admin');
  event.depends(LIVE);
  const { queries } = event.locals.services;
  const [payments, bookings, disputes] = await Promise.all([
    queries.paymentsOf(person.personId),
    queries.bookingsOf(person.personId),
    queries.disputesOf(person.personId),
  ]);
  const refunded = [
    ...new Set(payments.filter((one) => one.refundDue > 0 || one.refunded > 0).map((one) => one.bookingId)),
  ];
  const refunds = await Promise.all(refunded.map((bookingId) => queries.refundsOf(bookingId)));
  // What is to go back and was not sent: the payer's bank may be looking at it too.
  const unsent = payments.filter((one) => one.refundDue > one.refunded).map((one) => one.bookingId);
  const chargebacks = await Promise.all(unsent.map((bookingId) => queries.chargebacksOf(bookingId)));
  const atBank = new Set(
    chargebacks
      .flat()
      .filter(isOpenChargeback)
      .map((one) => one.providerPaymentId),
  );
  const forWhom = new Map(bookings.map((booking) => [booking.bookingId, booking]));
  const readers = await Promise.all(disputes.map((dispute) => readerOf(queries, person, dispute)));
  return {
    payments: payments
      .map((payment) => {
        const booking = forWhom.get(payment.bookingId);
        return {
          ...payment,
          studentId: booking?.studentId ?? '',
          studentName: booking?.studentName ?? '',
          atBank: atBank.has(payment.providerPaymentId),
        };
      })
      .toSorted((one, other) => other.capturedAt - one.capturedAt),
    refunds: refunds.flat(),
    cases: disputes
      .filter((_, at) => readers[at] === 'student')
      .map((dispute) => ({
        bookingId: dispute.bookingId,
        subject: dispute.subject,
        tutorName: dispute.tutorName,
        studentId: dispute.studentId,
        studentName: dispute.studentName,
        ...caseView(dispute, person.personId),
        statements: [],
      })),
    viewerId: person.personId,
  };
};
