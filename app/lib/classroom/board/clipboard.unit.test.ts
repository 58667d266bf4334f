import { afterEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { readBoard } from '#sync/documents/board-reader.ts';
import { beginStroke, changeItems, putFigure } from '#sync/documents/board-writer.ts';
import { FIRST_PAGE } from '#sync/documents/board.ts';
import { moved } from '#sync/draw/matrix.ts';
import { BoardClipboard, packed, unpacked, type Tabs } from './clipboard.ts';

const ASHA = { personId: 'p-asha', name: 'Asha' };
const FILES = '/api/v1/lessons/NX-4K7Q/files';
const FILE = `f${'a'.repeat(22)}`;

/** A stroke of which a part was rubbed out, two things that belong together, and a picture. */
function copied() {
  const doc = new Y.Doc();
  const stroke = beginStroke(doc, ASHA, { z: 1, pen: 2, size: 5, pressure: true });
  stroke.append([0, 50, 100].map((x) => ({ x, y: x / 2, pressure: x / 100 })));
  stroke.seal();
  const page = FIRST_PAGE;
  const note = putFigure(doc, ASHA, { kind: 'note', z: 2, pen: 1, size: 3, page, at: [5, 6], text: 'Homework' });
  const line = putFigure(doc, ASHA, { kind: 'line', z: 3, pen: 1, size: 3, page, at: [0, 0, 9, 9], text: '' });
  putFigure(doc, ASHA, { kind: 'image', z: 4, page, at: [1, 2, 30, 40], file: FILE, text: 'A map', back: false });
  changeItems(doc, ASHA, [
    { key: stroke.key, aspect: 'cuts', value: [4, 9] },
    { key: note, aspect: 'group', value: note },
    { key: line, aspect: 'group', value: note },
    { key: line, aspect: 'place', value: moved(7, 0) },
  ]);
  return readBoard(doc).visible();
}

/** What is to be seen of items, without whose they are and where they stood. */
const looks = (items: readonly ReturnType<typeof copied>[number][]) =>
  items.map(({ kind, pen, size, points, text, place, cuts, file }) => ({
    ...{ kind, pen, size, text, place, cuts, file },
    points: points.map((one) => Math.round(one * 10) / 10),
  }));

afterEach(() => vi.restoreAllMocks());

describe('what is copied', () => {
  it('comes out as it went in: ink, cuts, places, groups and pictures', () => {
    const items = copied();
    const back = unpacked(packed({ items, files: FILES }));
    expect(looks(back?.items ?? [])).toEqual(looks(items));
    expect(back?.items.map(({ kind }) => kind)).toEqual(['ink', 'note', 'line', 'image']);
    expect(back?.files).toBe(FILES);
    const [, note, line] = back?.items ?? [];
    expect(note?.group).not.toBe('');
    expect(line?.group).toBe(note?.group);
  });

  it('names nobody', () => {
    expect(atob(String(JSON.parse(packed({ items: copied(), files: null })).board))).not.toContain('Asha');
  });

  it('is nothing when somebody else made it up', () => {
    vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const empty = { v: 1, files: null, board: btoa('\0\0') };
    for (const bad of [
      '',
      '1',
      '{',
      'null',
      '{"v":2}',
      '{"v":1,"files":null,"board":"%%"}',
      JSON.stringify(empty),
      7,
      {},
    ])
      expect(unpacked(bad), String(bad)).toBeNull();
    const board: unknown = JSON.parse(packed({ items: copied(), files: null })).board;
    expect(unpacked(JSON.stringify({ v: 1, files: null, board }))).not.toBeNull();
    expect(unpacked(JSON.stringify({ v: 2, files: null, board }))).toBeNull();
    for (let i = 0; i < 200; i += 1) {
      const bytes = [...atob(String(board))];
      bytes[(i * 7919) % bytes.length] = String.fromCharCode((i * 31) % 256);
      expect(() => unpacked(JSON.stringify({ v: 1, files: null, board: btoa(bytes.join('')) }))).not.toThrow();
    }
  });

  it('fetches pictures from where files of lessons are, and from nowhere else', () => {
    for (const files of [
      'https://evil.example/files',
      '//evil.example/files',
      '/api/v1/lessons/../me/files',
      '/x',
      3,
    ]) {
      const text = JSON.stringify({ ...JSON.parse(packed({ items: copied(), files: null })), files });
      expect(unpacked(text)?.files, String(files)).toBeNull();
    }
  });
});

describe('the clipboard of all tabs', () => {
  /** Tabs that hear each other, as `BroadcastChannel` has it. */
  function tabs(count: number): { open: () => Tabs; clipboards: BoardClipboard[] } {
    const all = new Set<Tabs>();
    const open = (): Tabs => {
      const one: Tabs = {
        onmessage: null,
        postMessage: (data) => {
          for (const other of all) if (other !== one) other.onmessage?.(new MessageEvent('message', { data }));
        },
        close: () => void all.delete(one),
      };
      all.add(one);
      return one;
    };
    const clipboards = Array.from({ length: count }, () => new BoardClipboard());
    for (const one of clipboards) one.share(open());
    return { open, clipboards };
  }

  it('has in every tab what was copied in one, also in one that was opened later', () => {
    const { open, clipboards } = tabs(2);
    const [first, second] = clipboards;
    const heard = vi.fn();
    second?.onChange(heard);
    first?.put({ items: copied(), files: FILES }, false);
    expect(second?.copied?.items).toHaveLength(4);
    expect(heard).toHaveBeenCalledOnce();
    const late = new BoardClipboard();
    late.share(open());
    expect(late.copied?.items).toHaveLength(4);
    expect(heard).toHaveBeenCalledOnce();
  });

  it('knows when it is newer than what the system has', () => {
    const [one, other] = tabs(2).clipboards;
    one?.put({ items: copied(), files: null }, true);
    expect([one?.newer, other?.newer]).toEqual([true, false]);
    one?.outdated();
    expect(one?.newer).toBe(false);
    one?.put({ items: copied(), files: null }, false);
    expect(one?.newer).toBe(false);
  });

  it('passes over what is no part of a board', () => {
    vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const { open, clipboards } = tabs(1);
    const stranger = open();
    for (const message of ['{', null, { v: 1 }, 'x'.repeat(99)]) stranger.postMessage(message);
    expect(clipboards[0]?.copied).toBeNull();
  });
});
