import { create, int32, oneOf } from 'lib0/prng';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { Close } from './close-codes.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { Leisure } from './rooms/leisure.ts';
import type { Peer } from './rooms/peer.ts';
import { receive } from './rooms/receive.ts';
import { Room } from './rooms/room.ts';
import { loadState } from './rooms/state.ts';
import type { NewUpdate } from './storage/journal.server.ts';
import { badMessage, honestMessages, type Known } from './testing/fuzz.ts';
import { BUSINESS_NOW, keepingLog } from './testing/harness.server.ts';
import { payloadsOf } from './wire/frame.ts';
import { readMessage } from './wire/messages.ts';

const MESSAGES = 100_000;
/** In one room; then the next, so that each stays as large as a lesson's. */
const A_ROOM = 2_000;
const PEOPLE = ['one', 'two', 'three'].map((name) => ({ personId: `p-${name}`, name }));
const IDS = [1, 2, 3, 4, 5, 6, 4_000_000_000];
const ownerOf = (client: number): string => PEOPLE[client % 3]?.personId ?? '';

/** A socket's end, without the socket. */
class FakePeer implements Peer {
  readonly personId: string;
  readonly name: string;
  readonly acks = true;
  readonly host = false;
  readonly observer = false;
  readonly viewer = false;
  closed: Close | null = null;
  readonly doc = new Y.Doc();

  constructor(person: { personId: string; name: string }) {
    this.personId = person.personId;
    this.name = person.name;
  }

  /** As every stock client: it applies what it is told, and has no net below. */
  write(frame: Buffer, then?: Buffer): void {
    if (then) this.write(then);
    for (const payload of payloadsOf(frame)) {
      if (payload[0] !== 0) continue;
      const message = readMessage(Uint8Array.from(payload));
      if (message.kind === 'update') Y.applyUpdate(this.doc, message.update);
    }
  }

  offer(frame: Buffer): void {
    this.write(frame);
  }

  answer(frame: Buffer): void {
    this.write(frame);
  }

  close(close: Close): void {
    this.closed ??= close;
  }
}

describe('a room among hostile clients', () => {
  it(`[W3][W4][O3] stands ${MESSAGES} malformed messages: each closes its own socket at most, and replicas stay equal`, async () => {
    const random = create(20261121);
    const log = keepingLog();
    const counts = { closed: 0, entered: 0, reasons: new Map<string, number>() };
    const before = process.memoryUsage().rss;
    for (let sent = 0; sent < MESSAGES; sent += A_ROOM) {
      const rows: NewUpdate[] = [];
      const room = roomFor(rows, log);
      const watcher = new FakePeer({ personId: 'p-watcher', name: 'watcher' });
      room.join(watcher);
      const honest = IDS.flatMap((client) => honestMessages(client, PEOPLE[client % 3] ?? { personId: '', name: '' }));
      const peers = PEOPLE.map((person) => new FakePeer(person));
      for (const peer of peers) room.join(peer);
      const known: Known = {
        clients: [...IDS, 77],
        next: (client) => Y.getState(watcher.doc.store, client),
      };
      for (let i = 0; i < A_ROOM; i += 1) {
        const at = int32(random, 0, peers.length - 1);
        const peer = peers[at];
        if (!peer) throw new Error('a peer');
        const bytes = int32(random, 0, 19) === 0 ? oneOf(random, honest) : badMessage(random, honest, known);
        receive(room, peer, bytes, log);
        if (i % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
        // Of the sender now, or of one whose message had to wait for its id to be bound.
        for (const [j, gone] of peers.entries()) {
          if (!gone.closed) continue;
          counts.closed += 1;
          counts.reasons.set(gone.closed.reason, (counts.reasons.get(gone.closed.reason) ?? 0) + 1);
          room.leave(gone);
          const next = new FakePeer(gone);
          peers[j] = next;
          room.join(next);
        }
      }
      await settled(room);
      expect(watcher.closed).toBeNull();
      expect(room.broken).toBe(false);
      counts.entered += rows.length;
      // What was relayed, what is served and what is stored are one document.
      const served = new Y.Doc();
      Y.applyUpdate(served, room.snapshot());
      const stored = loadState(
        'board',
        { snapshot: null, updates: rows.map(({ body }, n) => ({ seq: n + 1, body })) },
        log,
      );
      // (Structs that hang on neighbours in two places end by chance in Yjs itself, so deletions are compared where the
      // product reads.)
      for (const copy of [served, stored.doc]) {
        expect(Y.encodeStateVector(copy)).toEqual(Y.encodeStateVector(watcher.doc));
        expect(boardOf(copy)).toEqual(boardOf(watcher.doc));
        expect([copy.store.pendingStructs, copy.store.pendingDs]).toEqual([null, null]);
      }
      room.destroy();
    }
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(counts.closed).toBeGreaterThan(MESSAGES / 4);
    expect(counts.entered).toBeGreaterThan(MESSAGES / 100);
    expect([...counts.reasons.keys()].sort()).toEqual(['malformed']);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024);
  }, 60_000);
});

const boardOf = (doc: Y.Doc): unknown[] =>
  ['people', 'strokes', 'erased'].map((root) => {
    const entries = Object.entries(doc.getMap(root).toJSON());
    return entries.sort(([a], [b]) => (a < b ? -1 : 1));
  });

function roomFor(rows: NewUpdate[], log: ReturnType<typeof keepingLog>): Room {
  const state = loadState('board', { snapshot: null, updates: [] }, log);
  const name = { surface: 'board', lessonId: 'l', personId: null } as const;
  return new Room('board:l', name, state, new Map(IDS.map((client) => [client, ownerOf(client)])), null, {
    limits: { ...DEFAULT_LIMITS, tickMs: 0, heldBytes: 1024 * 1024 },
    log,
    leisure: new Leisure(log),
    wall: () => BUSINESS_NOW,
    business: () => BUSINESS_NOW,
    append: async (take) => {
      const { updates } = take();
      const first = rows.length + 1;
      rows.push(...updates);
      return updates.length > 0 ? { first, last: rows.length } : null;
    },
    accept: () => undefined,
    unstored: () => 0,
    storeMissing: async () => null,
    life: 1,
    updatesAfter: async () => [],
    claim: async (_client, personId) => personId,
    tell: () => undefined,
    answer: () => undefined,
    worked: () => undefined,
    ruled: () => undefined,
  });
}

async function settled(room: Room): Promise<void> {
  for (let turn = 0; turn < 200 && !room.settled; turn += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  if (!room.settled) throw new Error('The room does not settle');
}
