import { describe, expect, it } from 'vitest';
import { addDays, clockOf, instantOf, instantOfField, isDay, minuteOf, mondayOf, wallAt } from './zoned.ts';

const at = (iso: string): number => Date.parse(iso);

describe('wall time in a zone', () => {
  it('reads the wall of Kolkata at an instant', () => {
    expect(wallAt(at('2026-11-18T12:30:00Z'), 'Asia/Kolkata')).toEqual({
      day: '2026-11-18',
      weekday: 3,
      minute: 18 * 60,
    });
    expect(wallAt(at('2026-11-18T18:30:00Z'), 'Asia/Kolkata')).toEqual({ day: '2026-11-19', weekday: 4, minute: 0 });
  });

  it('finds the instant of a wall time, east and west of Greenwich', () => {
    expect(instantOf('2026-11-18', 18 * 60, 'Asia/Kolkata')).toBe(at('2026-11-18T12:30:00Z'));
    expect(instantOf('2026-11-18', 18 * 60, 'America/New_York')).toBe(at('2026-11-18T23:00:00Z'));
  });

  it('stays on the wall across a clock change', () => {
    expect(instantOf('2026-10-25', 12 * 60, 'Europe/Berlin')).toBe(at('2026-10-25T11:00:00Z'));
    expect(instantOf('2026-10-24', 12 * 60, 'Europe/Berlin')).toBe(at('2026-10-24T10:00:00Z'));
  });

  it('moves on from a time that a clock change skips', () => {
    expect(instantOf('2026-03-29', 150, 'Europe/Berlin')).toBe(at('2026-03-29T01:30:00Z'));
  });

  it('gives back what it got, all round the year', () => {
    for (const zone of ['Asia/Kolkata', 'Europe/London', 'Australia/Lord_Howe', 'America/St_Johns']) {
      for (let day = '2026-01-01'; day < '2027-01-01'; day = addDays(day, 9)) {
        expect(wallAt(instantOf(day, 9 * 60 + 15, zone), zone)).toMatchObject({ day, minute: 555 });
      }
    }
  });
});

describe('days, clocks and fields', () => {
  it('starts the week on Monday', () => {
    expect(mondayOf('2026-11-22')).toBe('2026-11-16');
    expect(mondayOf('2026-11-16')).toBe('2026-11-16');
    expect(addDays('2026-02-27', 2)).toBe('2026-03-01');
  });

  it('reads and writes clock times, and refuses others', () => {
    expect(minuteOf('07:05')).toBe(425);
    expect(minuteOf('24:00')).toBe(1440);
    expect(minuteOf('24:01')).toBeNull();
    expect(minuteOf('7:5')).toBeNull();
    expect(minuteOf('10:75')).toBeNull();
    expect(clockOf(425)).toBe('07:05');
  });

  it('reads a form field in the zone, and refuses nonsense', () => {
    expect(instantOfField('2026-11-18T18:00', 'Asia/Kolkata')).toBe(at('2026-11-18T12:30:00Z'));
    expect(instantOfField('2026-13-18T18:00', 'Asia/Kolkata')).toBeNull();
    expect(instantOfField('', 'Asia/Kolkata')).toBeNull();
    expect(isDay('2026-02-30')).toBe(false);
    expect(isDay('2026-02-28')).toBe(true);
  });
});
