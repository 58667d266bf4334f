import { receipt } from '#app/server/papers/receipt.ts';
import { unknownPage } from '$lib/guard.ts';
import { messagesIn } from '$lib/messages/index.ts';
import { pdfFile } from '$lib/pdf-file.ts';
import { zoneOf } from '$lib/zone-of.ts';
import { paidBookingOf } from '../paper-of.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
  const { person, booking, noted } = await paidBookingOf(event);
  const { queries, pdf } = event.locals.services;
  const { bookingId } = booking;
  const [rows, refunds, bank] = await Promise.all([
    queries.timeline(bookingId),
    queries.refundsOf(bookingId),
    queries.chargebacksOf(bookingId),
  ]);
  const zone = zoneOf(event.cookies, person);
  const paper = receipt({ booking, rows, refunds, bank, zone }, messagesIn('en'));
  if (!paper) unknownPage();
  await noted();
  return pdfFile(`nexused-receipt-${bookingId}.pdf`, await pdf(paper));
};
