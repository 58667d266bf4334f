/** Stock y-websocket clients that draw, and know which of their strokes are acknowledged (`ack=1`). */
import { readVarUint } from 'lib0/decoding';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { LessonRole } from '#events/access/roles.ts';
import type { Database } from '#platform/database/database.ts';
import { readBoard } from '#sync/documents/board-reader.ts';
import { beginStroke, eraseStrokes } from '#sync/documents/board-writer.ts';
import { officeAt } from '#sync/testing/harness.server.ts';

const ACK = 100;
const STANDING = 102;
const ROOTS = ['people', 'strokes', 'erased'];
// Each stock client listens for the end of the process.
process.setMaxListeners(0);

export interface BoardClient {
  readonly person: { readonly personId: string; readonly name: string };
  readonly role: LessonRole;
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
  /** Keys of strokes that it finished, in order. */
  readonly drawn: readonly string[];
  /** Those that the server said are safe. */
  acknowledged(): readonly string[];
  /** Wall ms when it was last synced with a server. */
  readonly syncedAt: () => number;
  draw(): string;
  erase(key: string): void;
  end(): void;
}

export const ticketFor = (person: { personId: string; name: string }, name: string, role: LessonRole): string =>
  officeAt(Date.now).sign({
    lessonId: name.slice(name.indexOf(':') + 1),
    ...person,
    role,
    documents: { [name]: [] },
    expiresAt: Date.now() + 800_000,
  });

export function openClient(url: string, name: string, id: string, role: LessonRole = 'participant'): BoardClient {
  const person = { personId: `p-${id}`, name: `Person ${id}` };
  const drawn: string[] = [];
  /** Strokes that are whole in the document, the one that is being sealed included. */
  let whole = 0;
  let safe = 0;
  let syncedAt = 0;

  /** Counts as the server counts: step 2s and updates, from 1 on each connection. */
  class CountingSocket extends WebSocket {
    readonly wholeAt: number[] = [];

    override send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
      if (data instanceof Uint8Array && data[0] === 0 && data[1] !== 0) this.wholeAt.push(whole);
      super.send(data as Uint8Array<ArrayBuffer>);
    }
  }

  const doc = new Y.Doc();
  // Roots without a type read as empty.
  for (const root of ROOTS) doc.getMap(root);
  const provider = new WebsocketProvider(url, name, doc, {
    params: { ticket: ticketFor(person, name, role), ack: '1' },
    disableBc: true,
    WebSocketPolyfill: CountingSocket,
    connect: false,
  });
  provider.messageHandlers[ACK] = (_encoder, decoder) => {
    const count = readVarUint(decoder);
    if (provider.ws instanceof CountingSocket) safe = Math.max(safe, provider.ws.wholeAt[count - 1] ?? 0);
  };
  provider.messageHandlers[STANDING] = () => undefined;
  provider.on('sync', (synced: boolean) => {
    if (synced) syncedAt = Date.now();
  });
  provider.connect();
  return {
    person,
    role,
    doc,
    provider,
    drawn,
    acknowledged: () => drawn.slice(0, safe),
    syncedAt: () => syncedAt,
    draw() {
      const stroke = beginStroke(doc, person, { z: drawn.length + 1, pen: 0, size: 3, pressure: false });
      stroke.append([{ x: drawn.length, y: drawn.length % 7, pressure: 0.5 }]);
      drawn.push(stroke.key);
      whole += 1;
      stroke.seal();
      return stroke.key;
    },
    erase: (key) => void eraseStrokes(doc, person, [key]),
    end: () => provider.destroy(),
  };
}

/** Keys of the strokes that a document has, erased ones included. */
export function strokesOf(doc: Y.Doc): Set<string> {
  return new Set(doc.getMap('strokes').keys());
}
export const visibleIn = (doc: Y.Doc): string[] => {
  const board = readBoard(doc);
  const keys = board.visible().map(({ key }) => key);
  board.destroy();
  return keys;
};

/**
 * What the stored rows say. In one act, as the server loads them: Yjs tidies up formatted text behind each update from
 * elsewhere.
 */
export async function storedDocument(db: Database, name: string): Promise<Y.Doc> {
  const rows = await db.query<{ body: Uint8Array }>('SELECT body FROM sync_update WHERE document = $1 ORDER BY seq', [
    name,
  ]);
  const doc = new Y.Doc();
  for (const root of ROOTS) doc.getMap(root);
  doc.transact(() => rows.forEach(({ body }) => Y.applyUpdate(doc, body)));
  return doc;
}

/** Whether two replicas are the same: what they have, what is deleted in it, and what it says. */
export function sameReplica(a: Y.Doc, b: Y.Doc): boolean {
  nameRoots(a, b);
  nameRoots(b, a);
  return Y.equalSnapshots(Y.snapshot(a), Y.snapshot(b)) && JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** A root reads as nothing until somebody says what it is, and whoever only looks has not said so of each. */
function nameRoots(from: Y.Doc, to: Y.Doc): void {
  for (const [name, root] of from.share) {
    if (root instanceof Y.Map) to.getMap(name);
    else if (root instanceof Y.Array) to.getArray(name);
    else if (root instanceof Y.Text) to.getText(name);
    else if (root instanceof Y.XmlFragment) to.getXmlFragment(name);
  }
}

const sorted = (doc: Y.Doc): unknown[] =>
  [...doc.share]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, root]) => {
      const said: unknown = root instanceof Y.Text && !(root instanceof Y.XmlText) ? root.toDelta() : root.toJSON();
      return [name, orderKeys(said)];
    });

/** Keys of maps stand in the order of arrival, which differs between replicas. */
function orderKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(orderKeys);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, orderKeys(inner)]);
}

export async function until(holds: () => boolean | Promise<boolean>, what: string, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Still waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
