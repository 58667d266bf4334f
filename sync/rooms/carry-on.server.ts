/**
 * Carries a board on in another lesson (SPEC Q1–Q4). What is brought is worked out from the old board, which takes nothing new
 * any more, and from ids that are written down first: whoever tries again, after whatever happened, brings the same bytes.
 */
import * as Y from 'yjs';
import { boardToContinue, continuedBoard } from '../documents/continued.ts';
import type { Author } from '../documents/people.ts';
import type { DocumentTable, StoredContinuation } from '../storage/documents.server.ts';
import type { Rooms } from './rooms.server.ts';

export type Continued =
  /** `files`: ids of the files that it shows. */
  | { readonly kind: 'brought'; readonly items: number; readonly files: readonly string[] }
  | { readonly kind: 'empty' | 'already' | 'too-large' };

interface Parts {
  readonly table: DocumentTable;
  readonly rooms: Rooms;
  /** Bytes that may be brought. */
  readonly most: number;
}

interface Wish {
  readonly from: string;
  /** The old board; null when nobody wrote on it. */
  readonly source: Uint8Array | null;
  readonly to: string;
  readonly host: Author;
}

function open(update: Uint8Array | null): Y.Doc {
  const doc = new Y.Doc();
  if (update) Y.applyUpdate(doc, update);
  return doc;
}

export async function carryOn({ table, rooms, most }: Parts, { from, source, to, host }: Wish): Promise<Continued> {
  const old = open(source);
  try {
    const { items, files, clients } = boardToContinue(old);
    if (items === 0) return { kind: 'empty' };
    const before = await table.continuation(to);
    if (before && before.source !== from) return { kind: 'already' };
    const owners = await table.owners(from);
    const ownerOf = (client: number): string => owners.get(client) ?? host.personId;
    const said = before ?? (await table.continueFrom(to, await plan(clients, ownerOf)));
    if (said.source !== from) return { kind: 'already' };
    const { ids, hostId, inFront } = said;
    const by = { personId: said.personId, name: host.name };
    const update = continuedBoard(old, { ids, hostId, host: by, inFront });
    if (update.length > most) return { kind: 'too-large' };
    const known = new Map([...ids].map(([client, next]) => [next, ownerOf(client)]));
    await rooms.bring(to, update, said.personId, known.set(hostId, said.personId));
    return { kind: 'brought', items, files };
  } finally {
    old.destroy();
  }

  async function plan(clients: readonly number[], ownerOf: (client: number) => string): Promise<StoredContinuation> {
    const now = open(await rooms.snapshot(to));
    const inFront = boardToContinue(now).items > 0;
    now.destroy();
    const [hostId = 0] = await table.allocate(to, host.personId, 1);
    const ids = new Map<number, number>();
    for (const [personId, own] of Map.groupBy(clients, ownerOf)) {
      const fresh = await table.allocate(to, personId, own.length);
      for (const [i, client] of own.entries()) ids.set(client, fresh[i] ?? hostId);
    }
    return { source: from, personId: host.personId, inFront, hostId, ids };
  }
}
