import type { EventStore, RecordedEvent, Subscription } from '#events/store/event-store.ts';
import type { Rooms } from './rooms.server.ts';

/**
 * Closes the room of a lesson that ended or was cancelled, and sends away who was taken out or gave up their seat,
 * whoever did it. It starts at the log's end: a lesson that ended before is refused when someone asks to join.
 */
export function followLessons(store: EventStore, rooms: Rooms): Subscription {
  return store.subscribe({
    after: 'end',
    filter: {
      categories: ['lesson'],
      types: ['LessonEnded', 'LessonCancelled', 'ParticipantLeft', 'SeatGivenUp', 'SeatTaken', 'ParticipantAdmitted'],
    },
    onEvents: (events) => {
      for (const event of events) follow(event, rooms);
      return Promise.resolve();
    },
  });
}

function follow({ type, data }: RecordedEvent, rooms: Rooms): void {
  const { lessonId, personId, studentId, reason } = data;
  if (typeof lessonId !== 'string') return;
  if (type === 'LessonEnded') rooms.endLesson(lessonId, 'lesson-ended');
  else if (type === 'LessonCancelled') rooms.endLesson(lessonId, 'lesson-cancelled');
  else if (type === 'SeatGivenUp' && typeof studentId === 'string') rooms.expel(lessonId, studentId);
  else if (type === 'SeatTaken' && typeof studentId === 'string') rooms.readmit(lessonId, studentId);
  else if (type === 'ParticipantAdmitted' && typeof personId === 'string') rooms.readmit(lessonId, personId);
  else if (reason === 'removed' && typeof personId === 'string') rooms.expel(lessonId, personId);
}
