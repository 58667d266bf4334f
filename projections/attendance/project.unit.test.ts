import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '#events/handling/registry.ts';
import { Unit } from '../runner/rows.ts';
import { fact } from '../testing/facts.ts';
import { common } from './intervals.ts';
import { attendance } from './project.ts';

const lessonId = 'l1';
const joined = (connectionId: string, at: number, personId = 's1'): AnyEvent => ({
  type: 'ParticipantJoined',
  data: { lessonId, personId, role: 'participant', connectionId, at },
});
const left = (connectionId: string, at: number, personId = 's1'): AnyEvent => ({
  type: 'ParticipantLeft',
  data: { lessonId, personId, connectionId, at, reason: 'left' },
});
const page = (type: 'PageHidden' | 'PageShown', at: number, personId = 's1'): AnyEvent => ({
  type,
  data: { lessonId, by: personId, personId, at },
});
const ended = (at: number): AnyEvent => ({ type: 'LessonEnded', data: { lessonId, at, by: 'host' } });

/** [person, from, to] of each stretch with the page out of sight. */
function awayAfter(...events: readonly AnyEvent[]): unknown[] {
  const rows = new Unit(() => null);
  for (const [index, event] of events.entries()) attendance.project(fact(event), rows, index + 1);
  const [table] = attendance.tables.filter(({ name }) => name === 'page_hidden');
  if (!table) throw new Error('no such table');
  return [...(rows.changed.get(table)?.values() ?? [])].flatMap((row) =>
    row === null ? [] : [[row.person_id, row.from_at, row.to_at]],
  );
}

describe('RM7: away', () => {
  it('RM7: is from the page’s hiding to its being shown, each time, and open until then', () => {
    expect(awayAfter(joined('c1', 0), page('PageHidden', 10))).toEqual([['s1', 10, null]]);
    expect(
      awayAfter(
        joined('c1', 0),
        page('PageHidden', 10),
        page('PageShown', 20),
        page('PageHidden', 30),
        page('PageShown', 45),
      ),
    ).toEqual([
      ['s1', 10, 20],
      ['s1', 30, 45],
    ]);
  });

  it('RM7: ends when the person leaves, and with the lesson', () => {
    expect(awayAfter(joined('c1', 0), page('PageHidden', 10), left('c1', 25))).toEqual([['s1', 10, 25]]);
    expect(awayAfter(joined('c1', 0), page('PageHidden', 10), ended(60))).toEqual([['s1', 10, 60]]);
    // Their last sign of life was before it: nothing of it was here.
    expect(awayAfter(joined('c1', 0), page('PageHidden', 10), left('c1', 5))).toEqual([['s1', 10, 10]]);
  });

  it('RM7: ends when the person comes anew, whose other connection then ends no later one', () => {
    const twice = [joined('c1', 0), page('PageHidden', 10), joined('c2', 20)];
    expect(awayAfter(...twice)).toEqual([['s1', 10, 20]]);
    expect(awayAfter(...twice, page('PageHidden', 30), left('c1', 40))).toEqual([
      ['s1', 10, 20],
      ['s1', 30, null],
    ]);
    expect(awayAfter(...twice, page('PageHidden', 30), left('c1', 40), left('c2', 50))).toEqual([
      ['s1', 10, 20],
      ['s1', 30, 50],
    ]);
  });

  it('RM7: of one is nothing of another', () => {
    expect(
      awayAfter(
        joined('c1', 0),
        joined('c2', 0, 's2'),
        page('PageHidden', 10),
        page('PageHidden', 12, 's2'),
        left('c1', 20),
      ),
    ).toEqual([
      ['s1', 10, 20],
      ['s2', 12, null],
    ]);
  });
});

describe('what two lists of intervals cover both', () => {
  it('is the part of each in the other, open where both are', () => {
    const here = [
      { from: 0, to: 20 },
      { from: 30, to: null },
    ];
    expect(common(here, [{ from: 10, to: 40 }])).toEqual([
      { from: 10, to: 20 },
      { from: 30, to: 40 },
    ]);
    expect(common(here, [{ from: 50, to: null }])).toEqual([{ from: 50, to: null }]);
    expect(common(here, [{ from: 20, to: 30 }])).toEqual([]);
    expect(common(here, [{ from: 10, to: 10 }])).toEqual([]);
    expect(common([], [{ from: 0, to: null }])).toEqual([]);
  });
});
