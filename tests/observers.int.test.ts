/** Who is let into a lesson to look on, over the real tables: with a reason, with notice, and to nothing but what all see. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTicketOffice } from '#events/access/ticket.server.ts';
import { STUDY_RULES_2026_11 } from '#events/lesson/study.ts';
import { newId } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { createServices } from '#app/server/services.server.ts';
import type { Join, Person, Services } from '#app/server/services.ts';
import { maySeeDocuments } from '#app/server/visibility.server.ts';
import { openWorld, PARENT, STUDENT, STUDENT2, TUTOR, type World } from '#projections/testing/world.ts';
import { personAs, someParts } from './support/some-services.ts';

const MINUTE = 60_000;
const ADMIN = 'person-admin';
const OTHER_ADMIN = 'person-admin-elsewhere';
const tickets = createTicketOffice(new Uint8Array(32).fill(7));

let world: World;
let services: Services;
let lessonId: string;
let bookingId: string;
let code: string;

const admin = personAs(ADMIN, 'institute-admin');
const ops = personAs('person-ops', 'ops');

const ask = (person: Person): ReturnType<Services['join']> => services.join(person, code, 'http://localhost');
async function letIn(person: Person): Promise<Join> {
  const answer = await ask(person);
  if (isRefusal(answer)) throw new Error(`${person.personId}: ${answer.code}`);
  return answer;
}
const comesIn = async (personId: string, role: 'host' | 'observer'): Promise<unknown> => {
  await world.give(
    { type: 'JoinLesson', data: { lessonId, personId, role, connectionId: `of ${personId}` } },
    personId,
  );
  return world.settled();
};

beforeAll(async () => {
  world = await openWorld();
  services = createServices(
    someParts({
      store: world.store,
      submit: world.submit,
      queries: world.queries,
      tickets,
      allocateClientIds: async (_document, _personId, count) => Array.from({ length: count }, (_, at) => at + 1),
      nodePublicUrl: null,
      mediaNodes: { of: async () => null, now: async () => null },
      now: () => world.clock.now(),
      waitFor: async () => true,
    }),
  );
  for (const [instituteId, adminId, studentId] of [
    ['own', ADMIN, STUDENT],
    ['other', OTHER_ADMIN, STUDENT2],
  ] as const) {
    await world.give({ type: 'FoundInstitute', data: { instituteId, name: `The ${instituteId} institute` } });
    await world.give({ type: 'RegisterPerson', data: { personId: adminId, role: 'student', zone: 'UTC' } });
    await world.give({ type: 'GrantRole', data: { personId: adminId, role: 'institute-admin' } });
    await world.give({ type: 'AddMember', data: { instituteId, personId: adminId, as: 'admin' } });
    await world.give({ type: 'AddMember', data: { instituteId, personId: studentId, as: 'student' } });
  }
  // Teaching for an institute opens no lesson of other people's children to it.
  await world.give({ type: 'AddMember', data: { instituteId: 'other', personId: TUTOR, as: 'tutor' } });
  bookingId = await world.book({ student: STUDENT, startsAt: world.firstStart });
  await world.settled();
  const booking = await world.booking(bookingId, (row) => row.lessonId !== null && row.code !== null);
  [lessonId, code] = [booking.lessonId ?? '', booking.code ?? ''];
  await world.advanceTo(world.firstStart + 16 * MINUTE);
  await comesIn(TUTOR, 'host');
}, 120_000);
afterAll(() => world.close());

describe('who observes', () => {
  it('[AC9] nobody without a reason: to them there is no such lesson', async () => {
    for (const person of [
      ops,
      personAs('person-auditor', 'auditor'),
      personAs(PARENT, 'guardian'),
      personAs(STUDENT2, 'student'),
      personAs(OTHER_ADMIN, 'institute-admin'),
      personAs('person-stranger', 'institute-admin'),
    ])
      expect(await ask(person), person.personId).toMatchObject({ code: 'not-found' });
  });

  it('[AC9, AC13] an institute sees a lesson of its student, and its board once the lesson knows of them', async () => {
    const before = await letIn(admin);
    expect(before).toMatchObject({ role: 'observer', sync: { documents: [] } });
    const ticket = tickets.verify(before.ticket);
    expect(ticket).toMatchObject({ role: 'observer', name: `${ADMIN} (The own institute)`, documents: {}, ownOf: [] });
    expect((ticket?.expiresAt ?? 0) - Date.now()).toBeLessThanOrEqual(3 * MINUTE);
    const lesson = await world.queries.lesson(lessonId);
    if (!lesson) throw new Error('No lesson');
    const reads = (): Promise<boolean> => maySeeDocuments(world.queries, admin, lesson, world.clock.now());
    expect(await reads()).toBe(false);

    await comesIn(ADMIN, 'observer');
    const inside = await letIn(admin);
    const names = [`board:${lessonId}`, `chat:${lessonId}`];
    expect(inside.sync.documents).toEqual(names.map((name) => ({ name, clientIds: [] })));
    expect(tickets.verify(inside.ticket)).toMatchObject({ ownOf: [] });
    expect(await reads()).toBe(true);
    expect(await services.endLesson(admin, code)).toMatchObject({ code: 'forbidden' });
    expect(await world.queries.attendance(lessonId)).toContainEqual(
      expect.objectContaining({ personId: ADMIN, role: 'observer' }),
    );

    const gone = {
      lessonId,
      personId: ADMIN,
      connectionId: `of ${ADMIN}`,
      at: world.clock.now(),
      reason: 'left',
    } as const;
    await world.give({ type: 'LeaveLesson', data: gone }, ADMIN);
    await world.settled();
    expect((await letIn(admin)).sync.documents).toEqual([]);
    expect(await reads()).toBe(false);
  });

  it('[AC13] nobody in a study room, though its host is a student of theirs', async () => {
    const room = { lessonId: 'room', code: 'nx-room', hostId: STUDENT, subject: 'Botany', rules: STUDY_RULES_2026_11 };
    await world.give({ type: 'OpenStudyRoom', data: { ...room, linkId: 'k', tokenHash: 'h' } }, STUDENT);
    await world.settled();
    const row = await world.queries.lessonByCode(room.code);
    if (!row) throw new Error('No study room');
    for (const person of [admin, ops, personAs('person-auditor', 'auditor')]) {
      const answer = await services.join(person, room.code, 'http://localhost');
      expect(answer, person.personId).toMatchObject({ code: 'not-found' });
      expect(await services.lessonPlace(person, row), person.personId).toBeNull();
    }
    expect(await services.join(personAs(STUDENT, 'student'), room.code, 'http://localhost')).toMatchObject({
      role: 'host',
    });
  });

  it('[AC9, AC13] ops see it from when its dispute is open, unless they act for the student', async () => {
    const opened = await services.openDispute(
      personAs(STUDENT, 'student'),
      bookingId,
      { cause: 'technical-failure', text: 'I hear nothing.', wants: null },
      newId(),
    );
    expect(opened).toMatchObject({ kind: 'opened' });
    await world.settled();
    const join = await letIn(ops);
    expect(join).toMatchObject({ role: 'observer', sync: { documents: [] } });
    expect(tickets.verify(join.ticket)).toMatchObject({ name: 'person-ops (NexusEd)' });
    expect(await ask(personAs(PARENT, 'guardian', 'ops'))).toMatchObject({ code: 'not-found' });
    expect(await ask(personAs('person-auditor', 'auditor'))).toMatchObject({ code: 'not-found' });
    // Those with a place keep it.
    expect(await letIn(personAs(TUTOR, 'tutor', 'ops'))).toMatchObject({ role: 'host' });
    expect(await letIn(personAs(STUDENT, 'student'))).toMatchObject({ role: 'participant' });
  });
});
