import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, START } from '../shared/times.ts';
import { slotsBetween, wallMinutesOf, type Availability } from './availability.ts';
import type { WeeklyWindow } from './events.ts';
import { offsetAt, weekdayOf } from './wall-time.ts';

const offer = { offerId: 'o1', minutes: 60, seats: 1, price: 80_000 };
const everyDay = (from: string, to: string): readonly WeeklyWindow[] =>
  ([0, 1, 2, 3, 4, 5, 6] as const).map((weekday) => ({ weekday, from, to, offerId: 'o1' }));
const availability = (change: Partial<Availability>): Availability => ({
  zone: 'UTC',
  windows: [],
  timeOff: [],
  offers: [offer],
  ...change,
});
const startsOf = (given: Availability, from: number, to: number) =>
  slotsBetween(given, from, to).map((slot) => new Date(slot.startsAt).toISOString().slice(0, 16));

describe('slots of a week', () => {
  const monday: WeeklyWindow = { weekday: 1, from: '10:00', to: '12:30', offerId: 'o1' };

  it('CA2: start at the window’s begin and follow each other while they fit', () => {
    const india = availability({ zone: 'Asia/Kolkata', windows: [monday] });
    expect(slotsBetween(india, START - DAY, START + DAY)).toEqual([
      { startsAt: START, minutes: 60, offerId: 'o1', seats: 1, price: 80_000 },
      { startsAt: START + HOUR, minutes: 60, offerId: 'o1', seats: 1, price: 80_000 },
    ]);
  });

  it('CA2: the range takes its begin and leaves its end', () => {
    const india = availability({ zone: 'Asia/Kolkata', windows: [monday] });
    expect(slotsBetween(india, START, START + HOUR)).toHaveLength(1);
    expect(slotsBetween(india, START + 1, START + HOUR)).toHaveLength(0);
    expect(slotsBetween(india, START, START)).toHaveLength(0);
  });

  it('CA2: a window may run until midnight, and into no other day', () => {
    const late = availability({ windows: [{ weekday: 1, from: '22:00', to: '24:00', offerId: 'o1' }] });
    expect(startsOf(late, START - DAY, START + 2 * DAY)).toEqual(['2026-12-07T22:00', '2026-12-07T23:00']);
  });

  it('CA2: windows of an offer that is sold no more give nothing; two windows give one slot', () => {
    expect(slotsBetween(availability({ windows: [monday], offers: [] }), START - DAY, START + DAY)).toEqual([]);
    expect(slotsBetween(availability({ windows: [monday, monday] }), START - DAY, START + DAY)).toHaveLength(2);
  });

  it('CA4: half-hour and quarter-hour zones', () => {
    const at = (zone: string) => startsOf(availability({ zone, windows: [monday] }), START - DAY, START + DAY)[0];
    expect(at('Asia/Kolkata')).toBe('2026-12-07T04:30');
    expect(at('Asia/Kathmandu')).toBe('2026-12-07T04:15');
    expect(at('America/St_Johns')).toBe('2026-12-07T13:30');
    expect(at('Pacific/Kiritimati')).toBe('2026-12-06T20:00');
    expect(at('Pacific/Pago_Pago')).toBe('2026-12-07T21:00');
  });

  it('CA5: time off takes away what it touches, not what it only meets', () => {
    const off = (from: number, to: number) =>
      slotsBetween(
        availability({ zone: 'Asia/Kolkata', windows: [monday], timeOff: [{ from, to }] }),
        START - DAY,
        START + DAY,
      ).map((slot) => slot.startsAt);
    expect(off(START + 59 * MINUTE, START + HOUR)).toEqual([START + HOUR]);
    expect(off(START - HOUR, START)).toEqual([START, START + HOUR]);
    expect(off(START + HOUR, START + 3 * HOUR)).toEqual([START]);
  });
});

describe('clock changes', () => {
  const paris = (windows: readonly WeeklyWindow[], minutes = 60) =>
    availability({ zone: 'Europe/Paris', windows, offers: [{ ...offer, minutes }] });
  const spring = Date.UTC(2027, 2, 27, 23);
  const autumn = Date.UTC(2026, 9, 24, 22);

  it('CA2: ten o’clock stays ten o’clock', () => {
    const starts = startsOf(paris(everyDay('10:00', '11:00')), spring, spring + 2 * DAY);
    expect(starts).toEqual(['2027-03-28T08:00', '2027-03-29T08:00']);
    expect(startsOf(paris(everyDay('10:00', '11:00')), spring - DAY, spring)).toEqual(['2027-03-27T09:00']);
  });

  it('CA3: an hour that is skipped is not offered', () => {
    const starts = startsOf(paris(everyDay('01:00', '05:00')), spring, spring + DAY);
    // 01:00, (02:00 does not exist), 03:00, 04:00 on the wall.
    expect(starts).toEqual(['2027-03-28T00:00', '2027-03-28T01:00', '2027-03-28T02:00']);
  });

  it('CA3: a lesson does not run past a closing time that is skipped', () => {
    expect(startsOf(paris(everyDay('01:00', '02:30'), 90), spring, spring + DAY)).toEqual([]);
    expect(startsOf(paris(everyDay('01:00', '02:30'), 60), spring, spring + DAY)).toEqual(['2027-03-28T00:00']);
  });

  it('CA3: an hour that comes twice is offered the first time', () => {
    const starts = startsOf(paris(everyDay('01:00', '04:00')), autumn, autumn + DAY);
    // 01:00 and the first 02:00 in summer time, 03:00 in winter time.
    expect(starts).toEqual(['2026-10-24T23:00', '2026-10-25T00:00', '2026-10-25T02:00']);
  });

  it('CA4: half an hour of clock change at Lord Howe', () => {
    const howe = availability({ zone: 'Australia/Lord_Howe', windows: everyDay('01:30', '04:00') });
    const change = Date.UTC(2026, 9, 3, 15);
    // On 4 October 02:00 becomes 02:30: 01:30 (10:30 ahead) lasts until 03:00 on the wall, when 02:30 is still taken.
    expect(startsOf(howe, change - DAY, change)).toEqual(['2026-10-02T15:00', '2026-10-02T16:00']);
    expect(startsOf(howe, change, change + 4 * HOUR)).toEqual(['2026-10-03T15:00']);
  });

  it('CA3: a midnight that is skipped', () => {
    const beirut = availability({ zone: 'Asia/Beirut', windows: everyDay('22:00', '24:00') });
    const change = Date.UTC(2027, 2, 27, 20);
    expect(startsOf(beirut, change, change + DAY)).toEqual([
      '2027-03-27T20:00',
      '2027-03-27T21:00',
      '2027-03-28T19:00',
    ]);
  });
});

it('CA2–CA4: in any zone and at any time every slot reads its window’s wall time and none overlap', () => {
  const zones = [
    'Asia/Kolkata',
    'Europe/London',
    'America/New_York',
    'Australia/Lord_Howe',
    'America/St_Johns',
    'Asia/Tehran',
  ];
  const start = Date.UTC(2026, 0, 1);
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 365 }),
      fc.constantFrom(30, 45, 60, 90),
      fc.integer({ min: 0, max: 20 }),
      (zone, dayOfYear, minutes, hour) => {
        const from = start + dayOfYear * DAY;
        const opens = `${String(hour).padStart(2, '0')}:30`;
        const closes = `${String(hour + 3).padStart(2, '0')}:30`;
        const given = availability({ zone, windows: everyDay(opens, closes), offers: [{ ...offer, minutes }] });
        const slots = slotsBetween(given, from, from + 3 * DAY);
        expect(slots.length).toBeGreaterThan(3);
        for (const [index, slot] of slots.entries()) {
          const wall = slot.startsAt + offsetAt(zone, slot.startsAt);
          const sinceOpen = (wall % DAY) / MINUTE - (hour * 60 + 30);
          expect(sinceOpen % minutes).toBe(0);
          expect(sinceOpen).toBeGreaterThanOrEqual(0);
          expect(sinceOpen + minutes).toBeLessThanOrEqual(180);
          const next = slots[index + 1];
          if (next) expect(next.startsAt).toBeGreaterThanOrEqual(slot.startsAt + minutes * MINUTE);
        }
        // A part of the range gives a part of the slots: what the page shows is what HoldSeat finds.
        for (const slot of slots) expect(slotsBetween(given, slot.startsAt, slot.startsAt + 1)).toEqual([slot]);
      },
    ),
    { seed: 20261121, numRuns: 150 },
  );
});

it('reads wall times strictly', () => {
  expect([wallMinutesOf('00:00'), wallMinutesOf('09:30'), wallMinutesOf('24:00')]).toEqual([0, 570, 1440]);
  for (const wrong of ['24:01', '9:30', '10:60', '', 'noon', '10:30:00']) expect(wallMinutesOf(wrong)).toBeNull();
});

it('knows the day of the week', () => {
  expect([0, 3, -1, -5].map(weekdayOf)).toEqual([4, 0, 3, 6]);
});
