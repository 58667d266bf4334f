import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { randomOf } from '#platform/random/seeded.ts';
import { Script, handwriting, randomBoard } from '../testing/history.ts';
import { Malformed } from '../wire/reader.ts';
import { readBoard } from './board-reader.ts';
import { BoardReplay } from './board-replay.ts';
import { beginStroke } from './board-writer.ts';
import { ChatReplay } from './chat-replay.ts';
import { readMessages } from './chat-reader.ts';
import { postMessage } from './chat-writer.ts';
import { decodeHistory, encodeHistory, type HistoryRow } from './history.ts';
import { readPages } from './pages.ts';

const ASHA = { personId: 'p-asha', name: 'Asha' };
const ROHAN = { personId: 'p-rohan', name: 'Rohan' };
const TUTOR = { personId: 'p-tutor', name: 'Ananya' };
const ALL = [ASHA, ROHAN, TUTOR];

const docAfter = (rows: readonly HistoryRow[]): Y.Doc => {
  const doc = new Y.Doc();
  for (const { body } of rows) Y.applyUpdate(doc, body);
  return doc;
};

describe('a history as a file', () => {
  it('[H2] comes back as it was: times, people, marks and updates', () => {
    for (const seed of [1, 2, 3]) {
      const random = randomOf(seed);
      const rows = randomBoard(seed, 200, ALL).map((row, i, { length }) => ({
        ...row,
        seq: row.seq + 40,
        brought: random() < 0.1,
        late: i > length - 4,
        wallAt: row.wallAt + (random() < 0.2 ? 3_600_000 : 0),
      }));
      expect(decodeHistory(encodeHistory(rows))).toEqual(rows);
    }
    expect(decodeHistory(encodeHistory([]))).toEqual([]);
  });

  it('[H2] gives an error for any byte that is missing, more, or another', () => {
    const file = encodeHistory(randomBoard(4, 60, ALL));
    const random = randomOf(9);
    for (let i = 0; i < 400; i += 1) {
      const broken = Uint8Array.from(file);
      const at = Math.floor(random() * broken.length);
      broken[at] = ((broken[at] ?? 0) + 1 + Math.floor(random() * 254)) % 256;
      expect(() => decodeHistory(broken)).toThrow(Malformed);
    }
    for (const length of [0, 3, 4, 8, 20, file.length - 1])
      expect(() => decodeHistory(file.subarray(0, length))).toThrow(Malformed);
    expect(() => decodeHistory(Uint8Array.from([...file, 0]))).toThrow(Malformed);
  });

  it('[H2] takes little: a lesson of handwriting is mostly its updates', () => {
    const rows = handwriting(200, 8, ASHA, 600_000);
    const bodies = rows.reduce((sum, { body }) => sum + body.length, 0);
    expect(encodeHistory(rows).length - bodies).toBeLessThan(rows.length * 4);
  });
});

describe('the replay of a board', () => {
  it('[L1] shows at every moment what a straight replay shows, forwards, backwards and in leaps', () => {
    for (const seed of [11, 12, 13, 14, 15, 16]) {
      const rows = randomBoard(seed, 300, ALL);
      const replay = new BoardReplay();
      for (const row of rows) replay.add(row);
      const random = randomOf(seed);
      const moments = Array.from({ length: rows.length / 7 }, (_, i) => i * 7);
      const leaps = Array.from({ length: 30 }, () => Math.floor(random() * (rows.length + 1)));
      for (const step of [...moments, ...moments.toReversed(), ...leaps, rows.length]) {
        const doc = docAfter(rows.slice(0, step));
        const straight = readBoard(doc);
        replay.seek(step);
        expect(replay.visible()).toEqual(straight.visible());
        expect(replay.pages()).toEqual(readPages(doc));
        straight.destroy();
      }
    }
  });

  it('[L1] tells which items are different, and gives the same object for those that are not', () => {
    const rows = randomBoard(21, 300, ALL);
    const replay = new BoardReplay();
    for (const row of rows) replay.add(row);
    replay.seek(100);
    const before = new Map(replay.visible().map((item) => [item.key, item]));
    let told: ReadonlySet<string> = new Set();
    replay.onChange((keys) => (told = keys));
    replay.seek(140);
    for (const item of replay.visible()) if (!told.has(item.key)) expect(item).toBe(before.get(item.key));
  });

  it('[L1] keeps the moment that is shown while rows are added, as a live board adds them', () => {
    const rows = randomBoard(22, 200, ALL);
    const replay = new BoardReplay();
    for (const row of rows.slice(0, 100)) replay.add(row);
    replay.seek(100);
    const before = structuredClone(replay.visible());
    for (const row of rows.slice(100)) replay.add(row);
    expect(replay.visible()).toEqual(before);
    replay.seek(rows.length);
    expect(replay.visible()).toEqual(readBoard(docAfter(rows)).visible());
  });

  it('[L2] knows when each item came and whose it is, and shows those of some people alone', () => {
    const rows = randomBoard(23, 300, ALL);
    const replay = new BoardReplay();
    for (const row of rows) replay.add(row);
    replay.seek(rows.length);
    const straight = new Y.Doc();
    const came = new Map<string, number>();
    for (const [i, { body }] of rows.entries()) {
      Y.applyUpdate(straight, body);
      for (const key of straight.getMap('strokes').keys()) if (!came.has(key)) came.set(key, i);
    }
    expect(replay.origins().length).toBe(came.size);
    for (const { key, origin } of replay.origins()) {
      const first = came.get(key) ?? -1;
      expect(origin).toEqual({ at: rows[first]?.at, author: origin.author, late: false });
      expect(origin.author?.personId).toBe(rows[first]?.personId);
    }
    const all = replay.visible();
    replay.filter(new Set([ASHA.personId]), true);
    expect(replay.visible()).toEqual(all.filter(({ key }) => replay.author(key)?.personId === ASHA.personId));
    replay.filter(null, true);
    expect(replay.visible()).toEqual(all);
  });

  it('[L3] marks what was sent after the end, and leaves it out when asked', () => {
    const script = new Script();
    const on = script.docOf(ASHA);
    beginStroke(on, ASHA, { z: 1, pen: 0, size: 3, pressure: false }).seal();
    const replay = new BoardReplay();
    for (const row of script.rows) replay.add(row);
    const before = script.rows.length;
    const stroke = beginStroke(script.docOf(ROHAN), ROHAN, { z: 2, pen: 1, size: 3, pressure: false });
    stroke.seal();
    for (const row of script.rows.slice(before)) replay.add({ ...row, late: true });
    replay.seek(script.rows.length);
    expect(replay.late).toBe(1);
    expect(replay.origin(stroke.key)?.late).toBe(true);
    expect(replay.count()).toBe(2);
    replay.filter(null, false);
    expect(replay.count()).toBe(1);
  });

  it('[L4] goes on behind an update that Yjs cannot read', () => {
    const rows = randomBoard(24, 60, [ASHA]);
    const replay = new BoardReplay();
    for (const row of [...rows, { ...rows[0], at: 0, body: Uint8Array.of(9, 9, 9) }])
      replay.add({ late: false, ...row });
    expect(replay.broken).toBe(1);
    replay.seek(rows.length);
    expect(replay.visible()).toEqual(readBoard(docAfter(rows)).visible());
  });
});

describe('the replay of a chat', () => {
  it('[L1] has at every moment the messages that were there', () => {
    const script = new Script();
    for (let n = 0; n < 60; n += 1) {
      const author = ALL[n % 3] ?? ASHA;
      script.now += 1_000;
      postMessage(script.docOf(author), author, `message ${n}`, script.now);
      if (n % 4 === 0) script.meet();
    }
    const replay = new ChatReplay();
    for (const row of script.rows) replay.add(row);
    for (const step of [0, 1, 30, 59, 60, 12, 5, 60, 0]) {
      replay.seek(step);
      expect(replay.messages()).toEqual(readMessages(docAfter(script.rows.slice(0, step))));
    }
    expect(replay.origins().map(({ at }) => at)).toEqual(script.rows.map(({ at }) => at));
  });
});
