import { personWith } from '$lib/guard.ts';
import { progressOf } from '$lib/progress.ts';
import type { PageServerLoad } from './$types';

/** So many lessons back; a term of two a week. */
const LESSONS = 40;

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'student', 'guardian');
  const { queries } = event.locals.services;
  const bookings = await queries.bookingsOf(person.personId);
  const taught = bookings
    .filter((booking) => booking.lessonId !== null && ['completed', 'closed'].includes(booking.state))
    .slice(0, LESSONS);
  const lessons = await Promise.all(
    taught.map(async ({ lessonId, studentId, studentName, subject, minutes }) => {
      const attendance = lessonId === null ? [] : await queries.attendance(lessonId);
      const hereMs = attendance.find((row) => row.personId === studentId)?.hereMs ?? 0;
      return { studentId, studentName, subject, bookedMs: minutes * 60_000, hereMs };
    }),
  );
  return { lines: progressOf(lessons), lessons: lessons.length, severalPeople: person.roles.includes('guardian') };
};
