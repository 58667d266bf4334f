/** Joining and ending a lesson: the one door to its board, chat and media. */
import type { LessonRole } from '#events/access/roles.ts';
import type { TicketOffice } from '#events/access/ticket.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { fromPerson } from '#events/handling/context.ts';
import type { Submit } from '#events/handling/submit.ts';
import { newId } from '#events/shared/ids.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import type { LessonRow, Queries } from '#projections/queries.ts';
import { isFull } from '#events/lesson/study.ts';
import { SURFACES, documentName } from '#sync/documents/names.ts';
import type { Person, Services } from './services.ts';
import { streamStates } from './stream-states.server.ts';
import { isInRoom, maySeeLesson, opensAt, placeIn, takesPart, type LessonPlace } from './visibility.server.ts';

/** A ticket's life, wall ms (ARCHITECTURE §4: at most 15 minutes). */
export const TICKET_MS = 15 * 60_000;
/**
 * The same of who only looks on: so long, and no longer, board and chat are open to somebody who is in the room no more,
 * or whose reason to look is over.
 */
export const OBSERVER_MS = 3 * 60_000;
/** Fresh Yjs client ids a document and join: one for now, spares for offline starts. */
export const CLIENT_IDS = 3;
const NO_LESSON = refuse('not-found', 'There is no such lesson.');

export interface LessonParts {
  readonly submit: Submit;
  readonly store: EventStore;
  readonly queries: Queries;
  readonly tickets: TicketOffice;
  readonly now: () => number;
  readonly seen: Services['seen'];
  readonly allocateClientIds: (document: string, personId: string, count: number) => Promise<number[]>;
  readonly snapshot: (document: string) => Promise<Uint8Array | null>;
  /** Public address of the node that serves sync; null: the one the client used. */
  readonly nodePublicUrl: string | null;
  /** Addresses of the node that has a lesson's media; null as above. */
  readonly mediaNodes: {
    /** For who comes; not at `avoid` unless it must be. */
    of(lessonId: string, avoid: string | null): Promise<string | null>;
    /** For who is in already. */
    now(lessonId: string): Promise<string | null>;
  };
}

type LessonServices = Pick<Services, 'visibleLesson' | 'lessonPlace' | 'join' | 'endLesson' | 'documentSnapshot'>;

/** What the door says to somebody: in which role they come, and whether they are in before a host lets them in. */
interface Place {
  readonly kind: 'place';
  readonly role: LessonRole;
  readonly inside: boolean;
  /** Board and chat are open to them. */
  readonly reads: boolean;
  /** Whose own boards and lines they get beside what all share. */
  readonly ownOf: readonly string[];
}

export function lessonServices(parts: LessonParts): LessonServices {
  const { queries, submit, now, mediaNodes } = parts;
  const states = streamStates(parts.store);

  async function placeByBooking(
    { personId }: Person,
    lesson: LessonRow,
    { role }: LessonPlace,
  ): Promise<Place | Refusal> {
    // Here too, and not only in the room of live media: this ticket opens board and chat as well.
    if (await queries.isTakenOut(lesson.lessonId, personId))
      return refuse('removed', 'You were taken out of this lesson.');
    // Nobody reads along unseen: board and chat are for an observer of whom the room has been told.
    if (role === 'observer')
      return {
        kind: 'place',
        role,
        inside: true,
        reads: await isInRoom(queries, lesson.lessonId, personId),
        ownOf: [],
      };
    const ownOf = role === 'host' ? lesson.students.map(({ studentId }) => studentId) : [personId];
    return { kind: 'place', role, inside: true, reads: true, ownOf };
  }

  /** From the log itself: who was let in this moment is in, and who was taken out is not. All there is there is shared. */
  async function placeInStudyRoom({ personId }: Person, lesson: LessonRow): Promise<Place | Refusal> {
    if (lesson.tutorId === personId) return { kind: 'place', role: 'host', inside: true, reads: true, ownOf: [] };
    const state = await states.lesson(lesson.lessonId);
    if (state.kind !== 'scheduled' && state.kind !== 'live') return NO_LESSON;
    const place = state.study?.guests.get(personId);
    if (!state.study || place === undefined) return NO_LESSON;
    if (place === 'out') return refuse('removed', 'The host took you out of this study room.');
    if (isFull(state, state.study, personId))
      return refuse('room-full', 'This study room is full. Try again when somebody has left.');
    const inside = place === 'in';
    return { kind: 'place', role: 'participant', inside, reads: inside, ownOf: [] };
  }

  return {
    async visibleLesson(person, code) {
      const lesson = await queries.lessonByCode(code);
      return lesson && (await maySeeLesson(queries, person, lesson)) ? lesson : null;
    },

    lessonPlace: async (person, lesson) => (await placeIn(queries, person, lesson))?.role ?? null,

    async join(person, code, origin, { avoid, renewing = false } = {}) {
      const lesson = await queries.lessonByCode(code);
      const known = lesson && (await placeIn(queries, person, lesson));
      if (!lesson || !known) return NO_LESSON;
      if (lesson.state === 'cancelled') return refuse('lesson-cancelled', 'This lesson was cancelled.');
      if (lesson.state === 'ended') return refuse('lesson-ended', 'This lesson has ended.');
      if (now() < opensAt(lesson))
        return refuse('not-open-yet', 'The classroom opens 15 minutes before the lesson starts.');
      const place = await (lesson.study === null
        ? placeByBooking(person, lesson, known)
        : placeInStudyRoom(person, lesson));
      if (isRefusal(place)) return place;
      const { role, inside, ownOf } = place;
      const { lessonId } = lesson;
      const observes = role === 'observer';
      const shared = await Promise.all(
        (place.reads ? SURFACES : []).map(async (surface) => {
          const document = documentName({ surface, lessonId, personId: null });
          const ids = observes ? [] : await parts.allocateClientIds(document, person.personId, CLIENT_IDS);
          return { name: document, clientIds: ids };
        }),
      );
      // Few write there, so a page brings ids of its own, and joining costs no more for them.
      const own = ownOf.flatMap((personId) =>
        SURFACES.map((surface) => ({ name: documentName({ surface, lessonId, personId }), clientIds: [] })),
      );
      const expiresAt = Date.now() + (observes ? OBSERVER_MS : TICKET_MS);
      const ticket = parts.tickets.sign({
        lessonId,
        personId: person.personId,
        name: known.name,
        role,
        documents: Object.fromEntries(shared.map((one) => [one.name, one.clientIds])),
        ownOf,
        ...(inside ? {} : { admission: 'ask' }),
        expiresAt,
      });
      const node = parts.nodePublicUrl ?? origin;
      return {
        lessonId,
        role,
        ticket,
        expiresAt,
        sync: { url: `${node.replace(/^http/, 'ws')}/sync`, documents: [...shared, ...own] },
        signalling: {
          url: (await (renewing ? mediaNodes.now(lessonId) : mediaNodes.of(lessonId, avoid ?? null))) ?? origin,
          path: '/signalling',
        },
      };
    },

    async endLesson(person, code) {
      const lesson = await queries.lessonByCode(code);
      const observes = lesson && (await placeIn(queries, person, lesson))?.role === 'observer';
      if (!lesson || !(observes || takesPart(lesson, person.personId))) return NO_LESSON;
      if (lesson.tutorId !== person.personId) return refuse('forbidden', 'Only the host can end it for all.');
      const ended = await submit(
        { type: 'EndLesson', now: now(), data: { lessonId: lesson.lessonId, by: 'host', policy: POLICY_2026_11 } },
        fromPerson({
          personId: person.personId,
          requestId: newId(),
          command: 'EndLesson',
          role: lesson.study === null ? 'tutor' : 'student',
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
