import { describe, expect, it } from 'vitest';
import { QUIET, endFlow, observeFlow, type Flow, type FlowFact } from './flow.ts';

/** Readings as [business time, counter] through the reducer; gives the facts. */
function facts(
  readings: readonly (readonly [number, number])[],
  start: Flow = QUIET,
): { flow: Flow; facts: FlowFact[] } {
  let flow = start;
  const told: FlowFact[] = [];
  for (const [now, bytes] of readings) {
    const step = observeFlow(flow, bytes, now);
    flow = step.flow;
    if (step.fact !== null) told.push(step.fact);
  }
  return { flow, facts: told };
}

describe('flow of media', () => {
  it('[F1] starts at the first reading that has grown and stops at the last one that had', () => {
    const readings = [
      [0, 0],
      [3, 9_000],
      [6, 18_000],
      [9, 18_000],
      [12, 18_000],
    ] as const;
    expect(facts(readings).facts).toEqual([
      { kind: 'started', at: 3 },
      { kind: 'stopped', at: 6 },
    ]);
  });

  it('[F2] does not end for one reading without growth', () => {
    const readings = [
      [0, 9_000],
      [3, 9_000],
      [6, 12_000],
      [9, 12_000],
      [12, 15_000],
    ] as const;
    expect(facts(readings).facts).toEqual([{ kind: 'started', at: 0 }]);
  });

  it('[F3] takes keep-alives for silence', () => {
    expect(
      facts([
        [0, 100],
        [3, 300],
        [6, 700],
      ]).facts,
    ).toEqual([]);
  });

  it('[F4] counts a new transport from zero', () => {
    const before = facts([[0, 90_000]]).flow;
    expect(
      facts(
        [
          [3, 2_000],
          [6, 2_100],
          [9, 2_200],
        ],
        before,
      ).facts,
    ).toEqual([{ kind: 'stopped', at: 3 }]);
  });

  it('[F5] ends with the connection, at the last reading or at the end if that came before', () => {
    const { flow } = facts([[3, 9_000]]);
    expect(endFlow(flow, 5)).toEqual({ kind: 'stopped', at: 3 });
    expect(endFlow(flow, 2)).toEqual({ kind: 'stopped', at: 2 });
    expect(endFlow(QUIET, 5)).toBeNull();
  });
});
