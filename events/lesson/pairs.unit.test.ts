/** Every state of a lesson with every command: what comes of it stands in the table, and a missing pair fails. */
import { expect, it } from 'vitest';
import { fold } from '../shared/decider.ts';
import { checkPairs } from '../shared/pairs.ts';
import { POLICY_2026_11 } from '../shared/policy.ts';
import { HOUR, MINUTE, START } from '../shared/times.ts';
import { decide, type LessonCommand } from './decide.ts';
import { evolve, initial, type LessonEvent, type LessonState } from './events.ts';
import { STUDY_RULES_2026_11 as rules } from './study.ts';

const decider = { initial, evolve, decide };
const lessonId = 'l1';
const END = START + HOUR;
const policy = POLICY_2026_11;
const lesson = { lessonId, code: 'nx-abc', tutorId: 't1', subject: 'Physics', startsAt: START, minutes: 60, seats: 2 };
const seat = { lessonId, bookingId: 'b1', studentId: 's1' };
const scheduled: LessonEvent = { type: 'LessonScheduled', data: lesson };
const taken: LessonEvent = { type: 'SeatTaken', data: seat };
const givenUp: LessonEvent = { type: 'SeatGivenUp', data: seat };
const joined = (personId: string): LessonEvent => ({
  type: 'ParticipantJoined',
  data: {
    lessonId,
    personId,
    role: personId === 't1' ? 'host' : 'participant',
    connectionId: `c-${personId}`,
    at: START,
  },
});
const left = (personId: string): LessonEvent => ({
  type: 'ParticipantLeft',
  data: { lessonId, personId, connectionId: `c-${personId}`, at: START + MINUTE, reason: 'left' },
});
const sending: LessonEvent = {
  type: 'MediaStarted',
  data: { lessonId, personId: 's1', connectionId: 'c-s1', direction: 'sent', at: START },
};
const started: LessonEvent = { type: 'LessonStarted', data: { lessonId, at: START } };
const ended: LessonEvent = { type: 'LessonEnded', data: { lessonId, at: END, by: 'host' } };
const outcome: LessonEvent = {
  type: 'OutcomeDecided',
  data: { lessonId, bookingId: 'b1', outcome: 'held', t0: END, taughtMs: 1, presentMs: 1, heldMs: 1, reasons: [] },
};
const linked = { lessonId, by: 't1', linkId: 'k1', tokenHash: 'h1', at: START };
const linkMade: LessonEvent = { type: 'StudyLinkMade', data: { ...linked, expiresAt: START + 3 * HOUR } };
const study: readonly LessonEvent[] = [
  { type: 'StudyRoomOpened', data: { lessonId, code: 'nx-abc', hostId: 't1', subject: '', startsAt: START, rules } },
  linkMade,
];
const followed: LessonEvent = {
  type: 'StudyLinkFollowed',
  data: { lessonId, personId: 's1', linkId: 'k1', at: START },
};
const admitted: LessonEvent = {
  type: 'ParticipantAdmitted',
  data: { lessonId, by: 't1', at: START, personId: 's1' },
};
const studyLive = [...study, followed, admitted, joined('t1'), joined('s1'), started];
const live = [scheduled, taken, joined('t1'), joined('s1'), started];

const STATES: Readonly<Record<string, readonly LessonEvent[]>> = {
  none: [],
  empty: [scheduled],
  'seat-taken': [scheduled, taken],
  'seat-given-up': [scheduled, taken, givenUp],
  'taken-again': [scheduled, taken, givenUp, taken],
  'tutor-there': [scheduled, taken, joined('t1')],
  live,
  'media-flows': [...live, sending],
  'all-gone': [...live, left('t1'), left('s1')],
  ended: [...live, left('t1'), left('s1'), ended, outcome],
  'study-open': study,
  'study-no-link': [...study, { type: 'StudyLinkRevoked', data: linked }],
  'study-asked': [...study, followed],
  'study-let-in': [...study, followed, admitted],
  'study-live': studyLive,
  'study-gone': [...studyLive, left('t1'), left('s1')],
  'study-ended': [...studyLive, left('t1'), left('s1'), ended],
  cancelled: [scheduled, { type: 'LessonCancelled', data: { lessonId, reason: 'no-seats-taken' } }],
};

const media = (type: 'StartMedia' | 'StopMedia'): LessonCommand => ({
  type,
  data: { lessonId, personId: 's1', connectionId: 'c-s1', direction: 'sent', at: START },
  now: START + MINUTE,
});
const end = (by: 'host' | 'time' | 'all-gone' | 'no-tutor', now: number): LessonCommand => ({
  type: 'EndLesson',
  data: { lessonId, by, policy },
  now,
});

type Asked =
  | Exclude<LessonCommand['type'], 'EndLesson'>
  | 'TakeSeat: by a move'
  | `EndLesson: ${'host' | 'time' | 'all-gone' | 'no-tutor'}`;
const COMMANDS: Readonly<Record<Asked, LessonCommand>> = {
  ScheduleLesson: { type: 'ScheduleLesson', data: lesson, now: START - HOUR },
  TakeSeat: { type: 'TakeSeat', data: seat, now: START - HOUR },
  'TakeSeat: by a move': { type: 'TakeSeat', data: { ...seat, moveId: 'p2' }, now: START - HOUR },
  GiveUpSeat: { type: 'GiveUpSeat', data: { lessonId, bookingId: 'b1' }, now: START },
  JoinLesson: {
    type: 'JoinLesson',
    data: { lessonId, personId: 's1', role: 'participant', connectionId: 'c-s1' },
    now: START,
  },
  LeaveLesson: {
    type: 'LeaveLesson',
    data: { lessonId, personId: 's1', connectionId: 'c-s1', at: START + MINUTE, reason: 'left' },
    now: START + MINUTE,
  },
  StartMedia: media('StartMedia'),
  StopMedia: media('StopMedia'),
  NoteWork: { type: 'NoteWork', data: { lessonId, personId: 's1', surface: 'chat', minute: START }, now: START },
  NoteRights: {
    type: 'NoteRights',
    data: { lessonId, personId: 't1', at: START, word: { type: 'BoardLocked', page: null, state: 'locked' } },
    now: START,
  },
  NoteRoom: {
    type: 'NoteRoom',
    data: { lessonId, by: 't1', at: START, word: { type: 'ParticipantRemoved', personId: 's1' } },
    now: START,
  },
  'EndLesson: host': end('host', END),
  'EndLesson: time': end('time', END + 15 * MINUTE),
  'EndLesson: all-gone': end('all-gone', END + 10 * MINUTE),
  'EndLesson: no-tutor': end('no-tutor', START + 15 * MINUTE),
  CancelLesson: { type: 'CancelLesson', data: { lessonId, reason: 'no-seats-taken' }, now: START },
  OpenStudyRoom: {
    type: 'OpenStudyRoom',
    data: { lessonId, code: 'nx-abc', hostId: 't1', subject: '', rules, linkId: 'k1', tokenHash: 'h1' },
    now: START,
  },
  MakeStudyLink: {
    type: 'MakeStudyLink',
    data: { lessonId, by: 't1', linkId: 'k2', tokenHash: 'h2' },
    now: START,
  },
  RevokeStudyLink: { type: 'RevokeStudyLink', data: { lessonId, by: 't1' }, now: START },
  FollowStudyLink: { type: 'FollowStudyLink', data: { lessonId, personId: 's1', tokenHash: 'h1' }, now: START },
};

const TABLE: Readonly<Record<Asked, Readonly<Record<string, string>>>> = {
  ScheduleLesson: {
    LessonScheduled: 'none',
    nothing: 'empty seat-taken seat-given-up taken-again tutor-there live media-flows all-gone ended cancelled',
    'lesson-exists': 'study-open study-no-link study-asked study-let-in study-live study-gone study-ended',
  },
  TakeSeat: {
    'lesson-unknown': 'none',
    SeatTaken: 'empty',
    nothing: 'seat-taken taken-again tutor-there live media-flows all-gone',
    'seat-given-up': 'seat-given-up',
    'lesson-ended': 'ended study-ended',
    'lesson-cancelled': 'cancelled',
    'study-room': 'study-open study-no-link study-asked study-let-in study-live study-gone',
  },
  'TakeSeat: by a move': {
    'lesson-unknown': 'none',
    SeatTaken: 'empty seat-given-up',
    nothing: 'seat-taken taken-again tutor-there live media-flows all-gone',
    'lesson-ended': 'ended study-ended',
    'lesson-cancelled': 'cancelled',
    'study-room': 'study-open study-no-link study-asked study-let-in study-live study-gone',
  },
  GiveUpSeat: {
    'lesson-unknown': 'none',
    'no-such-seat': 'empty study-open study-no-link study-asked study-let-in study-live study-gone',
    SeatGivenUp: 'seat-taken taken-again tutor-there all-gone',
    nothing: 'seat-given-up cancelled',
    'ParticipantLeft+SeatGivenUp': 'live',
    'MediaStopped+ParticipantLeft+SeatGivenUp': 'media-flows',
    'lesson-ended': 'ended study-ended',
  },
  JoinLesson: {
    'lesson-unknown': 'none',
    'no-seat': 'empty seat-given-up',
    ParticipantJoined: 'seat-taken taken-again all-gone study-let-in study-gone',
    'ParticipantJoined+LessonStarted': 'tutor-there',
    nothing: 'live media-flows study-live',
    'lesson-ended': 'ended study-ended',
    'lesson-cancelled': 'cancelled',
    'not-let-in': 'study-open study-no-link study-asked',
  },
  LeaveLesson: {
    'lesson-unknown': 'none',
    'not-joined':
      'empty seat-taken seat-given-up taken-again tutor-there study-open study-no-link study-asked study-let-in',
    ParticipantLeft: 'live study-live',
    'MediaStopped+ParticipantLeft': 'media-flows',
    nothing: 'all-gone ended cancelled study-gone study-ended',
  },
  StartMedia: {
    'lesson-unknown': 'none',
    'not-joined':
      'empty seat-taken seat-given-up taken-again tutor-there all-gone study-open study-no-link study-asked study-let-in study-gone',
    MediaStarted: 'live study-live',
    nothing: 'media-flows',
    'lesson-ended': 'ended study-ended',
    'lesson-cancelled': 'cancelled',
  },
  StopMedia: {
    'lesson-unknown': 'none',
    nothing:
      'empty seat-taken seat-given-up taken-again tutor-there live all-gone ended cancelled study-open study-no-link study-asked study-let-in study-live study-gone study-ended',
    MediaStopped: 'media-flows',
  },
  NoteWork: {
    'lesson-unknown': 'none',
    WorkNoted:
      'empty seat-taken seat-given-up taken-again tutor-there live media-flows all-gone study-open study-no-link study-asked study-let-in study-live study-gone',
    'lesson-ended': 'ended study-ended',
    'lesson-cancelled': 'cancelled',
  },
  NoteRights: {
    'lesson-unknown': 'none',
    BoardLocked:
      'empty seat-taken seat-given-up taken-again tutor-there live media-flows all-gone study-open study-no-link study-asked study-let-in study-live study-gone',
    'lesson-ended': 'ended study-ended',
    'lesson-cancelled': 'cancelled',
  },
  NoteRoom: {
    'lesson-unknown': 'none',
    ParticipantRemoved:
      'empty seat-taken seat-given-up taken-again tutor-there all-gone study-open study-no-link study-asked study-let-in study-gone',
    'ParticipantLeft+ParticipantRemoved': 'live study-live',
    'MediaStopped+ParticipantLeft+ParticipantRemoved': 'media-flows',
    'lesson-ended': 'ended study-ended',
    'lesson-cancelled': 'cancelled',
  },
  'EndLesson: host': {
    'lesson-unknown': 'none',
    'host-not-there': 'empty seat-taken seat-given-up taken-again',
    'ParticipantLeft+LessonEnded+OutcomeDecided': 'tutor-there',
    'ParticipantLeft+ParticipantLeft+LessonEnded+OutcomeDecided': 'live',
    'ParticipantLeft+MediaStopped+ParticipantLeft+LessonEnded+OutcomeDecided': 'media-flows',
    'LessonEnded+OutcomeDecided': 'all-gone',
    nothing: 'ended study-ended',
    'lesson-cancelled': 'cancelled',
    LessonEnded: 'study-open study-no-link study-asked study-let-in study-gone',
    'ParticipantLeft+ParticipantLeft+LessonEnded': 'study-live',
  },
  'EndLesson: time': {
    'lesson-unknown': 'none',
    LessonEnded: 'empty seat-given-up',
    'LessonEnded+OutcomeDecided': 'seat-taken taken-again all-gone',
    'ParticipantLeft+LessonEnded+OutcomeDecided': 'tutor-there',
    'ParticipantLeft+ParticipantLeft+LessonEnded+OutcomeDecided': 'live',
    'ParticipantLeft+MediaStopped+ParticipantLeft+LessonEnded+OutcomeDecided': 'media-flows',
    nothing: 'ended study-ended',
    'lesson-cancelled': 'cancelled',
    'not-due': 'study-open study-no-link study-asked study-let-in study-live study-gone',
  },
  'EndLesson: all-gone': {
    'lesson-unknown': 'none',
    LessonEnded: 'empty seat-given-up study-open study-no-link study-asked study-let-in study-gone',
    'LessonEnded+OutcomeDecided': 'seat-taken taken-again all-gone',
    'someone-there': 'tutor-there live media-flows study-live',
    nothing: 'ended study-ended',
    'lesson-cancelled': 'cancelled',
  },
  'EndLesson: no-tutor': {
    'lesson-unknown': 'none',
    LessonEnded: 'empty seat-given-up',
    'LessonEnded+OutcomeDecided': 'seat-taken taken-again',
    'tutor-came': 'tutor-there live media-flows all-gone',
    nothing: 'ended study-ended',
    'lesson-cancelled': 'cancelled',
    'not-due': 'study-open study-no-link study-asked study-let-in study-live study-gone',
  },
  CancelLesson: {
    'lesson-unknown': 'none',
    LessonCancelled: 'empty seat-taken seat-given-up taken-again',
    'ParticipantLeft+LessonCancelled': 'tutor-there',
    'lesson-started': 'live media-flows all-gone study-live study-gone',
    'lesson-ended': 'ended study-ended',
    nothing: 'cancelled',
    'study-room': 'study-open study-no-link study-asked study-let-in',
  },
  OpenStudyRoom: {
    'StudyRoomOpened+StudyLinkMade': 'none',
    'lesson-exists': 'empty seat-taken seat-given-up taken-again tutor-there live media-flows all-gone',
    nothing: 'study-open study-no-link study-asked study-let-in study-live study-gone',
    'lesson-ended': 'ended study-ended',
    'lesson-cancelled': 'cancelled',
  },
  MakeStudyLink: {
    'lesson-unknown': 'none empty seat-taken seat-given-up taken-again tutor-there live media-flows all-gone',
    'StudyLinkRevoked+StudyLinkMade': 'study-open study-asked study-let-in study-live study-gone',
    StudyLinkMade: 'study-no-link',
    'lesson-ended': 'ended study-ended',
    'lesson-cancelled': 'cancelled',
  },
  RevokeStudyLink: {
    'lesson-unknown': 'none empty seat-taken seat-given-up taken-again tutor-there live media-flows all-gone',
    StudyLinkRevoked: 'study-open study-asked study-let-in study-live study-gone',
    nothing: 'study-no-link',
    'lesson-ended': 'ended study-ended',
    'lesson-cancelled': 'cancelled',
  },
  FollowStudyLink: {
    'lesson-unknown': 'none empty seat-taken seat-given-up taken-again tutor-there live media-flows all-gone',
    StudyLinkFollowed: 'study-open',
    'link-unknown': 'study-no-link',
    nothing: 'study-asked study-let-in study-live study-gone',
    'lesson-ended': 'ended study-ended',
    'lesson-cancelled': 'cancelled',
  },
};

it('BO41: every command in every state', () => {
  checkPairs(decider, STATES, COMMANDS, TABLE);
});

it('BO41: these are all the states there are', () => {
  const kinds = new Set(Object.values(STATES).map((events) => fold(decider, events).kind));
  const all: Readonly<Record<LessonState['kind'], true>> = {
    none: true,
    scheduled: true,
    live: true,
    ended: true,
    cancelled: true,
  };
  expect([...kinds].toSorted()).toEqual(Object.keys(all).toSorted());
});
