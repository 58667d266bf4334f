/**
 * Ink that was drawn without a connection and comes after the lesson's end. It is judged like any other by the document as it
 * ended, and goes into the history alone: what the lesson was stays what everybody saw.
 */
import * as Y from 'yjs';
import type { DocumentName } from '../documents/names.ts';
import type { Log } from '../log.ts';
import type { DocumentTable } from '../storage/documents.server.ts';
import type { HistoryTable } from '../storage/history.server.ts';
import { Assembly } from '../wire/assemble.ts';
import { Malformed } from '../wire/reader.ts';
import { scanUpdate, type Scan } from '../wire/scan.ts';
import { Admission, type Admitted } from './admit.ts';
import { isWork } from './containers.ts';
import type { StructIndex } from './index.ts';
import { loadState } from './state.ts';
import type { Writer } from './writer.ts';

/**
 * `kept`: all of it that was new. `partly`: something of it, the rest is not allowed, somebody else's, or builds on what is not
 * here. `known`: all of it was here before. `nothing`: none of it is, nor ever will be.
 */
export type LateAnswer = 'kept' | 'partly' | 'known' | 'nothing' | 'malformed';

/** Pages of one person that began without a connection; bound at once. */
const MOST_STRANGERS = 32;

export interface LateParts {
  readonly table: DocumentTable;
  readonly history: HistoryTable;
  readonly log: Log;
  /** Wall and business time, ms. */
  readonly wall: () => number;
  readonly business: () => number;
}

/** What of an update its sender had brought before. */
interface Before {
  readonly work: boolean;
  readonly deleted: boolean;
  /** What they sent once is here without what it said: it was refused then. */
  readonly refused: boolean;
}

function knownBefore(scan: Scan, index: StructIndex, isOwn: (client: number) => boolean): Before {
  const places = scan.blocks
    .filter(({ client }) => isOwn(client))
    .flatMap(({ client, structs }) =>
      structs
        .filter(({ kind }) => kind !== 'gone' && kind !== 'skip')
        .map(({ clock }) => index.container({ client, clock })),
    )
    .filter((place) => place !== null);
  return {
    work: places.some((place) => isWork(place)),
    deleted: scan.deletes.some(
      ({ client, clock, length }) => isOwn(client) && index.isDeleted(client, clock, clock + length),
    ),
    refused: places.some(({ kind }) => kind === 'gone'),
  };
}

export class LateInk {
  private readonly parts: LateParts;
  /** One after the other in a document, so that what was sent twice is known the second time. */
  private readonly queues = new Map<string, Promise<unknown>>();

  constructor(parts: LateParts) {
    this.parts = parts;
  }

  /** Keeps what is new and this person's own. */
  take(name: string, document: DocumentName, writer: Writer, update: Uint8Array): Promise<LateAnswer> {
    const before = this.queues.get(name) ?? Promise.resolve();
    // Whoever sent the one before was told what became of it.
    const taking = before.catch(() => undefined).then(() => this.judge(name, document, writer, update));
    this.queues.set(name, taking);
    const done = (): void => {
      if (this.queues.get(name) === taking) this.queues.delete(name);
    };
    taking.then(done, done);
    return taking;
  }

  /**
   * Ids that the document has never seen are the sender's, as with a socket: who began without a connection had none from the
   * door. Beyond a few they stay nobody's, and what is written under them is left out.
   */
  private async bindStrangers(name: string, scan: Scan, owners: Map<number, string>, writer: Writer): Promise<void> {
    const strangers = scan.blocks.map(({ client }) => client).filter((client) => !owners.has(client));
    if (strangers.length > 0) await this.parts.table.create(name);
    for (const client of strangers.slice(0, MOST_STRANGERS))
      owners.set(client, await this.parts.table.claim(name, client, writer.personId));
  }

  private async judge(
    name: string,
    { surface, personId: owner }: DocumentName,
    sender: Writer,
    update: Uint8Array,
  ): Promise<LateAnswer> {
    const { table, history, log, wall, business } = this.parts;
    const writer: Writer = { ...sender, arranges: sender.personId === owner };
    let scan: Scan;
    try {
      scan = scanUpdate(update);
    } catch (error) {
      if (error instanceof Malformed) return 'malformed';
      throw error;
    }
    const [stored, owners, { head }] = await Promise.all([table.load(name), table.owners(name), history.size(name)]);
    await this.bindStrangers(name, scan, owners, writer);
    const earlier = await history.late(name, head);
    const state = loadState(surface, { ...stored, updates: [...stored.updates, ...earlier] }, log);
    try {
      const ownerOf = (client: number): string | undefined => owners.get(client);
      const admission = new Admission(state.index, state.containers, ownerOf, () => true, wall, state.guard);
      const assembly = new Assembly();
      const before = knownBefore(scan, state.index, (client) => ownerOf(client) === writer.personId);
      const admitted: Admitted[] = [admission.admit(scan, writer, 'own', [assembly])];
      if (admitted[0]?.overlaps) {
        const known = new Map(scan.blocks.map(({ client }) => [client, state.index.next(client)]));
        const rest = scanUpdate(Y.diffUpdate(update, Y.encodeStateVector(known)));
        admitted.push(admission.admit(rest, writer, 'own', [assembly]));
      }
      const leftOut =
        before.refused || admitted.some(({ denied, foreign }) => denied !== null || foreign) || admitted.at(-1)?.waits;
      if (assembly.empty || !admitted.some(({ wrote }) => wrote)) {
        if (leftOut) return before.work ? 'partly' : 'nothing';
        return before.work || before.deleted ? 'known' : 'nothing';
      }
      await history.addLate(name, writer.personId, new Uint8Array(assembly.encode()), wall(), business());
      return leftOut ? 'partly' : 'kept';
    } finally {
      state.doc.destroy();
    }
  }
}
