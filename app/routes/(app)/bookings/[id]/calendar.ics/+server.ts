import ical from 'ical-generator';
import { personOf, unknownPage } from '$lib/guard.ts';
import type { RequestHandler } from './$types';

const MINUTE = 60_000;

/** The lesson for a calendar. The uid is the same as in the mails, so that a calendar keeps one entry. */
export const GET: RequestHandler = async (event) => {
  const person = personOf(event);
  const { services } = event.locals;
  const booking = await services.visibleBooking(person, event.params.id);
  if (!booking || booking.code === null) unknownPage();
  const withWhom = person.personId === booking.tutorId ? booking.studentName : booking.tutorName;
  const calendar = ical({ name: 'NexusEd', prodId: { company: 'NexusEd', product: 'lessons' } });
  calendar.createEvent({
    id: `${booking.bookingId}@nexused`,
    start: new Date(booking.startsAt),
    end: new Date(booking.startsAt + booking.minutes * MINUTE),
    stamp: new Date(services.now()),
    summary: `${booking.subject} with ${withWhom}`,
    description: `Classroom ${booking.code}`,
    url: new URL(`/lessons/${booking.code}`, event.url).href,
  });
  return new Response(calendar.toString(), {
    headers: {
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': `attachment; filename="${booking.code}.ics"`,
    },
  });
};
