import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { partsOf } from './parts.ts';

/** A document of several clients who write into each other's work, with some of it deleted. */
function written(steps: readonly number[]): Y.Doc {
  const docs = [1, 2, 3].map((client) => {
    const doc = new Y.Doc();
    doc.clientID = client;
    return doc;
  });
  const all = new Y.Doc();
  for (const step of steps) {
    const doc = docs[step % docs.length];
    if (!doc) continue;
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(all));
    const [map, text] = [doc.getMap<unknown>('map'), doc.getText('text')];
    if (step % 5 === 0) map.set(`k${step % 7}`, { step, ink: new Uint8Array(step % 90) });
    else if (step % 5 === 1) map.set(`k${step % 7}`, new Y.Array());
    else if (step % 5 === 2) text.insert(step % (text.length + 1), 'añ😀'.repeat(1 + (step % 9)));
    else if (step % 5 === 3 && text.length > 3) text.delete(0, 3);
    else map.delete(`k${step % 7}`);
    Y.applyUpdate(all, Y.encodeStateAsUpdate(doc));
  }
  return all;
}

const same = (a: Y.Doc, b: Y.Doc): boolean => Y.equalSnapshots(Y.snapshot(a), Y.snapshot(b));

describe('an update in parts', () => {
  it('[W6] makes the same document, part by part, each a whole update', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2_000), { maxLength: 80 }), fc.integer({ min: 8, max: 400 }), (steps, most) => {
        const whole = written(steps);
        const parts = partsOf(Y.encodeStateAsUpdate(whole), most);
        const copy = new Y.Doc();
        for (const part of parts) Y.applyUpdate(copy, part);
        expect(same(copy, whole)).toBe(true);
        expect(copy.getText('text').toJSON()).toEqual(whole.getText('text').toJSON());
        expect(copy.getMap('map').toJSON()).toEqual(whole.getMap('map').toJSON());
        expect(copy.store.pendingStructs).toBeNull();
        expect(copy.store.pendingDs).toBeNull();
      }),
      { numRuns: 200 },
    );
  });

  it('[W6] is cut where it is large, and stays whole where it is not', () => {
    const doc = new Y.Doc();
    for (let n = 0; n < 1_000; n += 1) doc.getMap('map').set(`k${n}`, new Uint8Array(100));
    const update = Y.encodeStateAsUpdate(doc);
    const parts = partsOf(update, 10_000);
    expect(parts.length).toBeGreaterThan(9);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(10_300);
    expect(partsOf(update, update.length)).toEqual([update]);
  });
});
