import type { LessonRole } from '../access/roles.ts';
import type { Outcome } from '../booking/events.ts';
import { impossible, never } from '../shared/never.ts';
import { attended, type People } from './attendance.ts';
import { doorAfter, measuredAnew, toldAfter, type AtTheDoor, type RoomEvent } from './room.ts';
import { saidAfter, type RightsEvent, type SaidSoFar } from './rights.ts';
import { studyAfter, termsOf, type Study, type StudyEvent } from './study.ts';

export type MediaDirection = 'sent' | 'received';

/**
 * Stream `lesson-<lessonId>`: what was held, and who was really there (PRODUCT.md, "When a lesson runs").
 * Instants are business time. Attendance is intervals; a connection is one socket of one person.
 */
export type LessonEvent =
  | {
      readonly type: 'LessonScheduled';
      readonly data: {
        readonly lessonId: string;
        readonly code: string;
        readonly tutorId: string;
        readonly subject: string;
        readonly startsAt: number;
        readonly minutes: number;
        readonly seats: number;
      };
    }
  | {
      readonly type: 'SeatTaken';
      readonly data: { readonly lessonId: string; readonly bookingId: string; readonly studentId: string };
    }
  | {
      readonly type: 'SeatGivenUp';
      readonly data: { readonly lessonId: string; readonly bookingId: string; readonly studentId: string };
    }
  | { readonly type: 'LessonCancelled'; readonly data: { readonly lessonId: string; readonly reason: string } }
  | {
      readonly type: 'ParticipantJoined';
      readonly data: {
        readonly lessonId: string;
        readonly personId: string;
        readonly role: LessonRole;
        readonly connectionId: string;
        readonly at: number;
      };
    }
  | {
      readonly type: 'ParticipantLeft';
      readonly data: {
        readonly lessonId: string;
        readonly personId: string;
        readonly connectionId: string;
        readonly at: number;
        readonly reason: 'left' | 'disconnected' | 'replaced' | 'removed' | 'node-lost' | 'lesson-ended';
      };
    }
  | {
      readonly type: 'MediaStarted';
      readonly data: {
        readonly lessonId: string;
        readonly personId: string;
        readonly connectionId: string;
        readonly direction: MediaDirection;
        readonly at: number;
      };
    }
  | {
      readonly type: 'MediaStopped';
      readonly data: {
        readonly lessonId: string;
        readonly personId: string;
        readonly connectionId: string;
        readonly direction: MediaDirection;
        readonly at: number;
      };
    }
  | {
      /** Someone worked on the board or in the chat during this minute (business time, ms, floored to the minute). */
      readonly type: 'WorkNoted';
      readonly data: {
        readonly lessonId: string;
        readonly personId: string;
        readonly surface: 'board' | 'chat';
        readonly minute: number;
      };
    }
  | RightsEvent
  | RoomEvent
  | StudyEvent
  | { readonly type: 'LessonStarted'; readonly data: { readonly lessonId: string; readonly at: number } }
  | {
      readonly type: 'LessonEnded';
      readonly data: {
        readonly lessonId: string;
        readonly at: number;
        readonly by: 'host' | 'time' | 'all-gone' | 'no-tutor';
      };
    }
  | {
      /** One for each seat still taken, right after LessonEnded. */
      readonly type: 'OutcomeDecided';
      readonly data: {
        readonly lessonId: string;
        readonly bookingId: string;
        readonly outcome: Outcome;
        /** Start of the 72 hours; null where there is no payout, or ops decide first. */
        readonly t0: number | null;
        readonly taughtMs: number;
        readonly presentMs: number;
        readonly heldMs: number;
        readonly reasons: readonly string[];
      };
    };

export type LessonTerms = Extract<LessonEvent, { type: 'LessonScheduled' }>['data'];

export interface Seat {
  readonly bookingId: string;
  readonly studentId: string;
}

interface Running {
  /** Of a study room: who opened it stands as the tutor, and its places as the seats. */
  readonly lesson: LessonTerms;
  /** Null: it was booked. */
  readonly study: Study | null;
  readonly seats: readonly Seat[];
  /** Bookings that gave up their seat here: they get another only by a move. */
  readonly givenUp: readonly string[];
  readonly people: People;
  readonly said: SaidSoFar;
  /** When whoever came was not in. */
  readonly door: AtTheDoor;
}

export type LessonState =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'scheduled' } & Running)
  | ({ readonly kind: 'live'; readonly startedAt: number } & Running)
  | {
      readonly kind: 'ended';
      readonly lesson: LessonTerms;
      readonly endedAt: number;
      readonly outcomes: readonly { readonly bookingId: string; readonly outcome: Outcome }[];
    }
  | { readonly kind: 'cancelled'; readonly lesson: LessonTerms };

export const initial: LessonState = { kind: 'none' };

const NOBODY_YET = { seats: [], givenUp: [], people: new Map(), said: new Map(), door: new Map() };

export function evolve(state: LessonState, event: LessonEvent): LessonState {
  if (event.type === 'LessonScheduled') {
    if (state.kind !== 'none') return impossible(event, state);
    return { kind: 'scheduled', lesson: event.data, study: null, ...NOBODY_YET };
  }
  if (event.type === 'StudyRoomOpened') {
    if (state.kind !== 'none') return impossible(event, state);
    const study = { rules: event.data.rules, link: null, guests: new Map() };
    return { kind: 'scheduled', lesson: termsOf(event.data), study, ...NOBODY_YET };
  }
  if (event.type === 'OutcomeDecided') {
    if (state.kind !== 'ended') return impossible(event, state);
    const { bookingId, outcome } = event.data;
    return { ...state, outcomes: [...state.outcomes, { bookingId, outcome }] };
  }
  if (state.kind !== 'scheduled' && state.kind !== 'live') return impossible(event, state);
  switch (event.type) {
    case 'SeatTaken': {
      const { bookingId, studentId } = event.data;
      const givenUp = state.givenUp.filter((other) => other !== bookingId);
      return { ...state, seats: [...state.seats, { bookingId, studentId }], givenUp };
    }
    case 'SeatGivenUp': {
      const { bookingId } = event.data;
      const seats = state.seats.filter((seat) => seat.bookingId !== bookingId);
      return { ...state, seats, givenUp: [...state.givenUp, bookingId] };
    }
    case 'ParticipantJoined':
      return {
        ...state,
        people: attended(state.people, event),
        said: measuredAnew(state.said, event.data.personId),
        door: doorAfter(state.door, event),
      };
    case 'ParticipantLeft':
    case 'MediaStarted':
    case 'MediaStopped':
    case 'WorkNoted':
      return { ...state, people: attended(state.people, event) };
    case 'PageTurned':
    case 'BoardLocked':
    case 'WritingChanged':
    case 'FollowingLocked':
    case 'BoardRevealed':
    case 'ChatClosed':
    case 'ParticipantMuted':
    case 'PrivateLinesChanged':
      return { ...state, said: saidAfter(state.said, event) };
    case 'StudyLinkMade':
    case 'StudyLinkRevoked':
    case 'StudyLinkFollowed':
      return { ...state, study: studyAfter(state.study, event) };
    case 'AskedToEnter':
    case 'StoppedAsking':
    case 'ParticipantAdmitted':
    case 'ParticipantTurnedAway':
    case 'ParticipantRemoved':
    case 'RoleChanged':
    case 'DoorChanged':
    case 'SendingChanged':
    case 'RecordingChosen':
    case 'ConnectionWeakened':
    case 'ConnectionRecovered':
    case 'MediaFaultNoticed':
    case 'MediaFaultEnded':
    case 'PageHidden':
    case 'PageShown':
      return {
        ...state,
        said: toldAfter(state.said, event),
        door: doorAfter(state.door, event),
        study: studyAfter(state.study, event),
      };
    case 'LessonStarted':
      return { ...state, kind: 'live', startedAt: event.data.at };
    case 'LessonEnded':
      return { kind: 'ended', lesson: state.lesson, endedAt: event.data.at, outcomes: [] };
    case 'LessonCancelled':
      return { kind: 'cancelled', lesson: state.lesson };
    default:
      return never(event, 'lesson event');
  }
}
