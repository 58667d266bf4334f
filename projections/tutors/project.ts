import { json, statement, type Projection } from '../runner/projection.ts';

/** Profiles, offers and reviews (SPEC RM1). */
export const tutors: Projection = {
  name: 'tutors',
  schema: `
    CREATE TABLE read_model.tutor (
      tutor_id text PRIMARY KEY,
      slug text,
      profile jsonb,
      offers jsonb NOT NULL DEFAULT '[]',
      mode text NOT NULL DEFAULT 'instant',
      account_id text
    );
    CREATE INDEX tutor_slug ON read_model.tutor (slug);
    CREATE TABLE read_model.review (
      booking_id text PRIMARY KEY,
      tutor_id text NOT NULL,
      student_id text NOT NULL,
      rating int4 NOT NULL,
      body text NOT NULL,
      written_at int8 NOT NULL
    );
    CREATE INDEX review_tutor ON read_model.review (tutor_id, written_at DESC);
  `,
  tables: { tutor: 'tutor_id', review: 'booking_id' },
  project(fact) {
    switch (fact.type) {
      case 'TutorProfilePublished':
        return [
          statement(
            `INSERT INTO read_model.tutor (tutor_id, slug, profile) VALUES ($1, $2, $3::jsonb)
             ON CONFLICT (tutor_id) DO UPDATE SET slug = excluded.slug, profile = excluded.profile`,
            fact.data.tutorId,
            fact.data.profile.slug,
            json(fact.data.profile),
          ),
        ];
      case 'OffersSet':
        return [
          statement(
            `INSERT INTO read_model.tutor (tutor_id, offers) VALUES ($1, $2::jsonb)
             ON CONFLICT (tutor_id) DO UPDATE SET offers = excluded.offers`,
            fact.data.tutorId,
            json(fact.data.offers),
          ),
        ];
      case 'BookingModeSet':
        return [
          statement(
            `INSERT INTO read_model.tutor (tutor_id, mode) VALUES ($1, $2)
             ON CONFLICT (tutor_id) DO UPDATE SET mode = excluded.mode`,
            fact.data.tutorId,
            fact.data.mode,
          ),
        ];
      case 'LinkedAccountActivated':
        return [
          statement(
            `INSERT INTO read_model.tutor (tutor_id, account_id) VALUES ($1, $2)
             ON CONFLICT (tutor_id) DO UPDATE SET account_id = excluded.account_id`,
            fact.data.tutorId,
            fact.data.accountId,
          ),
        ];
      case 'ReviewWritten':
        return [
          statement(
            `INSERT INTO read_model.review (booking_id, tutor_id, student_id, rating, body, written_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (booking_id) DO NOTHING`,
            fact.data.bookingId,
            fact.data.tutorId,
            fact.data.studentId,
            fact.data.rating,
            fact.data.text,
            fact.data.writtenAt,
          ),
        ];
      default:
        return [];
    }
  },
};
