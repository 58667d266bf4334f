import type { LessonRole } from '../access/roles.ts';
import { never } from '../shared/never.ts';
import type { LessonEvent, MediaDirection } from './events.ts';

type LeaveReason = Extract<LessonEvent, { type: 'ParticipantLeft' }>['data']['reason'];

/** One connection of a person, from joining to leaving. Business ms. */
export interface Stay {
  readonly connectionId: string;
  readonly from: number;
  readonly left: { readonly at: number; readonly reason: LeaveReason } | null;
}

/** Media that flowed over one connection in one direction. */
export interface Flow {
  readonly connectionId: string;
  readonly direction: MediaDirection;
  readonly from: number;
  /** Null while it flows. */
  readonly to: number | null;
}

/** What is known of one person in one lesson. */
export interface Presence {
  readonly personId: string;
  /** Null for someone who only worked on board or chat. */
  readonly role: LessonRole | null;
  readonly stays: readonly Stay[];
  readonly flows: readonly Flow[];
  /** Minutes (floored, ms) with work on board or in chat. */
  readonly work: readonly { readonly surface: 'board' | 'chat'; readonly minute: number }[];
}

export type People = ReadonlyMap<string, Presence>;

type AttendanceEvent = Extract<
  LessonEvent,
  { type: 'ParticipantJoined' | 'ParticipantLeft' | 'MediaStarted' | 'MediaStopped' | 'WorkNoted' }
>;

export const presenceOf = (people: People, personId: string): Presence =>
  people.get(personId) ?? { personId, role: null, stays: [], flows: [], work: [] };

/** The connection's stay that is still open. */
export const openStay = (presence: Presence, connectionId: string): Stay | undefined =>
  presence.stays.find((stay) => stay.connectionId === connectionId && stay.left === null);

export const isHere = (presence: Presence): boolean => presence.stays.some((stay) => stay.left === null);

/** Open flows of one connection. */
export const openFlows = (presence: Presence, connectionId: string): readonly Flow[] =>
  presence.flows.filter((flow) => flow.connectionId === connectionId && flow.to === null);

/** Whoever only looks on does not keep a lesson going (LE40). */
export const holdsIt = ({ role }: Presence): boolean => role !== 'observer';

/** When the last of those who hold it left; null while one is here, or when none ever came. */
export function allGoneSince(people: People): number | null {
  let last: number | null = null;
  for (const presence of people.values()) {
    if (!holdsIt(presence)) continue;
    for (const { left } of presence.stays) {
      if (left === null) return null;
      last = Math.max(last ?? left.at, left.at);
    }
  }
  return last;
}

/** The people after one fact of attendance. */
export function attended(people: People, event: AttendanceEvent): People {
  const presence = presenceOf(people, event.data.personId);
  return new Map(people).set(presence.personId, after(presence, event));
}

function after(presence: Presence, event: AttendanceEvent): Presence {
  switch (event.type) {
    case 'ParticipantJoined': {
      const { connectionId, at, role } = event.data;
      return { ...presence, role, stays: [...presence.stays, { connectionId, from: at, left: null }] };
    }
    case 'ParticipantLeft': {
      const { at, reason } = event.data;
      const open = openStay(presence, event.data.connectionId);
      const stays = presence.stays.map((stay) => (stay === open ? { ...stay, left: { at, reason } } : stay));
      return { ...presence, stays };
    }
    case 'MediaStarted': {
      const { connectionId, direction, at } = event.data;
      return { ...presence, flows: [...presence.flows, { connectionId, direction, from: at, to: null }] };
    }
    case 'MediaStopped': {
      const { connectionId, direction, at } = event.data;
      const open = openFlows(presence, connectionId).find((flow) => flow.direction === direction);
      return { ...presence, flows: presence.flows.map((flow) => (flow === open ? { ...flow, to: at } : flow)) };
    }
    case 'WorkNoted': {
      const { surface, minute } = event.data;
      return { ...presence, work: [...presence.work, { surface, minute }] };
    }
    default:
      return never(event, 'attendance event');
  }
}
