import { json, table, type Projection, type Row, type Rows } from '../runner/projection.ts';

const TUTOR = table(
  'tutor',
  {
    tutor_id: 'text',
    slug: 'text null',
    profile: 'jsonb null',
    offers: 'jsonb',
    mode: 'text',
    account_id: 'text null',
  },
  { key: ['tutor_id'], indexes: { tutor_slug: '(slug)' } },
);

const REVIEW = table(
  'review',
  {
    booking_id: 'text',
    tutor_id: 'text',
    student_id: 'text',
    rating: 'int4',
    body: 'text',
    written_at: 'int8',
  },
  { key: ['booking_id'], indexes: { review_tutor: '(tutor_id, written_at DESC)' } },
);

/** A tutor has a row from the first thing that is known of them. */
function setTutor(rows: Rows, tutorId: string, to: Partial<Row<typeof TUTOR.columns>>): void {
  const known = rows.get(TUTOR, tutorId) ?? {
    tutor_id: tutorId,
    slug: null,
    profile: null,
    offers: '[]',
    mode: 'instant',
    account_id: null,
  };
  rows.put(TUTOR, { ...known, ...to });
}

/** Profiles, offers and reviews (SPEC RM1). */
export const tutors: Projection = {
  name: 'tutors',
  tables: [TUTOR, REVIEW],
  project(fact, rows) {
    switch (fact.type) {
      case 'TutorProfilePublished':
        return setTutor(rows, fact.data.tutorId, { slug: fact.data.profile.slug, profile: json(fact.data.profile) });
      case 'OffersSet':
        return setTutor(rows, fact.data.tutorId, { offers: json(fact.data.offers) });
      case 'BookingModeSet':
        return setTutor(rows, fact.data.tutorId, { mode: fact.data.mode });
      case 'LinkedAccountActivated':
        return setTutor(rows, fact.data.tutorId, { account_id: fact.data.accountId });
      case 'PersonErased':
        return rows.remove(TUTOR, fact.data.personId);
      case 'ReviewWritten': {
        const { bookingId, tutorId, studentId, rating, text, writtenAt } = fact.data;
        return rows.put(REVIEW, {
          booking_id: bookingId,
          tutor_id: tutorId,
          student_id: studentId,
          rating,
          body: text,
          written_at: writtenAt,
        });
      }
    }
  },
};
