/** Study rooms as pages and API have them: the services over a log and its read models in the embedded database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lessonServices } from '#app/server/lesson-services.server.ts';
import type { Person, Services } from '#app/server/services.ts';
import type { StudyServices } from '#app/server/study-rooms.ts';
import { studyServices } from '#app/server/study-services.server.ts';
import { lessonFor } from '#app/server/views.server.ts';
import { maySeeDocuments } from '#app/server/visibility.server.ts';
import { createTicketOffice } from '#events/access/ticket.server.ts';
import { fromSystem } from '#events/handling/context.ts';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import type { RoomWord } from '#events/lesson/room.ts';
import { newId } from '#events/shared/ids.ts';
import { createInviteTokens } from '#events/shared/invite-token.ts';
import { POLICY_2026_11 as policy } from '#events/shared/policy.ts';
import { isRefusal, type Refusal } from '#events/shared/refusal.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import type { EventStore } from '#events/store/event-store.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import type { LessonRow, Queries } from '#projections/queries.ts';
import { createQueries } from '#projections/queries.server.ts';
import { runReadModels } from '#projections/runner/read-models.server.ts';
import { createWaiter } from '#projections/runner/wait-for.server.ts';
import { prepareProjections } from '#projections/worker.server.ts';

type WithoutNow<C> = C extends AnyCommand ? Omit<C, 'now'> : never;

const HOUR = 3_600_000;
/** A quarter past eight in the evening in India. */
let now = Date.UTC(2026, 10, 21, 14, 45);
const as = (personId: string, name: string, ...roles: Person['roles'][number][]): Person => ({
  personId,
  name,
  email: `${personId}@nexused.test`,
  roles,
  zone: 'Asia/Kolkata',
});
const asha = as('asha', 'Asha Rao', 'student');
const ravi = as('ravi', 'Ravi Nair', 'student');
const meera = as('meera', 'Meera Iyer', 'student');
const tutor = as('tara', 'Tara Bose', 'tutor');
const parent = as('pooja', 'Pooja Nair', 'guardian');
const ops = as('omar', 'Omar', 'ops');
const auditor = as('anil', 'Anil', 'auditor');
const PEOPLE = [asha, ravi, meera, tutor, parent, ops, auditor];

let db: Database;
let store: EventStore;
let submit: Submit;
let queries: Queries;
let study: StudyServices;
let lessons: Pick<Services, 'visibleLesson' | 'join' | 'endLesson'>;
let seen: Services['seen'];
const tickets = createTicketOffice(Buffer.alloc(32, 7));
const closing: (() => Promise<unknown>)[] = [];

async function give(command: WithoutNow<AnyCommand>): Promise<void> {
  const done = await submit({ ...command, now } as AnyCommand, fromSystem('test', newId()));
  if (isRefusal(done)) throw new Error(`${command.type}: ${done.code}`);
  await seen(done.position, 10_000);
}
function must<T extends object>(answer: T | Refusal | null): T {
  if (answer === null || isRefusal(answer)) throw new Error(`not ${JSON.stringify(answer)}`);
  return answer as T;
}
const codeOf = (answer: object | null): string => (answer !== null && isRefusal(answer) ? answer.code : 'yes');

/** A fresh room of this person's, whatever they had open before. */
async function openRoom(host: Person, subject = 'Calculus'): Promise<{ code: string; token: string; room: LessonRow }> {
  for (const room of await study.studyRoomsOf(host))
    if (room.mine && room.endedAt === null) must(await lessons.endLesson(host, room.code));
  now += 60_000;
  const { code } = must(await study.openStudyRoom(host, subject, newId()));
  const token = (await study.studyLinkFor(host, code)) ?? '';
  return { code, token, room: must(await queries.lessonByCode(code)) };
}
const say = ({ lessonId, tutorId }: LessonRow, word: RoomWord): Promise<void> =>
  give({ type: 'NoteRoom', data: { lessonId, by: tutorId, at: now, word } });
const join = (person: Person, code: string) => lessons.join(person, code, 'http://localhost:3000');
async function comeIn(room: LessonRow, person: Person, token: string): Promise<void> {
  must(await study.followStudyLink(person, token, newId()));
  await say(room, { type: 'ParticipantAdmitted', personId: person.personId });
}

beforeAll(async () => {
  db = await openPglite(null);
  await db.script('CREATE TABLE person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL)');
  await prepareProjections(db);
  store = inMemoryStore();
  submit = createSubmit(store);
  const readModels = await runReadModels({ db, store, log: createLog({ level: 'silent' }) });
  const waiter = await createWaiter(db);
  closing.push(
    () => readModels.stop(),
    () => waiter.stop(),
    () => db.close(),
  );
  queries = createQueries(db, { now: () => now, onJump: () => () => undefined });
  seen = async (position, ms = 10_000) => position === null || waiter.waitFor(position, ms);
  const parts = { submit, store, queries, tickets, now: () => now, seen };
  study = studyServices({ ...parts, inviteToken: createInviteTokens(Buffer.alloc(32, 9)) });
  lessons = lessonServices({
    ...parts,
    allocateClientIds: async () => [1, 2, 3],
    snapshot: async () => null,
    nodePublicUrl: null,
    mediaNodes: { of: () => Promise.resolve(null), now: () => Promise.resolve(null) },
  });
  for (const { personId, name, email, roles } of PEOPLE) {
    await db.query('INSERT INTO person_name VALUES ($1, $2, $3)', [personId, name, email]);
    await give({ type: 'RegisterPerson', data: { personId, role: roles[0] ?? 'student', zone: 'Asia/Kolkata' } });
  }
});
afterAll(async () => {
  for (const close of closing) await close();
});

describe('opening a study room', () => {
  it('ST1, ST2: a student has one open at a time, and is led to it when they open another', async () => {
    const { code, room } = await openRoom(asha);
    expect(room).toMatchObject({ tutorId: 'asha', tutorName: 'Asha Rao', minutes: 180, seats: 12, students: [] });
    expect(must(await study.openStudyRoom(asha, 'Other', newId())).code).toBe(code);
    must(await lessons.endLesson(asha, code));
    expect(must(await study.openStudyRoom(asha, 'Other', newId())).code).not.toBe(code);
  });

  it('ST2: of two forms that arrive at once one opens, and both lead to it', async () => {
    const answers = await Promise.all([1, 2, 3].map((n) => study.openStudyRoom(meera, `form ${n}`, newId())));
    expect(new Set(answers.map((answer) => must(answer).code)).size).toBe(1);
    expect((await study.studyRoomsOf(meera)).filter(({ mine }) => mine)).toHaveLength(1);
  });

  it('ST11: tutors, guardians, ops and auditors open none', async () => {
    for (const person of [tutor, parent, ops, auditor])
      expect(codeOf(await study.openStudyRoom(person, '', newId()))).toBe('students-only');
  });

  it('ST12: it stands in no calendar and among no lessons to come', async () => {
    await openRoom(asha);
    expect(await queries.upcomingLessons('asha', now)).toEqual([]);
    expect(await queries.tutorLessons('asha', now - HOUR, now + HOUR)).toEqual([]);
  });
});

describe('the link', () => {
  it('ST4: is told to its host as often as they like, and to nobody else', async () => {
    const { code, token, room } = await openRoom(asha);
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(await study.studyLinkFor(asha, code)).toBe(token);
    await comeIn(room, ravi, token);
    expect(await study.studyLinkFor(ravi, code)).toBeNull();
    expect(await study.studyLinkFor(meera, code)).toBeNull();
    expect(codeOf(await study.newStudyLink(ravi, code, newId()))).toBe('not-found');
    // The log has no token, so nobody who reads it comes in by one.
    expect(JSON.stringify(await store.read(`lesson-${room.lessonId}`))).not.toContain(token);
  });

  it('ST4: a new one stops the one before, and it can be stopped', async () => {
    const { code, token } = await openRoom(asha);
    must(await study.newStudyLink(asha, code, newId()));
    const fresh = (await study.studyLinkFor(asha, code)) ?? '';
    expect(fresh).not.toBe(token);
    expect(await study.studyRoomBehind(ravi, token)).toBeNull();
    expect(codeOf(await study.followStudyLink(ravi, token, newId()))).toBe('link-unknown');
    expect(await study.studyRoomBehind(ravi, fresh)).toMatchObject({ hostName: 'Asha Rao', subject: 'Calculus' });
    must(await study.stopStudyLink(asha, code, newId()));
    expect(await study.studyLinkFor(asha, code)).toBeNull();
    expect(codeOf(await study.followStudyLink(ravi, fresh, newId()))).toBe('link-unknown');
  });

  it('ST5: says who invites and to what, and whether it is over', async () => {
    const { code, token } = await openRoom(asha, 'Organic chemistry');
    expect(await study.studyRoomBehind(ravi, token)).toEqual({
      code,
      subject: 'Organic chemistry',
      hostName: 'Asha Rao',
      endsAt: now + 3 * HOUR,
      over: false,
      known: false,
    });
    must(await lessons.endLesson(asha, code));
    expect(await study.studyRoomBehind(ravi, token)).toMatchObject({ over: true });
    expect(codeOf(await study.followStudyLink(ravi, token, newId()))).toBe('lesson-ended');
  });

  it('ST11: whoever is signed in may follow it, but not who looks after cases', async () => {
    const { token } = await openRoom(asha);
    for (const person of [ravi, tutor, parent])
      expect(codeOf(await study.followStudyLink(person, token, newId()))).toBe('yes');
    for (const person of [ops, auditor])
      expect(codeOf(await study.followStudyLink(person, token, newId()))).toBe('on-duty');
  });
});

describe('who sees what', () => {
  it('ST12: without the link a study room is as unknown as none, to ops and auditors too', async () => {
    const { code, room } = await openRoom(asha);
    for (const person of [ravi, meera, tutor, parent, ops, auditor]) {
      expect(await lessons.visibleLesson(person, code)).toBeNull();
      expect(await join(person, code)).toEqual(await join(person, 'nx-nothing'));
      expect(await lessons.endLesson(person, code)).toEqual(await lessons.endLesson(person, 'nx-nothing'));
      expect(await maySeeDocuments(queries, person, room, now)).toBe(false);
    }
  });

  it('ST7: at the door one sees the page, and gets no documents before the host lets one in', async () => {
    const { code, token, room } = await openRoom(asha);
    must(await study.followStudyLink(ravi, token, newId()));
    const outside = must(await join(ravi, code));
    expect(outside.sync.documents).toEqual([]);
    expect(tickets.verify(outside.ticket)).toMatchObject({ role: 'participant', admission: 'ask', documents: {} });
    const seenOutside = must(await lessons.visibleLesson(ravi, code));
    expect(await maySeeDocuments(queries, ravi, seenOutside, now)).toBe(false);

    await say(room, { type: 'ParticipantAdmitted', personId: 'ravi' });
    const inside = must(await join(ravi, code));
    expect(inside.sync.documents.map(({ name }) => name)).toEqual([`board:${room.lessonId}`, `chat:${room.lessonId}`]);
    const ticket = tickets.verify(inside.ticket);
    expect(ticket?.admission).toBeUndefined();
    expect(ticket?.ownOf).toEqual([]);
    expect(await maySeeDocuments(queries, ravi, must(await queries.lessonByCode(code)), now)).toBe(true);
  });

  it('ST7: who was taken out stays out, of documents too, whatever link they follow', async () => {
    const { code, token, room } = await openRoom(asha);
    await comeIn(room, ravi, token);
    await say(room, { type: 'ParticipantRemoved', personId: 'ravi' });
    expect(codeOf(await join(ravi, code))).toBe('removed');
    expect(codeOf(await study.followStudyLink(ravi, token, newId()))).toBe('yes');
    expect(codeOf(await join(ravi, code))).toBe('removed');
    expect(await maySeeDocuments(queries, ravi, must(await queries.lessonByCode(code)), now)).toBe(false);
    await say(room, { type: 'ParticipantAdmitted', personId: 'ravi' });
    expect(codeOf(await join(ravi, code))).toBe('yes');
  });

  it('ST8: the thirteenth is told that it is full, at the link and at the door', async () => {
    const { code, token, room } = await openRoom(asha);
    const { lessonId } = room;
    const enter = (personId: string, role: 'host' | 'participant') =>
      give({ type: 'JoinLesson', data: { lessonId, personId, role, connectionId: `c-${personId}` } });
    must(await study.followStudyLink(ravi, token, newId()));
    await enter('asha', 'host');
    for (let n = 1; n <= 11; n += 1) {
      await comeIn(room, as(`guest-${n}`, `Guest ${n}`, 'student'), token);
      await enter(`guest-${n}`, 'participant');
    }
    expect(codeOf(await study.followStudyLink(meera, token, newId()))).toBe('room-full');
    expect(codeOf(await join(ravi, code))).toBe('room-full');
    await give({
      type: 'LeaveLesson',
      data: { lessonId, personId: 'guest-1', connectionId: 'c-guest-1', at: now, reason: 'left' },
    });
    expect(codeOf(await join(ravi, code))).toBe('yes');
  });

  it('ST12: an institute does not count it among the lessons of its students', async () => {
    const { room } = await openRoom(asha);
    await give({ type: 'FoundInstitute', data: { instituteId: 'i1', name: 'Riverside' } });
    await give({ type: 'AddMember', data: { instituteId: 'i1', personId: 'asha', as: 'student' } });
    await give({
      type: 'JoinLesson',
      data: { lessonId: room.lessonId, personId: 'asha', role: 'host', connectionId: 'c-institute' },
    });
    now += HOUR;
    expect(await queries.attendance(room.lessonId)).toMatchObject([{ personId: 'asha' }]);
    expect((await queries.institute('i1'))?.members).toMatchObject([{ personId: 'asha', lessons: 0, hereMs: 0 }]);
  });

  it('ST12: only the host knows who stands at the door and who had to go', async () => {
    const { code, token, room } = await openRoom(asha);
    await comeIn(room, ravi, token);
    now += 1_000;
    await comeIn(room, tutor, token);
    now += 1_000;
    must(await study.followStudyLink(meera, token, newId()));
    await say(room, { type: 'ParticipantRemoved', personId: 'tara' });
    const row = must(await queries.lessonByCode(code));
    const shown = async (person: Person) =>
      (await lessonFor(queries, person, row)).study?.guests.map(({ name, place }) => `${name} ${place}`);
    expect(await shown(asha)).toEqual(['Ravi Nair in', 'Tara Bose out', 'Meera Iyer asked']);
    expect(await shown(ravi)).toEqual(['Ravi Nair in']);
    expect(await shown(meera)).toEqual(['Meera Iyer asked']);
  });
});

describe('when it is over', () => {
  it('ST10, ST12: only the host ends it; board and chat stay with whoever was in, and nobody else', async () => {
    const { code, token, room } = await openRoom(asha);
    await comeIn(room, ravi, token);
    must(await study.followStudyLink(meera, token, newId()));
    expect(codeOf(await lessons.endLesson(ravi, code))).toBe('forbidden');
    expect(codeOf(await lessons.endLesson(meera, code))).toBe('not-found');
    must(await lessons.endLesson(asha, code));
    const row = must(await queries.lessonByCode(code));
    expect(row).toMatchObject({ state: 'ended', endedBy: 'host' });
    expect(await maySeeDocuments(queries, asha, row, now)).toBe(true);
    expect(await maySeeDocuments(queries, ravi, row, now)).toBe(true);
    expect(await maySeeDocuments(queries, meera, row, now)).toBe(false);
    expect(codeOf(await join(ravi, code))).toBe('lesson-ended');
    const [mine] = await study.studyRoomsOf(asha);
    expect(mine).toMatchObject({ code, mine: true, endedAt: now });
    expect((await study.studyRoomsOf(ravi)).find((line) => line.code === code)).toMatchObject({ mine: false });
    expect((await study.studyRoomsOf(meera)).some((line) => line.code === code)).toBe(false);
  });

  it('ST10: three hours after it was opened it ends by time', async () => {
    const { code, room } = await openRoom(asha);
    now += 3 * HOUR;
    const { lessonId } = room;
    await give({ type: 'EndLesson', data: { lessonId, by: 'time', policy } });
    expect(await queries.lessonByCode(code)).toMatchObject({ state: 'ended', endedBy: 'time', endedAt: now });
  });
});
