/** Writes a notice for each of its readers, and the mails that go with it. Part of a worker's transaction. */
import { idFrom } from '#events/shared/ids.ts';
import type { Queryable } from '#platform/database/database.ts';
import { calendarFile } from './calendar-file.ts';
import type { Notice } from './notice.ts';
import { wordsFor, type Words } from './words.ts';

const DEFAULT_ZONE = 'Asia/Kolkata';

/** For the live channel, once the transaction is through. */
export interface Posted extends Words {
  readonly personId: string;
  readonly notice: Notice;
  readonly tutorName: string;
}

interface Known {
  readonly names: ReadonlyMap<string, string>;
  readonly zones: ReadonlyMap<string, string>;
  readonly guardians: readonly string[];
  /** Who gets it because of a role. */
  readonly byRole: readonly string[];
}

async function whoIsWho(tx: Queryable, { to, toRole, lesson }: Notice): Promise<Known> {
  const parties = lesson === null ? [] : [lesson.tutorId, lesson.studentId];
  const guardians = lesson
    ? await tx.query<{ guardian_id: string }>(
        'SELECT guardian_id FROM read_model.guardian WHERE person_id = $1 ORDER BY guardian_id',
        [lesson.studentId],
      )
    : [];
  const byRole = toRole
    ? await tx.query<{ person_id: string }>(
        'SELECT person_id FROM read_model.person_role WHERE role = $1 ORDER BY person_id',
        [toRole],
      )
    : [];
  const everyone = [
    ...to,
    ...parties,
    ...guardians.map((row) => row.guardian_id),
    ...byRole.map((row) => row.person_id),
  ];
  const names = await tx.query<{ person_id: string; name: string }>(
    'SELECT person_id, name FROM person_name WHERE person_id = ANY($1)',
    [everyone],
  );
  const zones = await tx.query<{ person_id: string; zone: string }>(
    'SELECT person_id, zone FROM read_model.person WHERE person_id = ANY($1)',
    [everyone],
  );
  return {
    names: new Map(names.map((row) => [row.person_id, row.name])),
    zones: new Map(zones.map((row) => [row.person_id, row.zone])),
    guardians: guardians.map((row) => row.guardian_id),
    // Nobody hears of their own case as one who decides it.
    byRole: byRole.map((row) => row.person_id).filter((personId) => !parties.includes(personId)),
  };
}

/** `at`: business ms. The same notice again changes nothing and posts nothing. */
export async function postNotice(
  tx: Queryable,
  notice: Notice,
  at: number,
  wallNow: number,
): Promise<readonly Posted[]> {
  const { to, lesson, about, noticeKey, mail } = notice;
  const { names, zones, guardians, byRole } = await whoIsWho(tx, notice);
  const tutorId = lesson?.tutorId ?? null;
  const studentId = lesson?.studentId ?? null;
  const tutorName = names.get(tutorId ?? '') ?? 'Your tutor';
  const studentName = names.get(studentId ?? '') ?? 'Your student';
  const wordsTo = (personId: string): Words =>
    wordsFor(notice, {
      side: personId === tutorId ? 'tutor' : byRole.includes(personId) && !to.includes(personId) ? 'ops' : 'student',
      zone: zones.get(personId) ?? DEFAULT_ZONE,
      actsFor: personId === tutorId || personId === studentId ? null : studentName,
      tutorName,
      studentName,
    });

  const concernsStudent = lesson !== null && to.some((personId) => personId !== tutorId);
  // Guardians hear of what is worth a mail; that a lesson has just begun is for those who sit in it.
  const readers = new Set([...to, ...(mail && concernsStudent ? guardians : []), ...byRole]);
  const posted: Posted[] = [];
  for (const personId of readers) {
    const words = wordsTo(personId);
    const noticeId = idFrom('notice', about.kind, noticeKey, personId);
    const fresh = await tx.query(
      `INSERT INTO worker.notice (notice_id, person_id, kind, title, body, href, at, booking_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (notice_id) DO NOTHING RETURNING notice_id`,
      [noticeId, personId, about.kind, words.title, words.body, words.href, at, lesson?.bookingId ?? null],
    );
    if (fresh.length > 0) posted.push({ ...words, personId, notice, tutorName });
    if (!mail) continue;
    await tx.query(
      `INSERT INTO worker.mail (mail_id, person_id, subject, body, href, calendar, state, created_at, notice_id)
       VALUES ($1, $2, $3, $4, $5, $6, 'planned', $7, $8) ON CONFLICT (mail_id) DO NOTHING`,
      [
        idFrom('mail', about.kind, noticeKey, personId),
        personId,
        words.title,
        words.body,
        words.href,
        notice.lesson && calendarFile(notice, personId === tutorId ? studentName : tutorName, at),
        wallNow,
        noticeId,
      ],
    );
  }
  return posted;
}
