/** The arithmetic of a time axis that can be zoomed and dragged, from weeks to seconds. Pure; instants are ms. */
import { DAY, dayStart, HOUR, MINUTE, zoneOffset } from '../ui/time.ts';

/** What of the time is in sight. */
export interface View {
  readonly from: number;
  readonly to: number;
}

const SECOND = 1_000;
/** No closer than this. */
export const CLOSEST = 5 * SECOND;

/** `view` brought inside `limits`, as long as before where that fits. */
export function within(view: View, limits: View): View {
  const most = limits.to - limits.from;
  const length = Math.min(most, Math.max(Math.min(CLOSEST, most), view.to - view.from));
  const from = Math.min(limits.to - length, Math.max(limits.from, view.from));
  return { from, to: from + length };
}

/** @param factor below 1 goes closer; @param at stays where it is on the screen. */
export function zoomed(view: View, factor: number, at: number, limits: View): View {
  const length = view.to - view.from;
  const next = Math.min(limits.to - limits.from, Math.max(CLOSEST, length * factor));
  const part = length === 0 ? 0.5 : (at - view.from) / length;
  return within({ from: at - next * part, to: at + next * (1 - part) }, limits);
}

/** @param part of what is in sight: 0.5 goes half a view on. */
export function moved(view: View, part: number, limits: View): View {
  const by = (view.to - view.from) * part;
  return within({ from: view.from + by, to: view.to + by }, limits);
}

/** As close as before, with `at` in sight: unmoved when it was. */
export function showing(view: View, at: number, limits: View): View {
  if (at >= view.from && at <= view.to) return view;
  const half = (view.to - view.from) / 2;
  return within({ from: at - half, to: at + half }, limits);
}

/** `span` with a little air around it, and never closer than `least`. */
export function around(span: View, limits: View, least = MINUTE): View {
  const length = Math.max(least, span.to - span.from);
  const middle = (span.from + span.to) / 2;
  const half = length * 0.54;
  return within({ from: middle - half, to: middle + half }, limits);
}

const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((count) => count * DAY),
];

export interface Tick {
  readonly at: number;
  /** `date`: it begins a day, or days are what the axis counts. */
  readonly kind: 'date' | 'minute' | 'second';
}

/** At most `most` ticks, at whole times of the clock in `zone`. */
export function ticksOf(view: View, zone: string, most: number): readonly Tick[] {
  const step = STEPS.find((one) => (view.to - view.from) / one <= Math.max(1, most)) ?? 364 * DAY;
  const ticks: Tick[] = [];
  if (step >= DAY) {
    const days = step / DAY;
    for (let at = dayStart(view.from, zone); at <= view.to; at = dayStart(at, zone, days))
      if (at >= view.from) ticks.push({ at, kind: 'date' });
    return ticks;
  }
  const offset = zoneOffset(view.from, zone);
  for (let at = Math.ceil((view.from + offset) / step) * step - offset; at <= view.to; at += step) {
    const midnight = (at + offset) % DAY === 0;
    ticks.push({ at, kind: midnight ? 'date' : step < MINUTE ? 'second' : 'minute' });
  }
  return ticks;
}
