import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { readBoard } from './board-reader.ts';
import {
  addPage,
  beginStroke,
  changeItems,
  changePage,
  copyItems,
  eraseStrokes,
  putFigure,
  restoreStrokes,
  rewriteFigure,
} from './board-writer.ts';
import { FIRST_PAGE, STROKES } from './board.ts';
import { parseChange, parseChangeKey } from './changes.ts';
import { INK_REACH, decodeInk, encodeInk, inkStart, type InkPoint } from './ink.ts';
import { clientOfEntry, clientOfPerson, entryKey } from './keys.ts';
import { parseFigure, storeFigure, type FigureItem } from './items.ts';
import { documentName, parseDocumentName } from './names.ts';
import { readPages } from './pages.ts';

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
    expect(parseDocumentName('board:0f-1')).toEqual({ surface: 'board', lessonId: '0f-1', personId: null });
    const own = parseDocumentName('chat:0f-1:p_2');
    expect(own).toEqual({ surface: 'chat', lessonId: '0f-1', personId: 'p_2' });
    expect(own && documentName(own)).toBe('chat:0f-1:p_2');
    for (const name of [
      'Board:1',
      'board:',
      'board:1:',
      'board:1:2:3',
      'board::2',
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

const figure = (more: Partial<FigureItem> = {}): FigureItem => ({
  kind: 'rectangle',
  z: 1,
  pen: 0,
  size: 3,
  page: FIRST_PAGE,
  at: [0, 0, 10, 20],
  text: '',
  ...more,
});

describe('shapes and writings', () => {
  it('[D6] are read as they were put, and anew as they are rewritten', () => {
    const doc = docOf(1);
    const board = readBoard(docOf(2, doc));
    const key = putFigure(doc, ASHA, figure({ kind: 'note', at: [4, 8], text: 'Two roots' }));
    expect(board.get(key)).toMatchObject({ kind: 'note', points: [4, 8, 0.5], text: 'Two roots', sealed: true });
    rewriteFigure(doc, key, figure({ kind: 'note', at: [4, 8], text: 'Two real roots' }));
    expect(board.get(key)?.text).toBe('Two real roots');
    const line = putFigure(doc, ASHA, figure({ kind: 'arrow', at: [0.1, 0, 7.9, 3] }));
    expect(board.get(line)?.points).toEqual([0, 0, 0.5, 8, 3, 0.5]);
    expect(board.visible().map(({ kind }) => kind)).toEqual(['note', 'arrow']);
  });

  it('[D11] keep dashes and fill through copies and changes, those of later versions, too', () => {
    const doc = docOf(1);
    const board = readBoard(doc);
    const keys = [
      putFigure(doc, ASHA, figure({ kind: 'ellipse', dash: 2, fill: 1 })),
      putFigure(doc, ASHA, figure({ dash: 9, fill: 15 })),
      putFigure(doc, ASHA, figure({ kind: 'text', at: [0, 0], text: 'x', dash: 1, fill: 1 })),
    ];
    const styles = (): unknown[] => board.visible().map(({ dash, fill }) => [dash, fill]);
    const before = [
      [2, 1],
      [9, 15],
      [0, 0],
    ];
    expect(styles()).toEqual(before);
    copyItems(doc, ASHA, board.visible(), { z: 10, page: FIRST_PAGE, move: ({ place }) => place });
    expect(styles()).toEqual([...before, ...before]);
    const [key = ''] = keys;
    changeItems(doc, ASHA, [
      { key, aspect: 'dash', value: 1 },
      { key, aspect: 'fill', value: 0 },
    ]);
    expect(board.get(key)).toMatchObject({ dash: 1, fill: 0 });
    changeItems(doc, ASHA, [{ key, aspect: 'dash', value: null }]);
    expect(board.get(key)).toMatchObject({ dash: 2, fill: 0 });
    // As short as before where there is none.
    expect(Object.keys(storeFigure(figure()))).toEqual(['k', 'z', 'pen', 'size', 'at']);
  });

  it('[D5] are passed over when they make no sense', () => {
    for (const nonsense of [
      figure({ at: [1, 2] }),
      figure({ kind: 'text', at: [1, 2, 3, 4] }),
      figure({ kind: 'polygon', at: [1, 2] }),
      figure({ page: 'nowhere' }),
      figure({ pen: 9 }),
    ])
      expect(parseFigure(storeFigure(nonsense))).toBeNull();
    expect(parseFigure({ ...storeFigure(figure()), at: [0, 0, 1, 'x'] })).toBeNull();
    expect(parseFigure({ ...storeFigure(figure()), at: [0, 0, 1, 1e9] })).toBeNull();
    for (const style of [-1, 16, 1.5, '1', null, true, NaN]) {
      expect(parseFigure({ ...storeFigure(figure()), d: style })).toBeNull();
      expect(parseFigure({ ...storeFigure(figure()), f: style })).toBeNull();
      expect(parseChange('d:1.0', { by: 'p', v: style }) === null).toBe(style !== null);
    }
    expect(parseFigure({ ...storeFigure(figure({ kind: 'text', at: [0, 0] })), text: 'x'.repeat(4_001) })).toBeNull();
    expect(parseFigure(storeFigure(figure()))).toEqual({ ...figure(), dash: 0, fill: 0 });
  });
});

describe('changes', () => {
  it('[D7] of one item by two people at once end with one of the two, everywhere the same', () => {
    const doc = docOf(1);
    const key = putFigure(doc, ASHA, figure());
    const other = docOf(2);
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    changeItems(doc, ASHA, [
      { key, aspect: 'place', value: [1, 0, 0, 1, 5, 5] },
      { key, aspect: 'order', value: -1.5 },
    ]);
    changeItems(other, ROHAN, [
      { key, aspect: 'place', value: [1, 0, 0, 1, 9, 9] },
      { key, aspect: 'group', value: 'g' },
    ]);
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    const late = docOf(3, doc);
    const boards = [doc, other, late].map((one) => readBoard(one));
    const places = boards.map((board) => board.get(key)?.place);
    expect([5, 9]).toContain(places[0]?.[4]);
    for (const board of boards)
      expect(board.get(key)).toMatchObject({ place: places[0], z: -1.5, group: 'g', locked: false, pen: 0 });
    expect(boards[0]?.author(key)).toEqual(ASHA);
  });

  it('[D7] keep what two people rub out of one stroke at once, and take back each their own', () => {
    const doc = docOf(1);
    const stroke = beginStroke(doc, ASHA, head(1));
    stroke.append(line);
    stroke.seal();
    // One value for all, as older documents have it.
    doc.getMap('changes').set(`c:${stroke.key}`, { by: 'p-tutor', v: [30, 32] });
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    other.clientID = 2;
    const board = readBoard(doc);
    expect(board.get(stroke.key)?.cuts).toEqual([30, 32]);
    const rub = (where: Y.Doc, who: typeof ASHA, value: number[] | null): void =>
      changeItems(where, who, [{ key: stroke.key, aspect: 'cuts', value }]);
    const meet = (): void => {
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
      Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    };
    rub(doc, ASHA, [0, 4]);
    rub(other, ROHAN, [2, 8]);
    meet();
    const cuts = (): unknown[] => [board.get(stroke.key)?.cuts, readBoard(other).get(stroke.key)?.cuts];
    expect(cuts()).toEqual([
      [0, 8, 30, 32],
      [0, 8, 30, 32],
    ]);
    rub(doc, ASHA, null);
    meet();
    expect(cuts()).toEqual([
      [2, 8, 30, 32],
      [2, 8, 30, 32],
    ]);
    // Nobody rubs out in another's name.
    expect(parseChange(`c:1.0:${ROHAN.personId}`, { by: ASHA.personId, v: [0, 4] })).toBeNull();
    expect(parseChangeKey('m:1.0:p-asha')).toBeNull();
    expect(parseChangeKey('c:1.0:')).toBeNull();
  });

  it('[D7] are seen while the reader is open, and the item is as drawn when they are taken back', () => {
    const doc = docOf(1);
    const board = readBoard(docOf(2, doc));
    const key = putFigure(doc, ASHA, figure());
    const reports: string[][] = [];
    board.onChange((keys) => reports.push([...keys]));
    changeItems(doc, ASHA, [{ key, aspect: 'pen', value: 3 }]);
    expect(board.get(key)?.pen).toBe(3);
    changeItems(doc, ASHA, [{ key, aspect: 'pen', value: null }]);
    expect(board.get(key)?.pen).toBe(0);
    expect(reports).toEqual([[key], [key]]);
  });

  it('[D5] that make no sense are passed over', () => {
    for (const [name, v] of [
      ['m:1.0', [1, 0, 0, 1, 0]],
      ['m:1.0', [0, 0, 0, 0, 5, 5]],
      ['m:1.0', [1, 0, 0, 1, Infinity, 0]],
      ['p:1.0', 9],
      ['c:1.0', [4, 2]],
      ['c:1.0', [4]],
      ['x:1.0', 1],
      ['l:1.0', 'yes'],
      ['g:1.0', 'x'.repeat(41)],
      ['m1.0', [1, 0, 0, 1, 0, 0]],
    ] as const)
      expect(parseChange(name, { by: 'p', v }), name).toBeNull();
    expect(parseChange('z:1.0', { by: 'p', v: 2.5 })).toEqual({
      by: 'p',
      change: { key: '1.0', aspect: 'order', value: 2.5 },
    });
  });
});

describe('pages', () => {
  it('[D8] stand in one order on every side; deleting is a mark, and the last is never gone', () => {
    const doc = docOf(1);
    const other = docOf(2, doc);
    const second = addPage(doc, ASHA, { order: 1, paper: 'ruled', gone: false });
    const between = addPage(other, ROHAN, { order: 0.5, paper: 'grid', gone: false });
    const keys = (one: Y.Doc): string[] => readPages(one).map(({ key }) => key);
    expect(keys(doc)).toEqual([FIRST_PAGE, between, second]);
    expect(keys(other)).toEqual(keys(doc));
    for (const key of [FIRST_PAGE, second, between])
      changePage(doc, ASHA, key, { order: 0, paper: 'dots', gone: true });
    expect(keys(other)).toEqual([FIRST_PAGE]);
    changePage(doc, ASHA, second, { order: 3, paper: 'dots', gone: false });
    expect(readPages(other)).toEqual([{ key: second, order: 3, paper: 'dots', gone: false }]);
  });

  it('[D9] are copied with everything that is to be seen, in order, as the copier’s own', () => {
    const doc = docOf(1);
    const board = readBoard(doc);
    const stroke = beginStroke(doc, ASHA, { ...head(1), highlighter: true });
    stroke.append(line);
    stroke.seal();
    const note = putFigure(doc, ASHA, figure({ z: 2, kind: 'note', at: [0, 0], text: 'x' }));
    changeItems(doc, ASHA, [
      { key: stroke.key, aspect: 'cuts', value: [16, 32] },
      { key: stroke.key, aspect: 'group', value: 'g' },
      { key: note, aspect: 'group', value: 'g' },
      { key: note, aspect: 'place', value: [2, 0, 0, 2, 0, 0] },
    ]);
    const other = docOf(2, doc);
    const page = addPage(other, ROHAN, { order: 1, paper: 'plain', gone: false });
    const keys = copyItems(other, ROHAN, board.visible(FIRST_PAGE), { z: 5, page, move: ({ place }) => place });
    expect(board.visible(page).map(({ key }) => key)).toEqual(keys);
    expect(board.visible(page)).toMatchObject([
      { kind: 'highlighter', points: board.get(stroke.key)?.points, cuts: [16, 32], z: 5 },
      { kind: 'note', text: 'x', place: [2, 0, 0, 2, 0, 0], z: 6 },
    ]);
    const groups = board.visible(page).map(({ group }) => group);
    expect(groups[0]).toBe(groups[1]);
    expect(groups[0]).not.toBe('g');
    expect(board.author(keys[0] ?? '')).toEqual(ROHAN);
    expect([board.count(FIRST_PAGE), board.count(page), board.count()]).toEqual([2, 2, 4]);
  });
});
