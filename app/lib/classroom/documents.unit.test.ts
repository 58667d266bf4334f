import { createDecoder } from 'lib0/decoding';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { readBoard } from '#sync/documents/board-reader.ts';
import { beginStroke, eraseStrokes } from '#sync/documents/board-writer.ts';
import { Acts, type Act } from './board/acts.ts';
import { penOf, readCursors } from './board/cursors.ts';
import { boardKey, undoKey } from './board/keys.ts';
import { Pointers, pointerMessage, type PointerPlace } from './pointers.ts';
import { Unsaved } from './unsaved.ts';

const ASHA = { personId: 'p-asha', name: 'Asha' };
const ROHAN = { personId: 'p-rohan', name: 'Rohan' };

describe('what is not saved yet', () => {
  it('is counted until the message that carries it is acknowledged', () => {
    const unsaved = new Unsaved();
    unsaved.connect();
    unsaved.send('step2');
    unsaved.change();
    unsaved.send('update');
    unsaved.change();
    unsaved.send('update');
    expect(unsaved.count).toBe(2);
    unsaved.acknowledge(2);
    expect(unsaved.count).toBe(1);
    unsaved.acknowledge(3);
    expect(unsaved.count).toBe(0);
  });

  it('is still counted when a later message of a new connection arrives before the one that carries it', () => {
    const unsaved = new Unsaved();
    unsaved.change();
    unsaved.connect();
    unsaved.change();
    unsaved.send('update');
    unsaved.acknowledge(1);
    expect(unsaved.count).toBe(2);
    unsaved.send('step2');
    unsaved.acknowledge(2);
    expect(unsaved.count).toBe(0);
  });

  it('is not remembered longer than until it is acknowledged', () => {
    const unsaved = new Unsaved();
    unsaved.connect();
    unsaved.send('step2');
    for (let i = 0; i < 100; i += 1) {
      unsaved.change();
      unsaved.send('update');
    }
    unsaved.acknowledge(51);
    expect([unsaved.count, unsaved.remembered]).toEqual([50, 50]);
    unsaved.acknowledge(40);
    unsaved.acknowledge(101);
    expect([unsaved.count, unsaved.remembered]).toEqual([0, 0]);
  });

  it('starts over with each connection', () => {
    const unsaved = new Unsaved();
    unsaved.connect();
    unsaved.send('step2');
    unsaved.change();
    unsaved.send('update');
    unsaved.connect();
    unsaved.acknowledge(2);
    expect(unsaved.count).toBe(1);
  });
});

describe("undo and redo of one's own acts", () => {
  const setUp = () => {
    const doc = new Y.Doc();
    doc.clientID = 5;
    const acts = new Acts(doc, ASHA);
    const draw = (): string => {
      const stroke = beginStroke(doc, ASHA, { z: 1, pen: 0, size: 3, pressure: false });
      stroke.append([{ x: 0, y: 0, pressure: 0 }]);
      stroke.seal();
      acts.drew(stroke.key);
      return stroke.key;
    };
    const board = readBoard(doc);
    const seen = (): string[] => board.visible().map(({ key }) => key);
    return { doc, acts, draw, seen };
  };

  it('take back one act each, in order, and a new act ends what could be redone', () => {
    const { acts, draw, seen } = setUp();
    const [a, b] = [draw(), draw()];
    const gesture: Act = [];
    acts.erase([a], gesture);
    acts.erase([b], gesture);
    expect(seen()).toEqual([]);
    acts.undo();
    expect(seen()).toEqual([a, b]);
    acts.undo();
    expect(seen()).toEqual([a]);
    acts.redo();
    acts.redo();
    expect(seen()).toEqual([]);
    acts.undo();
    const c = draw();
    expect([acts.canRedo, seen()]).toEqual([false, [a, b, c]]);
  });

  it('pass over what somebody else has erased meanwhile', () => {
    const { doc, acts, draw, seen } = setUp();
    const [a, b] = [draw(), draw()];
    eraseStrokes(doc, ROHAN, [b]);
    acts.undo();
    expect(seen()).toEqual([]);
    acts.redo();
    expect(seen()).toEqual([a]);
    acts.redo();
    expect([seen(), acts.canRedo]).toEqual([[a], false]);
  });
});

describe('keys', () => {
  const key = (name: string, more: Partial<KeyboardEvent> = {}) => ({
    key: name,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...more,
  });

  it('are one a tool, and leave the browser its own', () => {
    expect(boardKey(key('P'))).toEqual({ kind: 'tool', tool: 'pen' });
    expect(boardKey(key('5'))).toEqual({ kind: 'pen', pen: 4 });
    expect(boardKey(key('p', { ctrlKey: true }))).toBeNull();
    expect(undoKey(key('z', { metaKey: true }))).toEqual({ kind: 'undo' });
    expect(undoKey(key('Z', { ctrlKey: true, shiftKey: true }))).toEqual({ kind: 'redo' });
    expect(undoKey(key('z'))).toBeNull();
  });
});

describe('cursors', () => {
  it("are everybody's but one's own, and only where they make sense", () => {
    const states = new Map<number, Record<string, unknown>>([
      [1, { user: ASHA }],
      [2, { user: ROHAN }],
      [3, { user: { name: 'Nobody' } }],
      [5, { user: ROHAN }],
    ]);
    const pointers = new Pointers();
    const said: [client: number, at: PointerPlace | null][] = [
      [1, { x: 1, y: 2, page: '', laser: false }],
      [2, { x: -3.4, y: 4_000, page: '5.1', laser: true }],
      [3, { x: 1, y: 1, page: '', laser: false }],
      [4, { x: 1, y: 1, page: '', laser: false }],
      [5, { x: 7, y: 7, page: '', laser: false }],
      [5, null],
    ];
    for (const [client, at] of said) {
      // As the server passes it on: behind the type there is a count.
      const decoder = createDecoder(Uint8Array.of(1, ...pointerMessage(client, at).subarray(1)));
      pointers.read(decoder);
    }
    expect(readCursors(pointers.all, states, ASHA.personId)).toEqual([
      { client: 2, name: 'Rohan', pen: penOf(ROHAN.personId), x: -3, y: 4_000, page: '5.1', laser: true },
    ]);
    pointers.clear();
    expect(readCursors(pointers.all, states, ASHA.personId)).toEqual([]);
    expect(penOf('anybody')).toBe(penOf('anybody'));
    expect(penOf('anybody')).not.toBe('ink');
  });
});
