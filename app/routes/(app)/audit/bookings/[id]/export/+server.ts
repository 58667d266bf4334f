import { personWith, unknownPage } from '$lib/guard.ts';
import { exportAnswer } from '$lib/verify/export-answer.server.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
  const person = personWith(event, 'auditor');
  const { audit, queries, copyTaken } = event.locals.services;
  const booking = await queries.booking(event.params.id);
  if (!booking) unknownPage();
  const { bookingId } = booking;
  return exportAnswer(await audit.exportLog(person, { kind: 'booking', id: bookingId }), () =>
    copyTaken(person, 'auditor', 'log-of-booking', bookingId),
  );
};
