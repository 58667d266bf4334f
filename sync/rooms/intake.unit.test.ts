import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { beginStroke } from '../documents/board-writer.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { scanUpdate } from '../wire/scan.ts';
import { Intake } from './intake.ts';
import type { Peer } from './peer.ts';
import { loadState } from './state.ts';
import { Tick } from './tick.ts';

const QUIET = { info: () => {}, warn: () => {}, error: () => {} };

function peerOf(personId: string, closed: string[]): Peer {
  const nothing = (): void => undefined;
  const close: Peer['close'] = ({ reason }) => void closed.push(reason);
  const may = { acks: true, host: false, observer: false, viewer: false };
  return { personId, name: personId, ...may, write: nothing, offer: nothing, answer: nothing, close };
}

/** Updates of one page that draws, one after the other. */
function drawn(client: number, person: string, strokes: number): Uint8Array[] {
  const doc = new Y.Doc();
  doc.clientID = client;
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => void updates.push(update));
  for (let n = 0; n < strokes; n += 1) {
    const stroke = beginStroke(doc, { personId: person, name: person }, { z: n, pen: 0, size: 3, pressure: false });
    for (let x = 0; x < 4; x += 1) stroke.append([{ x, y: n, pressure: 0 }]);
    stroke.seal();
  }
  return updates;
}

describe('many who begin at once under ids of their own', () => {
  it('[O4] wait for an owner of their ids and for nothing else, and cost the others nothing meanwhile', async () => {
    const people = 150;
    const answers: (() => void)[] = [];
    const closed: string[] = [];
    const tick = new Tick();
    let looks = 0;
    const state = loadState('board', { snapshot: null, updates: [] }, QUIET);
    const intake = new Intake('board', state, new Map([[1, 'p-first']]), {
      limits: DEFAULT_LIMITS,
      wall: () => 0,
      owner: null,
      direct: false,
      claim: (_client, personId) => new Promise((resolve) => answers.push(() => resolve(personId))),
      isHere: () => true,
      tick: () => tick,
      far: () => tick.all,
      onHold: () => void (looks += 1),
      onBad: (_peer, error) => {
        throw error;
      },
      onDenied: (_peer, denied) => {
        throw new Error(denied);
      },
      onChange: () => undefined,
    });
    let n = 0;
    let waiting = 0;
    for (let i = 0; i < people; i += 1) {
      const peer = peerOf(`p-${i}`, closed);
      for (const update of drawn(100 + i, `p-${i}`, 3)) {
        intake.offer(peer, (n += 1), update, scanUpdate(update));
        waiting += 1;
      }
    }
    const first = peerOf('p-first', closed);
    const known = drawn(1, 'p-first', 200);
    for (const update of known) intake.offer(first, (n += 1), update, scanUpdate(update));
    expect(state.index.next(1)).toBeGreaterThan(known.length);
    for (const answer of answers) {
      answer();
      await Promise.resolve();
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(closed).toEqual([]);
    expect(intake.busy).toBe(false);
    for (let i = 0; i < people; i += 1) expect(state.index.next(100 + i)).toBeGreaterThan(15);
    // Each was put aside once, however much entered before its turn came.
    expect(looks).toBe(waiting);
  });
});

describe('what one person wrote and came in two ways within one tick', () => {
  it('[K1][O3] is stored whole: partly from their socket, partly through another process', () => {
    const tick = new Tick();
    const state = loadState('board', { snapshot: null, updates: [] }, QUIET);
    const intake = new Intake('board', state, new Map([[7, 'p-asha']]), {
      limits: DEFAULT_LIMITS,
      wall: () => 0,
      owner: null,
      direct: false,
      claim: async (_client, personId) => personId,
      isHere: () => true,
      tick: () => tick,
      far: () => tick.all,
      onHold: () => undefined,
      onBad: (_peer, error) => {
        throw error;
      },
      onDenied: () => undefined,
      onChange: () => undefined,
    });
    const asha = peerOf('p-asha', []);
    const updates = drawn(7, 'p-asha', 3);
    const elsewhere = new Set([3, 4, 9]);
    for (const [n, update] of updates.entries())
      if (elsewhere.has(n)) intake.trust(update);
      else intake.offer(asha, n + 1, update, scanUpdate(update));
    const [relayed, stored, whole] = [new Y.Doc(), new Y.Doc(), new Y.Doc()];
    for (const update of updates) Y.applyUpdate(whole, update);
    Y.applyUpdate(relayed, tick.all.encode());
    for (const n of elsewhere) Y.applyUpdate(stored, updates[n] ?? new Uint8Array());
    for (const { assembly } of tick.parts) Y.applyUpdate(stored, assembly.encode());
    for (const doc of [relayed, stored]) {
      expect(Y.encodeStateVector(doc)).toEqual(Y.encodeStateVector(whole));
      expect(doc.getMap('strokes').toJSON()).toEqual(whole.getMap('strokes').toJSON());
    }
    expect(new Set(tick.parts.map(({ personId }) => personId))).toEqual(new Set(['p-asha']));
  });
});

describe('a page that comes from a process which died', () => {
  it('[N5][O4] is heard though what it says names a hundred ids that only that process had met', async () => {
    const state = loadState('board', { snapshot: null, updates: [] }, QUIET);
    const tick = new Tick();
    const bound = new Map(Array.from({ length: 100 }, (_, i) => [100 + i, `p-${i}`]));
    const closed: string[] = [];
    const intake = new Intake('board', state, new Map([[7, 'p-asha']]), {
      limits: DEFAULT_LIMITS,
      owner: null,
      direct: false,
      wall: () => 0,
      claim: async (client, personId) => bound.get(client) ?? personId,
      isHere: () => false,
      tick: () => tick,
      far: () => tick.all,
      onHold: () => undefined,
      onBad: (_peer, error) => {
        throw error;
      },
      onDenied: (_peer, denied) => {
        throw new Error(denied);
      },
      onChange: () => undefined,
    });
    const page = new Y.Doc();
    for (const [client, personId] of bound)
      for (const update of drawn(client, personId, 1)) {
        intake.trust(update);
        Y.applyUpdate(page, update);
      }
    const known = Y.encodeStateVector(page);
    for (const update of drawn(7, 'p-asha', 1)) Y.applyUpdate(page, update);
    // As its step 2: what the server lacks, and everything that was ever deleted.
    const update = Y.encodeStateAsUpdate(page, known);
    intake.offer(peerOf('p-asha', closed), 1, update, scanUpdate(update));
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(state.index.next(7)).toBeGreaterThan(5);
    expect(closed).toEqual([]);
  });
});
