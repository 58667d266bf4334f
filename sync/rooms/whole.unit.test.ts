import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { create, int32 } from 'lib0/prng';
import { keepingLog } from '../testing/harness.server.ts';
import { frameOf, payloadsOf } from '../wire/frame.ts';
import { MESSAGE, SYNC, readMessage, updateMessage } from '../wire/messages.ts';
import { Malformed } from '../wire/reader.ts';
import { scanUpdate } from '../wire/scan.ts';
import { GONE } from './containers.ts';
import { Copying } from './copying.ts';
import { Leisure } from './leisure.ts';
import { loadState, type DocumentState } from './state.ts';
import type { Peer } from './peer.ts';
import { Whole } from './whole.ts';

const random = create(20261121);
/** What people do to a document, at random. */
function act(docs: readonly Y.Doc[], times: number): void {
  for (let i = 0; i < times; i += 1) {
    const doc = docs[int32(random, 0, docs.length - 1)];
    if (!doc) continue;
    const map = doc.getMap<unknown>('strokes');
    const key = `k${int32(random, 0, 40)}`;
    const old = map.get(key);
    const what = int32(random, 0, 9);
    if (what === 0) map.delete(key);
    else if (what < 3) map.set(key, Y.Array.from([i]));
    else if (what < 5) map.set(key, new Uint8Array(int32(random, 1, 30)));
    else if (old instanceof Y.Array && what < 9) old.push([i, i + 1]);
    else doc.getText('words').insert(int32(random, 0, doc.getText('words').length), `word ${i} `);
    if (int32(random, 0, 9) === 0) for (const other of docs) Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  }
}
const shown = (doc: Y.Doc): string =>
  JSON.stringify([
    Object.entries(doc.getMap('strokes').toJSON()).sort(([a], [b]) => (a < b ? -1 : 1)),
    doc.getText('words'),
  ]);
const same = (a: Y.Doc, b: Y.Doc): boolean => Y.equalSnapshots(Y.snapshot(a), Y.snapshot(b)) && shown(a) === shown(b);

describe('a copy that is made little by little', () => {
  it('[W7] is what Yjs writes when nobody writes meanwhile', () => {
    for (let round = 0; round < 10; round += 1) {
      const docs = Array.from({ length: 5 }, () => new Y.Doc());
      act(docs, 300);
      const [doc] = docs;
      if (!doc) throw new Error('a document');
      const copying = new Copying(doc);
      while (!copying.step());
      expect(copying.encode()).toEqual(Y.encodeStateAsUpdate(doc));
      // For one who has some of it, too, and in parts.
      const known = new Map(
        [...Y.decodeStateVector(Y.encodeStateVector(doc))].map(([id, n]) => [id, int32(random, 0, n)]),
      );
      const rest = new Copying(doc, known);
      while (!rest.step());
      expect(rest.encode()).toEqual(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(known)));
    }
    const empty = new Copying(new Y.Doc());
    expect(empty.step()).toBe(true);
    expect(empty.encode()).toEqual(Uint8Array.of(0, 0));
  });

  it('[W7] is the document together with what was written meanwhile, whatever that deletes, joins or cuts', () => {
    for (let round = 0; round < 8; round += 1) {
      const docs = Array.from({ length: 6 }, () => new Y.Doc());
      act(docs, 600);
      const [doc] = docs;
      if (!doc) throw new Error('a document');
      const copying = new Copying(doc);
      const meanwhile: Uint8Array[] = [];
      doc.on('update', (update: Uint8Array) => meanwhile.push(update));
      while (!copying.step()) act(docs, 20);
      act(docs, 20);
      for (const parts of [[copying.encode()], copying.encodeParts()]) {
        const copy = new Y.Doc();
        for (const part of parts) Y.applyUpdate(copy, part);
        for (const update of meanwhile) Y.applyUpdate(copy, update);
        expect([copy.store.pendingStructs, copy.store.pendingDs]).toEqual([null, null]);
        expect(same(copy, doc)).toBe(true);
      }
    }
  });
});

const peerOf = (answer: (frame: Buffer) => void, more: Partial<Peer> = {}): Peer => ({
  personId: 'p-one',
  name: 'One',
  acks: true,
  host: false,
  observer: false,
  viewer: false,
  write: () => undefined,
  offer: () => undefined,
  answer,
  close: () => undefined,
  ...more,
});

describe('the document for those who come late', () => {
  const open = (): {
    whole: Whole;
    state: DocumentState;
    doc: Y.Doc;
    torn: unknown[];
    write: (client: number, times: number) => void;
  } => {
    const state = loadState('board', { snapshot: null, updates: [] }, keepingLog());
    const torn: unknown[] = [];
    const whole = new Whole(state, new Leisure(keepingLog()), (error) => torn.push(error));
    const clocks = new Map<number, Y.Doc>();
    return {
      whole,
      state,
      torn,
      doc: state.doc,
      write(client, times) {
        let own = clocks.get(client);
        if (!own) clocks.set(client, (own = Object.assign(new Y.Doc(), { clientID: client })));
        for (let i = 0; i < times; i += 1) {
          own.once('update', (update: Uint8Array) => {
            for (const { client: of, structs } of scanUpdate(update).blocks)
              for (const { length } of structs) state.index.add(of, length, GONE);
            whole.add(update, frameOf(updateMessage(update)));
          });
          own.getMap('strokes').set(`${client}.${i % 50}`, new Uint8Array(40));
        }
      },
    };
  };
  const read = (frames: readonly Buffer[]): Y.Doc => {
    const copy = new Y.Doc();
    for (const payload of payloadsOf(Buffer.concat(frames))) {
      const message = readMessage(Uint8Array.from(payload));
      if (message.kind === 'update') Y.applyUpdate(copy, message.update);
    }
    return copy;
  };
  const EVERYTHING = Uint8Array.of(0);
  /** Resolves with the frames of an answer, whose last is the step 2. */
  const asked = (
    whole: Whole,
    stateVector: Uint8Array = EVERYTHING,
    more: Partial<Peer> = {},
  ): Promise<readonly Buffer[]> =>
    new Promise((resolve) => {
      const frames: Buffer[] = [];
      whole.answer(
        peerOf((frame) => {
          frames.push(frame);
          const last = [...payloadsOf(frame)].at(-1);
          if (last?.[0] === MESSAGE.sync && last[1] === SYNC.step2) resolve(frames);
        }, more),
        stateVector,
      );
    });

  it('[W7] is whole for each of many who come at once while others write', async () => {
    const { whole, doc, write } = open();
    for (let client = 1; client <= 60; client += 1) write(client, 200);
    const first = asked(whole);
    const answers = Array.from({ length: 20 }, () => asked(whole));
    const writing = setInterval(() => write(7, 3), 1);
    const given = await Promise.all(answers);
    clearInterval(writing);
    whole.settle();
    // The frames that they get as all others do are not in these.
    const later = read(await asked(whole));
    expect(same(later, doc)).toBe(true);
    for (const frames of [await first, ...given]) {
      const copy = read(frames);
      expect([copy.store.pendingStructs, copy.store.pendingDs]).toEqual([null, null]);
      Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(copy)));
      expect(same(copy, doc)).toBe(true);
    }
  });

  it('[W7] keeps nobody waiting for more than a few milliseconds while a large one is written down', async () => {
    const { whole, doc, write } = open();
    for (let client = 1; client <= 200; client += 1) write(client, 400);
    whole.settle();
    const steps: number[] = [];
    const leisure = new Leisure(keepingLog());
    const copying = new Copying(doc);
    await new Promise<void>((resolve) =>
      leisure.do(() => {
        const before = process.cpuUsage();
        const done = copying.step();
        const { user, system } = process.cpuUsage(before);
        steps.push(user + system);
        if (done) resolve();
        return done;
      }),
    );
    steps.sort((a, b) => a - b);
    expect(steps.length).toBeGreaterThan(20);
    // CPU time, µs; some of them are interrupted by the collector.
    expect(steps[Math.floor(steps.length * 0.9)]).toBeLessThan(5_000);
  });

  it('[W6][W7] comes in parts that are small, with all that was written meanwhile, and to who has some of it, too', async () => {
    const { whole, doc, write } = open();
    for (let client = 1; client <= 60; client += 1) write(client, 100);
    whole.settle();
    const known = Y.encodeStateVector(
      new Map([...Y.decodeStateVector(Y.encodeStateVector(doc))].filter(([id]) => id > 40)),
    );
    for (const vector of [EVERYTHING, known]) {
      const answer = asked(whole, vector);
      write(3, 9);
      const frames = await answer;
      expect(frames.length).toBeGreaterThan(3);
      expect(Math.max(...frames.map(({ length }) => length))).toBeLessThan(40_000);
      const copy = read(frames);
      whole.settle();
      if (vector === known) Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
      Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(copy)));
      expect(same(copy, doc)).toBe(true);
    }
  });

  it('[B4] costs a bounded part of time and memory, however many different things somebody claims to have', async () => {
    const { whole, state, write } = open();
    for (let client = 1; client <= 100; client += 1) write(client, 100);
    await asked(whole);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const heap = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = heap();
    let answers = 0;
    let bytes = 0;
    const hostile = peerOf((frame) => {
      answers += 1;
      bytes += frame.length;
    });
    for (let i = 0; i < 10_000; i += 1) {
      // Of this document and of others, none like the one before.
      const vector = Y.encodeStateVector(
        new Map([
          [1 + (i % 100), 1 + Math.floor(i / 100)],
          [1_000_000 + i, i + 1],
        ]),
      );
      whole.answer(hostile, vector);
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    // An honest one who comes behind it waits for one answer, not for ten thousand.
    const start = performance.now();
    expect(read(await asked(whole)).store.clients.size).toBe(100);
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(answers).toBeLessThan(200);
    expect(bytes).toBeLessThan(8 * state.bytes);
    expect(heap() - before).toBeLessThan(32 * 1024 * 1024);
    expect(() => whole.answer(hostile, new Uint8Array(128 * 1024))).toThrow(Malformed);
    expect(() => whole.answer(hostile, Uint8Array.of(5, 1))).toThrow(Malformed);
  });

  it('[B4] is not written down for who is gone, nor for who has not read what it got', async () => {
    const { whole, write } = open();
    for (let client = 1; client <= 100; client += 1) write(client, 100);
    let given = 0;
    const gone = peerOf(() => void (given += 1));
    whole.answer(gone, Uint8Array.of(1, 1, 5));
    whole.forget(gone);
    let busy = true;
    const slow = Object.defineProperty(
      peerOf(() => void (given += 1)),
      'busy',
      { get: () => busy },
    );
    whole.answer(slow, EVERYTHING);
    await asked(whole);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(given).toBe(0);
    busy = false;
    whole.serve();
    await expect.poll(() => given).toBeGreaterThan(0);
  });

  it('[K6] is handed out and kept by nobody once an update could not be applied', async () => {
    const { whole, torn, write } = open();
    for (let client = 1; client <= 100; client += 1) write(client, 100);
    // Being made, and behind it somebody waits.
    const copied = whole.copied();
    const answered: Buffer[] = [];
    whole.answer(
      peerOf((frame) => answered.push(frame)),
      EVERYTHING,
    );
    whole.add(Uint8Array.of(9, 9, 9), Buffer.alloc(1));
    write(1, 20);
    expect(torn).toHaveLength(1);
    await expect(copied).rejects.toThrow();
    await expect(whole.copied()).rejects.toThrow('hole');
    expect(() => whole.encode()).toThrow('hole');
    expect(whole.settle()).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(answered).toEqual([]);
    expect(torn).toHaveLength(1);
  });
});
