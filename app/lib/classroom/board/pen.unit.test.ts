import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { readBoard } from '#sync/documents/board-reader.ts';
import { Pen } from './pen.ts';

const FRAME_MS = 17;

beforeEach(() => void vi.useFakeTimers({ now: 1_000 }));
afterEach(() => void vi.useRealTimers());

/** A pen that drew `samples` points, one a frame; gives the updates that it has sent, and the points that are there. */
function draw(leads: boolean, samples: number) {
  const doc = new Y.Doc();
  const reader = readBoard(doc);
  let updates = 0;
  const pen = new Pen({
    doc,
    author: { personId: 'p-asha', name: 'Asha' },
    leads,
    head: () => ({ z: 1, pen: 0, size: 3 }),
    onInk: () => undefined,
    onSealed: () => undefined,
  });
  pen.begin({ x: 0, y: 0, pressure: 0 }, false);
  doc.on('update', () => (updates += 1));
  for (let n = 1; n <= samples; n += 1) {
    vi.advanceTimersByTime(FRAME_MS);
    pen.move([{ x: n, y: 0, pressure: 0 }]);
  }
  return {
    get updates() {
      return updates;
    },
    get points() {
      return (reader.visible()[0]?.points.length ?? 0) / 3;
    },
  };
}

describe('the own pen', () => {
  it('sends two samples at once; that of whoever leads sends each of them', () => {
    expect(draw(false, 10)).toMatchObject({ updates: 5, points: 11 });
    expect(draw(true, 10)).toMatchObject({ updates: 10, points: 11 });
  });

  it('sends what is left when the hand rests', () => {
    const drawn = draw(false, 3);
    expect(drawn).toMatchObject({ updates: 1, points: 3 });
    vi.advanceTimersByTime(100);
    expect(drawn).toMatchObject({ updates: 2, points: 4 });
  });
});
