/** Notes what ops and auditors see of others and take along, each in a stream of that person and day (LK1–LK4). */
import { fromPerson } from '#events/handling/context.ts';
import type { Submit } from '#events/handling/submit.ts';
import type { LookCommand } from '#events/look/decide.ts';
import type { CopyKind, LookRole, LookSurface } from '#events/look/events.ts';
import { newId } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { Log } from '#platform/log/log.server.ts';
import type { LessonRow, Queries } from '#projections/queries.ts';
import type { Person } from './services.ts';
import { seesAll, studentsInReach } from './visibility.server.ts';

export interface LookServices {
  /**
   * They were shown what concerns these bookings, on duty: the caller knows that they are no party of it, or that they came
   * by a page of their duty. Never fails: see LK4.
   */
  lookedAt(person: Person, role: LookRole, bookingIds: readonly string[], surface: LookSurface): Promise<void>;
  /** Before a file is given out. Throws when it cannot be noted: then nothing is given out. */
  copyTaken(person: Person, role: LookRole, kind: CopyKind, bookingId: string | null): Promise<void>;
}

export interface LookParts {
  readonly submit: Submit;
  readonly now: () => number;
  readonly log: Pick<Log, 'error'>;
}

/** As what somebody who may see everything sees it. */
export const dutyOf = ({ roles }: Pick<Person, 'roles'>): LookRole => (roles.includes('ops') ? 'ops' : 'auditor');

interface WithQueries extends Pick<LookServices, 'lookedAt'> {
  readonly queries: Queries;
}

/** A lesson is looked at with all its seats by whoever sees it on duty, and not as one of its people (views.server.ts). */
export async function lessonLookedAt(
  { queries, lookedAt }: WithQueries,
  person: Person,
  { tutorId, students, study }: Pick<LessonRow, 'tutorId' | 'students' | 'study'>,
): Promise<void> {
  if (!seesAll(person) || study !== null || person.personId === tutorId) return;
  const reach = await studentsInReach(queries, person);
  if (students.some(({ studentId }) => reach.has(studentId))) return;
  const bookingIds = students.map(({ bookingId }) => bookingId);
  await lookedAt(person, dutyOf(person), bookingIds, 'lesson');
}

export function lookServices({ submit, now, log }: LookParts): LookServices {
  async function note({ personId }: Person, role: LookRole, command: LookCommand): Promise<void> {
    const done = await submit(command, fromPerson({ personId, requestId: newId(), command: command.type, role }));
    if (isRefusal(done)) throw new Error(`${command.type} was refused: ${done.code}`);
  }

  return {
    async lookedAt(person, role, bookingIds, surface) {
      if (bookingIds.length === 0) return;
      const data = { personId: person.personId, role, bookingIds, surface };
      try {
        await note(person, role, { type: 'NoteLook', now: now(), data });
      } catch (err) {
        // The case is shown all the same (LK4); whoever watches the program's log learns what is missing.
        log.error({ err, alert: 'look-not-noted', ...data }, 'a look at a case could not be noted');
      }
    },
    copyTaken: (person, role, kind, bookingId) =>
      note(person, role, { type: 'NoteCopy', now: now(), data: { personId: person.personId, role, kind, bookingId } }),
  };
}
