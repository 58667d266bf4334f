/**
 * What a room knows beside its media: switches, hands, who may come back, who was sent away. One plain value without
 * sockets or timers, replaced as a whole, so that it can be kept elsewhere when rooms move between nodes. Pure.
 */
import type { LessonRole } from '#events/access/roles.ts';
import type { OutInfo, RoomSwitches, Source } from '../signalling/protocol.ts';

export interface RoomState extends RoomSwitches {
  readonly coHosts: readonly string[];
  /** Who was let in, or was in: they may come back through a closed door. */
  readonly admitted: readonly string[];
  readonly out: readonly OutInfo[];
  /** In the order of raising; `order` never comes twice. */
  readonly hands: readonly { readonly personId: string; readonly order: number }[];
  readonly lastOrder: number;
  /** Who does not want to be recorded. */
  readonly unrecorded: readonly string[];
  /** Too many for the worker that it is on: whoever comes from now on is to watch a broadcast. */
  readonly broadcast: boolean;
}

export const FRESH: RoomState = {
  locked: false,
  admission: 'open',
  mayUnmute: true,
  mayVideo: true,
  mayShare: true,
  coHosts: [],
  admitted: [],
  out: [],
  hands: [],
  lastOrder: 0,
  unrecorded: [],
  broadcast: false,
};

const without = (people: readonly string[], personId: string): readonly string[] =>
  people.includes(personId) ? people.filter((other) => other !== personId) : people;
const withPerson = (people: readonly string[], personId: string): readonly string[] =>
  people.includes(personId) ? people : [...people, personId];

export const handOf = (state: RoomState, personId: string): number | null =>
  state.hands.find((hand) => hand.personId === personId)?.order ?? null;

export function raiseHand(state: RoomState, personId: string): RoomState {
  if (handOf(state, personId) !== null) return state;
  const order = state.lastOrder + 1;
  return { ...state, hands: [...state.hands, { personId, order }], lastOrder: order };
}

/** @param personId null: all of them. */
export function lowerHand(state: RoomState, personId: string | null): RoomState {
  const hands = personId === null ? [] : state.hands.filter((hand) => hand.personId !== personId);
  return hands.length === state.hands.length ? state : { ...state, hands };
}

/** The role that counts now: what the ticket says, or co-host by the host's word. */
export const roleIn = (state: RoomState, personId: string, ticketRole: LessonRole): LessonRole =>
  ticketRole === 'participant' && state.coHosts.includes(personId) ? 'co-host' : ticketRole;

export function promote(state: RoomState, personId: string, role: 'co-host' | 'participant'): RoomState {
  const coHosts = role === 'co-host' ? withPerson(state.coHosts, personId) : without(state.coHosts, personId);
  return coHosts === state.coHosts ? state : { ...state, coHosts };
}

export function letIn(state: RoomState, personId: string): RoomState {
  const admitted = withPerson(state.admitted, personId);
  const out = state.out.filter((other) => other.personId !== personId);
  return admitted === state.admitted && out.length === state.out.length ? state : { ...state, admitted, out };
}

/** Away for good, until a host lets them in: with nothing that they had. */
export function sendAway(state: RoomState, person: OutInfo): RoomState {
  const { personId } = person;
  const out = [...state.out.filter((other) => other.personId !== personId), person];
  const admitted = without(state.admitted, personId);
  return { ...lowerHand(state, personId), admitted, coHosts: without(state.coHosts, personId), out };
}

export function chooseRecording(state: RoomState, personId: string, recorded: boolean): RoomState {
  const unrecorded = recorded ? without(state.unrecorded, personId) : withPerson(state.unrecorded, personId);
  return unrecorded === state.unrecorded ? state : { ...state, unrecorded };
}

export const SWITCH_OF = {
  microphone: 'mayUnmute',
  camera: 'mayVideo',
  screen: 'mayShare',
} as const satisfies Record<Source, keyof RoomSwitches>;

/** Whether this role may send from this source now. */
export const allows = (state: RoomState, role: LessonRole, source: Source): boolean =>
  role !== 'participant' || state[SWITCH_OF[source]];

/** One word for the door, as the lesson's facts have it. */
export const doorOf = ({ locked, admission }: RoomSwitches): 'open' | 'ask' | 'locked' =>
  locked ? 'locked' : admission;
