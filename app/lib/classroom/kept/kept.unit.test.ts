import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { readBoard } from '#sync/documents/board-reader.ts';
import { beginStroke, changeItems, eraseStrokes, restoreStrokes } from '#sync/documents/board-writer.ts';
import { readMessages } from '#sync/documents/chat-reader.ts';
import { editMessage, markRead, postMessage, react } from '#sync/documents/chat-writer.ts';
import type { Surface } from '#sync/documents/names.ts';
import { authorOfEntry } from '#sync/documents/people.ts';
import { setRights } from '#sync/documents/rights.ts';
import { aside, joined, refusedOf } from './aside.ts';
import { deletionsOf, furthest, isSafe, isSent, MOST_SPARES, type Clocks } from './contract.ts';
import { OwnEntries, split, unsafeEntries } from './entries.ts';
import { memoryKept } from './memory.ts';
import { isClassroom } from './names.ts';
import { keepOnly, leftoversOf } from './store.ts';

const ASHA = { personId: 'p-asha', name: 'Asha' };

/** A page of this person: a document under an id of its own, and what is followed of it. */
function page(client: number, surface: Surface = 'board') {
  const doc = new Y.Doc();
  doc.clientID = client;
  const own = new OwnEntries(doc, surface);
  let mine: Clocks = new Map();
  doc.on('update', (_update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
    if (transaction.local) mine = furthest(mine, own.wrote(transaction));
  });
  const begin = () => beginStroke(doc, ASHA, { z: 1, pen: 0, size: 3, pressure: false });
  const draw = (): string => {
    const stroke = begin();
    stroke.append([{ x: 1, y: 1, pressure: 0 }]);
    stroke.seal();
    return stroke.key;
  };
  return { doc, own, begin, draw, clocks: (): Clocks => mine };
}
const keysOf = (own: OwnEntries, surface: Surface = 'board'): readonly string[] => split(surface, own.ids).keys;
const copyOf = (doc: Y.Doc): Y.Doc => {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
};
const clocks = (...pairs: [number, number][]): Clocks => new Map(pairs);

describe('what the server has not said to have', () => {
  it('OF2 [V6] is counted by stroke, from its first point to the acknowledgement of its last', () => {
    const { own, begin, draw, clocks: now } = page(5);
    const stroke = begin();
    expect(keysOf(own)).toEqual([stroke.key]);
    const early = now();
    stroke.append([{ x: 1, y: 1, pressure: 0 }]);
    own.safe(early);
    expect(keysOf(own)).toEqual([stroke.key]);
    const other = draw();
    own.safe(now());
    expect(own.count).toBe(0);
    stroke.seal();
    expect(keysOf(own)).toEqual([stroke.key]);
    expect(other).not.toBe(stroke.key);
  });

  it('OF2 OF3 is the same after a reload, also of ink that was never finished', () => {
    const first = page(5);
    first.draw();
    const safe = first.clocks();
    const sealed = first.draw();
    const open = first.begin();
    open.append([{ x: 1, y: 1, pressure: 0 }]);
    const later = copyOf(first.doc);
    const mine = first.clocks();
    const unsafe = unsafeEntries(later, 'board', mine, safe);
    expect(split('board', [...unsafe.keys()])).toEqual({ keys: [sealed, open.key], others: [] });
    expect(unsafeEntries(later, 'board', mine, mine).size).toBe(0);
    expect(unsafeEntries(later, 'board', clocks([6, 100]), new Map()).size).toBe(0);
    const own = new OwnEntries(later, 'board');
    own.restore(unsafe);
    expect(own.count).toBe(2);
    own.safe(mine);
    expect(own.count).toBe(0);
  });

  it('OF2 is also what was moved, erased, brought back, edited or answered with a sign; no name and no read mark', () => {
    const { doc, own, draw, clocks: now } = page(5);
    const other = page(6);
    const [theirs, alsoTheirs] = [other.draw(), other.draw()];
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other.doc));
    expect(own.count).toBe(0);
    const mine = draw();
    eraseStrokes(doc, ASHA, [theirs]);
    changeItems(doc, ASHA, [{ key: alsoTheirs, aspect: 'place', value: [1, 0, 0, 1, 5, 5] }]);
    expect(split('board', own.ids)).toMatchObject({ keys: [mine], others: [{}, {}].map(() => expect.any(String)) });
    const safe = now();
    own.safe(safe);
    expect(own.count).toBe(0);
    restoreStrokes(doc, ASHA, [theirs]);
    expect(own.count).toBe(1);
    expect(isSent({ mine: now(), safe })).toBe(false);
    expect(unsafeEntries(copyOf(doc), 'board', now(), safe).size).toBe(1);
    own.safe(now());
    expect(own.count).toBe(0);
    setRights(doc, ASHA.personId, { kind: 'at', page: '0.0' });
    expect(own.count).toBe(0);
    setRights(doc, ASHA.personId, { kind: 'closed', value: true });
    expect(own.count).toBe(1);

    const chat = page(7, 'chat');
    const key = postMessage(chat.doc, ASHA, 'Hello', 1) ?? '';
    chat.own.safe(chat.clocks());
    editMessage(chat.doc, key, 'Good morning', 2);
    react(chat.doc, key, ASHA.personId, '👍', true);
    expect(split('chat', chat.own.ids)).toMatchObject({
      keys: [],
      others: ['edits', 'reactions'].map((root) => expect.stringContaining(root)),
    });
    chat.own.safe(chat.clocks());
    markRead(chat.doc, ASHA.personId, 1);
    expect(chat.own.count).toBe(0);
    expect(unsafeEntries(chat.doc, 'chat', chat.clocks(), new Map([[7, 5]])).size).toBe(0);
  });

  it('OF6 is found again when the server leaves it out', () => {
    const { doc, own, draw } = page(5);
    const [taken, refused] = [draw(), draw()];
    const server = copyOf(doc);
    server.getMap('strokes').delete(refused);
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(server));
    expect(split('board', own.gone(own.ids)).keys).toEqual([refused]);
    own.forget(own.gone(own.ids));
    expect(keysOf(own)).toEqual([taken]);
    expect(deletionsOf(5)).toBeLessThan(0);
  });
});

describe('what was not taken', () => {
  it('OF6 is put aside alone, with who drew it and where it was moved to', () => {
    const { doc, own, draw, begin } = page(5);
    const [one, two] = [draw(), draw()];
    const open = begin();
    open.append([{ x: 4, y: 4, pressure: 0 }]);
    changeItems(doc, ASHA, [{ key: two, aspect: 'place', value: [1, 0, 0, 1, 50, 0] }]);
    const update = aside(doc, 'board', own.ids);
    const wanted = own.ids.filter((id) => !id.endsWith(one));
    const refused = refusedOf('board', 'no-write', wanted, update);
    expect(refused.keys).toEqual([two, open.key]);
    expect(refused.others.length).toBe(1);
    const shown = new Y.Doc();
    Y.applyUpdate(shown, refused.update);
    const items = readBoard(shown).visible();
    expect(items.map(({ key }) => key).sort()).toEqual([two, open.key].sort());
    expect(items.find(({ key }) => key === two)).toMatchObject({ place: [1, 0, 0, 1, 50, 0] });
    expect(authorOfEntry(shown, two)).toEqual(ASHA);

    const before = refusedOf('board', 'page-locked', [own.ids.find((id) => id.endsWith(one)) ?? ''], update);
    const both = joined('board', before, refused);
    expect(both).toMatchObject({ reason: 'no-write', keys: [one, two, open.key] });
    const all = new Y.Doc();
    Y.applyUpdate(all, joined('board', both, refused).update);
    expect(readBoard(all).visible().length).toBe(3);
  });

  it('OF6 of a chat has its latest words', () => {
    const { doc, own } = page(5, 'chat');
    const key = postMessage(doc, ASHA, 'Helo', 1) ?? '';
    editMessage(doc, key, 'Hello', 2);
    const other = postMessage(doc, ASHA, 'Another', 3) ?? '';
    const shown = new Y.Doc();
    Y.applyUpdate(
      shown,
      aside(
        doc,
        'chat',
        own.ids.filter((id) => !id.endsWith(other)),
      ),
    );
    expect(readMessages(shown).map(({ text }) => text)).toEqual(['Hello']);
  });
});

describe('what is kept', () => {
  it('OF1 of one person is safe when the server has all of it, from every tab', async () => {
    const kept = memoryKept('p-asha', () => 7);
    const safe = async (): Promise<boolean> => {
      const stored = await kept.load('board:l');
      return stored !== null && isSafe(stored.document);
    };
    await kept.write('board:l', 'code', [Uint8Array.of(1)], clocks([5, 10]));
    await kept.write('board:l', 'code', [Uint8Array.of(2)], clocks([6, 3]));
    expect(await safe()).toBe(false);
    await kept.markSafe('board:l', clocks([5, 10], [6, 2]));
    expect(await safe()).toBe(false);
    await kept.markSafe('board:l', clocks([5, 8], [6, 3]));
    expect(await safe()).toBe(true);
    const empty = Y.encodeStateAsUpdate(new Y.Doc());
    await kept.addRefused('board:l', { reason: 'no-write', keys: ['5.0'], others: [], update: empty });
    expect(await safe()).toBe(false);
    await kept.addRefused('board:l', { reason: 'page-locked', keys: ['6.0'], others: [], update: empty });
    const stored = await kept.load('board:l');
    expect(stored?.refused).toMatchObject({ reason: 'page-locked', keys: ['5.0', '6.0'] });
    expect(stored?.updates).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
    await kept.forgetRefused('board:l');
    expect(await safe()).toBe(true);
    await kept.remove('board:l');
    expect(await kept.list()).toEqual([]);
  });

  it('OF4 of spare ids is given once each, and no more than a few', async () => {
    const kept = memoryKept('p-asha');
    await kept.giveSpares('board:l', [1, 2]);
    await kept.giveSpares('board:l', [3, 4, 5, 6, 7, 8]);
    const taken = [];
    for (let i = 0; i < MOST_SPARES + 1; i += 1) taken.push(await kept.takeSpare('board:l'));
    expect(taken).toEqual([3, 4, 5, 6, 7, 8, null]);
    expect(await kept.takeSpare('chat:l')).toBeNull();
  });

  it('OF6 OF7 of a lesson is everything that was done in it and not sent, an erased stroke too', async () => {
    const kept = memoryKept('p-asha');
    const { doc, draw, clocks: now } = page(5);
    const drawn = draw();
    await kept.write('board:l', 'code', [Y.encodeStateAsUpdate(doc)], now());
    await kept.markSafe('board:l', now());
    await kept.write('chat:l', 'code', [], new Map());
    expect(await leftoversOf(kept, 'l')).toEqual([]);
    eraseStrokes(doc, ASHA, [drawn]);
    await kept.write('board:l', 'code', [Y.encodeStateAsUpdate(doc)], now());
    const left = await leftoversOf(kept, 'l');
    expect(left).toMatchObject([{ name: 'board:l', keys: [], others: [`erased ${drawn}`], reason: null }]);
    const server = page(6).doc;
    Y.applyUpdate(server, left[0]?.unsent ?? new Uint8Array());
    // The stroke itself is there already: what travels is what was done to it.
    expect(server.store.pendingStructs).not.toBeNull();
    await keepOnly(kept, 'l', left);
    expect((await kept.list()).map(({ name }) => name)).toEqual(['board:l']);
    await keepOnly(kept, 'l', []);
    expect(await kept.list()).toEqual([]);
  });

  it('OF9 of pages is that of classrooms', () => {
    for (const path of ['/lessons/abc-def', '/lessons/abc-def/prepare']) expect(isClassroom(path)).toBe(true);
    for (const path of ['/home', '/lessons', '/lessons/a/replay', '/api/v1/lessons/a', '/lessons/a/'])
      expect(isClassroom(path)).toBe(false);
  });
});
