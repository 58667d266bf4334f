/**
 * How busy a media worker is, and when it is too busy for more: 70 % of its core for 30 s without a pause. A room on it is
 * marked for broadcast then, which costs a worker little however many watch. Pure.
 * Source of the figures: rule S2 of SPEC.md.
 */

/** CPU that a process has used since it began, ms. */
export interface Usage {
  readonly cpuMs: number;
  /** ms of one clock. */
  readonly at: number;
}

export interface Load {
  readonly usage: Usage | null;
  /** Of one core, between the last two looks; a worker is one thread. */
  readonly share: number;
  /** Since when it has been hot without a pause, or cool; null: neither. */
  readonly hotSince: number | null;
  readonly coolSince: number | null;
  readonly overloaded: boolean;
  /** When `overloaded` changed last. */
  readonly changedAt: number;
}

export const HOT = 0.7;
export const HOT_FOR_MS = 30_000;
/** It is over when the worker had room again for so long, and not sooner than this after it began. */
const COOL = 0.5;
const COOL_FOR_MS = 60_000;
const HOLD_MS = 300_000;

export const IDLE: Load = {
  usage: null,
  share: 0,
  hotSince: null,
  coolSince: null,
  overloaded: false,
  changedAt: -Infinity,
};

/** What is known after another look. */
export function observeLoad(before: Load, usage: Usage): Load {
  const from = before.usage;
  // A counter below its last reading belongs to a new process.
  if (from === null || usage.cpuMs < from.cpuMs || usage.at <= from.at) return { ...before, usage, hotSince: null };
  const share = (usage.cpuMs - from.cpuMs) / (usage.at - from.at);
  // The time of the look before counts: it was so in between.
  const hotSince = share >= HOT ? (before.hotSince ?? from.at) : null;
  const coolSince = share < COOL ? (before.coolSince ?? from.at) : null;
  const next = { ...before, usage, share, hotSince, coolSince };
  if (usage.at - before.changedAt < HOLD_MS) return next;
  const since = before.overloaded ? coolSince : hotSince;
  const forMs = before.overloaded ? COOL_FOR_MS : HOT_FOR_MS;
  if (since === null || usage.at - since < forMs) return next;
  return { ...next, overloaded: !before.overloaded, changedAt: usage.at };
}

/** What a router that was opened since the last look is taken for, so that many at once do not all go to one worker. */
const NEW_ROUTER = 0.05;
/** And any router: before a lesson begins it costs nothing yet. */
const ANY_ROUTER = 0.01;

export interface Candidate {
  readonly load: Load;
  readonly routers: number;
  /** Of them since the last look. */
  readonly fresh: number;
}

/** The one with most room: by what was measured, and among equals by how many rooms it has. */
export function leastLoaded<T extends Candidate>(candidates: readonly T[]): T | undefined {
  const busy = ({ load, fresh, routers }: T): number =>
    Math.round((load.share + fresh * NEW_ROUTER + routers * ANY_ROUTER) * 50);
  return candidates.toSorted((a, b) => busy(a) - busy(b) || a.routers - b.routers)[0];
}
