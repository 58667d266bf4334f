import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import { lessonCodeFrom } from '#events/shared/ids.ts';
import type { LessonNotice } from './notice.ts';

const MINUTE = 60_000;

/**
 * The .ics that travels with a mail: the lesson when it is booked or moved, and its removal when it is cancelled; null
 * otherwise. The uid is the booking's, so a calendar replaces what it has, as long as the sequence grows: what comes after
 * the booking counts in seconds, and moves before cancellations. `at`: business ms.
 */
export function calendarFile({ about, lesson }: LessonNotice, withWhom: string, at: number): string | null {
  const booked = about.kind === 'booking-confirmed' || about.kind === 'booking-received';
  const moved = about.kind === 'booking-moved';
  const cancelled = about.kind === 'booking-cancelled';
  if ((!booked && !moved && !cancelled) || lesson.lessonId === null) return null;
  const calendar = ical({
    name: 'NexusEd',
    prodId: { company: 'NexusEd', product: 'lessons' },
    // Not a request: nobody is asked to answer.
    method: cancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.PUBLISH,
  });
  calendar.createEvent({
    id: `${lesson.bookingId}@nexused`,
    sequence: booked ? 0 : Math.floor(at / 1_000) + (cancelled ? 1 : 0),
    start: new Date(lesson.startsAt),
    end: new Date(lesson.startsAt + lesson.minutes * MINUTE),
    stamp: new Date(at),
    summary: `${lesson.subject} with ${withWhom}`,
    description: `Classroom ${lessonCodeFrom(lesson.lessonId)}`,
    status: cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
  });
  return calendar.toString();
}
