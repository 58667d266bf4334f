import { json, statement, type Projection } from '../runner/projection.ts';

/** When a tutor is free, and the seats that are held (SPEC RM2). */
export const calendar: Projection = {
  name: 'calendar',
  schema: `
    CREATE TABLE read_model.calendar (
      tutor_id text PRIMARY KEY,
      zone text NOT NULL,
      windows jsonb NOT NULL
    );
    CREATE TABLE read_model.time_off (
      tutor_id text NOT NULL,
      from_at int8 NOT NULL,
      to_at int8 NOT NULL,
      PRIMARY KEY (tutor_id, from_at, to_at)
    );
    CREATE TABLE read_model.seat (
      booking_id text PRIMARY KEY,
      tutor_id text NOT NULL,
      student_id text NOT NULL,
      lesson_id text NOT NULL,
      offer_id text NOT NULL,
      starts_at int8 NOT NULL,
      minutes int4 NOT NULL,
      seats int4 NOT NULL
    );
    CREATE INDEX seat_tutor ON read_model.seat (tutor_id, starts_at);
  `,
  tables: { calendar: 'tutor_id', time_off: 'tutor_id, from_at, to_at', seat: 'booking_id' },
  project(fact) {
    switch (fact.type) {
      case 'AvailabilitySet':
        return [
          statement(
            `INSERT INTO read_model.calendar (tutor_id, zone, windows) VALUES ($1, $2, $3::jsonb)
             ON CONFLICT (tutor_id) DO UPDATE SET zone = excluded.zone, windows = excluded.windows`,
            fact.data.tutorId,
            fact.data.zone,
            json(fact.data.windows),
          ),
        ];
      case 'TimeOffAdded':
        return [
          statement(
            `INSERT INTO read_model.time_off (tutor_id, from_at, to_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
            fact.data.tutorId,
            fact.data.from,
            fact.data.to,
          ),
        ];
      case 'TimeOffRemoved':
        return [
          statement(
            `DELETE FROM read_model.time_off WHERE tutor_id = $1 AND from_at = $2 AND to_at = $3`,
            fact.data.tutorId,
            fact.data.from,
            fact.data.to,
          ),
        ];
      case 'SeatHeld':
        return [
          statement(
            `INSERT INTO read_model.seat (booking_id, tutor_id, student_id, lesson_id, offer_id, starts_at, minutes, seats)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (booking_id) DO NOTHING`,
            fact.data.bookingId,
            fact.data.tutorId,
            fact.data.studentId,
            fact.data.lessonId,
            fact.data.offerId,
            fact.data.startsAt,
            fact.data.minutes,
            fact.data.seats,
          ),
        ];
      case 'SeatReleased':
        return [statement(`DELETE FROM read_model.seat WHERE booking_id = $1`, fact.data.bookingId)];
      default:
        return [];
    }
  },
};
