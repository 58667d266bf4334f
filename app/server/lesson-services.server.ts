/** Joining and ending a lesson: the one door to its board, chat and media. */
import type { LessonRole } from '#events/access/roles.ts';
import type { TicketOffice } from '#events/access/ticket.ts';
import { fromPerson } from '#events/handling/context.ts';
import type { Submit } from '#events/handling/submit.ts';
import { newId } from '#events/shared/ids.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { isRefusal, refuse } from '#events/shared/refusal.ts';
import type { LessonRow, Queries } from '#projections/queries.ts';
import { SURFACES, documentName } from '#sync/documents/names.ts';
import type { Person, Services } from './services.ts';
import { maySeeLesson, opensAt } from './visibility.server.ts';

/** A ticket's life, wall ms (ARCHITECTURE §4: at most 15 minutes). */
export const TICKET_MS = 15 * 60_000;
/** Fresh Yjs client ids a document and join: one for now, spares for offline starts. */
export const CLIENT_IDS = 3;
const NO_LESSON = refuse('not-found', 'There is no such lesson.');

export interface LessonParts {
  readonly submit: Submit;
  readonly queries: Queries;
  readonly tickets: TicketOffice;
  readonly now: () => number;
  readonly seen: Services['seen'];
  readonly allocateClientIds: (document: string, personId: string, count: number) => Promise<number[]>;
  readonly snapshot: (document: string) => Promise<Uint8Array | null>;
  /** Public address of the node that serves sync; null: the one the client used. */
  readonly nodePublicUrl: string | null;
  /** Of the node that has a lesson's media, not at `avoid` unless it must be; null as above. */
  readonly mediaNodeOf: (lessonId: string, avoid: string | null) => Promise<string | null>;
}

type LessonServices = Pick<Services, 'visibleLesson' | 'join' | 'endLesson' | 'documentSnapshot'>;

/** Null: this person has no place in the lesson. */
function roleIn(person: Person, lesson: LessonRow): LessonRole | null {
  if (person.personId === lesson.tutorId) return 'host';
  if (lesson.students.some((student) => student.studentId === person.personId)) return 'participant';
  return null;
}

export function lessonServices(parts: LessonParts): LessonServices {
  const { queries, submit, now } = parts;

  return {
    async visibleLesson(person, code) {
      const lesson = await queries.lessonByCode(code);
      return lesson && (await maySeeLesson(queries, person, lesson)) ? lesson : null;
    },

    async join(person, code, origin, avoid = null) {
      const lesson = await queries.lessonByCode(code);
      const role = lesson && roleIn(person, lesson);
      if (!lesson || !role) return NO_LESSON;
      if (lesson.state === 'cancelled') return refuse('lesson-cancelled', 'This lesson was cancelled.');
      if (lesson.state === 'ended') return refuse('lesson-ended', 'This lesson has ended.');
      if (now() < opensAt(lesson))
        return refuse('not-open-yet', 'The classroom opens 15 minutes before the lesson starts.');
      // Here too, and not only in the room of live media: this ticket opens board and chat as well.
      if (await queries.isTakenOut(lesson.lessonId, person.personId))
        return refuse('removed', 'You were taken out of this lesson.');
      const { lessonId } = lesson;
      const shared = await Promise.all(
        SURFACES.map(async (surface) => {
          const name = documentName({ surface, lessonId, personId: null });
          return { name, clientIds: await parts.allocateClientIds(name, person.personId, CLIENT_IDS) };
        }),
      );
      // Few write there, so a page brings ids of its own, and joining costs no more for them.
      const ownOf = role === 'host' ? lesson.students.map(({ studentId }) => studentId) : [person.personId];
      const own = ownOf.flatMap((personId) =>
        SURFACES.map((surface) => ({ name: documentName({ surface, lessonId, personId }), clientIds: [] })),
      );
      const expiresAt = Date.now() + TICKET_MS;
      const ticket = parts.tickets.sign({
        lessonId,
        personId: person.personId,
        name: person.name,
        role,
        documents: Object.fromEntries(shared.map(({ name, clientIds }) => [name, clientIds])),
        ownOf,
        expiresAt,
      });
      const node = parts.nodePublicUrl ?? origin;
      return {
        lessonId,
        role,
        ticket,
        expiresAt,
        sync: { url: `${node.replace(/^http/, 'ws')}/sync`, documents: [...shared, ...own] },
        signalling: { url: (await parts.mediaNodeOf(lessonId, avoid)) ?? origin, path: '/signalling' },
      };
    },

    async endLesson(person, code) {
      const lesson = await queries.lessonByCode(code);
      const role = lesson && roleIn(person, lesson);
      if (!lesson || !role) return NO_LESSON;
      if (role !== 'host') return refuse('forbidden', 'Only the tutor can end the lesson for all.');
      const ended = await submit(
        { type: 'EndLesson', now: now(), data: { lessonId: lesson.lessonId, by: 'host', policy: POLICY_2026_11 } },
        fromPerson({
          personId: person.personId,
          requestId: newId(),
          command: 'EndLesson',
          role: 'tutor',
          correlationId: lesson.lessonId,
        }),
      );
      if (isRefusal(ended)) return ended;
      await parts.seen(ended.position);
      return { kind: 'ended' as const };
    },

    documentSnapshot: (name) => parts.snapshot(name),
  };
}
