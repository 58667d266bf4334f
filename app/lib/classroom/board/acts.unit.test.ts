/** Undo when the board comes in another document, and of what the host has locked since. */
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { readBoard } from '#sync/documents/board-reader.ts';
import { beginStroke, changeItems, isKeptFrom, putFigure } from '#sync/documents/board-writer.ts';
import { FIRST_PAGE } from '#sync/documents/board.ts';
import type { FigureItem } from '#sync/documents/items.ts';
import { introduce } from '#sync/documents/people.ts';
import { moved } from '#sync/draw/matrix.ts';
import { Acts } from './acts.ts';
import { Eraser } from './eraser.ts';

const ASHA = { personId: 'p-asha', name: 'Asha' };
const TUTOR = { personId: 'p-tutor', name: 'Kavita' };
const TEXT: FigureItem = { kind: 'text', z: 1, pen: 0, size: 3, page: FIRST_PAGE, at: [0, 0], text: 'one' };

/** The same board in another document, as after a look at another one. */
const reopened = (doc: Y.Doc, clientId: number): Y.Doc => {
  const next = new Y.Doc();
  Y.applyUpdate(next, Y.encodeStateAsUpdate(doc));
  next.clientID = clientId;
  return next;
};

function setUp() {
  const doc = new Y.Doc();
  doc.clientID = 5;
  const acts = new Acts(doc, ASHA);
  const key = putFigure(doc, ASHA, TEXT);
  acts.drew(key);
  return { doc, acts, key };
}

describe('the eraser of parts', () => {
  it('[D7] rubs out under the own name, and undo leaves what somebody else has rubbed out', () => {
    const doc = new Y.Doc();
    doc.clientID = 5;
    const stroke = beginStroke(doc, ASHA, { z: 1, pen: 0, size: 3, pressure: false });
    stroke.append([0, 100, 200, 300].map((x) => ({ x, y: 0, pressure: 0.5 })));
    stroke.seal();
    const reader = readBoard(doc);
    const hand = (who: typeof ASHA): { rub: (x: number) => void; acts: Acts } => {
      const acts = new Acts(doc, who);
      const hit = () => reader.visible();
      const eraser = new Eraser({ acts, reader, hit, mayTouch: () => true, onWhole: () => undefined });
      return {
        acts,
        rub: (x) => {
          eraser.begin({ x, y: 0 }, true, 10);
          eraser.end();
        },
      };
    };
    const [asha, tutor] = [hand(ASHA), hand(TUTOR)];
    const gaps = (): number => (reader.get(stroke.key)?.cuts.length ?? 0) / 2;
    asha.rub(50);
    tutor.rub(150);
    asha.rub(250);
    expect(gaps()).toBe(3);
    tutor.acts.undo();
    expect(gaps()).toBe(2);
    asha.acts.undo();
    asha.acts.undo();
    expect([gaps(), reader.get(stroke.key)?.erased]).toEqual([0, false]);
    tutor.acts.redo();
    expect(gaps()).toBe(1);
  });
});

describe('undo', () => {
  it('goes on when the board was closed and opened again', () => {
    const { doc, acts, key } = setUp();
    acts.change([{ key, aspect: 'place', value: moved(9, 0) }], []);
    const next = reopened(doc, 6);
    acts.goOnWith(next);
    const board = readBoard(next);
    acts.undo();
    expect(board.get(key)?.place).toBeNull();
    acts.undo();
    expect(board.get(key)?.erased).toBe(true);
    acts.redo();
    expect(board.get(key)?.erased).toBe(false);
    // The document of before is not written to.
    expect(readBoard(doc).get(key)).toMatchObject({ place: moved(9, 0), erased: false });
  });

  it('passes over what the server never took', () => {
    const { doc, acts, key } = setUp();
    const lost = putFigure(doc, ASHA, TEXT);
    acts.drew(lost);
    acts.write(lost, TEXT, { ...TEXT, text: 'two' }, []);
    const next = new Y.Doc();
    next.clientID = 6;
    next.transact(() => introduce(next, ASHA));
    acts.goOnWith(next);
    expect(next.getMap('strokes').size).toBe(0);
    acts.undo();
    expect([acts.canUndo, next.getMap('strokes').size]).toEqual([false, 0]);
    expect(readBoard(doc).get(key)?.erased).toBe(false);
  });

  it('[A14] leaves what the host has locked since, and not what one locked oneself', () => {
    const { doc, acts, key } = setUp();
    acts.change([{ key, aspect: 'place', value: moved(9, 0) }], []);
    const tutor = reopened(doc, 7);
    changeItems(tutor, TUTOR, [{ key, aspect: 'lock', value: true }]);
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(tutor));
    expect([isKeptFrom(doc, ASHA, key), isKeptFrom(doc, TUTOR, key)]).toEqual([true, false]);
    acts.undo();
    expect(readBoard(doc).get(key)).toMatchObject({ place: moved(9, 0), erased: false });
    changeItems(doc, ASHA, [{ key, aspect: 'lock', value: true }]);
    expect(isKeptFrom(doc, ASHA, key)).toBe(false);
  });
});
