import type { GuestPlace } from '#events/lesson/study.ts';
import { change, json, table, type Projection, type Rows } from '../runner/projection.ts';

const LESSON = table(
  'lesson',
  {
    lesson_id: 'text',
    code: 'text',
    kind: 'text',
    tutor_id: 'text',
    subject: 'text',
    starts_at: 'int8',
    minutes: 'int4',
    seats: 'int4',
    state: 'text',
    started_at: 'int8 null',
    ended_at: 'int8 null',
    ended_by: 'text null',
  },
  {
    key: ['lesson_id'],
    indexes: {
      lesson_code: '(code)',
      lesson_tutor: '(tutor_id, starts_at)',
      lesson_state: '(state, starts_at)',
    },
  },
);

const LESSON_SEAT = table(
  'lesson_seat',
  { lesson_id: 'text', booking_id: 'text', student_id: 'text' },
  {
    key: ['lesson_id', 'booking_id'],
    indexes: { lesson_seat_student: '(student_id)', lesson_seat_booking: '(booking_id)' },
  },
);

/** Whom a host took out and has not let in again. */
const LESSON_OUT = table(
  'lesson_out',
  { lesson_id: 'text', person_id: 'text' },
  { key: ['lesson_id', 'person_id'], indexes: {} },
);

/** Who followed the link of a study room, and where they stand. */
const STUDY_GUEST = table(
  'study_guest',
  { lesson_id: 'text', person_id: 'text', place: 'text', since: 'int8' },
  { key: ['lesson_id', 'person_id'], indexes: { study_guest_person: '(person_id)' } },
);

/** The link of a study room that stands. */
const STUDY_LINK = table(
  'study_link',
  { lesson_id: 'text', link_id: 'text', token_hash: 'text' },
  { key: ['lesson_id'], indexes: { study_link_hash: '(token_hash)' } },
);

const OUTCOME = table(
  'outcome',
  {
    booking_id: 'text',
    lesson_id: 'text',
    outcome: 'text',
    t0: 'int8 null',
    taught_ms: 'int8',
    present_ms: 'int8',
    held_ms: 'int8',
    reasons: 'jsonb',
    decided_at: 'int8',
  },
  { key: ['booking_id'], indexes: { outcome_lesson: '(lesson_id)' } },
);

/** In a lesson that was booked there are no guests. */
function placeGuest(rows: Rows, lessonId: string, personId: string, place: GuestPlace): void {
  const guest = rows.get(STUDY_GUEST, lessonId, personId);
  if (guest) rows.put(STUDY_GUEST, { ...guest, place });
}

/** Lessons, who has a seat in them, who came to a study room, and what came of each seat (SPEC RM6). */
export const lessons: Projection = {
  name: 'lessons',
  tables: [LESSON, LESSON_SEAT, LESSON_OUT, STUDY_GUEST, STUDY_LINK, OUTCOME],
  project(fact, rows) {
    switch (fact.type) {
      case 'LessonScheduled': {
        const { lessonId, code, tutorId, subject, startsAt, minutes, seats } = fact.data;
        return rows.put(LESSON, {
          lesson_id: lessonId,
          code,
          kind: 'booked',
          tutor_id: tutorId,
          subject,
          starts_at: startsAt,
          minutes,
          seats,
          state: 'scheduled',
          started_at: null,
          ended_at: null,
          ended_by: null,
        });
      }
      case 'SeatTaken': {
        const { lessonId, bookingId, studentId } = fact.data;
        return rows.put(LESSON_SEAT, { lesson_id: lessonId, booking_id: bookingId, student_id: studentId });
      }
      case 'SeatGivenUp':
        return rows.remove(LESSON_SEAT, fact.data.lessonId, fact.data.bookingId);
      case 'StudyRoomOpened': {
        const { lessonId, code, hostId, subject, startsAt, rules } = fact.data;
        return rows.put(LESSON, {
          lesson_id: lessonId,
          code,
          kind: 'study',
          tutor_id: hostId,
          subject,
          starts_at: startsAt,
          minutes: rules.minutes,
          seats: rules.people,
          state: 'scheduled',
          started_at: null,
          ended_at: null,
          ended_by: null,
        });
      }
      case 'StudyLinkMade': {
        const { lessonId, linkId, tokenHash } = fact.data;
        return rows.put(STUDY_LINK, { lesson_id: lessonId, link_id: linkId, token_hash: tokenHash });
      }
      case 'StudyLinkRevoked':
        return rows.remove(STUDY_LINK, fact.data.lessonId);
      case 'StudyLinkFollowed': {
        const { lessonId, personId, at } = fact.data;
        return rows.put(STUDY_GUEST, { lesson_id: lessonId, person_id: personId, place: 'asked', since: at });
      }
      case 'ParticipantRemoved': {
        const { lessonId, personId } = fact.data;
        rows.put(LESSON_OUT, { lesson_id: lessonId, person_id: personId });
        return placeGuest(rows, lessonId, personId, 'out');
      }
      case 'ParticipantAdmitted': {
        const { lessonId, personId } = fact.data;
        rows.remove(LESSON_OUT, lessonId, personId);
        return placeGuest(rows, lessonId, personId, 'in');
      }
      case 'ParticipantTurnedAway':
        // A locked door turns away by itself, and takes nothing from who was let in before.
        if (fact.data.by === null) return;
        return placeGuest(rows, fact.data.lessonId, fact.data.personId, 'asked');
      case 'LessonCancelled':
        return change(rows, LESSON, fact.data.lessonId, () => ({ state: 'cancelled' }));
      case 'LessonStarted':
        return change(rows, LESSON, fact.data.lessonId, () => ({ state: 'live', started_at: fact.data.at }));
      case 'LessonEnded': {
        const { lessonId, at, by } = fact.data;
        return change(rows, LESSON, lessonId, () => ({ state: 'ended', ended_at: at, ended_by: by }));
      }
      case 'OutcomeDecided': {
        const { data } = fact;
        return rows.put(OUTCOME, {
          booking_id: data.bookingId,
          lesson_id: data.lessonId,
          outcome: data.outcome,
          t0: data.t0,
          taught_ms: data.taughtMs,
          present_ms: data.presentMs,
          held_ms: data.heldMs,
          reasons: json(data.reasons),
          decided_at: fact.meta.occurredAt,
        });
      }
    }
  },
};
