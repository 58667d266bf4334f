/** A document in memory: the Y.Doc for those who join, and the index for those who write. */
import * as Y from 'yjs';
import type { Surface } from '../documents/names.ts';
import type { StoredDocument } from '../storage/documents.server.ts';
import type { Log } from '../log.ts';
import { GONE, Containers, type Container } from './containers.ts';
import { Guard } from './guard.ts';
import { StructIndex } from './index.ts';

export interface DocumentState {
  readonly doc: Y.Doc;
  readonly index: StructIndex;
  readonly containers: Containers;
  readonly guard: Guard;
  /** The last stored sequence number in it, without a gap before. */
  seen: number;
  /** Stored updates that build on something that is not stored yet: its process may be about to. */
  readonly waiting: readonly Uint8Array[];
  /** Something that is stored could not be read: what is in memory never stands for the rows. */
  hole: boolean;
  /** What it took to load, and what came since. */
  bytes: number;
}

/** Applies what was stored, all in one transaction, and gives whether something is missing. One update that Yjs cannot read does not cost the others. */
function replay(doc: Y.Doc, stored: StoredDocument, log: Log): boolean {
  let hole = false;
  doc.transact(() => {
    for (const { seq, body } of [...(stored.snapshot ? [stored.snapshot] : []), ...stored.updates])
      try {
        Y.applyUpdate(doc, body, 'storage');
      } catch (error) {
        hole = true;
        log.error({ err: error, seq }, 'a stored update cannot be read');
      }
  }, 'storage');
  return hole;
}

/** Takes out what waits in it for something else: whatever enters the document is also indexed, and shown to everybody. */
function takePending({ store }: Y.Doc): Uint8Array[] {
  const pending = [store.pendingStructs?.update, store.pendingDs].filter((update) => update instanceof Uint8Array);
  store.pendingStructs = null;
  store.pendingDs = null;
  return pending.map((update) => Y.convertUpdateFormatV2ToV1(update));
}

/** Finds for each struct of a document the container that it lives in. */
function indexOf(doc: Y.Doc, containers: Containers): StructIndex {
  const index = new StructIndex();
  const roots = new Map<unknown, string>([...doc.share].map(([name, type]) => [type, name]));
  const inType = new Map<unknown, (key: string | null) => Container>();

  const below = (type: { readonly _item: Y.Item | null }): ((key: string | null) => Container) => {
    const known = inType.get(type);
    if (known) return known;
    const item = type._item;
    const name = roots.get(type);
    let place: (key: string | null) => Container;
    if (item) {
      const container = containers.inType(placeOf(item));
      place = () => container;
    } else place = name === undefined ? () => GONE : (key) => containers.inRoot(name, key);
    inType.set(type, place);
    return place;
  };
  const placeOf = (item: Y.Item): Container =>
    item.parent instanceof Y.AbstractType ? below(item.parent)(item.parentSub) : GONE;

  for (const [client, structs] of doc.store.clients)
    for (const struct of structs) {
      index.add(client, struct.length, struct instanceof Y.Item ? placeOf(struct) : GONE);
      if (struct.deleted) index.delete(client, struct.id.clock, struct.id.clock + struct.length);
    }
  return index;
}

export function loadState(surface: Surface, stored: StoredDocument, log: Log): DocumentState {
  const doc = new Y.Doc();
  const hole = replay(doc, stored, log);
  const waiting = takePending(doc);
  const containers = new Containers(surface);
  return {
    doc,
    containers,
    index: indexOf(doc, containers),
    guard: new Guard(surface, doc),
    waiting,
    hole,
    bytes: [stored.snapshot, ...stored.updates].reduce((sum, update) => sum + (update?.body.length ?? 0), 0),
    seen: stored.updates.at(-1)?.seq ?? stored.snapshot?.seq ?? 0,
  };
}

/** The whole document as one update; null when nobody wrote anything. */
export function wholeOf(stored: StoredDocument, log: Log): Uint8Array | null {
  if (!stored.snapshot && stored.updates.length === 0) return null;
  const doc = new Y.Doc();
  replay(doc, stored, log);
  const whole = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return whole;
}
