import { describe, expect, it } from 'vitest';
import type { LessonRow } from '#projections/queries.ts';
import { instantOf } from './zoned.ts';
import { weekOf } from './week.ts';

const zone = 'Asia/Kolkata';
const offers = [
  { offerId: 'one', minutes: 60 as const, seats: 1, price: 80_000, title: 'One-to-one' },
  { offerId: 'group', minutes: 90 as const, seats: 3, price: 40_000, title: 'Group of 3' },
];
const empty = { zone, offers, windows: [], timeOff: [] };
const monday = '2026-11-16';

function lesson(day: string, minute: number): LessonRow {
  return {
    lessonId: `l-${day}-${minute}`,
    code: 'nx-abcdefgh',
    tutorId: 't',
    tutorName: 'T',
    subject: 'Maths',
    startsAt: instantOf(day, minute, zone),
    minutes: 60,
    study: null,
    seats: 1,
    state: 'scheduled',
    startedAt: null,
    endedAt: null,
    endedBy: null,
    students: [],
  };
}

describe('a week', () => {
  it('has seven days from Monday and shows working hours when it is empty', () => {
    const week = weekOf(monday, empty, []);
    expect(week.days.map((day) => day.weekday)).toEqual([1, 2, 3, 4, 5, 6, 0]);
    expect([week.from / 60, week.to / 60]).toEqual([9, 17]);
  });

  it('joins hours of several lessons that overlap or touch', () => {
    const windows = [
      { weekday: 1 as const, from: '17:00', to: '20:00', offerId: 'one' },
      { weekday: 1 as const, from: '18:00', to: '21:30', offerId: 'group' },
      { weekday: 1 as const, from: '07:00', to: '08:00', offerId: 'one' },
      { weekday: 1 as const, from: '08:00', to: '09:30', offerId: 'one' },
    ];
    const week = weekOf(monday, { ...empty, windows }, []);
    expect(week.days[0]?.blocks).toEqual([
      { kind: 'open', from: 420, to: 570, titles: ['One-to-one'] },
      { kind: 'open', from: 1020, to: 1290, titles: ['One-to-one', 'Group of 3'] },
    ]);
    expect([week.from / 60, week.to / 60]).toEqual([7, 22]);
  });

  it('leaves out hours of a lesson that is no longer offered', () => {
    const windows = [{ weekday: 1 as const, from: '17:00', to: '20:00', offerId: 'gone' }];
    expect(weekOf(monday, { ...empty, windows }, []).days[0]?.blocks).toEqual([]);
  });

  it('puts a lesson into its day and hour of the zone', () => {
    const week = weekOf(monday, empty, [lesson('2026-11-18', 18 * 60)]);
    expect(week.days[2]?.blocks).toMatchObject([{ kind: 'lesson', from: 1080, to: 1140 }]);
    expect(week.days.filter((day) => day.blocks.length > 0)).toHaveLength(1);
  });

  it('splits what runs over midnight, and time off over several days', () => {
    const night = weekOf(monday, empty, [lesson('2026-11-18', 23 * 60 + 30)]);
    expect(night.days[2]?.blocks).toMatchObject([{ from: 1410, to: 1440 }]);
    expect(night.days[3]?.blocks).toMatchObject([{ from: 0, to: 30 }]);
    const timeOff = [{ from: instantOf('2026-11-17', 720, zone), to: instantOf('2026-11-19', 600, zone) }];
    const week = weekOf(monday, { ...empty, timeOff }, []);
    expect(week.days.map((day) => day.blocks.map((block) => [block.from, block.to]))).toEqual([
      [],
      [[720, 1440]],
      [[0, 1440]],
      [[0, 600]],
      [],
      [],
      [],
    ]);
  });
});
