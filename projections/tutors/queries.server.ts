import type { WeeklyWindow } from '#events/calendar/events.ts';
import { MAX_PRICE } from '#events/tutor/decide.ts';
import type { Offer, TutorProfile } from '#events/tutor/events.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import { freeSlotsOf } from '../calendar/queries.server.ts';
import { canBePaid } from '../accounts/queries.server.ts';
import type { AccountStatus, Queries, Review, Slot, TutorCard, TutorPage, TutorSearch } from '../queries.ts';

const DAY = 86_400_000;
/** How far ahead the next free slot is looked for. */
const LOOK_AHEAD_MS = 28 * DAY;
const MAX_LIMIT = 100;
const LATEST_REVIEWS = 10;

interface TutorRow {
  readonly tutor_id: string;
  readonly profile: TutorProfile;
  readonly offers: readonly Offer[];
  readonly mode: 'instant' | 'accept';
  readonly usable_from: number | null;
  readonly status: AccountStatus | null;
  readonly rating: number | null;
  readonly reviews: number;
  readonly lessons_taught: number;
}

const TUTOR = `
  SELECT t.tutor_id, t.profile, t.offers, t.mode, a.usable_from, a.status,
    (SELECT avg(r.rating)::float8 FROM read_model.review r WHERE r.tutor_id = t.tutor_id) AS rating,
    (SELECT count(*)::int4 FROM read_model.review r WHERE r.tutor_id = t.tutor_id) AS reviews,
    (SELECT count(DISTINCT o.lesson_id)::int4 FROM read_model.outcome o JOIN read_model.lesson l USING (lesson_id)
      WHERE l.tutor_id = t.tutor_id AND o.outcome = 'held') AS lessons_taught
  FROM read_model.tutor t LEFT JOIN read_model.account a ON a.tutor_id = t.tutor_id`;

function cardOf(row: TutorRow, slots: readonly Slot[], now: number): TutorCard {
  const { about: _about, education: _education, ...profile } = row.profile;
  const prices = row.offers.map((offer) => offer.price);
  return {
    ...profile,
    tutorId: row.tutor_id,
    offers: row.offers,
    mode: row.mode,
    rating: row.rating === null ? null : Math.round(row.rating * 10) / 10,
    reviews: row.reviews,
    fromPrice: prices.length === 0 ? null : Math.min(...prices),
    nextFreeAt: slots[0]?.startsAt ?? null,
    lessonsTaught: row.lessons_taught,
    bookable: canBePaid(row.status, row.usable_from, now),
  };
}

/** Conditions that the database can check by itself; free time comes after. */
function conditions(search: TutorSearch): { where: string; params: unknown[] } {
  const where = ['t.profile IS NOT NULL'];
  const params: unknown[] = [];
  const add = (condition: (param: string) => string, value: unknown): void => {
    params.push(value);
    where.push(condition(`$${params.length}`));
  };
  const has = (list: string) => (param: string) =>
    `EXISTS (SELECT 1 FROM jsonb_array_elements_text(t.profile->'${list}') v WHERE lower(v) = lower(${param}))`;
  if (search.subject) add(has('subjects'), search.subject);
  if (search.level) add(has('levels'), search.level);
  if (search.language) add(has('languages'), search.language);
  if (search.maxPrice !== undefined)
    add(
      (param) => `EXISTS (SELECT 1 FROM jsonb_array_elements(t.offers) o WHERE (o->>'price')::int8 <= ${param}::int8)`,
      // No price is above this, and none is below 0: whatever else is asked for fits the column.
      Number.isNaN(search.maxPrice) ? -1 : Math.floor(Math.min(Math.max(search.maxPrice, -1), MAX_PRICE)),
    );
  // Each word somewhere in the profile, so that "maths pune" finds who has both.
  for (const word of (search.text ?? '').split(/\s+/).filter(Boolean).slice(0, 8))
    add((param) => `t.profile::text ILIKE ${param}`, `%${word.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`);
  return { where: where.join(' AND '), params };
}

/** Better rated first, the rating drawn to 4 while reviews are few; who cannot be booked last. */
function score(card: TutorCard): number {
  const weight = 5;
  const rating = ((card.rating ?? 4) * card.reviews + 4 * weight) / (card.reviews + weight);
  return rating + (card.bookable ? 10 : 0) + (card.nextFreeAt === null ? 0 : 1);
}

const last = Number.MAX_SAFE_INTEGER;
const ORDERS: Record<NonNullable<TutorSearch['sort']>, (a: TutorCard, b: TutorCard) => number> = {
  best: (a, b) => score(b) - score(a),
  price: (a, b) => (a.fromPrice ?? last) - (b.fromPrice ?? last),
  soonest: (a, b) => (a.nextFreeAt ?? last) - (b.nextFreeAt ?? last),
};

export function tutorQueries(
  db: Database,
  clock: BusinessClock,
): Pick<Queries, 'searchTutors' | 'searchFacets' | 'tutorBySlug' | 'tutorById'> {
  const ahead = () => ({ from: clock.now(), to: clock.now() + LOOK_AHEAD_MS });

  async function searchTutors(search: TutorSearch) {
    const { where, params } = conditions(search);
    const rows = await db.query<TutorRow>(`${TUTOR} WHERE ${where} ORDER BY t.tutor_id`, params);
    const ids = rows.map((row) => row.tutor_id);
    const free = await freeSlotsOf(db, clock, ids, ahead());
    let cards = rows.map((row) => cardOf(row, free.get(row.tutor_id) ?? [], clock.now()));
    if (search.freeFrom !== undefined || search.freeTo !== undefined) {
      const from = Math.max(search.freeFrom ?? 0, clock.now());
      const range = { from, to: search.freeTo ?? from + LOOK_AHEAD_MS };
      const within = await freeSlotsOf(db, clock, ids, range);
      cards = cards.filter((card) => (within.get(card.tutorId) ?? []).length > 0);
    }
    const byName = (a: TutorCard, b: TutorCard): number => a.name.localeCompare(b.name);
    const order = ORDERS[search.sort ?? 'best'];
    const sorted = cards.toSorted((a, b) => order(a, b) || byName(a, b));
    const offset = Math.max(0, search.offset ?? 0);
    const limit = Math.min(Math.max(1, search.limit ?? 24), MAX_LIMIT);
    return { tutors: sorted.slice(offset, offset + limit), total: sorted.length };
  }

  async function pageOf(row: TutorRow | undefined): Promise<TutorPage | null> {
    if (!row) return null;
    const tutorId = row.tutor_id;
    const free = await freeSlotsOf(db, clock, [tutorId], ahead());
    const [calendar] = await db.query<{ zone: string; windows: readonly WeeklyWindow[] }>(
      'SELECT zone, windows FROM read_model.calendar WHERE tutor_id = $1',
      [tutorId],
    );
    const timeOff = await db.query<{ from: number; to: number }>(
      `SELECT from_at AS "from", to_at AS "to" FROM read_model.time_off WHERE tutor_id = $1 AND to_at > $2 ORDER BY from_at`,
      [tutorId, clock.now()],
    );
    const latestReviews = await db.query<Review>(
      `SELECT r.booking_id AS "bookingId", coalesce(n.name, 'A student') AS "authorName", r.rating, r.body AS text,
         r.written_at AS "writtenAt"
       FROM read_model.review r LEFT JOIN person_name n ON n.person_id = r.student_id
       WHERE r.tutor_id = $1 ORDER BY r.written_at DESC, r.booking_id LIMIT ${LATEST_REVIEWS}`,
      [tutorId],
    );
    return {
      ...cardOf(row, free.get(tutorId) ?? [], clock.now()),
      about: row.profile.about,
      education: row.profile.education,
      zone: calendar?.zone ?? 'Asia/Kolkata',
      windows: calendar?.windows ?? [],
      timeOff,
      latestReviews,
    };
  }

  return {
    searchTutors,
    async searchFacets() {
      const values = async (list: string): Promise<readonly string[]> => {
        const rows = await db.query<{ value: string }>(
          `SELECT DISTINCT v AS value FROM read_model.tutor t, jsonb_array_elements_text(t.profile->'${list}') v
           WHERE t.profile IS NOT NULL ORDER BY value`,
        );
        return rows.map((row) => row.value);
      };
      return {
        subjects: await values('subjects'),
        levels: await values('levels'),
        languages: await values('languages'),
      };
    },
    async tutorBySlug(slug) {
      const rows = await db.query<TutorRow>(`${TUTOR} WHERE t.slug = $1 ORDER BY t.tutor_id`, [slug]);
      return pageOf(rows[0]);
    },
    async tutorById(tutorId) {
      const rows = await db.query<TutorRow>(`${TUTOR} WHERE t.tutor_id = $1 AND t.profile IS NOT NULL`, [tutorId]);
      return pageOf(rows[0]);
    },
  };
}
