import type { EventStore, Subscription } from '#events/store/event-store.ts';
import type { Rooms } from './rooms.server.ts';

/**
 * Closes the room of a lesson that ended or was cancelled, whoever ended it. It starts at the log's end: a lesson that
 * ended before is refused when someone asks to join.
 */
export function followLessons(store: EventStore, rooms: Rooms): Subscription {
  return store.subscribe({
    after: 'end',
    filter: { categories: ['lesson'], types: ['LessonEnded', 'LessonCancelled'] },
    onEvents: (events) => {
      for (const event of events) {
        const lessonId = event.data['lessonId'];
        if (typeof lessonId !== 'string') continue;
        rooms.endLesson(lessonId, event.type === 'LessonEnded' ? 'lesson-ended' : 'lesson-cancelled');
      }
      return Promise.resolve();
    },
  });
}
