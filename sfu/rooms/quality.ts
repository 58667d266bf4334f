/**
 * How good each person's connection is, from what their own end measures every 5 s, and when that is worth a word to the
 * lesson: weak for 15 s (more than 5 % lost, or more than 300 ms there and back), and good again for as long. Pure.
 * Source of the measures: rule W1 of SPEC.md.
 */
import { MEDIA_FAULTS, type MediaFault, type RoomWord } from '#events/lesson/room.ts';
import { isWeak, type Stats } from '../signalling/protocol.ts';

export interface Quality {
  /** The latest report and when it came, ms of one clock. */
  readonly latest: Stats | null;
  readonly at: number;
  /** Since when it has been as it is, ms of one clock. */
  readonly since: number;
  readonly weak: boolean;
  /** What the lesson was told. */
  readonly told: boolean;
  readonly faults: readonly MediaFault[];
  /** Of them, those that the lesson was told. */
  readonly toldFaults: readonly MediaFault[];
}

/** A single bad moment is no news. */
export const LASTS_MS = 15_000;
/** Older reports say nothing about now: two of them are missing. */
export const FRESH_MS = 12_000;
/** Fewer people than this share no network that one could speak of. */
const FEWEST_SHARING = 3;

export const UNMEASURED: Quality = {
  latest: null,
  at: 0,
  since: 0,
  weak: false,
  told: false,
  faults: [],
  toldFaults: [],
};

/** What is known after this report. */
export function measured(before: Quality, stats: Stats, now: number): Quality {
  const weak = isWeak(stats);
  // Who was silent for long starts anew: nobody knows how it was in between.
  const goesOn = before.latest !== null && weak === before.weak && now - before.at <= FRESH_MS;
  const since = goesOn ? before.since : now;
  const told = now - since >= LASTS_MS ? weak : before.told;
  // Twice in a row begins or ends a fault: one reading may be a camera that starts.
  const toldFaults = MEDIA_FAULTS.filter((fault) => {
    const [was, is] = [before.faults.includes(fault), stats.faults.includes(fault)];
    return was === is ? is : before.toldFaults.includes(fault);
  });
  return { latest: stats, at: now, since, weak, told, faults: stats.faults, toldFaults };
}

/** Whose network it is: something shared when more than half of at least three who report are weak now. */
export function networkOf(everybody: readonly Quality[], now: number): 'theirs' | 'shared' {
  const reporting = everybody.filter(({ latest, at }) => latest !== null && now - at <= FRESH_MS);
  const weak = reporting.filter((one) => one.weak).length;
  return reporting.length >= FEWEST_SHARING && weak * 2 > reporting.length ? 'shared' : 'theirs';
}

const permille = (share: number | null): number | null => (share === null ? null : Math.round(share * 1_000));

/** What the lesson is told of this report: of what is otherwise after it than `before`. */
export function wordsOf(
  personId: string,
  before: Quality,
  { latest, told, toldFaults }: Quality,
  network: 'theirs' | 'shared',
): RoomWord[] {
  const words: RoomWord[] = [];
  if (told && !before.told && latest) {
    const losses = { lossUp: permille(latest.lossUp), lossDown: permille(latest.lossDown) };
    const rttMs = latest.rttMs === null ? null : Math.round(latest.rttMs);
    words.push({ type: 'ConnectionWeakened', personId, network, rttMs, ...losses });
  }
  if (!told && before.told) words.push({ type: 'ConnectionRecovered', personId });
  for (const fault of MEDIA_FAULTS) {
    const [was, is] = [before.toldFaults.includes(fault), toldFaults.includes(fault)];
    if (is && !was) words.push({ type: 'MediaFaultNoticed', personId, fault });
    if (was && !is) words.push({ type: 'MediaFaultEnded', personId, fault });
  }
  return words;
}

/** What `/metrics` says of everybody who reports. */
export interface QualitySums {
  readonly weak: number;
  /** The worst twentieth. */
  readonly rttMsP95: number;
  readonly jitterMsP95: number;
  /** Share, the worse direction of each. */
  readonly lossP95: number;
  readonly outgoing: number;
}

export function sumsOf(everybody: readonly Quality[], now: number): QualitySums {
  const fresh = everybody.flatMap(({ latest, at }) => (latest && now - at <= FRESH_MS ? [latest] : []));
  const p95 = (of: (stats: Stats) => number | null): number => {
    const values = fresh.flatMap((reading) => of(reading) ?? []).sort((a, b) => a - b);
    return values[Math.floor(values.length * 0.95)] ?? values.at(-1) ?? 0;
  };
  return {
    weak: fresh.filter(isWeak).length,
    rttMsP95: p95(({ rttMs }) => rttMs),
    jitterMsP95: p95(({ jitterMs }) => jitterMs),
    lossP95: p95(({ lossUp, lossDown }) =>
      lossUp === null && lossDown === null ? null : Math.max(lossUp ?? 0, lossDown ?? 0),
    ),
    outgoing: fresh.reduce((sum, reading) => sum + reading.outgoing, 0),
  };
}
