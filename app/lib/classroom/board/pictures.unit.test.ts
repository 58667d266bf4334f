import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { readBoard, type Item } from '#sync/documents/board-reader.ts';
import { putFigure } from '#sync/documents/board-writer.ts';
import { FIRST_PAGE } from '#sync/documents/board.ts';
import type { Box } from '#sync/draw/camera.ts';
import { coloursOf } from './embed.ts';
import { Hand } from './hand.ts';
import { boardKey } from './keys.ts';
import { allPages, pagesIn } from './page-range.ts';
import type { Selection } from './selection.svelte.ts';

describe('the pages of a PDF', () => {
  it.each([
    ['1-3', 5, [1, 2, 3]],
    [' 4 , 1–2; 4', 5, [4, 1, 2]],
    ['5', 5, [5]],
    [allPages(200), 200, Array.from({ length: 200 }, (_, i) => i + 1)],
    [allPages(1), 1, [1]],
  ])('%j of %i are what was written', (words, count, pages) => {
    expect(pagesIn(words, count)).toEqual(pages);
  });

  it.each(['', ',', '0', '6', '2-9', '3-1', 'all', '1-', '1.5', '-2', '99999999999'])('%j of 5 are none', (words) => {
    expect(pagesIn(words, 5)).toBeNull();
  });
});

describe('a JPEG', () => {
  it('says how many colours it has, so that only those of three go into a PDF as they are', () => {
    const jpeg = (colours: number): Uint8Array =>
      Uint8Array.from([
        0xff,
        0xd8,
        0xff,
        0xe1,
        0,
        4,
        9,
        9,
        0xff,
        0xc4,
        0,
        3,
        1,
        0xff,
        0xc2,
        0,
        17,
        8,
        0,
        9,
        0,
        9,
        colours,
        0,
        0,
      ]);
    expect([coloursOf(jpeg(3)), coloursOf(jpeg(4)), coloursOf(jpeg(1))]).toEqual([3, 4, 1]);
    expect(coloursOf(Uint8Array.from([0xff, 0xd8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))).toBe(0);
  });
});

describe('keys', () => {
  it('have one for files', () => {
    const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
    expect(boardKey({ key: 'i', ...plain })).toEqual({ kind: 'file' });
  });
});

describe('the hand on a background', () => {
  const file = 'f0123456789012345678901';
  const doc = new Y.Doc();
  const author = { personId: 'p', name: 'P' };
  const base = { kind: 'image', z: 1, page: FIRST_PAGE, file, text: '' } as const;
  const background = putFigure(doc, author, { ...base, at: [0, 0, 800, 600], back: true });
  const picture = putFigure(doc, author, { ...base, at: [0, 0, 100, 100], back: false });
  const items = readBoard(doc).visible().reverse();

  function handWith(keys: string[] = []) {
    const said: (Box | null)[] = [];
    const selection = {
      keys,
      box: null,
      get items() {
        return items.filter(({ key }) => keys.includes(key));
      },
      free: [] as Item[],
      set: (now: readonly Item[]) => keys.splice(0, keys.length, ...now.map(({ key }) => key)),
      clear: () => keys.splice(0),
      refresh: () => undefined,
    };
    const hand = new Hand({
      selection: selection as unknown as Selection,
      under: ({ x, y }) => items.filter(({ points }) => x <= (points[3] ?? 0) && y <= (points[4] ?? 0)),
      within: ({ left, top, right, bottom }) =>
        items.filter(
          ({ points: [x = 0, y = 0, , u = 0, v = 0] }) => x >= left && y >= top && u <= right && v <= bottom,
        ),
      mayTouch: () => true,
      pixel: () => 1,
      onLift: () => undefined,
      onPutBack: () => undefined,
      onEnd: () => undefined,
      onCatch: (box) => said.push(box),
    });
    return { hand, keys, said };
  }

  it('takes what lies on it', () => {
    const { hand, keys } = handWith();
    hand.begin({ x: 50, y: 50 }, false);
    hand.end();
    expect(keys).toEqual([picture]);
  });

  it('picks it by a press where nothing else is, and not by the press that puts something down', () => {
    const { hand, keys } = handWith();
    hand.begin({ x: 400, y: 400 }, false);
    hand.move({ x: 402, y: 401 }, false);
    hand.end();
    expect(keys).toEqual([background]);
    hand.begin({ x: 500, y: 400 }, false);
    hand.end();
    expect(keys).toEqual([]);
  });

  it('catches what is on it by a drag, and never the background', () => {
    const { hand, keys } = handWith();
    hand.begin({ x: 800, y: 600 }, false);
    hand.move({ x: -1, y: -1 }, false);
    hand.end();
    expect(keys).toEqual([picture]);
  });
});
