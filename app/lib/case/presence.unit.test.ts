import { describe, expect, it } from 'vitest';
import type { AttendanceRow } from '#projections/queries.ts';
import { merged, presenceAxis } from './presence.ts';

const MINUTE = 60_000;
const start = Date.parse('2026-11-18T12:30:00Z');
const min = (minutes: number): number => start + minutes * MINUTE;
const pair = { tutorId: 'tutor', studentId: 'student' };
const booked = { startsAt: start, minutes: 60 };

function row(
  personId: string,
  here: readonly [number, number | null][],
  more: Partial<AttendanceRow> = {},
): AttendanceRow {
  const intervals = here.map(([from, to]) => ({ from: min(from), to: to === null ? null : min(to) }));
  return {
    personId,
    name: personId,
    role: personId === 'tutor' ? 'host' : 'participant',
    here: intervals,
    sent: [],
    received: [],
    away: [],
    workedMinutes: [],
    hereMs: 0,
    awayMs: 0,
    ...more,
  };
}

describe('intervals', () => {
  it('are sorted and joined, two connections of one person counting once', () => {
    const spans = merged(
      [
        { from: 50, to: 60 },
        { from: 0, to: 20 },
        { from: 10, to: 30 },
        { from: 30, to: 35 },
      ],
      100,
    );
    expect(spans).toEqual([
      { from: 0, to: 35 },
      { from: 50, to: 60 },
    ]);
  });

  it('that are still open end now, and never before they began', () => {
    expect(merged([{ from: 10, to: null }], 40)).toEqual([{ from: 10, to: 40 }]);
    expect(merged([{ from: 10, to: null }], 5)).toEqual([{ from: 10, to: 10 }]);
  });
});

describe('the axis', () => {
  it('covers the booked time with a margin, and marks its start', () => {
    const axis = presenceAxis([], booked, pair, min(0));
    expect(axis.from).toBe(min(-3));
    expect(axis.to).toBe(min(63));
    expect(axis.marks.map((mark) => (mark.at - start) / MINUTE)).toEqual([0, 15, 30, 45, 60]);
    expect(axis.booked.a).toBeCloseTo((3 / 66) * 100, 1);
    expect(axis.people).toEqual([]);
    expect(axis.gaps).toEqual([]);
  });

  it('grows to hold whoever came early or stayed late', () => {
    const axis = presenceAxis([row('tutor', [[-12, 70]])], booked, pair, min(90));
    expect(axis.from).toBe(min(-15));
    expect(axis.to).toBe(min(73));
    expect(axis.people[0]?.here).toEqual([{ a: 3.41, b: 96.59 }]);
  });

  it('shows what the tutor sent and what the student received', () => {
    const sent = [{ from: min(0), to: min(30) }];
    const received = [{ from: min(30), to: min(60) }];
    const axis = presenceAxis(
      [row('tutor', [[0, 60]], { sent, received }), row('student', [[0, 60]], { sent, received })],
      booked,
      pair,
      min(60),
    );
    expect(axis.people.map((person) => person.media)).toEqual(['sent', 'received']);
    expect(axis.people[0]?.mediaOn[0]?.b).toBe(axis.people[1]?.mediaOn[0]?.a);
  });

  it('lays what was out of sight over being here, open until now, and makes no gap of it', () => {
    const away = [
      { from: min(10), to: min(20) },
      { from: min(40), to: null },
    ];
    const axis = presenceAxis(
      [row('tutor', [[0, 60]]), row('student', [[0, null]], { away, awayMs: 20 * MINUTE })],
      booked,
      pair,
      min(50),
    );
    const [tutor, student] = axis.people;
    expect(tutor?.away).toEqual([]);
    expect(student?.away.map(({ a, b }) => [a, b])).toEqual([
      [expect.closeTo((13 / 66) * 100, 1), expect.closeTo((23 / 66) * 100, 1)],
      [expect.closeTo((43 / 66) * 100, 1), student?.here[0]?.b],
    ]);
    expect(student?.awayMs).toBe(20 * MINUTE);
    expect(axis.gaps).toEqual([]);
  });

  it('marks a gap when either of the two was missing in between', () => {
    const axis = presenceAxis(
      [
        row('student', [[-2, 61]]),
        row('tutor', [
          [-3, 22],
          [46, 61],
        ]),
      ],
      booked,
      pair,
      min(61),
    );
    expect(axis.gaps.map((gap) => gap.ms / MINUTE)).toEqual([24]);
  });

  it('marks none for a short reconnect, for coming late or for leaving early', () => {
    const axis = presenceAxis(
      [
        row('student', [[10, 50]]),
        row('tutor', [
          [-3, 22],
          [22.3, 61],
        ]),
      ],
      booked,
      pair,
      min(61),
    );
    expect(axis.gaps).toEqual([]);
  });
});
