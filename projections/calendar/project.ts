import { change, json, table, type Projection } from '../runner/projection.ts';

const CALENDAR = table('calendar', { tutor_id: 'text', zone: 'text', windows: 'jsonb' }, { key: ['tutor_id'] });

const TIME_OFF = table(
  'time_off',
  { tutor_id: 'text', from_at: 'int8', to_at: 'int8' },
  { key: ['tutor_id', 'from_at', 'to_at'] },
);

const SEAT = table(
  'seat',
  {
    booking_id: 'text',
    tutor_id: 'text',
    student_id: 'text',
    lesson_id: 'text',
    offer_id: 'text',
    starts_at: 'int8',
    minutes: 'int4',
    seats: 'int4',
  },
  { key: ['booking_id'], indexes: { seat_tutor: '(tutor_id, starts_at)' } },
);

/** When a tutor is free, and the seats that are held (SPEC RM2). */
export const calendar: Projection = {
  name: 'calendar',
  tables: [CALENDAR, TIME_OFF, SEAT],
  project(fact, rows) {
    switch (fact.type) {
      case 'AvailabilitySet': {
        const { tutorId, zone, windows } = fact.data;
        return rows.put(CALENDAR, { tutor_id: tutorId, zone, windows: json(windows) });
      }
      case 'TimeOffAdded': {
        const { tutorId, from, to } = fact.data;
        return rows.put(TIME_OFF, { tutor_id: tutorId, from_at: from, to_at: to });
      }
      case 'TimeOffRemoved': {
        const { tutorId, from, to } = fact.data;
        return rows.remove(TIME_OFF, tutorId, from, to);
      }
      case 'SeatHeld': {
        const { bookingId, tutorId, studentId, lessonId, offerId, startsAt, minutes, seats } = fact.data;
        return rows.put(SEAT, {
          booking_id: bookingId,
          tutor_id: tutorId,
          student_id: studentId,
          lesson_id: lessonId,
          offer_id: offerId,
          starts_at: startsAt,
          minutes,
          seats,
        });
      }
      case 'SeatMoved': {
        const { bookingId, lessonId, offerId, startsAt, minutes, seats } = fact.data;
        return change(rows, SEAT, bookingId, () => ({
          lesson_id: lessonId,
          offer_id: offerId,
          starts_at: startsAt,
          minutes,
          seats,
        }));
      }
      case 'SeatReleased':
        return rows.remove(SEAT, fact.data.bookingId);
    }
  },
};
