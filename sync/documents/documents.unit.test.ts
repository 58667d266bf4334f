import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { readBoard } from './board-reader.ts';
import { beginStroke, eraseStrokes, restoreStrokes } from './board-writer.ts';
import { STROKES } from './board.ts';
import { postMessage, readMessages } from './chat.ts';
import { INK_REACH, decodeInk, encodeInk, inkStart, type InkPoint } from './ink.ts';
import { clientOfEntry, clientOfPerson, entryKey } from './keys.ts';
import { parseDocumentName } from './names.ts';

const ASHA = { personId: 'p-asha', name: 'Asha' };
const ROHAN = { personId: 'p-rohan', name: 'Rohan' };

function docOf(client: number, ...peers: Y.Doc[]): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = client;
  for (const peer of peers) {
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(peer));
    peer.on('update', (update: Uint8Array) => Y.applyUpdate(doc, update));
    doc.on('update', (update: Uint8Array) => Y.applyUpdate(peer, update));
  }
  return doc;
}

const line: InkPoint[] = [0, 10, 20].map((x) => ({ x, y: x / 2, pressure: 0.5 }));
const head = (z: number) => ({ z, pen: 1, size: 3, pressure: false });

describe('ink', () => {
  const point = fc.record({
    x: fc.double({ min: -INK_REACH, max: INK_REACH, noNaN: true }),
    y: fc.double({ min: -INK_REACH, max: INK_REACH, noNaN: true }),
    pressure: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  it('keeps every point to an eighth of a pixel, in however many chunks', () => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 50 }), fc.nat(50), fc.boolean(), (points, split, withPressure) => {
        const writing = inkStart();
        const chunks = [points.slice(0, split), points.slice(split)].map((part) =>
          encodeInk(part, writing, withPressure),
        );
        const reading = inkStart();
        const out: number[] = [];
        for (const chunk of chunks) decodeInk(chunk, reading, withPressure, out);
        expect(out.length).toBe(points.length * 3);
        for (const [i, { x, y, pressure }] of points.entries()) {
          expect(Math.abs((out[i * 3] ?? NaN) - x)).toBeLessThanOrEqual(0.125);
          expect(Math.abs((out[i * 3 + 1] ?? NaN) - y)).toBeLessThanOrEqual(0.125);
          if (withPressure) expect(Math.abs((out[i * 3 + 2] ?? NaN) - pressure)).toBeLessThanOrEqual(0.003);
        }
      }),
    );
  });

  it('takes two or three bytes for a point of handwriting', () => {
    const points = Array.from({ length: 60 }, (_, i) => ({
      x: 100 + i * 3,
      y: 50 + Math.sin(i / 5) * 20,
      pressure: 0,
    }));
    expect(encodeInk(points, inkStart(), false).length / points.length).toBeLessThan(2.2);
  });

  it('ends quietly at bytes that make no sense', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, withPressure) => {
        const out: number[] = [];
        decodeInk(bytes, inkStart(), withPressure, out);
        expect(out.every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

describe('keys and names', () => {
  it('name one client in one spelling', () => {
    expect(clientOfEntry(entryKey(4_294_967_295, 77))).toBe(4_294_967_295);
    expect([clientOfEntry('007.1'), clientOfEntry('A.1'), clientOfEntry('a'), clientOfEntry('a.1.2')]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect([clientOfPerson('zz'), clientOfPerson('0zz'), clientOfPerson('')]).toEqual([1295, null, null]);
  });

  it('[D2] know a document only by its one name', () => {
    expect(parseDocumentName('board:0f-1')).toEqual({ surface: 'board', lessonId: '0f-1' });
    for (const name of [
      'Board:1',
      'board:',
      'board:../x',
      'board:%2e',
      'board:a\0b',
      'chat:ａ',
      'x:1',
      `chat:${'a'.repeat(65)}`,
    ])
      expect(parseDocumentName(name)).toBeNull();
  });
});

describe('the board', () => {
  it('[D1] shows a stroke while it is drawn, and keeps one item of it once sealed', () => {
    const doc = docOf(1);
    const other = docOf(2, doc);
    const board = readBoard(other);
    const reports: string[][] = [];
    board.onChange((keys) => reports.push([...keys]));
    const stroke = beginStroke(doc, ASHA, head(1));
    stroke.append(line);
    expect(board.get(stroke.key)).toMatchObject({
      sealed: false,
      pen: 1,
      points: [0, 0, 128 / 255, 10, 5, 128 / 255, 20, 10, 128 / 255],
    });
    const live = board.get(stroke.key)?.points;
    stroke.seal();
    expect(board.get(stroke.key)).toMatchObject({ sealed: true, points: live });
    expect(board.count()).toBe(1);
    expect(reports).toEqual([[stroke.key], [stroke.key], [stroke.key]]);
    expect(other.getMap(STROKES).get(stroke.key)).toMatchObject({ z: 1, pen: 1, size: 3 });
    expect(board.author(stroke.key)).toEqual(ASHA);
  });

  it('[D3] erases by a mark that only its own person takes away', () => {
    const doc = docOf(1);
    const other = docOf(2, doc);
    const board = readBoard(doc);
    const stroke = beginStroke(doc, ASHA, head(1));
    stroke.append(line);
    stroke.seal();
    expect(eraseStrokes(other, ROHAN, [stroke.key, 'nothing.1'])).toEqual([stroke.key]);
    expect([board.count(), board.get(stroke.key)?.erased, board.author(stroke.key)]).toEqual([0, true, ASHA]);
    expect(eraseStrokes(doc, ASHA, [stroke.key])).toEqual([]);
    expect(restoreStrokes(doc, ASHA, [stroke.key])).toEqual([]);
    expect(restoreStrokes(other, ROHAN, [stroke.key])).toEqual([stroke.key]);
    expect([board.count(), board.author(stroke.key)]).toEqual([1, ASHA]);
  });

  it('[D4] has one order and one tally on every side', () => {
    const doc = docOf(1);
    const other = docOf(2, doc);
    const boards = [readBoard(doc), readBoard(other)];
    for (const [z, from, who] of [
      [1, doc, ASHA],
      [2, other, ROHAN],
      [2, doc, ASHA],
    ] as const) {
      const stroke = beginStroke(from, who, head(z));
      stroke.append(line);
      stroke.seal();
    }
    const late = docOf(3, doc);
    boards.push(readBoard(late));
    for (const board of boards) {
      expect(board.visible().map(({ key }) => key)).toEqual(['1.0', '1.1', '2.0']);
      expect(board.tally()).toEqual([
        { name: 'Asha', count: 2 },
        { name: 'Rohan', count: 1 },
      ]);
      expect(board.top()).toBe(2);
    }
  });

  it('[D5] passes over whatever is no stroke', () => {
    const doc = docOf(1);
    const board = readBoard(doc);
    const strokes = doc.getMap<unknown>(STROKES);
    for (const value of [7, 'x', null, { z: 1 }, { z: 1, pen: 9, size: 1, ink: new Uint8Array(1) }, new Y.Map()])
      strokes.set('1.0', value);
    strokes.set(
      '1.1',
      Y.Array.from([{ z: 1, pen: 0, size: 3 }, 'not ink', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff)]),
    );
    expect(board.visible()).toMatchObject([{ key: '1.1', points: [] }]);
  });
});

describe('the chat', () => {
  it('[C1] stands an answer below what it answers, whatever the clocks say', () => {
    const doc = docOf(1);
    const other = docOf(2, doc);
    expect(postMessage(doc, ASHA, ' Where do they meet? ', 5_000)).toBe('1.0');
    expect(postMessage(other, ROHAN, 'At 0 and 3', 1_000)).toBe('2.0');
    expect(postMessage(doc, ASHA, '   ', 5_001)).toBeNull();
    const expected = [
      { key: '1.0', n: 1, at: 5_000, text: 'Where do they meet?', author: ASHA },
      { key: '2.0', n: 2, at: 1_000, text: 'At 0 and 3', author: ROHAN },
    ];
    expect(readMessages(doc)).toEqual(expected);
    expect(readMessages(other)).toEqual(expected);
  });
});
