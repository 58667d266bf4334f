import { json, statement, type Projection } from '../runner/projection.ts';

/** Lessons, who has a seat in them, and what came of each seat (SPEC RM6). */
export const lessons: Projection = {
  name: 'lessons',
  schema: `
    CREATE TABLE read_model.lesson (
      lesson_id text PRIMARY KEY,
      code text NOT NULL,
      tutor_id text NOT NULL,
      subject text NOT NULL,
      starts_at int8 NOT NULL,
      minutes int4 NOT NULL,
      seats int4 NOT NULL,
      state text NOT NULL,
      started_at int8,
      ended_at int8,
      ended_by text
    );
    CREATE INDEX lesson_code ON read_model.lesson (code);
    CREATE INDEX lesson_tutor ON read_model.lesson (tutor_id, starts_at);
    CREATE INDEX lesson_state ON read_model.lesson (state, starts_at);
    CREATE TABLE read_model.lesson_seat (
      lesson_id text NOT NULL,
      booking_id text NOT NULL,
      student_id text NOT NULL,
      PRIMARY KEY (lesson_id, booking_id)
    );
    CREATE INDEX lesson_seat_student ON read_model.lesson_seat (student_id);
    CREATE TABLE read_model.outcome (
      booking_id text PRIMARY KEY,
      lesson_id text NOT NULL,
      outcome text NOT NULL,
      t0 int8,
      taught_ms int8 NOT NULL,
      present_ms int8 NOT NULL,
      held_ms int8 NOT NULL,
      reasons jsonb NOT NULL,
      decided_at int8 NOT NULL
    );
    CREATE INDEX outcome_lesson ON read_model.outcome (lesson_id);
  `,
  tables: { lesson: 'lesson_id', lesson_seat: 'lesson_id, booking_id', outcome: 'booking_id' },
  project(fact) {
    switch (fact.type) {
      case 'LessonScheduled': {
        const { data } = fact;
        return [
          statement(
            `INSERT INTO read_model.lesson (lesson_id, code, tutor_id, subject, starts_at, minutes, seats, state)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'scheduled') ON CONFLICT (lesson_id) DO NOTHING`,
            data.lessonId,
            data.code,
            data.tutorId,
            data.subject,
            data.startsAt,
            data.minutes,
            data.seats,
          ),
        ];
      }
      case 'SeatTaken':
        return [
          statement(
            `INSERT INTO read_model.lesson_seat (lesson_id, booking_id, student_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
            fact.data.lessonId,
            fact.data.bookingId,
            fact.data.studentId,
          ),
        ];
      case 'SeatGivenUp':
        return [
          statement(
            `DELETE FROM read_model.lesson_seat WHERE lesson_id = $1 AND booking_id = $2`,
            fact.data.lessonId,
            fact.data.bookingId,
          ),
        ];
      case 'LessonCancelled':
        return [statement(`UPDATE read_model.lesson SET state = 'cancelled' WHERE lesson_id = $1`, fact.data.lessonId)];
      case 'LessonStarted':
        return [
          statement(
            `UPDATE read_model.lesson SET state = 'live', started_at = $2 WHERE lesson_id = $1`,
            fact.data.lessonId,
            fact.data.at,
          ),
        ];
      case 'LessonEnded':
        return [
          statement(
            `UPDATE read_model.lesson SET state = 'ended', ended_at = $2, ended_by = $3 WHERE lesson_id = $1`,
            fact.data.lessonId,
            fact.data.at,
            fact.data.by,
          ),
        ];
      case 'OutcomeDecided': {
        const { data } = fact;
        return [
          statement(
            `INSERT INTO read_model.outcome (booking_id, lesson_id, outcome, t0, taught_ms, present_ms, held_ms, reasons, decided_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9) ON CONFLICT (booking_id) DO NOTHING`,
            data.bookingId,
            data.lessonId,
            data.outcome,
            data.t0,
            data.taughtMs,
            data.presentMs,
            data.heldMs,
            json(data.reasons),
            fact.meta.occurredAt,
          ),
        ];
      }
      default:
        return [];
    }
  },
};
