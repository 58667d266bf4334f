import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../ui/time.ts';
import { around, CLOSEST, moved, showing, ticksOf, within, zoomed } from './zoom.ts';

const INDIA = 'Asia/Kolkata';
/** Wed 18 Nov 2026, 6 pm IST. */
const SIX = Date.UTC(2026, 10, 18, 12, 30);
const LIMITS = { from: SIX - 21 * DAY, to: SIX + 7 * DAY };
const lengthOf = ({ from, to }: { from: number; to: number }): number => to - from;

describe('the axis of a case', () => {
  it('[CT6] keeps the moment under the pointer where it is, however often it is zoomed', () => {
    let view = { from: SIX - DAY, to: SIX + DAY };
    const at = SIX - 6 * HOUR;
    const part = (at - view.from) / lengthOf(view);
    for (let times = 0; times < 20; times += 1) view = zoomed(view, 0.8, at, LIMITS);
    expect((at - view.from) / lengthOf(view)).toBeCloseTo(part, 3);
    expect(lengthOf(view)).toBeLessThan(HOUR);
  });

  it('[CT6] goes from weeks to seconds and no further', () => {
    let view: { from: number; to: number } = LIMITS;
    for (let times = 0; times < 200; times += 1) view = zoomed(view, 0.7, SIX, LIMITS);
    expect(lengthOf(view)).toBe(CLOSEST);
    for (let times = 0; times < 200; times += 1) view = zoomed(view, 1.5, SIX, LIMITS);
    expect(view).toEqual(LIMITS);
  });

  it('[CT6] never leaves its limits', () => {
    expect(moved({ from: LIMITS.from + HOUR, to: LIMITS.from + 3 * HOUR }, -1, LIMITS)).toEqual({
      from: LIMITS.from,
      to: LIMITS.from + 2 * HOUR,
    });
    expect(moved({ from: LIMITS.to - 3 * HOUR, to: LIMITS.to - HOUR }, 2, LIMITS).to).toBe(LIMITS.to);
    expect(within({ from: 0, to: LIMITS.to * 2 }, LIMITS)).toEqual(LIMITS);
  });

  it('[CT6] comes to a moment that is out of sight and stays as close; one in sight moves nothing', () => {
    const view = { from: SIX, to: SIX + HOUR };
    expect(showing(view, SIX + 10 * MINUTE, LIMITS)).toBe(view);
    expect(showing(view, SIX + 5 * HOUR, LIMITS)).toEqual({ from: SIX + 4.5 * HOUR, to: SIX + 5.5 * HOUR });
  });

  it('[CT6] gives a span some air, and a single moment a minute', () => {
    const hour = around({ from: SIX, to: SIX + HOUR }, LIMITS);
    expect(hour.from).toBeLessThan(SIX);
    expect(hour.to).toBeGreaterThan(SIX + HOUR);
    expect(lengthOf(around({ from: SIX, to: SIX }, LIMITS))).toBeGreaterThanOrEqual(MINUTE);
  });

  it('[CT7] has its ticks at whole times of the viewer’s clock, as many as fit', () => {
    const hours = ticksOf({ from: SIX - HOUR, to: SIX + 2 * HOUR }, INDIA, 8);
    expect(hours.map(({ at }) => at)).toContain(SIX);
    expect(hours.length).toBeLessThanOrEqual(9);
    const days = ticksOf({ from: SIX - 3 * DAY, to: SIX + 3 * DAY }, INDIA, 8);
    // Midnight in India is half past six in the evening, UTC.
    expect(days.every(({ at, kind }) => kind === 'date' && at % DAY === 18.5 * HOUR)).toBe(true);
    const seconds = ticksOf({ from: SIX, to: SIX + 10_000 }, INDIA, 8);
    expect(seconds.map(({ kind }) => kind)).toContain('second');
    expect(ticksOf(LIMITS, INDIA, 5).length).toBeLessThanOrEqual(6);
  });

  it('[CT7] says the date where a day begins, and follows a change of the clocks by days', () => {
    const night = ticksOf({ from: SIX, to: SIX + 12 * HOUR }, INDIA, 12);
    expect(night.filter(({ kind }) => kind === 'date')).toEqual([{ at: SIX + 6 * HOUR, kind: 'date' }]);
    const berlin = ticksOf({ from: Date.UTC(2026, 9, 23), to: Date.UTC(2026, 9, 28) }, 'Europe/Berlin', 8);
    expect(berlin.map(({ at }) => new Date(at).getUTCHours())).toEqual([22, 22, 23, 23, 23]);
  });
});
