/** What the events of lessons and conversations say about who may come in. Pure. */
import type { RecordedEvent } from '#events/store/event-store.ts';

/** The place is what tickets name: a lesson, or a conversation. */
export interface Admission {
  readonly personId: string;
  /**
   * - `out`: taken out; tickets from before stop working.
   * - `in`: in (again); tickets from before work.
   * - `less`: may do less than before; tickets from before stop working, a fresh one says what is left.
   * - `more`: may do more, once they come with a fresh ticket.
   */
  readonly now: 'out' | 'in' | 'less' | 'more';
}

/** The event types that say anything of it, or end a lesson. */
export const FOLLOWED = {
  categories: ['lesson', 'conversation'],
  types: [
    'LessonEnded',
    'LessonCancelled',
    'ParticipantLeft',
    'ParticipantRemoved',
    'ParticipantAdmitted',
    'SeatGivenUp',
    'SeatTaken',
    'WriterBlocked',
    'WriterUnblocked',
    'DirectEnded',
    'MemberJoined',
    'MemberLeft',
    'MemberRemoved',
    'GroupHandedOver',
  ],
};

/** The lesson or conversation that an event is about. */
export function placeOf({ data }: RecordedEvent): string | null {
  if (typeof data.lessonId === 'string') return data.lessonId;
  return typeof data.conversationId === 'string' ? data.conversationId : null;
}

export function admissionsOf({ type, data }: RecordedEvent): readonly Admission[] {
  const of = (field: string, now: Admission['now']): readonly Admission[] => {
    const personId = data[field];
    return typeof personId === 'string' ? [{ personId, now }] : [];
  };
  switch (type) {
    case 'SeatTaken':
      return of('studentId', 'in');
    case 'SeatGivenUp':
      return of('studentId', 'out');
    case 'ParticipantLeft':
      return data.reason === 'removed' ? of('personId', 'out') : [];
    case 'ParticipantRemoved':
      return of('personId', 'out');
    case 'ParticipantAdmitted':
    case 'MemberJoined':
      return of('personId', 'in');
    case 'MemberLeft':
    case 'MemberRemoved':
      return of('personId', 'out');
    // While a block stands neither of the two writes.
    case 'WriterBlocked':
      return [...of('personId', 'less'), ...of('by', 'less')];
    case 'WriterUnblocked':
      return [...of('personId', 'more'), ...of('by', 'more')];
    case 'DirectEnded':
      return [...of('personId', 'out'), ...of('otherId', 'less')];
    case 'GroupHandedOver':
      return of('personId', 'more');
    default:
      return [];
  }
}
