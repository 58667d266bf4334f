import { personWith } from '$lib/guard.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'tutor');
  const { queries, now } = event.locals.services;
  const [students, lessons] = await Promise.all([
    queries.studentsOf(person.personId),
    queries.upcomingLessons(person.personId, now()),
  ]);
  const own = lessons.filter((lesson) => lesson.tutorId === person.personId);
  return {
    students: students.map((student) => {
      const next = own.find((lesson) => lesson.students.some((taken) => taken.studentId === student.studentId));
      return { ...student, next: next ? { startsAt: next.startsAt, code: next.code } : null };
    }),
  };
};
