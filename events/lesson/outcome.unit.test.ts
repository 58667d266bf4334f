import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { POLICY_2026_11 } from '../shared/policy.ts';
import { HOUR, MINUTE, SECOND, START } from '../shared/times.ts';
import type { Presence } from './attendance.ts';
import { clip, intersection, lengthOf, union, without } from './intervals.ts';
import { outcomeOf } from './outcome.ts';
import type { KeptOut } from './room.ts';

type Reason = 'left' | 'disconnected' | 'node-lost' | 'lesson-ended';
type Span = readonly [from: number, to: number, reason?: Reason];

/** Minutes after the start → instant. */
const at = (minutes: number): number => START + minutes * MINUTE;
const END = at(60);

function person(spans: {
  here?: readonly Span[];
  sent?: readonly Span[];
  received?: readonly Span[];
  work?: readonly number[];
}): Presence {
  const { here = [], sent = [], received = [], work = [] } = spans;
  const flows = (direction: 'sent' | 'received', list: readonly Span[]) =>
    list.map(([from, to]) => ({ connectionId: 'c', direction, from: at(from), to: at(to) }));
  return {
    personId: 'p',
    role: 'participant',
    stays: here.map(([from, to, reason = 'left'], index) => ({
      connectionId: `c${index}`,
      from: at(from),
      left: { at: at(to), reason },
    })),
    flows: [...flows('sent', sent), ...flows('received', received)],
    work: work.map((minute) => ({ surface: 'board' as const, minute: at(minute) })),
  };
}

const decided = (tutor: Presence, student: Presence, endedAt = END, keptOut: readonly KeptOut[] = []) =>
  outcomeOf({ lesson: { startsAt: START, minutes: 60 }, policy: POLICY_2026_11, endedAt, tutor, student, keptOut });
const whole: readonly Span[] = [[0, 60, 'lesson-ended']];
const teaching = person({ here: whole, sent: whole });
const learning = person({ here: whole, received: whole });
const absent = person({});

describe('held', () => {
  it('LE21: the whole hour, t0 is the end', () =>
    expect(decided(teaching, learning)).toEqual({
      outcome: 'held',
      t0: END,
      taughtMs: HOUR,
      presentMs: HOUR,
      heldMs: HOUR,
      reasons: ['held-at-least-half'],
    }));

  it('LE21: exactly half is held, a second less is not', () => {
    const half = person({ here: whole, received: [[30, 60]] });
    const less = person({ here: whole, received: [[30 + 1 / 60, 60]] });
    expect(decided(teaching, half).outcome).toBe('held');
    expect(decided(teaching, less)).toMatchObject({ outcome: 'unclear', heldMs: 30 * MINUTE - SECOND });
  });

  it('LE20: half a lesson of one and the other half of the other is not half a lesson', () =>
    expect(
      decided(person({ here: whole, sent: [[0, 30]] }), person({ here: whole, received: [[30, 60]] })),
    ).toMatchObject({ taughtMs: 30 * MINUTE, presentMs: 30 * MINUTE, heldMs: 0, outcome: 'unclear' }));

  it('LE20: with both cameras off the board is proof enough', () => {
    const minutes = Array.from({ length: 30 }, (_, index) => index * 2);
    const drawing = person({ here: whole, work: minutes });
    expect(decided(drawing, person({ here: whole, work: minutes })).outcome).toBe('held');
  });

  it('LE20: the tutor’s voice and the student’s ink go together', () =>
    expect(
      decided(teaching, person({ here: whole, work: Array.from({ length: 30 }, (_, index) => index) })).outcome,
    ).toBe('held'));

  it('LE20: of a minute in which the classroom opened only what came after counts, and preparing alone is no lesson', () => {
    const minutes = [...Array.from({ length: 14 }, (_, index) => index - 15.5), -1];
    const preparing = person({ work: minutes });
    expect(decided(preparing, absent)).toMatchObject({ outcome: 'nobody', taughtMs: 14.5 * MINUTE });
    expect(decided(preparing, learning)).toMatchObject({ outcome: 'tutor-no-show', heldMs: 0 });
  });

  it('LE20: what was taught before the start counts, as long as the classroom was open', () => {
    const early = decided(
      person({ here: [[-30, 15]], sent: [[-30, 15]] }),
      person({ here: [[-30, 15]], received: [[-30, 15]] }),
      at(15),
    );
    expect(early).toMatchObject({ heldMs: 30 * MINUTE, outcome: 'held', t0: at(15) });
  });

  it('LE21: a tutor who came late and taught has taught', () =>
    expect(decided(person({ here: [[20, 60]], sent: [[20, 60]] }), learning)).toMatchObject({
      outcome: 'held',
      heldMs: 40 * MINUTE,
    }));

  it('LE29: two connections of one person count once', () =>
    expect(
      decided(
        person({
          here: [
            [0, 60],
            [10, 40],
          ],
          sent: [
            [0, 20],
            [10, 25],
          ],
        }),
        learning,
      ),
    ).toMatchObject({ taughtMs: 25 * MINUTE }));
});

describe('someone did not come', () => {
  it('LE22: the tutor', () => expect(decided(absent, learning)).toMatchObject({ outcome: 'tutor-no-show', t0: null }));
  it('LE22: nobody', () => expect(decided(absent, absent)).toMatchObject({ outcome: 'nobody', t0: null }));
  it('LE22: a tutor who looked in before the start and went has not come', () =>
    expect(decided(person({ here: [[-12, -2]] }), learning).outcome).toBe('tutor-no-show'));
  it('LE22: at 15 minutes one is in time, a millisecond later not', () => {
    const from = (minutes: number) => person({ here: [[minutes, 60]], sent: [[50, 60]] });
    expect(decided(from(15), learning).outcome).not.toBe('tutor-no-show');
    expect(decided(from(15 + 1 / MINUTE), learning).outcome).toBe('tutor-no-show');
  });
  it('LE22: a tutor who only draws is there', () =>
    expect(decided(person({ work: [14] }), learning).outcome).toBe('unclear'));

  it('LE23: the student; t0 is the scheduled end, even when the tutor ended it sooner', () => {
    expect(decided(teaching, absent)).toMatchObject({ outcome: 'student-no-show', t0: END });
    expect(decided(person({ here: [[0, 16, 'lesson-ended']] }), absent, at(16))).toMatchObject({
      outcome: 'student-no-show',
      t0: END,
    });
  });
  it('LE23: a student who came after 20 minutes, and then less than half was held', () =>
    expect(decided(teaching, person({ here: [[40, 60]], received: [[40, 60]] })).outcome).toBe('student-no-show'));
  it('LE23: a student who came late and then got half of it had a lesson', () =>
    expect(decided(teaching, person({ here: [[20, 60]], received: [[20, 60]] })).outcome).toBe('held'));
  it('LE23: a tutor who is just reconnecting has stayed', () =>
    expect(
      decided(
        person({
          here: [
            [0, 14.5],
            [15.2, 60],
          ],
        }),
        absent,
      ).outcome,
    ).toBe('student-no-show'));
  it('LE24: a tutor who did not wait', () => {
    expect(decided(person({ here: [[0, 10]] }), absent)).toMatchObject({ outcome: 'unclear', t0: null });
    expect(decided(person({ here: [[0, 5, 'lesson-ended']] }), absent, at(5)).outcome).toBe('unclear');
  });
});

describe('our own fault', () => {
  const lost: readonly Span[] = [[-5, 3, 'node-lost']];
  const lostEarly: readonly Span[] = [[-5, -1, 'node-lost']];
  it('LE25: whoever our servers dropped is no no-show', () => {
    expect(decided(person({ here: lostEarly }), learning)).toMatchObject({
      outcome: 'failed-technically',
      reasons: ['tutor-lost-by-server'],
    });
    expect(decided(teaching, person({ here: lostEarly })).outcome).toBe('failed-technically');
    expect(decided(person({ here: lost }), absent).outcome).toBe('failed-technically');
  });
  it('LE25: a connection that the person lost is not our fault', () =>
    expect(decided(person({ here: [[-5, -1, 'disconnected']] }), learning).outcome).toBe('tutor-no-show'));
  it('LE27: together, yet no media for more than half: muting is no fault, so it is unclear', () =>
    expect(decided(person({ here: whole }), person({ here: whole }))).toMatchObject({
      outcome: 'unclear',
      reasons: ['connected-without-media'],
    }));
  it('LE26: lost by our servers for more than half', () =>
    expect(
      decided(
        person({ here: [[0, 20, 'node-lost']], sent: [[0, 20]] }),
        person({ here: [[0, 25]], received: [[0, 20]] }),
      ),
    ).toMatchObject({ outcome: 'failed-technically', reasons: ['tutor-lost-by-server'] }));
  it('LE26: back on another connection at once is no loss', () =>
    expect(
      decided(
        person({
          here: [
            [0, 20, 'node-lost'],
            [20.1, 29],
          ],
          sent: [[0, 29]],
        }),
        person({ here: [[0, 29]], received: [[0, 29]] }),
      ).outcome,
    ).toBe('unclear'));
});

it('LE27: both came, less than half was held, nobody’s fault', () =>
  expect(
    decided(person({ here: [[0, 20]], sent: [[0, 20]] }), person({ here: [[0, 20]], received: [[0, 20]] }), at(20)),
  ).toMatchObject({ outcome: 'unclear', t0: null, heldMs: 20 * MINUTE, reasons: ['less-than-half-held'] }));

const span = fc
  .tuple(fc.integer({ min: -15, max: 75 }), fc.integer({ min: 0, max: 60 }))
  .map(([from, length]): Span => [from, from + length]);
const spans = fc.array(span, { maxLength: 6 });

it('LE20–LE29: any attendance has one outcome, and only held and student-no-show start a hold', () => {
  const anyone = fc
    .record({
      here: spans,
      sent: spans,
      received: spans,
      work: fc.array(fc.integer({ min: -15, max: 75 }), { maxLength: 9 }),
    })
    .map(person);
  fc.assert(
    fc.property(anyone, anyone, fc.integer({ min: 0, max: 75 }), (tutor, student, minutes) => {
      const endedAt = at(minutes);
      const verdict = decided(tutor, student, endedAt);
      expect(verdict.heldMs).toBeLessThanOrEqual(Math.min(verdict.taughtMs, verdict.presentMs));
      expect(verdict.taughtMs).toBeLessThanOrEqual(endedAt - at(-15));
      const holds = verdict.outcome === 'held' || verdict.outcome === 'student-no-show';
      expect(verdict.t0 !== null).toBe(holds);
      if (verdict.outcome === 'held') expect(verdict.heldMs).toBeGreaterThanOrEqual(30 * MINUTE);
      else expect(verdict.heldMs).toBeLessThan(30 * MINUTE);
    }),
    { seed: 20261121, numRuns: 500 },
  );
});

describe('intervals', () => {
  const list = spans.map((all) => all.map(([from, to]) => ({ from, to })));
  it('merge what touches and drop what is empty', () => {
    expect(
      union([
        { from: 5, to: 7 },
        { from: 1, to: 3 },
        { from: 3, to: 5 },
        { from: 9, to: 9 },
      ]),
    ).toEqual([{ from: 1, to: 7 }]);
    expect(clip([{ from: 0, to: 10 }], 4, 6)).toEqual([{ from: 4, to: 6 }]);
    expect(clip([{ from: 0, to: 10 }], 6, 4)).toEqual([]);
  });
  it('LE29: agree with counting minute by minute', () => {
    const covered = (all: readonly { from: number; to: number }[], minute: number) =>
      all.some(({ from, to }) => from <= minute && minute < to);
    const minutes = Array.from({ length: 160 }, (_, index) => index - 15);
    fc.assert(
      fc.property(list, list, (a, b) => {
        expect(lengthOf(a)).toBe(minutes.filter((minute) => covered(a, minute)).length);
        expect(lengthOf(without(a, b))).toBe(
          minutes.filter((minute) => covered(a, minute) && !covered(b, minute)).length,
        );
        expect(lengthOf(intersection(a, b))).toBe(
          minutes.filter((minute) => covered(a, minute) && covered(b, minute)).length,
        );
      }),
      { seed: 20261121, numRuns: 300 },
    );
  });
});
