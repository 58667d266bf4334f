import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { splitGross } from '#events/shared/money.ts';
import type { BookingRow, LessonRow, Queries } from '#projections/queries.ts';
import { homeLesson } from '$lib/home/lessons.ts';
import type { Done } from '$lib/answer.ts';
import { personOf, personWith, refused, textOf } from '$lib/guard.ts';
import { LIVE } from '$lib/live-key.ts';
import type { Actions, PageServerLoad } from './$types';

const LESSONS = 8;
const NEWS = 4;
/** So far back is looked for a lesson that was told to have started. */
const NOTICES = 30;

/** The wishes of students to move a lesson that wait for this tutor: they ask only for lessons that begin soon. */
async function asksOf(
  queries: Pick<Queries, 'booking'>,
  tutorId: string,
  lessons: readonly LessonRow[],
  now: number,
): Promise<readonly BookingRow[]> {
  const soon = lessons.filter(
    (lesson) => lesson.tutorId === tutorId && lesson.startsAt - now < POLICY_2026_11.rescheduleBeforeMs,
  );
  const ids = soon.flatMap((lesson) => lesson.students.map((student) => student.bookingId));
  const bookings = await Promise.all(ids.map((id) => queries.booking(id)));
  return bookings.filter((booking) => booking !== null);
}

export const load: PageServerLoad = async (event) => {
  const person = personOf(event);
  event.depends(LIVE);
  const { queries, now } = event.locals.services;
  const at = now();
  const is = (role: (typeof person.roles)[number]): boolean => person.roles.includes(role);
  const [known, rows, bookings, requests, news, profile, earnings, stuck, disputes, account, rooms] = await Promise.all(
    [
      queries.rolesOf(person.personId),
      queries.upcomingLessons(person.personId, at),
      is('student') || is('guardian') ? queries.bookingsOf(person.personId) : [],
      is('tutor') ? queries.requestsFor(person.personId) : [],
      queries.notices(person.personId, NOTICES),
      is('tutor') ? queries.tutorById(person.personId) : null,
      is('tutor') ? queries.earnings(person.personId, { limit: 1 }) : null,
      is('ops') ? queries.stuck(at) : [],
      is('tutor') ? queries.disputesOf(person.personId) : [],
      is('tutor') ? queries.payoutAccount(person.personId) : null,
      is('student') ? event.locals.services.studyRoomsOf(person) : [],
    ],
  );
  const asked = [...bookings, ...(await asksOf(queries, person.personId, rows, at))];
  const children = known?.children ?? [];
  const told = new Set(news.flatMap((notice) => (notice.kind === 'lesson-started' ? (notice.href ?? []) : [])));
  const lessons = rows.flatMap((row) => homeLesson(row, person.personId, children) ?? []);

  return {
    now: at,
    roles: person.roles,
    /** Their own study room, if one is open. */
    studyRoom: rooms.find((room) => room.mine && room.endedAt === null)?.code ?? null,
    bookedBefore: bookings.some((booking) => booking.confirmedAt !== null),
    lessons: lessons.slice(0, LESSONS),
    // The tutor is in the classroom, though the lesson counts as live only with a student.
    startedCodes: lessons.flatMap(({ code }) => (told.has(`/lessons/${code}`) ? [code] : [])),
    moreLessons: lessons.length > LESSONS,
    toPay: bookings
      .filter((booking) => booking.state === 'awaiting-payment' && (booking.payBy ?? 0) > at)
      .map(({ bookingId, subject, tutorName, startsAt, price, payBy, payment }) => ({
        bookingId,
        subject,
        tutorName,
        startsAt,
        price,
        payBy,
        failed: payment === 'failed',
      })),
    waiting: bookings
      .filter((booking) => booking.state === 'requested')
      .map(({ bookingId, subject, tutorName }) => ({ bookingId, subject, tutorName })),
    requests: requests.map((request) => ({
      bookingId: request.bookingId,
      studentName: request.studentName,
      subject: request.subject,
      startsAt: request.startsAt,
      minutes: request.minutes,
      price: request.price,
      share: splitGross(request.price, POLICY_2026_11.commissionBps).share,
      note: request.note,
      answerBy: Math.min(request.requestedAt + POLICY_2026_11.acceptWithinMs, request.startsAt),
    })),
    toAnswer: disputes
      .filter((one) => one.tutorId === person.personId && one.state === 'opened' && one.answerBy > at)
      .map(({ bookingId, subject, studentName, gross, answerBy }) => ({
        bookingId,
        subject,
        studentName,
        gross,
        answerBy,
      })),
    moves: asked.flatMap(({ bookingId, subject, startsAt, tutorId, tutorName, studentName, reschedule }) => {
      const side = tutorId === person.personId ? 'tutor' : 'student';
      if (!reschedule || reschedule.agreed || reschedule.by === side || reschedule.answerBy <= at) return [];
      const who = side === 'tutor' ? studentName : tutorName;
      return [{ bookingId, subject, who, startsAt, wanted: reschedule.startsAt, answerBy: reschedule.answerBy }];
    }),
    account: account && { status: account.status, usableFrom: account.usableFrom },
    setUp: !is('tutor')
      ? null
      : !profile
        ? ('profile' as const)
        : profile.offers.length === 0
          ? ('offers' as const)
          : profile.windows.length === 0
            ? ('hours' as const)
            : profile.bookable
              ? null
              : ('account' as const),
    money: earnings && {
      held: earnings.held,
      released: earnings.released,
      next:
        earnings.nextReleaseAt === null || earnings.nextReleaseAmount === null
          ? null
          : { at: earnings.nextReleaseAt, amount: earnings.nextReleaseAmount },
    },
    stuck: stuck.length,
    news: news.slice(0, NEWS).map(({ noticeId, title, body, href, at: when, readAt }) => ({
      noticeId,
      title,
      body,
      href,
      at: when,
      readAt,
    })),
  };
};

export const actions: Actions = {
  answer: async (event) => {
    const person = personWith(event, 'tutor');
    const form = await event.request.formData();
    const bookingId = textOf(form, 'bookingId');
    const accept = textOf(form, 'answer') === 'accept';
    const answer = await event.locals.services.answer(person, bookingId, accept);
    if (answer.kind === 'refusal') return refused(bookingId, answer.code, answer.message, 409);
    return { about: accept ? 'accepted' : 'declined', done: true } satisfies Done;
  },
};
