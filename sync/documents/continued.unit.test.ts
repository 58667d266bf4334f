import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { randomBoard } from '../testing/history.ts';
import { readBoard, type Item } from './board-reader.ts';
import { addPage, beginStroke, changeItems, changePage, eraseStrokes, putFigure } from './board-writer.ts';
import { FIRST_PAGE } from './board.ts';
import { boardToContinue, continuedBoard, type Continuation } from './continued.ts';
import { readPages } from './pages.ts';

const ASHA = { personId: 'p-asha', name: 'Asha' };
const ROHAN = { personId: 'p-rohan', name: 'Rohan' };
const TUTOR = { personId: 'p-tutor', name: 'Ananya' };
const HOST_ID = 900;

const after = (...updates: readonly Uint8Array[]): Y.Doc => {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
};
const planFor = (old: Y.Doc, inFront = false): Continuation => ({
  ids: new Map(boardToContinue(old).clients.map((client, i) => [client, 500 + i])),
  hostId: HOST_ID,
  host: TUTOR,
  inFront,
});
/** Everything of an item but its names. */
const look = ({ key: _key, page: _page, group, sealed: _sealed, ...rest }: Item) => ({
  ...rest,
  grouped: group !== '',
});
/** What each page shows, in the order of the pages, with who drew it. */
const shown = (doc: Y.Doc, skip = 0) => {
  const reader = readBoard(doc);
  return readPages(doc)
    .slice(skip)
    .map(({ key, paper }) => ({
      paper,
      items: reader
        .visible(key)
        .map((item) => ({ ...look(item), by: reader.author(item.key)?.personId }))
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    }));
};

/** One after the other, each under an id of their own. */
function drawn(): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = 3;
  const stroke = (author: typeof ASHA, page: string): string => {
    const open = beginStroke(doc, author, { z: 1, pen: 1, size: 3, pressure: true, page });
    open.append([{ x: 1, y: 2, pressure: 0.5 }]);
    open.append([{ x: 5, y: 9, pressure: 0.7 }]);
    open.seal();
    return open.key;
  };
  const page = addPage(doc, TUTOR, { order: 1, paper: 'grid', gone: false });
  const first = stroke(TUTOR, FIRST_PAGE);
  stroke(TUTOR, page);
  doc.clientID = 7;
  const moved = stroke(ROHAN, page);
  const note = putFigure(doc, ROHAN, { kind: 'note', z: 4, pen: 0, size: 3, page, at: [3, 4], text: 'Homework' });
  changeItems(doc, ROHAN, [
    { key: moved, aspect: 'place', value: [1, 0, 0, 1, 40, 50] },
    { key: moved, aspect: 'group', value: moved },
    { key: note, aspect: 'group', value: moved },
  ]);
  const gone = stroke(ROHAN, page);
  eraseStrokes(doc, TUTOR, [gone]);
  const away = addPage(doc, ROHAN, { order: 2, paper: 'dots', gone: false });
  stroke(ROHAN, away);
  changePage(doc, ROHAN, away, { order: 2, paper: 'dots', gone: true });
  expect(first).not.toBe(moved);
  return doc;
}

describe('a board carried on', () => {
  it('[Q1] shows what the old one showed, drawn by the same people under ids of its own', () => {
    const old = drawn();
    const next = after(continuedBoard(old, planFor(old)));
    expect(shown(next)).toEqual(shown(old));
    expect(
      shown(next)[1]
        ?.items.map(({ by }) => by)
        .sort(),
    ).toEqual(['p-rohan', 'p-rohan', 'p-tutor']);
    expect(next.store.clients.has(3) || next.store.clients.has(7)).toBe(false);
    expect(boardToContinue(old)).toMatchObject({ items: 4, clients: [3, 7], files: [] });
  });

  it('[Q1] keeps groups together, and apart from those of the new board', () => {
    const old = drawn();
    const groups = readBoard(after(continuedBoard(old, planFor(old))))
      .visible()
      .map(({ group }) => group);
    const named = groups.filter((group) => group !== '');
    expect(named).toHaveLength(2);
    expect(new Set(named).size).toBe(1);
    expect(named[0]).not.toMatch(/^7\./);
  });

  it('[Q2] stands in front of what is there', () => {
    const old = drawn();
    const now = new Y.Doc();
    now.clientID = 1;
    const open = beginStroke(now, TUTOR, { z: 1, pen: 2, size: 3, pressure: false });
    open.append([{ x: 100, y: 100, pressure: 0 }]);
    open.seal();
    const both = after(Y.encodeStateAsUpdate(now), continuedBoard(old, planFor(old, true)));
    expect(shown(both).slice(0, 2)).toEqual(shown(old));
    expect(shown(both, 2)).toEqual(shown(now));
  });

  it('[Q1] takes a stroke that nobody finished as it stands', () => {
    const old = new Y.Doc();
    old.clientID = 3;
    beginStroke(old, ASHA, { z: 1, pen: 1, size: 3, pressure: false }).append([{ x: 1, y: 2, pressure: 0 }]);
    const [item] = readBoard(after(continuedBoard(old, planFor(old)))).visible();
    expect(item).toMatchObject({ sealed: true, points: readBoard(old).visible()[0]?.points });
  });

  it('[Q3] is the same bytes every time, and twice changes nothing', () => {
    for (const seed of [21, 22, 23, 24]) {
      const rows = randomBoard(seed, 250, [ASHA, ROHAN, TUTOR]);
      const old = after(...rows.map(({ body }) => body));
      const update = continuedBoard(old, planFor(old));
      expect(continuedBoard(after(...rows.map(({ body }) => body).reverse()), planFor(old))).toEqual(update);
      const next = after(update);
      expect(shown(next)).toEqual(shown(old));
      const before = Y.encodeStateAsUpdate(next);
      Y.applyUpdate(next, update);
      expect(Y.encodeStateAsUpdate(next)).toEqual(before);
    }
  });
});
