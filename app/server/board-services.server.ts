/** A tutor's board outside the hours of its lesson: prepared before it, and carried on from one that is over. */
import type { TicketOffice } from '#events/access/ticket.ts';
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import type { LessonRow, Queries } from '#projections/queries.ts';
import { documentName } from '#sync/documents/names.ts';
import { filesOfLesson } from './api/files.server.ts';
import type { Files } from './files/files.server.ts';
import { CLIENT_IDS, TICKET_MS } from './lesson-services.server.ts';
import type { Join, Person } from './services.ts';

/** A board of an earlier lesson, with the people of this one. */
export interface EarlierBoard {
  /** Of its lesson. */
  readonly code: string;
  readonly subject: string;
  /** When its lesson was, business ms. */
  readonly startsAt: number;
}

export interface BoardServices {
  /** A ticket for the board alone, for its tutor, at any time until the lesson is over. It opens nothing else. */
  prepareBoard(person: Person, code: string, origin: string): Promise<Join | Refusal>;
  /** Boards that its tutor may carry on in this lesson, the latest first; none once one was, and none for anybody else. */
  earlierBoards(person: Person, code: string): Promise<readonly EarlierBoard[]>;
  /** Brings the board of the lesson `from` into that of the lesson `code`. Asked twice, it comes once. */
  continueBoard(person: Person, code: string, from: string): Promise<{ kind: 'continued'; items: number } | Refusal>;
}

export type ContinueAnswer =
  | { readonly kind: 'brought'; readonly items: number; readonly files: readonly string[] }
  | { readonly kind: 'empty' | 'already' | 'too-large' };

export interface BoardParts {
  readonly queries: Queries;
  readonly tickets: TicketOffice;
  readonly files: Files;
  /** Business time, ms. */
  readonly now: () => number;
  readonly allocateClientIds: (document: string, personId: string, count: number) => Promise<number[]>;
  /** Which of these documents somebody wrote in. */
  readonly writtenDocuments: (names: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly continueBoard: (
    from: string,
    to: string,
    host: { readonly personId: string; readonly name: string },
  ) => Promise<ContinueAnswer>;
  readonly continuesBoard: (name: string) => Promise<boolean>;
  /** Public address of the node that serves sync and media; null: the one the client used. */
  readonly nodePublicUrl: string | null;
}

const NO_LESSON = refuse('not-found', 'There is no such lesson.');
const NOT_CONTINUABLE = refuse(
  'not-continuable',
  'Only the board of a lesson that is over, with the same students, can be carried on.',
);
/** How far back a board is offered, ms, and how many. */
const OFFERED_MS = 365 * 86_400_000;
const MOST_OFFERED = 3;

const boardOf = ({ lessonId }: LessonRow): string => documentName({ surface: 'board', lessonId, personId: null });

/** Everybody in the new lesson was in the old one, so nobody is shown what was not theirs to see. */
const sameStudents = (now: LessonRow, before: LessonRow): boolean =>
  now.students.length > 0 &&
  now.students.every(({ studentId }) => before.students.some((student) => student.studentId === studentId));

export function boardServices(parts: BoardParts): BoardServices {
  const { queries, now } = parts;

  /** The lesson, if this person is its tutor and it is not over. */
  async function hosted(person: Person, code: string): Promise<LessonRow | Refusal> {
    const lesson = await queries.lessonByCode(code);
    const seat = lesson?.students.some(({ studentId }) => studentId === person.personId) ?? false;
    // Nobody prepares a study room: it is open at once.
    if (!lesson || lesson.study !== null || (lesson.tutorId !== person.personId && !seat)) return NO_LESSON;
    if (lesson.tutorId !== person.personId) return refuse('forbidden', 'Only the tutor prepares the board.');
    if (lesson.state === 'cancelled') return refuse('lesson-cancelled', 'This lesson was cancelled.');
    if (lesson.state === 'ended') return refuse('lesson-ended', 'This lesson has ended.');
    return lesson;
  }

  return {
    async prepareBoard(person, code, origin) {
      const lesson = await hosted(person, code);
      if (isRefusal(lesson)) return lesson;
      const name = boardOf(lesson);
      const clientIds = await parts.allocateClientIds(name, person.personId, CLIENT_IDS);
      const { lessonId } = lesson;
      const expiresAt = Date.now() + TICKET_MS;
      const ticket = parts.tickets.sign({
        lessonId,
        personId: person.personId,
        name: person.name,
        role: 'host',
        documents: { [name]: clientIds },
        expiresAt,
      });
      const node = parts.nodePublicUrl ?? origin;
      return {
        lessonId,
        role: 'host',
        ticket,
        expiresAt,
        sync: { url: `${node.replace(/^http/, 'ws')}/sync`, documents: [{ name, clientIds }] },
        signalling: { url: node, path: '/signalling' },
      };
    },

    async earlierBoards(person, code) {
      const lesson = await hosted(person, code);
      if (isRefusal(lesson) || (await parts.continuesBoard(boardOf(lesson)))) return [];
      const until = Math.min(lesson.startsAt, now());
      const lessons = await queries.tutorLessons(person.personId, until - OFFERED_MS, until);
      const found = lessons
        .filter((one) => one.state === 'ended' && one.lessonId !== lesson.lessonId && sameStudents(lesson, one))
        .reverse();
      const written = await parts.writtenDocuments(found.map(boardOf));
      return found
        .filter((one) => written.has(boardOf(one)))
        .slice(0, MOST_OFFERED)
        .map(({ code: of, subject, startsAt }) => ({ code: of, subject, startsAt }));
    },

    async continueBoard(person, code, from) {
      const lesson = await hosted(person, code);
      if (isRefusal(lesson)) return lesson;
      const before = await queries.lessonByCode(from);
      if (!before || before.tutorId !== person.personId) return NO_LESSON;
      if (before.state !== 'ended' || before.lessonId === lesson.lessonId || !sameStudents(lesson, before))
        return NOT_CONTINUABLE;
      const host = { personId: person.personId, name: person.name };
      const answer = await parts.continueBoard(boardOf(before), boardOf(lesson), host);
      switch (answer.kind) {
        case 'brought':
          await parts.files.share(filesOfLesson(before.lessonId), filesOfLesson(lesson.lessonId), answer.files);
          return { kind: 'continued', items: answer.items };
        case 'empty':
          return refuse('board-empty', 'There is nothing on that board.');
        case 'already':
          return refuse('already-continued', 'This board carries on another one already.');
        case 'too-large':
          return refuse('board-too-large', 'That board is too large to be carried on.');
      }
    },
  };
}
