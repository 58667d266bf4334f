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
  /** What it took to load, and what came since. */
  bytes: number;
}

/** Applies what was stored, all in one transaction. One update that Yjs cannot read does not cost the others. */
function replay(doc: Y.Doc, stored: StoredDocument, log: Log): void {
  doc.transact(() => {
    for (const { seq, body } of [...(stored.snapshot ? [stored.snapshot] : []), ...stored.updates])
      try {
        Y.applyUpdate(doc, body, 'storage');
      } catch (error) {
        log.error({ err: error, seq }, 'a stored update cannot be read');
      }
  }, 'storage');
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
  replay(doc, stored, log);
  const containers = new Containers(surface);
  return {
    doc,
    containers,
    index: indexOf(doc, containers),
    guard: new Guard(surface, doc),
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
