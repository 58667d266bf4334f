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
import { loadState } from './state.ts';
import type { Writer } from './writer.ts';

/** `nothing`: no word of it was new, or none was this person's own and allowed. */
export type LateAnswer = 'kept' | 'nothing' | 'malformed';

export interface LateParts {
  readonly table: DocumentTable;
  readonly history: HistoryTable;
  readonly log: Log;
  /** Wall and business time, ms. */
  readonly wall: () => number;
  readonly business: () => number;
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
    const taking = before.catch(() => undefined).then(() => this.judge(name, document, writer, update));
    this.queues.set(name, taking);
    const done = (): void => {
      if (this.queues.get(name) === taking) this.queues.delete(name);
    };
    taking.then(done, done);
    return taking;
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
    const earlier = await history.late(name, head);
    const state = loadState(surface, { ...stored, updates: [...stored.updates, ...earlier] }, log);
    try {
      const ownerOf = (client: number): string | undefined => owners.get(client);
      const admission = new Admission(state.index, state.containers, ownerOf, () => true, wall, state.guard);
      const assembly = new Assembly();
      const admitted: Admitted[] = [admission.admit(scan, writer, 'own', [assembly])];
      if (admitted[0]?.overlaps) {
        const known = new Map(scan.blocks.map(({ client }) => [client, state.index.next(client)]));
        const rest = scanUpdate(Y.diffUpdate(update, Y.encodeStateVector(known)));
        admitted.push(admission.admit(rest, writer, 'own', [assembly]));
      }
      if (assembly.empty || !admitted.some(({ wrote }) => wrote)) return 'nothing';
      await history.addLate(name, writer.personId, new Uint8Array(assembly.encode()), wall(), business());
      return 'kept';
    } finally {
      state.doc.destroy();
    }
  }
}
