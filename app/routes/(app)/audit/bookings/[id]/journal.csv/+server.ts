import { journalCsv } from '$lib/case/books.ts';
import { csvAnswer } from '$lib/case/csv.server.ts';
import { personWith, unknownPage } from '$lib/guard.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
  const person = personWith(event, 'auditor');
  const { queries, copyTaken } = event.locals.services;
  const booking = await queries.booking(event.params.id);
  if (!booking) unknownPage();
  const rows = await queries.ledgerOf(booking.bookingId);
  await copyTaken(person, 'auditor', 'journal', booking.bookingId);
  return csvAnswer('nexused-journal', journalCsv(booking.bookingId, rows));
};
