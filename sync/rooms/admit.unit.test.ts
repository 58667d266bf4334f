import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import {
  addPage,
  beginStroke,
  changeItems,
  changePage,
  eraseStrokes,
  putFigure,
  restoreStrokes,
  rewriteFigure,
} from '../documents/board-writer.ts';
import { readBoard } from '../documents/board-reader.ts';
import { ERASED, FIRST_PAGE, STROKES } from '../documents/board.ts';
import type { Change } from '../documents/changes.ts';
import { readMessages } from '../documents/chat-reader.ts';
import { postMessage } from '../documents/chat-writer.ts';
import { clientOfEntry } from '../documents/keys.ts';
import { readPages } from '../documents/pages.ts';
import type { Author } from '../documents/people.ts';
import type { Surface } from '../documents/names.ts';
import { Assembly } from '../wire/assemble.ts';
import { Malformed } from '../wire/reader.ts';
import { scanUpdate } from '../wire/scan.ts';
import { Admission, type Way } from './admit.ts';
import { loadState, type DocumentState } from './state.ts';

const ASHA = { personId: 'p-asha', name: 'Asha' };
const ROHAN = { personId: 'p-rohan', name: 'Rohan' };
const TUTOR = { personId: 'p-tutor', name: 'Ananya' };
const OWNERS = new Map([
  [1, ASHA.personId],
  [2, ROHAN.personId],
  [3, ASHA.personId],
  [4, TUTOR.personId],
  [5, TUTOR.personId],
]);
/** Wall ms. */
const NOW = Date.UTC(2026, 10, 21);
const QUIET = { info: () => {}, warn: () => {}, error: () => {} };
const line = [0, 10, 20].map((x) => ({ x, y: x, pressure: 0.5 }));

/** A server's side of one document, without sockets. */
class Side {
  readonly state: DocumentState;
  readonly admission: Admission;
  readonly here = new Set<string>();

  constructor(surface: Surface) {
    this.state = loadState(surface, { snapshot: null, updates: [] }, QUIET);
    const { index, containers, guard } = this.state;
    this.admission = new Admission(
      index,
      containers,
      (client) => OWNERS.get(client),
      (id) => this.here.has(id),
      () => NOW,
      guard,
    );
  }

  take(update: Uint8Array, writer: Author, way: Way = 'own') {
    const into = new Assembly();
    const admitted = this.admission.admit(scanUpdate(update), { ...writer, host: writer === TUTOR }, way, [into]);
    const relayed = into.encode();
    Y.applyUpdate(this.state.doc, relayed);
    return { ...admitted, relayed, empty: into.empty };
  }

  all(): Uint8Array {
    return Y.encodeStateAsUpdate(this.state.doc);
  }
}

const docOf = (client: number, side?: Side): Y.Doc => {
  const doc = new Y.Doc();
  doc.clientID = client;
  if (side) Y.applyUpdate(doc, side.all());
  return doc;
};
const draw = (doc: Y.Doc, who: typeof ASHA): string => {
  const stroke = beginStroke(doc, who, { z: 1, pen: 0, size: 3, pressure: false });
  stroke.append(line);
  stroke.seal();
  return stroke.key;
};
const state = (doc: Y.Doc): Uint8Array => Y.encodeStateAsUpdate(doc);

describe('who may write what', () => {
  let side: Side;
  beforeEach(() => {
    side = new Side('board');
  });

  it('[A1] takes what a person writes under their own ids, once', () => {
    const doc = docOf(1);
    draw(doc, ASHA);
    expect(side.take(state(doc), ASHA)).toMatchObject({ changed: true, waits: false, foreign: false });
    expect(state(side.state.doc)).toEqual(state(doc));
    expect(side.take(state(doc), ASHA)).toMatchObject({ changed: false, empty: true });
  });

  it('[A4, D10] takes an image that names a file, and none that names an address', () => {
    const doc = docOf(1);
    const file = 'f0123456789012345678901';
    const key = putFigure(doc, ASHA, {
      ...{ kind: 'image', z: 1, page: FIRST_PAGE, at: [0, 0, 40, 30], file, text: '', back: true },
    });
    const strokes = doc.getMap<unknown>(STROKES);
    for (const [i, one] of [
      'https://example.com/a.png',
      '//example.com',
      `${file}/..`,
      'data:image/png;base64,',
    ].entries())
      strokes.set(`1.a${i}`, { k: 'image', z: 1, at: [0, 0, 40, 30], file: one });
    side.take(state(doc), ASHA);
    expect(readBoard(side.state.doc).visible()).toMatchObject([{ key, file, back: true }]);
    expect([...side.state.doc.getMap(STROKES).keys()]).toEqual([key]);
  });

  it("[A2] cuts somebody else's structs out, and keeps the rest of the message", () => {
    const theirs = docOf(2);
    draw(theirs, ROHAN);
    const doc = docOf(1);
    Y.applyUpdate(doc, state(theirs));
    const own = draw(doc, ASHA);
    expect(side.take(state(doc), ASHA)).toMatchObject({ changed: true, foreign: true, waits: false });
    expect([...side.state.doc.getMap(STROKES).keys()]).toEqual([own]);
  });

  it('[A3] leaves a tombstone of what is forbidden, so that what follows still enters', () => {
    const doc = docOf(1);
    const strokes = doc.getMap<unknown>(STROKES);
    // A stroke under Rohan's name, an introduction as Rohan, and an erasure in his name: all from Asha's own client id.
    strokes.set('2.0', { z: 1, pen: 0, size: 3, ink: Uint8Array.of(1, 1) });
    doc.getMap<unknown>('people').set('2', { id: ROHAN.personId, name: 'Rohan' });
    doc.getMap<unknown>('people').set('1', { id: ASHA.personId, name: 'Your tutor' });
    doc.getMap<unknown>(ERASED).set('1.0', ROHAN.personId);
    const own = draw(doc, ASHA);
    expect(side.take(state(doc), ASHA)).toMatchObject({ changed: true, waits: false });
    const board = readBoard(side.state.doc);
    expect(board.visible().map(({ key }) => key)).toEqual([own]);
    expect(board.author(own)).toEqual(ASHA);
    expect([...side.state.doc.getMap('people').keys()]).toEqual(['1']);
    expect([...side.state.doc.getMap(ERASED).keys()]).toEqual([]);
    // Everybody else gets the same.
    expect(readBoard(docOf(9, side)).visible().length).toBe(1);
  });

  it("[A4] lets nobody add ink to somebody else's stroke, nor overwrite it", () => {
    const doc = docOf(1);
    const stroke = beginStroke(doc, ASHA, { z: 1, pen: 0, size: 3, pressure: false });
    stroke.append(line);
    side.take(state(doc), ASHA);
    const thief = docOf(2, side);
    const live = thief.getMap<unknown>(STROKES).get(stroke.key);
    if (!(live instanceof Y.Array)) throw new Error('a live stroke');
    live.push([Uint8Array.of(9, 9)]);
    live.insert(1, [Uint8Array.of(9, 9)]);
    thief.getMap<unknown>(STROKES).set(stroke.key, { z: 1, pen: 2, size: 9, ink: Uint8Array.of(1, 1) });
    side.take(state(thief), ROHAN);
    expect(readBoard(side.state.doc).get(stroke.key)?.points).toEqual(readBoard(doc).get(stroke.key)?.points);
    stroke.append(line);
    stroke.seal();
    side.take(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(side.state.doc)), ASHA);
    expect(readBoard(side.state.doc).get(stroke.key)).toMatchObject({ sealed: true, pen: 0 });
  });

  it('[A5] lets its author and the host erase a stroke, and nobody take back another mark than their own', () => {
    const doc = docOf(1);
    const key = draw(doc, ASHA);
    side.take(state(doc), ASHA);
    const rohan = docOf(2, side);
    eraseStrokes(rohan, ROHAN, [key]);
    side.take(state(rohan), ROHAN);
    expect(readBoard(side.state.doc).count()).toBe(1);
    const tutor = docOf(4, side);
    eraseStrokes(tutor, TUTOR, [key]);
    side.take(state(tutor), TUTOR);
    const asha = docOf(3, side);
    asha.getMap(ERASED).delete(key);
    expect(side.take(state(asha), ASHA)).toMatchObject({ changed: false });
    expect(readBoard(side.state.doc).count()).toBe(0);
    restoreStrokes(tutor, TUTOR, [key]);
    expect(side.take(state(tutor), TUTOR)).toMatchObject({ changed: true });
    expect(readBoard(side.state.doc).count()).toBe(1);
    eraseStrokes(asha, ASHA, [key]);
    side.take(state(asha), ASHA);
    expect(readBoard(side.state.doc).count()).toBe(0);
  });

  it('[A9] lets its author and the host move an item, under their own name, and nobody else', () => {
    const doc = docOf(1);
    const key = draw(doc, ASHA);
    side.take(state(doc), ASHA);
    const placeOf = () => readBoard(side.state.doc).get(key)?.place;
    const to = (x: number): Change => ({ key, aspect: 'place', value: [1, 0, 0, 1, x, 0] });
    const rohan = docOf(2, side);
    changeItems(rohan, ROHAN, [to(7)]);
    side.take(state(rohan), ROHAN);
    expect(placeOf()).toBeNull();
    const forger = docOf(4, side);
    changeItems(forger, ASHA, [to(8)]);
    side.take(state(forger), TUTOR);
    expect(placeOf()).toBeNull();
    const tutor = docOf(5, side);
    changeItems(tutor, TUTOR, [to(9)]);
    side.take(state(tutor), TUTOR);
    expect(placeOf()).toEqual([1, 0, 0, 1, 9, 0]);
    changeItems(doc, ASHA, [to(10)]);
    side.take(state(doc), ASHA);
    // Two who never saw each other's: one of the two, for everybody.
    expect([9, 10]).toContain(placeOf()?.[4]);
    expect(readBoard(docOf(9, side)).get(key)?.place).toEqual(placeOf());
    doc.getMap('changes').set(`m:${key}`, { by: ASHA.personId, v: [0, 0, 0, 0, 0, 0] });
    doc.getMap('changes').set('nonsense', { by: ASHA.personId, v: 1 });
    side.take(state(doc), ASHA);
    expect(readBoard(side.state.doc).get(key)?.place).not.toEqual([0, 0, 0, 0, 0, 0]);
    expect(side.state.doc.getMap('changes').has('nonsense')).toBe(false);
  });

  it('[A10] lets everybody add pages, and only who added one and the host arrange it', () => {
    const doc = docOf(1);
    const page = { order: 1, paper: 'grid', gone: false } as const;
    const key = addPage(doc, ASHA, page);
    side.take(state(doc), ASHA);
    const pages = () => readPages(side.state.doc).map(({ key: one }) => one);
    expect(pages()).toEqual([FIRST_PAGE, key]);
    const rohan = docOf(2, side);
    changePage(rohan, ROHAN, key, { ...page, gone: true });
    changePage(rohan, ROHAN, FIRST_PAGE, { ...page, gone: true });
    side.take(state(rohan), ROHAN);
    expect(pages()).toEqual([FIRST_PAGE, key]);
    const tutor = docOf(4, side);
    changePage(tutor, TUTOR, key, { ...page, gone: true });
    changePage(tutor, TUTOR, FIRST_PAGE, { order: 0, paper: 'ruled', gone: false });
    side.take(state(tutor), TUTOR);
    expect(readPages(side.state.doc)).toEqual([{ key: FIRST_PAGE, order: 0, paper: 'ruled', gone: false }]);
  });

  it('[D7] takes what one rubs out under one’s own name, and nothing that would bring back what another has', () => {
    const doc = docOf(1);
    const key = draw(doc, ASHA);
    changeItems(doc, ASHA, [{ key, aspect: 'cuts', value: [0, 4] }]);
    side.take(state(doc), ASHA);
    const tutor = docOf(4, side);
    const changes = tutor.getMap<unknown>('changes');
    const hers = `c:${key}:${ASHA.personId}`;
    tutor.transact(() => changes.set(hers, { by: TUTOR.personId, v: null }));
    tutor.transact(() => changes.set(hers, { by: ASHA.personId, v: null }));
    // A word that is gone before it is sent says nothing, but would stand in the place of hers.
    tutor.transact(() => {
      changes.set(hers, { by: TUTOR.personId, v: [] });
      changes.delete(hers);
    });
    changeItems(tutor, TUTOR, [{ key, aspect: 'cuts', value: [8, 12] }]);
    expect(side.take(state(tutor), TUTOR).denied).toBe('not-allowed');
    expect(readBoard(side.state.doc).get(key)?.cuts).toEqual([0, 4, 8, 12]);
    const rohan = docOf(2, side);
    changeItems(rohan, ROHAN, [{ key, aspect: 'cuts', value: [0, 32] }]);
    side.take(state(rohan), ROHAN);
    expect(readBoard(side.state.doc).get(key)?.cuts).toEqual([0, 4, 8, 12]);
  });

  it('[A4] takes shapes and writings under the own key only, and none that make no sense', () => {
    const doc = docOf(1);
    const head = { z: 1, pen: 0, size: 3, page: FIRST_PAGE };
    const key = putFigure(doc, ASHA, { ...head, kind: 'text', at: [0, 0], text: 'y = x' });
    side.take(state(doc), ASHA);
    const rohan = docOf(2, side);
    rewriteFigure(rohan, key, { ...head, kind: 'text', at: [0, 0], text: 'y = 2x' });
    rohan.getMap(STROKES).set('2.9', { k: 'rectangle', z: 1, pen: 0, size: 3, at: [0, 0, Number.NaN, 1] });
    rohan.getMap(STROKES).set('2.8', { k: 'script', z: 1, pen: 0, size: 3, at: [0, 0], text: 'x' });
    side.take(state(rohan), ROHAN);
    expect(readBoard(side.state.doc).get(key)?.text).toBe('y = x');
    expect([...side.state.doc.getMap(STROKES).keys()]).toEqual([key]);
  });

  it("[A5] keeps everybody's strokes when one deletes the whole document", () => {
    const doc = docOf(1);
    const key = draw(doc, ASHA);
    side.take(state(doc), ASHA);
    const thief = docOf(2, side);
    for (const name of [STROKES, 'people']) for (const one of thief.getMap(name).keys()) thief.getMap(name).delete(one);
    expect(side.take(state(thief), ROHAN)).toMatchObject({ changed: false });
    expect(readBoard(docOf(9, side)).get(key)?.points.length).toBe(9);
  });

  it('[A6] leaves documents below other roots to those who use them', () => {
    const doc = docOf(1);
    doc.getText('notes').insert(0, 'shared');
    side.take(state(doc), ASHA);
    const other = docOf(2, side);
    other.getText('notes').delete(0, 3);
    other.getText('notes').insert(3, '!');
    other.getArray('list').push([new Y.Map([['a', 1]])]);
    side.take(state(other), ROHAN);
    expect(state(side.state.doc)).toEqual(state(other));
    other.getMap<unknown>('sub').set('x', new Y.Doc());
    side.take(state(other), ROHAN);
    expect(side.state.doc.getMap('sub').size).toBe(0);
  });

  it('[A8] checks the author of a chat message by its key', () => {
    const chat = new Side('chat');
    const doc = docOf(1);
    postMessage(doc, ASHA, 'Mine', NOW);
    doc.getMap<unknown>('messages').set('2.0', { n: 2, at: NOW, text: 'Not mine' });
    doc.getMap<unknown>('messages').set('1.9', { n: 3, at: NOW, text: 'x'.repeat(5_000) });
    chat.take(state(doc), ASHA);
    expect(readMessages(chat.state.doc)).toMatchObject([{ text: 'Mine', author: ASHA }]);
  });
});

describe('order and gaps', () => {
  it('[O1] waits for what an update builds on', () => {
    const side = new Side('board');
    const doc = docOf(1);
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    draw(doc, ASHA);
    const [first, ...rest] = updates;
    if (!first) throw new Error('updates');
    for (const update of rest) expect(side.take(update, ASHA)).toMatchObject({ changed: false, waits: true });
    side.take(first, ASHA);
    for (const update of rest) expect(side.take(update, ASHA)).toMatchObject({ changed: true, waits: false });
    expect(state(side.state.doc)).toEqual(state(doc));
  });

  it('[O2] notices a struct that is half known', () => {
    const side = new Side('board');
    const doc = docOf(1);
    doc.getArray('list').push([1, 2]);
    side.take(state(doc), ASHA);
    doc.getArray('list').push([3]);
    expect(side.take(state(doc), ASHA)).toMatchObject({ overlaps: true, changed: false });
    expect(side.take(Y.diffUpdate(state(doc), Y.encodeStateVector(side.state.doc)), ASHA)).toMatchObject({
      changed: true,
    });
    expect(side.state.doc.getArray('list').toArray()).toEqual([1, 2, 3]);
  });

  it('[A7] takes a lost stroke from a peer once its author is not there', () => {
    const side = new Side('board');
    const theirs = docOf(2);
    draw(theirs, ROHAN);
    side.take(state(theirs), ROHAN);
    const lost = draw(theirs, ROHAN);
    const doc = docOf(1);
    Y.applyUpdate(doc, state(theirs));
    side.here.add(ROHAN.personId);
    expect(side.take(state(doc), ASHA, 'brought')).toMatchObject({ changed: false, foreign: true });
    side.here.delete(ROHAN.personId);
    expect(side.take(state(doc), ASHA, 'brought')).toMatchObject({ changed: true });
    expect(readBoard(side.state.doc).author(lost)).toEqual(ROHAN);
  });

  it('[A7] takes nothing from a peer under an id that never wrote', () => {
    const side = new Side('board');
    const forged = docOf(2);
    draw(forged, ROHAN);
    expect(side.take(state(forged), ASHA, 'brought')).toMatchObject({ changed: false });
  });

  it('[O3] ends with the same document as Yjs, whatever the order of honest updates', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 40 }), (steps) => {
        const side = new Side('board');
        const docs = [docOf(1), docOf(2)];
        const people = [ASHA, ROHAN];
        const held: { update: Uint8Array; from: number }[] = [];
        for (const [i, doc] of docs.entries())
          doc.on('update', (update: Uint8Array, origin: unknown) => {
            if (origin !== 'peer') held.push({ update, from: i });
          });
        for (const step of steps) {
          const i = step % 2;
          const [doc, other, who] = [docs[i], docs[1 - i], people[i]];
          if (!doc || !other || !who) continue;
          const board = readBoard(doc);
          if (step % 5 === 0)
            eraseStrokes(
              doc,
              who,
              board
                .visible()
                .filter(({ key }) => clientOfEntry(key) === doc.clientID)
                .slice(0, 2)
                .map(({ key }) => key),
            );
          else if (step % 5 === 1) restoreStrokes(doc, who, [...doc.getMap(ERASED).keys()]);
          else if (step % 7 === 3)
            changeItems(
              doc,
              who,
              board
                .visible()
                .filter(({ key }) => clientOfEntry(key) === doc.clientID)
                .slice(0, 2)
                .map(({ key }): Change => ({ key, aspect: 'order', value: step })),
            );
          else if (step % 5 === 2) doc.getArray('list').insert(0, [step]);
          else draw(doc, who);
          board.destroy();
          if (step % 3 === 0) Y.applyUpdate(other, state(doc), 'peer');
        }
        // Whatever cannot enter yet comes again until all is in.
        held.sort((a, b) => (a.update.at(-2) ?? 0) - (b.update.at(-2) ?? 0));
        for (let rounds = 0; held.length > 0 && rounds < 400; rounds += 1)
          for (const one of held.splice(0)) {
            const who = people[one.from];
            if (who && side.take(one.update, who).waits) held.push(one);
          }
        expect(held).toEqual([]);
        const [first, second] = docs;
        if (!first || !second) throw new Error('two documents');
        Y.applyUpdate(first, state(second), 'peer');
        expect(readBoard(side.state.doc).visible()).toEqual(readBoard(first).visible());
        expect(Y.encodeStateVector(side.state.doc)).toEqual(Y.encodeStateVector(first));
        // A server that starts again from its rows knows the same.
        const again = loadState('board', { snapshot: { seq: 1, body: side.all() }, updates: [] }, QUIET);
        for (const client of [1, 2]) {
          expect(again.index.next(client)).toBe(side.state.index.next(client));
          for (let clock = 0; clock < again.index.next(client); clock += 1) {
            const [a, b] = [again.index, side.state.index].map((index) => index.container({ client, clock }));
            if (a?.kind !== 'gone') expect(a).toEqual(b);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('[W4] relays nothing that a Yjs peer could not apply, however an update was tampered with', () => {
    const honest = (steps: readonly number[]): Uint8Array => {
      const doc = docOf(1);
      for (const step of steps) {
        if (step % 6 === 0) draw(doc, ASHA);
        else if (step % 6 === 1) doc.getText('text').insert(0, `a${step}😀`);
        else if (step % 6 === 2) doc.getText('text').format(0, Math.min(2, doc.getText('text').length), { bold: true });
        else if (step % 6 === 3) doc.getArray('list').insert(0, [step, { a: [step] }, Uint8Array.of(step)]);
        else if (step % 6 === 4) doc.getMap('map').set(`${step % 3}`, new Y.Map([['x', new Y.Array()]]));
        else doc.getXmlFragment('xml').insert(0, [new Y.XmlElement('p')]);
      }
      return state(doc);
    };
    let taken = 0;
    const steps = fc.array(fc.nat(200), { minLength: 1, maxLength: 12 });
    const edits = fc.array(fc.tuple(fc.nat(1_000), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(steps, edits, (chosen, changes) => {
        const side = new Side('board');
        side.take(honest([0, 1, 3]), ASHA);
        const bytes = Uint8Array.from(honest(chosen));
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        let scan;
        try {
          scan = scanUpdate(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed);
          return;
        }
        const into = new Assembly();
        side.admission.admit(scan, { ...ASHA, host: false }, 'own', [into]);
        const peer = docOf(9, side);
        expect(() => Y.applyUpdate(peer, into.encode())).not.toThrow();
        expect(peer.store.pendingStructs).toBeNull();
        expect(() => readBoard(peer).visible()).not.toThrow();
        if (!into.empty) taken += 1;
      }),
      { numRuns: 1_500 },
    );
    // The test would prove nothing if everything were refused at the door.
    expect(taken).toBeGreaterThan(50);
  });
});
