import { describe, expect, it } from 'vitest';
import { specFor } from '../shared/given.ts';
import { decide, type LookCommand } from './decide.ts';
import { evolve, initial, lookDayOf, ONE_LOOK_MS, type CopyKind, type LookEvent, type LookSurface } from './events.ts';

const given = specFor({ initial, evolve, decide });
const NOON = Date.UTC(2026, 10, 22, 12);
const who = { personId: 'o1', role: 'ops' } as const;

const look = (bookingIds: readonly string[], now = NOON, surface: LookSurface = 'case'): LookCommand => ({
  type: 'NoteLook',
  data: { ...who, bookingIds, surface },
  now,
});
const copy = (kind: CopyKind, bookingId: string | null, now = NOON): LookCommand => ({
  type: 'NoteCopy',
  data: { ...who, kind, bookingId },
  now,
});
const looked = (bookingId: string, at = NOON, surface: LookSurface = 'case'): LookEvent => ({
  type: 'CaseLookedAt',
  data: { ...who, bookingId, surface, at },
});

describe('looks', () => {
  it('LK1: the same thing again within half an hour is one look; after it, another', () => {
    given([])
      .when(look(['b1']))
      .then([looked('b1')]);
    given([looked('b1')])
      .when(look(['b1'], NOON + ONE_LOOK_MS - 1))
      .then([]);
    given([looked('b1')])
      .when(look(['b1'], NOON + ONE_LOOK_MS))
      .then([looked('b1', NOON + ONE_LOOK_MS)]);
    given([looked('b1'), looked('b1', NOON + ONE_LOOK_MS)])
      .when(look(['b1'], NOON + ONE_LOOK_MS + 1))
      .then([]);
  });
  it('LK1: each booking, and each way of seeing it, by itself', () => {
    given([looked('b1')])
      .when(look(['b2']))
      .then([looked('b2')]);
    given([looked('b1')])
      .when(look(['b1'], NOON, 'lesson'))
      .then([looked('b1', NOON, 'lesson')]);
    given([looked('b2')])
      .when(look(['b1', 'b2', 'b1', 'b3']))
      .then([looked('b1'), looked('b3')]);
  });
  it('LK1: a lesson of any size, and no endless list', () => {
    const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `b${index}`);
    given([])
      .when(look(ids(100)))
      .then(ids(100).map((id) => looked(id)));
    given([])
      .when(look(ids(101)))
      .then('too-many-bookings');
  });
  it('LK2: every copy counts', () => {
    const taken: LookEvent = {
      type: 'CopyTaken',
      data: { ...who, kind: 'evidence-pdf', bookingId: 'b1', at: NOON },
    };
    given([looked('b1'), taken])
      .when(copy('evidence-pdf', 'b1'))
      .then([taken]);
    given([taken])
      .when(copy('log', null))
      .then([{ type: 'CopyTaken', data: { ...who, kind: 'log', bookingId: null, at: NOON } }]);
  });
  it('LK3: a stream a person and day, as days are in UTC', () => {
    expect(lookDayOf('o1', Date.UTC(2026, 10, 22, 23, 59, 59, 999))).toBe('o1-2026-11-22');
    expect(lookDayOf('o1', Date.UTC(2026, 10, 23))).toBe('o1-2026-11-23');
  });
});
