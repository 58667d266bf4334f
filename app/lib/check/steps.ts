/** What is tried, in its order, and what the figures mean. Pure. */
import type { Report, StepId, StepResult } from '../../server/checks/report.ts';

export type { Report, StepId, StepResult };
export type StepState = StepResult | 'pending' | 'running' | 'ask';

export interface Step {
  readonly id: StepId;
  readonly state: StepState;
  /** Which of the things that may be the matter; the words are in the messages. */
  readonly finding: string;
  /** How long it took, ms. */
  readonly ms: number;
}

export const ORDER = [
  'browser',
  'camera',
  'microphone',
  'speaker',
  'signalling',
  'udp',
  'tcp',
  'relay',
  'quality',
] as const satisfies readonly StepId[];

export const pending = (id: StepId): Step => ({ id, state: 'pending', finding: 'pending', ms: 0 });

export type Figures = Report['figures'];
export const NO_FIGURES: Figures = {
  signallingMs: null,
  rttMs: null,
  lossUp: null,
  lossDown: null,
  up: null,
  down: null,
};

/** Counters of one moment, since the way was opened. */
export interface Reading {
  /** ms of any steady clock. */
  readonly at: number;
  readonly rttMs: number | null;
  readonly sentBytes: number;
  readonly sentPackets: number;
  /** Lost on the way up, as the server told us. */
  readonly lostUp: number;
  readonly receivedBytes: number;
  readonly receivedPackets: number;
  readonly lostDown: number;
}

const share = (lost: number, arrived: number): number | null => {
  const all = lost + arrived;
  return all <= 0 ? null : Math.max(0, lost) / all;
};

/** What passed between two readings. */
export function figuresOf(before: Reading, after: Reading): Omit<Figures, 'signallingMs'> {
  const seconds = (after.at - before.at) / 1_000;
  const rate = (bytes: number): number | null => (seconds <= 0 ? null : Math.round((bytes * 8) / seconds));
  const lostUp = Math.max(0, after.lostUp - before.lostUp);
  const lossUp = share(lostUp, after.sentPackets - before.sentPackets - lostUp);
  const up = rate(after.sentBytes - before.sentBytes);
  return {
    rttMs: after.rttMs === null ? null : Math.round(after.rttMs),
    lossUp,
    lossDown: share(after.lostDown - before.lostDown, after.receivedPackets - before.receivedPackets),
    // What was sent and lost has not been carried.
    up: up === null ? null : Math.round(up * (1 - (lossUp ?? 0))),
    down: rate(after.receivedBytes - before.receivedBytes),
  };
}

/** A camera at its smallest, and one that is pleasant to look at; bit/s. */
const LEAST = 150_000;
const GOOD = 500_000;
const MUCH_LOSS = 0.05;
const LONG_RTT_MS = 300;

/** The first thing that a person would notice. */
export function qualityOf({ up, down, lossUp, lossDown, rttMs }: Figures): Pick<Step, 'state' | 'finding'> {
  if (up === null || down === null) return { state: 'fail', finding: 'nothing' };
  if (up < LEAST || down < LEAST) return { state: 'fail', finding: 'narrow' };
  if (Math.max(lossUp ?? 0, lossDown ?? 0) > MUCH_LOSS) return { state: 'warn', finding: 'loss' };
  if (rttMs !== null && rttMs > LONG_RTT_MS) return { state: 'warn', finding: 'slow' };
  if (up < GOOD || down < GOOD) return { state: 'warn', finding: 'low' };
  return { state: 'ok', finding: 'good' };
}

type Lookup = Readonly<Record<StepId, Step>>;
const WAYS = ['udp', 'tcp', 'relay'] as const;

/** A blocked way is only a nuisance while another one is open, and the end of it when none is. */
export function waysTogether(steps: Lookup): Lookup {
  const open = WAYS.some((way) => steps[way].state === 'ok');
  const blocked = WAYS.filter((way) => steps[way].finding === 'blocked');
  const changed = blocked.map((way) => [way, { ...steps[way], state: open ? 'warn' : 'fail' }] as const);
  return { ...steps, ...Object.fromEntries(changed) };
}

export type Verdict = 'ready' | 'limited' | 'listen' | 'not-ready';

/** One word for all of it; null while something that decides is open. */
export function verdictOf(steps: Lookup): Verdict | null {
  const all = ORDER.map((id) => steps[id]);
  const open = all.some(({ id, state }) => id !== 'speaker' && (state === 'pending' || state === 'running'));
  if (open) return null;
  const failed = (id: StepId): boolean => steps[id].state === 'fail';
  const reaches = WAYS.some((way) => steps[way].state === 'ok');
  if (failed('browser') || failed('signalling') || !reaches) return 'not-ready';
  if (failed('camera') && failed('microphone')) return 'listen';
  return all.some(({ id, state }) => state === 'fail' || (state === 'warn' && !WAYS.some((way) => way === id)))
    ? 'limited'
    : 'ready';
}

export function reportOf(steps: Lookup, figures: Figures, browser: string): Report {
  const settled = (state: StepState): StepResult =>
    state === 'pending' || state === 'running' || state === 'ask' ? 'skipped' : state;
  return {
    steps: ORDER.map((id) => ({
      id,
      state: settled(steps[id].state),
      finding: steps[id].finding,
      ms: Math.min(3_600_000, Math.round(steps[id].ms)),
    })),
    figures,
    browser: browser.slice(0, 300),
  };
}

/** `ABCD2345` as people read it aloud. */
export const spelled = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;
