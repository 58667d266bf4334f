/** The replay of a lesson: what there is of it for one person, and the histories themselves. */
import type { EventStore } from '#events/store/event-store.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { refuse, type Refusal } from '#events/shared/refusal.ts';
import type { LessonRow, Queries } from '#projections/queries.ts';
import { SURFACES, documentName, type DocumentName, type Surface } from '#sync/documents/names.ts';
import { chaptersOf, missedBy, revealsOf, type Chapter, type Missed, type Stretch } from './replay-facts.ts';
import type { Person, Services } from './services.ts';
import { presenceOf, type PersonThere } from './replay-presence.ts';
import { mayReadOwn, maySeeDocuments, maySeeLesson, seesAll, studentsInReach, takesPart } from './visibility.server.ts';

/** Updates of one person in one minute (business ms, floored). */
export interface MinuteCount {
  readonly personId: string;
  readonly minute: number;
  readonly count: number;
}

/** One document of the lesson, as far as this person may read it. */
export interface ReplayDocument {
  readonly kind: Surface;
  /** Whose own it is; null for the lesson's. */
  readonly personId: string | null;
  /** Somebody else's own board: only what was to be seen of it while the host showed it to everybody. */
  readonly shown: boolean;
  /** Path of its history. */
  readonly href: string;
  readonly updates: number;
  readonly counts: readonly MinuteCount[];
}

/** Business time, ms. */
export interface ReplayManifest {
  readonly lessonId: string;
  readonly state: LessonRow['state'];
  /** From here on the classroom was open: what was drawn before was brought along. */
  readonly opensAt: number;
  readonly from: number;
  /** The end, or now while the lesson runs. */
  readonly to: number;
  readonly people: readonly { readonly personId: string; readonly name: string }[];
  readonly documents: readonly ReplayDocument[];
  readonly chapters: readonly Chapter[];
  /** What this person was last away from, and came back to. */
  readonly missed: Missed | null;
  /** Who was there and how well they were connected: for ops and auditors; null for everybody else. */
  readonly presence: readonly PersonThere[] | null;
}

export interface HistoryAnswer {
  readonly etag: string;
  /** A file of sync/documents/history.ts, compressed with gzip. */
  readonly gzip: () => Promise<Uint8Array>;
}

export interface ReplayServices {
  /** Null for an unknown lesson and for one whose board and chat this person may not read now: both answer 404. */
  replay(person: Person, code: string): Promise<ReplayManifest | null>;
  /**
   * The history of a document behind the row `after`. `empty`: there is nothing; null: there is no such document for this person.
   * @param owner whose own it is; null for the lesson's.
   */
  replayHistory(
    person: Person,
    code: string,
    document: { readonly kind: Surface; readonly owner: string | null; readonly after: number },
  ): Promise<HistoryAnswer | 'empty' | null>;
  /**
   * What a participant drew without a connection, sent after the end: it goes into the history alone, marked.
   * @param owner whose own board; null for the lesson's.
   */
  sendLate(
    person: Person,
    code: string,
    owner: string | null,
    update: Uint8Array,
  ): Promise<{ readonly kind: LateKind } | Refusal>;
}

/** What became of late ink: see sync/PROTOCOL.md. */
type LateKind = 'kept' | 'partly' | 'known' | 'nothing';

export interface ReplayParts {
  readonly takeLate: (
    document: string,
    writer: { personId: string; name: string; host: boolean },
    update: Uint8Array,
  ) => Promise<LateKind | 'malformed'>;
  readonly store: EventStore;
  readonly queries: Queries;
  readonly now: () => number;
  readonly history: (document: string, after: number) => Promise<HistoryAnswer | null>;
  readonly historyCounts: (document: string) => Promise<readonly MinuteCount[]>;
  readonly shownHistory: (
    document: string,
    stretches: readonly Stretch[],
    after: number,
  ) => Promise<HistoryAnswer | null>;
}

/** So long after the end late ink is taken, ms. */
const LATE_MS = 7 * 24 * 3_600_000;

/** Facts of one lesson that are read; far above what a lesson has. */
const MOST_FACTS = 50_000;

const hrefOf = (code: string, { surface, personId }: DocumentName): string =>
  `/api/v1/lessons/${encodeURIComponent(code)}/history/${surface}${personId === null ? '' : `?of=${encodeURIComponent(personId)}`}`;

const isStudentOf = ({ students }: LessonRow, personId: string): boolean =>
  students.some(({ studentId }) => studentId === personId);

export function replayServices(parts: ReplayParts): ReplayServices {
  const { queries, store, now } = parts;

  async function readable(person: Person, code: string): Promise<LessonRow | null> {
    const lesson: Awaited<ReturnType<Services['visibleLesson']>> = await queries.lessonByCode(code);
    if (!lesson || lesson.state === 'cancelled' || !(await maySeeLesson(queries, person, lesson))) return null;
    return (await maySeeDocuments(queries, person, lesson, now())) ? lesson : null;
  }

  async function actsForOne(person: Person, { students }: LessonRow): Promise<boolean> {
    const reach = await studentsInReach(queries, person);
    return students.some(({ studentId }) => reach.has(studentId));
  }

  /**
   * Ops look into a lesson because somebody complained of it: without a dispute of one of its bookings, or a case of the
   * payer's bank, it is none of their business. Whoever is a party replays it as one.
   */
  async function maySeeAgain(person: Person, lesson: LessonRow): Promise<boolean> {
    if (!person.roles.includes('ops') || person.roles.includes('auditor') || takesPart(lesson, person.personId))
      return true;
    if (await actsForOne(person, lesson)) return true;
    const complaints = await Promise.all(
      lesson.students.flatMap(({ bookingId }) => [queries.dispute(bookingId), queries.chargebacksOf(bookingId)]),
    );
    return complaints.some((one) => one !== null && (!Array.isArray(one) || one.length > 0));
  }

  /** Nothing of a study room is recorded, so nobody goes back in it: there is the board as it was left. */
  async function replayed(person: Person, code: string): Promise<LessonRow | null> {
    const lesson = await readable(person, code);
    return lesson?.study === null && (await maySeeAgain(person, lesson)) ? lesson : null;
  }

  return {
    async replay(person, code) {
      const lesson = await replayed(person, code);
      if (!lesson) return null;
      const { lessonId, students, tutorId } = lesson;
      const facts = await store.read(`lesson-${lessonId}`, { limit: MOST_FACTS });
      const owners = [null, ...students.map(({ studentId }) => studentId)];
      const names = owners
        .filter((owner) => owner === null || mayReadOwn(person, lesson, owner))
        .flatMap((personId) => SURFACES.map((surface) => ({ surface, lessonId, personId })));
      const documents = await Promise.all(
        names.map(async (name) => {
          const counts = await parts.historyCounts(documentName(name));
          const updates = counts.reduce((sum, { count }) => sum + count, 0);
          // What came after the end is in no minute of it.
          const there = name.personId === null || updates > 0 || (await parts.history(documentName(name), 0)) !== null;
          const document: ReplayDocument = {
            kind: name.surface,
            personId: name.personId,
            shown: false,
            href: hrefOf(code, name),
            updates,
            counts,
          };
          return there ? [document] : [];
        }),
      );
      const shown = [...revealsOf(facts).keys()]
        .filter((owner) => isStudentOf(lesson, owner) && !mayReadOwn(person, lesson, owner))
        .map((personId): ReplayDocument => {
          const name: DocumentName = { surface: 'board', lessonId, personId };
          // How much was done there when, is the owner's own.
          return { kind: 'board', personId, shown: true, href: hrefOf(code, name), updates: 0, counts: [] };
        });
      return {
        lessonId,
        state: lesson.state,
        opensAt: lesson.startsAt - POLICY_2026_11.opensBeforeMs,
        from: lesson.startedAt ?? lesson.startsAt,
        to: lesson.endedAt ?? now(),
        people: [
          { personId: tutorId, name: lesson.tutorName },
          ...students.map(({ studentId, name }) => ({ personId: studentId, name })),
        ],
        documents: [...documents.flat(), ...shown],
        chapters: chaptersOf(facts),
        missed: missedBy(person.personId, facts),
        presence:
          // Whoever acts for one of the students is a party, and reads of the others what a party reads.
          seesAll(person) && !takesPart(lesson, person.personId) && !(await actsForOne(person, lesson))
            ? presenceOf(await queries.attendance(lessonId), facts, now())
            : null,
      };
    },

    async sendLate(person, code, owner, update) {
      const lesson = await readable(person, code);
      const host = person.personId === lesson?.tutorId;
      if (!lesson || !takesPart(lesson, person.personId) || (owner !== null && !mayReadOwn(person, lesson, owner)))
        return refuse('not-found', 'There is no such lesson.');
      if (lesson.state !== 'ended')
        return refuse('lesson-running', 'The lesson is not over: its board takes this itself.');
      if (now() > (lesson.endedAt ?? lesson.startsAt) + LATE_MS)
        return refuse('too-late', 'This lesson was over a week ago.');
      const name = documentName({ surface: 'board', lessonId: lesson.lessonId, personId: owner });
      const kind = await parts.takeLate(name, { personId: person.personId, name: person.name, host }, update);
      return kind === 'malformed' ? refuse('bad-update', 'This is no update of a board.') : { kind };
    },

    async replayHistory(person, code, { kind, owner, after }) {
      const lesson = await replayed(person, code);
      if (!lesson) return null;
      const name = documentName({ surface: kind, lessonId: lesson.lessonId, personId: owner });
      if (owner === null || mayReadOwn(person, lesson, owner)) return (await parts.history(name, after)) ?? 'empty';
      if (kind !== 'board' || !isStudentOf(lesson, owner)) return null;
      const facts = await store.read(`lesson-${lesson.lessonId}`, { limit: MOST_FACTS });
      const stretches = revealsOf(facts).get(owner);
      return stretches ? ((await parts.shownHistory(name, stretches, after)) ?? 'empty') : null;
    },
  };
}
