import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { parseHead, parseSealed } from '#sync/documents/board.ts';
import { scanUpdate } from '#sync/wire/scan.ts';
import { manyStrokes, Pen, readStamps } from './points.ts';

const PERSON = { id: 'p-1', name: 'One' };
const stampsOf = (update: Uint8Array): [number, number][] => {
  const stamps: [number, number][] = [];
  readStamps(update, (writer, at) => void stamps.push([writer, at]));
  return stamps;
};

describe('updates written by hand', () => {
  it('are what Yjs reads: strokes that are drawn and sealed, with every stamp in its ink', () => {
    const doc = new Y.Doc();
    const pen = new Pen(7, PERSON);
    for (let i = 0; i < 100; i += 1) {
      const update = pen.next({ writer: 300, at: 123_456_789 + i });
      scanUpdate(new Uint8Array(update));
      expect(stampsOf(update)).toEqual([[300, 123_456_789 + i]]);
      Y.applyUpdate(doc, update);
      expect(doc.store.pendingStructs).toBeNull();
    }
    const strokes = [...doc.getMap<unknown>('strokes').values()];
    expect(strokes).toHaveLength(3);
    expect(strokes.slice(0, 2).map((stroke) => parseSealed(stroke)?.ink.length)).toEqual([240, 240]);
    const live = strokes[2];
    expect(live).toBeInstanceOf(Y.Array);
    if (live instanceof Y.Array) expect([parseHead(live.get(0)) !== null, live.length]).toEqual([true, 21]);
    expect(doc.getMap('people').toJSON()).toEqual({ 7: PERSON });
  });

  it('keep their stamps when Yjs merges them', () => {
    const pens = [new Pen(7, PERSON), new Pen(300, PERSON, 17)];
    const updates = pens.flatMap((pen, writer) => Array.from({ length: 60 }, (_, i) => pen.next({ writer, at: i })));
    const stamps = stampsOf(Y.mergeUpdates(updates));
    for (const writer of [0, 1])
      expect(stamps.filter(([by]) => by === writer).map(([, at]) => at)).toEqual(
        Array.from({ length: 60 }, (_, i) => i),
      );
  });

  it('fill a board at once', () => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, manyStrokes(9, PERSON, 50, 30));
    const inks = [...doc.getMap('strokes').values()].map((stroke) => parseSealed(stroke)?.ink.length);
    expect(inks).toEqual(Array.from({ length: 50 }, () => 60));
  });
});
