/** Study rooms: who opens one, the link that leads to its door, and who may follow it. */
import { fromPerson } from '#events/handling/context.ts';
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import { STUDY_RULES_2026_11 } from '#events/lesson/study.ts';
import { idFrom, lessonCodeFrom } from '#events/shared/ids.ts';
import { inviteTokenHash, MOST_INVITE_TOKEN } from '#events/shared/invite-token.ts';
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import type { LessonRow, Queries } from '#projections/queries.ts';
import type { Person, Services } from './services.ts';
import type { StudyServices } from './study-rooms.ts';
import { guestOf } from './visibility.server.ts';

/** Rooms whose end the read models have not seen yet, and that are stepped over; nobody opens so many at once. */
const MOST_STEPS = 5;
const NO_ROOM = refuse('not-found', 'There is no such study room.');
const STUDENTS_ONLY = refuse('students-only', 'Students open study rooms. Tutors hold lessons, which are booked.');
const ON_DUTY = refuse('on-duty', 'This account looks after cases and joins no study rooms. Use your own account.');
const LINK_UNKNOWN = refuse('link-unknown', 'This link does not work any more. Ask who sent it for a new one.');

export interface StudyParts {
  readonly submit: Submit;
  readonly queries: Queries;
  readonly now: () => number;
  readonly seen: Services['seen'];
  /** The token of a link's id. */
  readonly inviteToken: (linkId: string) => string;
}

const isOver = ({ state }: LessonRow): boolean => state === 'ended' || state === 'cancelled';
const endsAt = ({ startsAt, minutes }: LessonRow): number => startsAt + minutes * 60_000;

export function studyServices(parts: StudyParts): StudyServices {
  const { queries, submit, now } = parts;

  /** Gives a command as the person, and waits until the pages can show what came of it. */
  const give = async (person: Person, command: AnyCommand, requestId: string): Promise<{ kind: 'done' } | Refusal> => {
    const answer = await submit(command, fromPerson({ personId: person.personId, requestId, command: command.type }));
    if (isRefusal(answer)) return answer;
    await parts.seen(answer.position);
    return { kind: 'done' };
  };

  /** Their own, while it is open. */
  async function hosted(person: Person, code: string): Promise<LessonRow | null> {
    const room = await queries.lessonByCode(code);
    return room?.study && room.tutorId === person.personId && !isOver(room) ? room : null;
  }

  const behind = (token: string): Promise<LessonRow | null> =>
    token.length <= MOST_INVITE_TOKEN ? queries.studyRoomByLink(inviteTokenHash(token)) : Promise.resolve(null);

  return {
    async openStudyRoom(person, subject, requestId) {
      const { personId: hostId, roles } = person;
      if (!roles.includes('student')) return STUDENTS_ONLY;
      // Counted first: a room that another form opens in between is found, or has the id that is tried next.
      const first = (await queries.studyRoomsOpenedBy(hostId)) + 1;
      const open = (await queries.studyRoomsOf(hostId)).find((room) => room.tutorId === hostId && !isOver(room));
      if (open) return { kind: 'open', code: open.code };
      for (let nth = first; nth < first + MOST_STEPS; nth += 1) {
        // Their nth room has one id, so two forms that arrive at once meet in one stream, and open one room.
        const lessonId = idFrom('study-room', hostId, nth);
        const code = lessonCodeFrom(lessonId);
        const linkId = idFrom('study-link', lessonId, requestId);
        const tokenHash = inviteTokenHash(parts.inviteToken(linkId));
        const data = { lessonId, code, hostId, subject, rules: STUDY_RULES_2026_11, linkId, tokenHash };
        const done = await give(person, { type: 'OpenStudyRoom', now: now(), data }, requestId);
        if (!isRefusal(done)) return { kind: 'open', code };
        if (done.code !== 'lesson-ended') return done;
      }
      throw new Error(`No room could be opened for ${hostId}: ${MOST_STEPS} in a row are over already`);
    },

    async studyRoomsOf({ personId }) {
      const rooms = await queries.studyRoomsOf(personId);
      return rooms.map((room) => ({
        code: room.code,
        subject: room.subject,
        hostName: room.tutorName,
        mine: room.tutorId === personId,
        waiting: guestOf(room, personId) === 'asked',
        openedAt: room.startsAt,
        endsAt: endsAt(room),
        endedAt: isOver(room) ? (room.endedAt ?? endsAt(room)) : null,
      }));
    },

    async studyLinkFor(person, code) {
      const room = await hosted(person, code);
      const link = room && (await queries.studyLinkOf(room.lessonId));
      if (!link) return null;
      const token = parts.inviteToken(link.linkId);
      // Made with another key: it still works for whoever has it, and cannot be told again.
      return inviteTokenHash(token) === link.tokenHash ? token : null;
    },

    async newStudyLink(person, code, requestId) {
      const room = await hosted(person, code);
      if (!room) return NO_ROOM;
      const { lessonId } = room;
      const linkId = idFrom('study-link', lessonId, requestId);
      const tokenHash = inviteTokenHash(parts.inviteToken(linkId));
      const data = { lessonId, by: person.personId, linkId, tokenHash };
      return give(person, { type: 'MakeStudyLink', now: now(), data }, requestId);
    },

    async stopStudyLink(person, code, requestId) {
      const room = await hosted(person, code);
      if (!room) return NO_ROOM;
      const data = { lessonId: room.lessonId, by: person.personId };
      return give(person, { type: 'RevokeStudyLink', now: now(), data }, requestId);
    },

    async studyRoomBehind(person, token) {
      const room = await behind(token);
      return (
        room && {
          code: room.code,
          subject: room.subject,
          hostName: room.tutorName,
          endsAt: endsAt(room),
          over: isOver(room),
          known: room.tutorId === person.personId || guestOf(room, person.personId) !== null,
        }
      );
    },

    async followStudyLink(person, token, requestId) {
      if (person.roles.includes('ops') || person.roles.includes('auditor')) return ON_DUTY;
      const room = await behind(token);
      if (!room) return LINK_UNKNOWN;
      const { lessonId, code } = room;
      const data = { lessonId, personId: person.personId, tokenHash: inviteTokenHash(token) };
      const done = await give(person, { type: 'FollowStudyLink', now: now(), data }, requestId);
      return isRefusal(done) ? done : { kind: 'followed', code };
    },
  };
}
