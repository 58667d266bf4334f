import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { readBoard, type Item } from '#sync/documents/board-reader.ts';
import { addPage, beginStroke, changeItems, eraseStrokes, putFigure } from '#sync/documents/board-writer.ts';
import { FIRST_PAGE } from '#sync/documents/board.ts';
import type { FigureItem } from '#sync/documents/items.ts';
import { readPages } from '#sync/documents/pages.ts';
import { applied, moved } from '#sync/draw/matrix.ts';
import { ROUGHLY } from '#sync/draw/words.ts';
import { touches } from '#sync/draw/item.ts';
import { Acts, type Act } from './acts.ts';
import { Eraser } from './eraser.ts';
import { fileName, zoomOf } from './files.ts';
import { FigurePen, straighten } from './figure-pen.ts';
import { boardKey } from './keys.ts';
import { leadOf } from './lead.ts';
import { TOOL_KEYS, TOOLS } from './tool-names.ts';
import { cornerOf, endAt, endsOf, handleAt, resized, turnedBy } from './transform.ts';

const ASHA = { personId: 'p-asha', name: 'Asha' };
const ROHAN = { personId: 'p-rohan', name: 'Rohan' };

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

function setUp() {
  const doc = new Y.Doc();
  doc.clientID = 5;
  const acts = new Acts(doc, ASHA);
  const reader = readBoard(doc);
  const ink = (): string => {
    const stroke = beginStroke(doc, ASHA, { z: 1, pen: 0, size: 4, pressure: false });
    stroke.append([0, 100, 200].map((x) => ({ x, y: 0, pressure: 0 })));
    stroke.seal();
    return stroke.key;
  };
  return { doc, acts, reader, ink };
}

describe("undo of one's own changes", () => {
  it('puts back where a gesture began, in one step, however often it said where it is', () => {
    const { doc, acts, reader } = setUp();
    const key = putFigure(doc, ASHA, figure());
    const act: Act = [];
    for (const x of [3, 6, 9]) acts.change([{ key, aspect: 'place', value: moved(x, 0) }], act);
    acts.change([{ key, aspect: 'pen', value: 2 }], []);
    acts.undo();
    expect(reader.get(key)).toMatchObject({ pen: 0, place: moved(9, 0) });
    acts.undo();
    expect(reader.get(key)?.place).toBeNull();
    acts.redo();
    expect(reader.get(key)?.place).toEqual(moved(9, 0));
  });

  it('leaves what somebody else has changed since, and takes back the next of one’s own instead', () => {
    const { doc, acts, reader } = setUp();
    const [a, b] = [putFigure(doc, ASHA, figure()), putFigure(doc, ASHA, figure())];
    acts.change([{ key: a, aspect: 'pen', value: 1 }], []);
    acts.change([{ key: b, aspect: 'place', value: moved(5, 0) }], []);
    changeItems(doc, ROHAN, [{ key: b, aspect: 'place', value: moved(50, 0) }]);
    acts.undo();
    expect(reader.get(b)?.place).toEqual(moved(50, 0));
    expect(reader.get(a)?.pen).toBe(0);
  });

  it('takes back words, pages and copies', () => {
    const { doc, acts, reader } = setUp();
    const before = figure({ kind: 'text', at: [0, 0], text: 'one' });
    const key = putFigure(doc, ASHA, before);
    acts.write(key, before, { ...before, text: 'two' }, []);
    acts.undo();
    expect(reader.get(key)?.text).toBe('one');
    acts.redo();
    expect(reader.get(key)?.text).toBe('two');
    const state = { order: 1, paper: 'grid', gone: false } as const;
    const page = addPage(doc, ASHA, state);
    const act: Act = [];
    acts.added(page, state, act);
    const copy = putFigure(doc, ASHA, figure({ page }));
    acts.drew([copy], act);
    acts.undo();
    expect([readPages(doc).length, reader.count(page)]).toEqual([1, 0]);
    acts.redo();
    expect([readPages(doc).length, reader.count(page)]).toEqual([2, 1]);
    acts.page(page, { ...state, gone: true }, []);
    acts.undo();
    expect(readPages(doc).map((one) => one.key)).toEqual([FIRST_PAGE, page]);
  });
});

describe('the erasers', () => {
  const rub = (mine: (item: Item) => boolean, parts: boolean) => {
    const world = setUp();
    const key = world.ink();
    const eraser = new Eraser({
      ...world,
      mayTouch: mine,
      onWhole: () => undefined,
      hit: (a, b, reach) => world.reader.visible().filter((item) => touches(item, a, b, reach, ROUGHLY)),
    });
    eraser.begin({ x: 100, y: -30 }, parts, 9);
    eraser.move({ x: 100, y: 30 }, 9);
    eraser.move({ x: 110, y: 30 }, 9);
    eraser.end();
    return { ...world, key, item: () => world.reader.get(key) };
  };

  it('take a whole stroke, or the part that they touch, and give it back in one step', () => {
    const whole = rub(() => true, false);
    expect(whole.item()?.erased).toBe(true);
    const part = rub(() => true, true);
    expect(part.item()?.erased).toBe(false);
    const [from = 0, to = 0] = part.item()?.cuts ?? [];
    expect([from, to].map((at) => Math.round((at / 16) * 100))).toEqual([94, 106].map((x) => expect.closeTo(x, -1.2)));
    part.acts.undo();
    expect([part.item()?.cuts, part.acts.canUndo]).toEqual([[], false]);
  });

  it('touch nothing of others, and nothing that is locked', () => {
    expect(rub(() => false, false).item()?.erased).toBe(false);
    const { doc, acts, reader, ink } = setUp();
    const key = ink();
    changeItems(doc, ASHA, [{ key, aspect: 'lock', value: true }]);
    const eraser = new Eraser({
      ...{ acts, reader, mayTouch: () => true, onWhole: () => undefined },
      hit: () => reader.visible(),
    });
    eraser.begin({ x: 0, y: 0 }, false, 9);
    expect(reader.get(key)?.erased).toBe(false);
  });

  it('give back what a gesture took that was not meant, and leave nothing to undo', () => {
    const { acts, reader, ink } = setUp();
    const act: Act = [];
    const [a, b] = [ink(), ink()];
    acts.erase([a], act);
    acts.cancel(act);
    expect([reader.get(a)?.erased, acts.canUndo]).toEqual([false, false]);
    acts.erase([b], []);
    const eraser = new Eraser({
      ...{ acts, reader, mayTouch: () => true, onWhole: () => undefined },
      hit: () => reader.visible(),
    });
    eraser.begin({ x: 0, y: 0 }, false, 9);
    expect(reader.get(a)?.erased).toBe(true);
    eraser.cancel();
    expect([a, b].map((key) => reader.get(key)?.erased)).toEqual([false, true]);
    acts.undo();
    expect([reader.get(b)?.erased, acts.canUndo]).toEqual([false, false]);
  });

  it('say when what has no parts was to be rubbed out in part', () => {
    const { doc, acts, reader, ink } = setUp();
    const onWhole = vi.fn();
    const eraser = new Eraser({ acts, reader, mayTouch: () => true, hit: () => reader.visible(), onWhole });
    putFigure(doc, ASHA, figure());
    eraser.begin({ x: 0, y: 0 }, true, 9);
    eraser.end();
    expect(onWhole).toHaveBeenCalledOnce();
    ink();
    eraser.begin({ x: 0, y: 0 }, true, 9);
    eraser.end();
    expect(onWhole).toHaveBeenCalledOnce();
  });
});

describe('the ends of a line', () => {
  const line = { kind: 'arrow', points: [0, 0, 0.5, 100, 0, 0.5], place: moved(10, 5) } as const;

  it('are where it was moved to, and nothing else has any', () => {
    expect(endsOf(line)).toEqual([
      { x: 10, y: 5 },
      { x: 110, y: 5 },
    ]);
    expect(endsOf({ ...line, kind: 'rectangle' })).toBeNull();
  });

  it('are taken by a press near them; the middle of a short one moves it', () => {
    const ends = endsOf(line) ?? [
      { x: 0, y: 0 },
      { x: 0, y: 0 },
    ];
    expect([12, 108, 60].map((x) => endAt(ends, { x, y: 5 }, 1))).toEqual([0, 1, null]);
    expect(endAt(ends, { x: 30, y: 5 }, 2)).toBe(0);
    const short = [
      { x: 0, y: 0 },
      { x: 12, y: 0 },
    ] as const;
    expect([0, 6, 12].map((x) => endAt(short, { x, y: 0 }, 1))).toEqual([0, null, 1]);
  });
});

describe('files', () => {
  it('are called after what the board is about', () => {
    expect(fileName('Maths NX-4K7Q', 1, 'png')).toBe('Maths NX-4K7Q, page 2.png');
    expect(fileName('Maths NX-4K7Q', 1, 'pdf')).toBe('Maths NX-4K7Q.pdf');
    expect(fileName(' ../a\u0000:b*?"<>|\\c. ', 0, 'svg')).toBe('a b c, page 1.svg');
    expect(fileName('///', 0, 'pdf')).toBe('Board.pdf');
    expect(fileName('x'.repeat(300), 0, 'pdf')).toHaveLength(84);
    expect(fileName('Maths, 2026-11-21', 8, 'svg', 120)).toBe('Maths, 2026-11-21, page 009.svg');
    expect(fileName('Maths, 2026-11-21', null, 'png')).toBe('Maths, 2026-11-21, PNG.zip');
  });

  it('are never larger than a file can be, however far away something lies', () => {
    expect(zoomOf({ left: 0, top: 0, right: 800, bottom: 600 })).toBe(1);
    expect(zoomOf({ left: -1e6, top: 0, right: 0, bottom: 600 })).toBe(0.014);
    expect(zoomOf({ left: 0, top: -7e6, right: 600, bottom: 0 })).toBe(0.002);
  });
});

describe('the shape pen', () => {
  const pen = () => {
    const { doc, reader } = setUp();
    const drawn: string[] = [];
    const shown: (Item | null)[] = [];
    const figures = new FigurePen({
      doc,
      author: ASHA,
      head: () => ({ z: 1, pen: 2, size: 5, page: FIRST_PAGE }),
      style: () => ({ dash: 1, fill: 1 }),
      near: () => 12,
      onShow: (own) => shown.push(own),
      onDrawn: (key) => drawn.push(key),
    });
    return { doc, reader, figures, drawn, shown };
  };

  it('draws from corner to corner, and nothing for a mere press', () => {
    const { figures, reader, drawn, shown } = pen();
    figures.begin('ellipse', { x: 10, y: 10 });
    figures.move({ x: 60, y: 40 }, false);
    figures.end();
    expect(reader.get(drawn[0] ?? '')).toMatchObject({ kind: 'ellipse', points: [10, 10, 0.5, 60, 40, 0.5] });
    expect(reader.get(drawn[0] ?? '')).toMatchObject({ pen: 2, dash: 1, fill: 1 });
    expect(shown.at(-1)).toBeNull();
    figures.begin('line', { x: 10, y: 10 });
    figures.end();
    expect([drawn.length, reader.count()]).toEqual([1, 1]);
  });

  it('takes a polygon corner by corner, and closes it at the first', () => {
    const { figures, reader, drawn } = pen();
    for (const [x, y] of [
      [0, 0],
      [100, 0],
      [50, 80],
      [3, 4],
    ] as const) {
      figures.begin('polygon', { x, y });
      figures.end();
    }
    expect(reader.get(drawn[0] ?? '')?.points).toEqual([0, 0, 0.5, 100, 0, 0.5, 50, 80, 0.5]);
    expect(figures.open).toBe(false);
    figures.begin('polygon', { x: 0, y: 0 });
    figures.begin('polygon', { x: 50, y: 0 });
    figures.cancel();
    expect(reader.count()).toBe(1);
  });

  it('is straight with Shift', () => {
    expect(straighten('rectangle', { x: 0, y: 0 }, { x: 30, y: -50 })).toEqual({ x: 50, y: -50 });
    const end = straighten('arrow', { x: 0, y: 0 }, { x: 100, y: 8 });
    expect(end.y).toBeCloseTo(0);
  });
});

describe('handles', () => {
  const box = { left: 0, top: 0, right: 100, bottom: 50 };

  it('resize away from the corner that stays, evenly where asked, and never inside out', () => {
    const free = resized(box, 'bottom-right', { x: 200, y: 50 }, false);
    expect([applied(free, 100, 50), applied(free, 0, 0)]).toEqual([
      { x: 200, y: 50 },
      { x: 0, y: 0 },
    ]);
    const even = resized(box, 'top-left', { x: -100, y: -50 }, true);
    expect([applied(even, 0, 0), applied(even, 100, 50)]).toEqual([
      { x: -100, y: -50 },
      { x: 100, y: 50 },
    ]);
    expect(resized(box, 'bottom-right', { x: -500, y: -500 }, false)[0]).toBeGreaterThan(0);
  });

  it('turn around the middle, with Shift in steps', () => {
    const by = turnedBy(box, { x: 50, y: -20 }, { x: 140, y: 27 }, true);
    const { x, y } = applied(by, 50, 0);
    expect([x, y].map(Math.round)).toEqual([75, 25]);
  });

  it('are found at every zoom', () => {
    expect(handleAt(box, { x: 103, y: 52 }, 1)).toBe('bottom-right');
    expect(handleAt(box, { x: 50, y: -28 }, 1)).toBe('turn');
    expect(handleAt(box, { x: 50, y: 25 }, 1)).toBeNull();
    expect(handleAt(box, { x: 103, y: 52 }, 0.1)).toBeNull();
    expect(cornerOf(box, 'top-right')).toEqual({ x: 100, y: 0 });
  });
});

describe('keys of the board', () => {
  const key = (name: string, more: Partial<KeyboardEvent> = {}) => ({
    key: name,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...more,
  });

  it('are one a tool, and none that the room has for itself', () => {
    const letters = TOOLS.map((tool) => TOOL_KEYS[tool]);
    expect(new Set(letters).size).toBe(TOOLS.length);
    for (const taken of 'MVSGCUQBI') expect(letters).not.toContain(taken);
    for (const tool of TOOLS) expect(boardKey(key(TOOL_KEYS[tool].toLowerCase()))).toEqual({ kind: 'tool', tool });
  });

  it('move, resize and arrange', () => {
    expect(boardKey(key('ArrowLeft'))).toEqual({ kind: 'arrow', dx: -1, dy: 0, by: 'step' });
    expect(boardKey(key('ArrowUp', { altKey: true }))).toEqual({ kind: 'arrow', dx: 0, dy: -1, by: 'size' });
    expect(boardKey(key('d', { ctrlKey: true }))).toEqual({ kind: 'duplicate' });
    expect(boardKey(key('G', { metaKey: true, shiftKey: true }))).toEqual({ kind: 'ungroup' });
    expect(boardKey(key('L', { shiftKey: true }))).toEqual({ kind: 'lock' });
    expect(boardKey(key('r', { ctrlKey: true }))).toBeNull();
  });

  it('go through what is there, hold some of it, and show themselves', () => {
    expect(boardKey(key('q'))).toEqual({ kind: 'next', step: 1 });
    expect(boardKey(key('Q', { shiftKey: true }))).toEqual({ kind: 'next', step: -1 });
    expect(boardKey(key('b'))).toEqual({ kind: 'hold' });
    expect(boardKey(key('?', { shiftKey: true }))).toEqual({ kind: 'keys' });
  });

  it('leave the clipboard to the browser, which says what is on it', () => {
    for (const letter of 'cxv') expect(boardKey(key(letter, { ctrlKey: true }))).toBeNull();
  });
});

it('an item that somebody erased is not brought back by its author’s undo', () => {
  const { doc, acts, reader, ink } = setUp();
  const key = ink();
  acts.drew(key);
  eraseStrokes(doc, ROHAN, [key]);
  acts.undo();
  acts.redo();
  expect(reader.get(key)?.erased).toBe(true);
});

describe('who leads', () => {
  const lead = { page: '0.0', box: [-400, -300, 400, 300], calls: 2, locked: true };

  it('is the host by the id of the ticket, and nobody who says so', () => {
    expect(leadOf({ user: ASHA, lead }, ASHA.personId)).toEqual({
      name: 'Asha',
      page: '0.0',
      box: { left: -400, top: -300, right: 400, bottom: 300 },
      calls: 2,
      locked: true,
    });
    expect(leadOf({ user: ROHAN, lead }, ASHA.personId)).toBeNull();
  });

  it('is nobody when the words make no sense', () => {
    for (const nonsense of [
      { ...lead, box: [0, 0, 0, 0] },
      { ...lead, box: ['a', 0, 1, 1] },
      { ...lead, page: 7 },
      null,
      3,
    ])
      expect(leadOf({ user: ASHA, lead: nonsense }, ASHA.personId)).toBeNull();
  });
});
