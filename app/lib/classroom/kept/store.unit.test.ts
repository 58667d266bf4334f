import { afterEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { beginStroke } from '#sync/documents/board-writer.ts';
import { databaseKept } from './database.ts';
import { Keeper } from './keeper.ts';
import { onlyHere } from './leaving.ts';
import { memoryKept } from './memory.ts';
import { openKept } from './store.ts';

/** As much of a database as opening, saying who is signed in and listing take. */
function database() {
  const opened: { closed: boolean }[] = [];
  const answer = (result: unknown) => {
    const request: { result: unknown; onsuccess: () => void } = { result, onsuccess: () => undefined };
    queueMicrotask(() => request.onsuccess());
    return request;
  };
  const connect = () => {
    const state = { closed: false };
    opened.push(state);
    return {
      transaction: () => {
        if (state.closed) throw new DOMException('The connection is closing', 'InvalidStateError');
        const tx = {
          oncomplete: () => undefined,
          objectStore: () => ({ getAll: () => answer([]), put: () => undefined }),
        };
        setTimeout(() => tx.oncomplete());
        return tx;
      },
    };
  };
  return { opened, open: vi.fn(() => answer(connect())) };
}

// It is built into the pages, and of no matter here.
vi.mock('./page.ts', () => ({ keepPagesOf: async () => undefined }));

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the database', () => {
  it('OF7 OF8 that did not open is tried again, and until then it is not known what is on this device alone', async () => {
    vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const { open, opened } = database();
    const refusing = vi.fn(() => {
      throw new Error('Not now');
    });
    vi.stubGlobal('indexedDB', { open: refusing });
    expect(await onlyHere('p-asha')).toBe('unknown');
    const memory = await openKept('p-asha');
    expect(memory.lasting).toBe(false);
    expect(await openKept('p-asha')).toBe(memory);
    expect(refusing).toHaveBeenCalledTimes(3);
    // What a page has in memory alone stays where its documents look for it.
    await memory.write('board:l', 'nx-a', [Y.encodeStateAsUpdate(new Y.Doc())], new Map([[5, 1]]));
    vi.stubGlobal('indexedDB', { open });
    expect(await openKept('p-asha')).toBe(memory);
    await memory.markSafe('board:l', new Map([[5, 1]]));
    const kept = await openKept('p-asha');
    expect(kept.lasting).toBe(true);
    expect(await openKept('p-asha')).toBe(kept);
    expect(opened).toHaveLength(1);
    expect(await onlyHere('p-asha')).toBeNull();
  });

  it('OF1 that the browser closed is opened again, once', async () => {
    const { open, opened } = database();
    vi.stubGlobal('indexedDB', { open });
    const kept = await databaseKept('p-asha', false);
    expect(await kept.list()).toEqual([]);
    for (const state of opened) state.closed = true;
    expect(await Promise.all([kept.list(), kept.list()])).toEqual([[], []]);
    expect(opened).toHaveLength(2);
  });
});

describe('what could not be written', () => {
  it('OF1 OF8 is tried again later and later, as one update, and is whole when the database takes it', async () => {
    vi.useFakeTimers();
    vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const memory = memoryKept('p-asha');
    const tried: number[] = [];
    let full = true;
    const write: typeof memory.write = async (name, code, updates, own) => {
      tried.push(updates.length);
      if (full) throw new Error('The disk is full');
      return memory.write(name, code, updates, own);
    };
    const keeper = new Keeper({
      kept: { ...memory, lasting: true, write },
      name: 'board:l',
      code: 'nx-a',
      onOtherTab: () => undefined,
      onAsked: () => null,
      onRefused: () => undefined,
      onChange: () => undefined,
    });
    const doc = new Y.Doc();
    doc.clientID = 5;
    doc.on('update', (update: Uint8Array) => keeper.wrote(update, new Map([[5, doc.store.clients.size]])));
    beginStroke(doc, { personId: 'p-asha', name: 'Asha' }, { z: 1, pen: 0, size: 3, pressure: false }).seal();
    for (let minute = 0; minute < 10; minute += 1) {
      doc.getMap('changes').set(`${minute}`, 1);
      await vi.advanceTimersByTimeAsync(60_000);
    }
    expect(keeper.works).toBe(false);
    expect(tried.length).toBeLessThan(20);
    expect(Math.max(...tried)).toBeLessThan(5);
    full = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(keeper.works).toBe(true);
    const again = new Y.Doc();
    for (const update of (await memory.load('board:l'))?.updates ?? []) Y.applyUpdate(again, update);
    expect(Y.encodeStateVector(again)).toEqual(Y.encodeStateVector(doc));
    doc.getMap('changes').set('later', 1);
    await vi.advanceTimersByTimeAsync(0);
    expect(tried.at(-1)).toBe(1);
    await keeper.close();
  });
});
