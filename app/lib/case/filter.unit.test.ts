import { describe, expect, it } from 'vitest';
import type { TimelineRow } from '#projections/queries.ts';
import { daysOf, isSmall, MACHINES, peopleIn, shownRows } from './filter.ts';

let made = 0;
function row(type: string, over: Partial<TimelineRow> = {}): TimelineRow {
  made += 1;
  return {
    position: String(made),
    eventId: `e${made}`,
    stream: 'booking-1',
    revision: made,
    lane: 'booking',
    type,
    data: {},
    actor: { kind: 'person', id: 's1' },
    actorName: 'Rohan',
    occurredAt: made * 1_000,
    recordedAt: made * 1_000,
    correlationId: 'c',
    chain: '',
    ...over,
  };
}
const rows = [
  row('BookingRequested'),
  row('OrderPlanned', { lane: 'payment', actor: { kind: 'process', id: 'book-lesson' }, actorName: null }),
  row('ParticipantJoined', {
    lane: 'lesson',
    actor: { kind: 'system', id: 'sfu' },
    actorName: null,
    data: { personId: 't1' },
  }),
  row('LessonEnded', { lane: 'lesson', actor: { kind: 'person', id: 't1' }, actorName: 'Ananya' }),
];
const types = (filter: Partial<Parameters<typeof shownRows>[1]>): readonly string[] =>
  shownRows(rows, { hiddenLanes: [], small: true, who: '', ...filter }).map((one) => one.type);

describe('the filter of a case', () => {
  it('shows everything in the order of the log', () => {
    expect(types({})).toEqual(['BookingRequested', 'OrderPlanned', 'ParticipantJoined', 'LessonEnded']);
  });

  it('hides lanes and small events', () => {
    expect(types({ small: false })).not.toContain('OrderPlanned');
    expect(types({ hiddenLanes: ['lesson'] })).toEqual(['BookingRequested', 'OrderPlanned']);
  });

  it('counts where a page was as small', () => {
    expect(['PageHidden', 'PageShown'].every((type) => isSmall({ type }))).toBe(true);
  });

  it('finds what a person did and what was recorded of them', () => {
    expect(types({ who: 't1' })).toEqual(['ParticipantJoined', 'LessonEnded']);
    expect(types({ who: MACHINES })).toEqual(['OrderPlanned', 'ParticipantJoined']);
  });

  it('lists each person once', () => {
    expect(peopleIn(rows, () => null)).toEqual([
      { id: 's1', name: 'Rohan' },
      { id: 't1', name: 'Ananya' },
    ]);
  });

  it('cuts days without sorting', () => {
    const order = [row('A', { occurredAt: 10 }), row('B', { occurredAt: 20 }), row('C', { occurredAt: 11 })];
    const days = daysOf(order, (at) => (at < 15 ? 'one' : 'two'));
    expect(days.map((day) => [day.key, day.rows.map((one) => one.type)])).toEqual([
      ['one', ['A']],
      ['two', ['B']],
      ['one', ['C']],
    ]);
  });
});
