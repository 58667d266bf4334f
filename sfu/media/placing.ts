/**
 * On which worker somebody who comes into a room is served, and when a room goes over to a second one. Counted and not
 * measured: a class comes within a minute, before anything of it can be measured. Pure.
 * Source of the figures: rule S3 of SPEC.md.
 */

/** Consumers that a worker carries well; what mediasoup says of itself. */
export const MANY_CONSUMERS = 500;
/** A second worker must have so much more room that the pipe between the two is worth it. */
const WORTH_IT = 2;

/** Everybody is reckoned to send a camera and a microphone to everybody else, or will. */
const SENT_BY_EACH = 2;

/**
 * @param people of the room on one worker.
 * @param all people of the room.
 * @returns consumers that they will have.
 */
export const expectedConsumers = (people: number, all: number): number => people * Math.max(0, all - 1) * SENT_BY_EACH;

export interface Carrier {
  /** Of all rooms on this worker. */
  readonly consumers: number;
  /** Measured (rule S2). */
  readonly overloaded: boolean;
  /** The room is on it already. */
  readonly holds: boolean;
}

const byRoom = (a: Carrier, b: Carrier): number =>
  Number(a.overloaded) - Number(b.overloaded) || a.consumers - b.consumers;

/**
 * Where a newcomer goes: to the worker of this room that has least to carry, until that one has many consumers or is too
 * busy; then to another one that has half as much or less, where the room is opened too.
 * @returns undefined for a room that is nowhere yet.
 */
export function carrierFor<T extends Carrier>(carriers: readonly T[], many = MANY_CONSUMERS): T | undefined {
  const best = carriers.filter(({ holds }) => holds).toSorted(byRoom)[0];
  if (best === undefined) return undefined;
  if (best.consumers < many && !best.overloaded) return best;
  const other = carriers.filter(({ holds, overloaded }) => !holds && !overloaded).toSorted(byRoom)[0];
  return other !== undefined && other.consumers * WORTH_IT <= best.consumers ? other : best;
}
