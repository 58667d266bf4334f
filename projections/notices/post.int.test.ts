/** Notices and mails as rows: who gets one, and what it holds. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { prepareProjections } from '../worker.server.ts';
import type { Lesson, Notice } from './notice.ts';
import { postNotice } from './post.server.ts';

const AT = Date.UTC(2026, 10, 23, 11, 30);
const lesson: Lesson = {
  bookingId: 'b1',
  lessonId: 'l1',
  tutorId: 'tutor',
  studentId: 'student',
  subject: 'Mathematics',
  startsAt: AT,
  minutes: 60,
};
const PEOPLE = ['tutor', 'student', 'parent', 'ops', 'ops2'];
let db: Database;

beforeAll(async () => {
  db = await openPglite(null);
  await db.script('CREATE TABLE person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL)');
  await prepareProjections(db);
  for (const id of PEOPLE) {
    await db.query('INSERT INTO person_name (person_id, name, email) VALUES ($1, $2, $3)', [
      id,
      `Name of ${id}`,
      `${id}@example.com`,
    ]);
    await db.query('INSERT INTO read_model.person (person_id, zone) VALUES ($1, $2)', [
      id,
      id === 'ops2' ? 'Europe/Berlin' : 'Asia/Kolkata',
    ]);
  }
  await db.query(`INSERT INTO read_model.guardian (person_id, guardian_id) VALUES ('student', 'parent')`);
  // The tutor works with us too, and this is a case of theirs.
  await db.query(
    `INSERT INTO read_model.person_role (person_id, role) VALUES ('ops', 'ops'), ('ops2', 'ops'), ('tutor', 'ops')`,
  );
});
afterAll(() => db.close());

async function mailsOf(notice: Notice): Promise<readonly { person_id: string; subject: string; body: string }[]> {
  await db.query('DELETE FROM worker.mail');
  await db.transaction((tx) => postNotice(tx, notice, AT, AT));
  await db.transaction((tx) => postNotice(tx, notice, AT, AT));
  return db.query('SELECT person_id, subject, body FROM worker.mail ORDER BY person_id');
}

test('NO13: what goes to ops goes to each of them, but not to the parties of the case, in their own zone', async () => {
  const mails = await mailsOf({
    noticeKey: 'n1',
    to: [],
    toRole: 'ops',
    mail: true,
    lesson,
    about: { kind: 'chargeback-opened', amount: 80_000, respondBy: AT, round: 1, share: 72_000 },
  });
  expect(mails.map((mail) => mail.person_id)).toEqual(['ops', 'ops2']);
  expect(mails[0]?.subject).toContain('(Asia/Kolkata)');
  expect(mails[1]?.subject).toContain('(Europe/Berlin)');
  expect(mails[0]?.body).toContain('Name of tutor and Name of student');
});

test('NO12: news of an account goes to the tutor alone, and belongs to no lesson', async () => {
  const mails = await mailsOf({
    noticeKey: 'n2',
    to: ['tutor'],
    mail: true,
    lesson: null,
    about: { kind: 'bank-changed', bankLast4: '9012', coolsUntil: AT },
  });
  expect(mails.map((mail) => mail.person_id)).toEqual(['tutor']);
  expect(mails[0]?.body).toContain('ending in 9012');
});

test('NO6, NO10: a decision reaches student, guardian and tutor, each with the words of their side', async () => {
  const mails = await mailsOf({
    noticeKey: 'n3',
    to: ['student', 'tutor'],
    mail: true,
    lesson,
    about: {
      kind: 'dispute-resolved',
      rule: 'ops',
      reason: 'Half.',
      gross: 80_000,
      refund: 40_000,
      tutorGets: 36_000,
    },
  });
  expect(mails.map((mail) => [mail.person_id, mail.subject])).toEqual([
    ['parent', 'Decided: ₹400 goes back to you'],
    ['student', 'Decided: ₹400 goes back to you'],
    ['tutor', 'Decided: ₹360 is for you'],
  ]);
  expect(mails[0]?.body).toContain('for Name of student');
});
