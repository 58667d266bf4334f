/**
 * Study rooms (rules ST1–ST12): lessons that nobody books and nobody pays. Who opens one is its host; who has the link may
 * stand at its door, and is in when the host has let them in.
 */
import { isText } from '../shared/check.ts';
import { whyLinkIsDead } from '../shared/invite-link.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { isHere } from './attendance.ts';
import type { ExistingLesson, LessonCommandOf, LessonDecision } from './decide.ts';
import type { LessonEvent, LessonState, LessonTerms } from './events.ts';
import { over } from './over.ts';
import type { RunningLesson } from './presence.ts';

const MINUTE_MS = 60_000;

/** PRODUCT.md, "Study rooms". The version in force is written onto the room, so a later change touches no open one. */
export interface StudyRules {
  readonly version: string;
  readonly minutes: number;
  /** At the same time, the host among them. */
  readonly people: number;
  /** It ends when all have been gone for this long, ms. */
  readonly allGoneMs: number;
}

export const STUDY_RULES_2026_11: StudyRules = {
  version: '2026-11',
  minutes: 180,
  people: 12,
  allGoneMs: 10 * MINUTE_MS,
};

/** UTF-16 units; it may be empty. */
export const MOST_STUDY_SUBJECT = 80;
/** So many people may stand at the door of one room in its whole life. */
export const MOST_GUESTS = 100;

export type StudyEvent =
  | {
      readonly type: 'StudyRoomOpened';
      readonly data: {
        readonly lessonId: string;
        readonly code: string;
        readonly hostId: string;
        /** The host's own words; may be empty. */
        readonly subject: string;
        /** Business ms: from then on it is open. */
        readonly startsAt: number;
        readonly rules: StudyRules;
      };
    }
  | {
      readonly type: 'StudyLinkMade';
      readonly data: {
        readonly lessonId: string;
        /** The host. */
        readonly by: string;
        readonly linkId: string;
        /** Of the token in the link; the log never has the token. */
        readonly tokenHash: string;
        readonly at: number;
        readonly expiresAt: number;
      };
    }
  | {
      readonly type: 'StudyLinkRevoked';
      readonly data: {
        readonly lessonId: string;
        readonly by: string;
        readonly linkId: string;
        readonly tokenHash: string;
        readonly at: number;
      };
    }
  | {
      /** Someone may now stand at the door. */
      readonly type: 'StudyLinkFollowed';
      readonly data: {
        readonly lessonId: string;
        readonly personId: string;
        readonly linkId: string;
        readonly at: number;
      };
    };

/** `out`: taken out by the host, and not let in again. */
export type GuestPlace = 'asked' | 'in' | 'out';

export interface Study {
  readonly rules: StudyRules;
  readonly link: { readonly linkId: string; readonly tokenHash: string; readonly expiresAt: number } | null;
  readonly guests: ReadonlyMap<string, GuestPlace>;
}

export const termsOf = ({
  lessonId,
  code,
  hostId,
  subject,
  startsAt,
  rules,
}: Extract<StudyEvent, { type: 'StudyRoomOpened' }>['data']): LessonTerms => ({
  lessonId,
  code,
  tutorId: hostId,
  subject,
  startsAt,
  minutes: rules.minutes,
  seats: rules.people,
});

/** The room after one fact; null stays null. Rules ST5, ST7. */
export function studyAfter(study: Study | null, event: LessonEvent): Study | null {
  if (study === null) return null;
  const placed = (personId: string, place: GuestPlace): Study =>
    study.guests.has(personId) ? { ...study, guests: new Map(study.guests).set(personId, place) } : study;
  switch (event.type) {
    case 'StudyLinkMade': {
      const { linkId, tokenHash, expiresAt } = event.data;
      return { ...study, link: { linkId, tokenHash, expiresAt } };
    }
    case 'StudyLinkRevoked':
      return { ...study, link: null };
    case 'StudyLinkFollowed':
      return { ...study, guests: new Map(study.guests).set(event.data.personId, 'asked') };
    case 'ParticipantAdmitted':
      return placed(event.data.personId, 'in');
    case 'ParticipantRemoved':
      return placed(event.data.personId, 'out');
    case 'ParticipantTurnedAway':
      // A locked door turns away by itself, and takes nothing from who was let in before.
      return event.data.by === null ? study : placed(event.data.personId, 'asked');
    default:
      return study;
  }
}

/** Rules ST1–ST3. The stream is the host's next room, so of two that open at once one opens and both get it. */
export function open({ data, now }: LessonCommandOf<'OpenStudyRoom'>, state: LessonState): LessonDecision {
  const { lessonId, code, hostId, rules, linkId, tokenHash } = data;
  switch (state.kind) {
    case 'none': {
      const subject = data.subject.trim();
      if (!isText(subject, 0, MOST_STUDY_SUBJECT))
        return refuse('subject-invalid', `Say in up to ${MOST_STUDY_SUBJECT} characters what it is for.`);
      const expiresAt = now + rules.minutes * MINUTE_MS;
      return [
        { type: 'StudyRoomOpened', data: { lessonId, code, hostId, subject, startsAt: now, rules } },
        { type: 'StudyLinkMade', data: { lessonId, by: hostId, linkId, tokenHash, at: now, expiresAt } },
      ];
    }
    case 'scheduled':
    case 'live':
      return state.study !== null && state.lesson.tutorId === hostId
        ? []
        : refuse('lesson-exists', 'This lesson exists already, with other details.');
    case 'ended':
    case 'cancelled':
      return over(state);
    default:
      return never(state, 'lesson state');
  }
}

type LinkCommand = LessonCommandOf<'MakeStudyLink' | 'RevokeStudyLink' | 'FollowStudyLink'>;

const NOT_A_STUDY_ROOM = refuse('lesson-unknown', 'There is no such study room.');
const LINK_UNKNOWN = refuse('link-unknown', 'This link does not work any more. Ask who sent it for a new one.');

const LINK_USED_UP = refuse(
  'link-used-up',
  `As many as ${MOST_GUESTS} people have come by the link, which is all a study room can have.`,
);

/** Rules ST4–ST6. */
export function decideLink(command: LinkCommand, state: ExistingLesson): LessonDecision {
  if (state.kind === 'ended' || state.kind === 'cancelled') return over(state);
  const { study, lesson } = state;
  if (study === null) return NOT_A_STUDY_ROOM;
  const { lessonId, tutorId } = lesson;
  const at = command.now;
  switch (command.type) {
    case 'MakeStudyLink': {
      const { by, linkId, tokenHash } = command.data;
      if (by !== tutorId) return notTheHost();
      if (study.link?.linkId === linkId) return [];
      const expiresAt = closesAt(lesson, study);
      return [
        ...revoked(study, lessonId, by, at),
        { type: 'StudyLinkMade', data: { lessonId, by, linkId, tokenHash, at, expiresAt } },
      ];
    }
    case 'RevokeStudyLink':
      return command.data.by === tutorId ? revoked(study, lessonId, tutorId, at) : notTheHost();
    case 'FollowStudyLink': {
      const { personId, tokenHash } = command.data;
      const { link, guests } = study;
      // Whom the host took out hears so at the door; the link gives nothing back.
      if (personId === tutorId || guests.has(personId)) return [];
      if (link?.tokenHash !== tokenHash) return LINK_UNKNOWN;
      const { linkId, expiresAt } = link;
      const dead = whyLinkIsDead({ expiresAt, mostUses: MOST_GUESTS, uses: guests.size }, at);
      if (dead) return dead === 'expired' ? LINK_UNKNOWN : LINK_USED_UP;
      if (isFull(state, study, personId)) return full(study);
      return [{ type: 'StudyLinkFollowed', data: { lessonId, personId, linkId, at } }];
    }
    default:
      return never(command, 'link command');
  }
}

const notTheHost = (): Refusal => refuse('not-the-host', 'Only who opened the study room may do this.');

const full = ({ rules }: Study): Refusal =>
  refuse('room-full', `This study room is full: ${rules.people} people are in it. Try again when somebody has left.`);

function revoked({ link }: Study, lessonId: string, by: string, at: number): readonly LessonEvent[] {
  if (link === null) return [];
  const { linkId, tokenHash } = link;
  return [{ type: 'StudyLinkRevoked', data: { lessonId, by, linkId, tokenHash, at } }];
}

/** When a study room closes at the latest, business ms: without the 15 minutes that lessons may run over. */
export const closesAt = ({ startsAt }: LessonTerms, { rules }: Study): number => startsAt + rules.minutes * MINUTE_MS;

/** Whether this person is one of the lesson's people beside its host: by a seat, or let in by the host. */
export const hasPlace = ({ study, seats }: RunningLesson, personId: string): boolean =>
  study === null ? seats.some(({ studentId }) => studentId === personId) : study.guests.get(personId) === 'in';

/** Rules ST7–ST8: why this guest does not come in, or null. The room asked first whether they were taken out. */
export function whyNotIn(state: RunningLesson, study: Study, personId: string): Refusal | null {
  if (study.guests.get(personId) !== 'in') return refuse('not-let-in', 'The host has not let this person in yet.');
  return isFull(state, study, personId) ? full(study) : null;
}

/** Rule ST8: one place is the host's. Whoever is in already takes no further one. */
export const isFull = ({ people, lesson }: RunningLesson, { rules }: Study, personId: string): boolean => {
  const guests = [...people.values()].filter((one) => isHere(one) && one.personId !== lesson.tutorId);
  return guests.length >= rules.people - 1 && !guests.some((presence) => presence.personId === personId);
};
