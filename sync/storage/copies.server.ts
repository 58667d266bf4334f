/**
 * The compact copy of a document whose lesson is over: the document as one fresh update, and its timed history as one
 * file, both in the object store. The rows stay the truth: a copy is made from them, later if a crash came between, and
 * making it again changes nothing, because its name says which rows are in it.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import * as Y from 'yjs';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { encodeHistory, type HistoryRow } from '../documents/history.ts';
import type { Log } from '../log.ts';
import { HistoryTable, applyAll, type MinuteCount } from './history.server.ts';

const compress = promisify(gzip);
const KIND = 'application/octet-stream';

export interface HistoryFile {
  /** The same as long as the bytes are; known without reading them. */
  readonly etag: string;
  /** The file of documents/history.ts, compressed with gzip. */
  readonly gzip: () => Promise<Uint8Array>;
}

export interface CopyPorts {
  readonly table: HistoryTable;
  /** Null where nothing is kept but the database: then copies are made anew for whoever asks. */
  readonly objects: ObjectStore | null;
  readonly log: Log;
  /** Rows between two states that are kept. */
  readonly checkpointEvery: number;
}

/** `board:<lesson>` → `documents/board.<lesson>/<head>-<late>`. */
const keyOf = (name: string, { head, late }: Size): string => `documents/${name.replaceAll(':', '.')}/${head}-${late}`;

interface Size {
  readonly head: number;
  readonly late: number;
}

export class Copies {
  private readonly ports: CopyPorts;

  constructor(ports: CopyPorts) {
    this.ports = ports;
  }

  /** Makes the copy unless it is there, and the states along the way that are missing. */
  async make(name: string): Promise<void> {
    const { table, objects } = this.ports;
    if (!objects) return;
    const size = await table.size(name);
    if (size.head === 0) return;
    const known = await table.copyOf(name);
    if (known && known.head === size.head && known.late === size.late) return;
    await this.fillCheckpoints(name, size.head);
    const rows = await this.rowsOf(name, size, 0);
    const doc = await table.stateAt(name, size.head);
    const update = Y.encodeStateAsUpdate(doc);
    doc.destroy();
    const key = keyOf(name, size);
    await objects.put(`${key}/history`, await compress(encodeHistory(rows)), KIND);
    await objects.put(`${key}/document`, update, KIND);
    const counts = JSON.stringify(await table.counts(name));
    await table.keepCopy({ document: name, ...size, key, counts });
  }

  /** The document as one update, from its copy; null when there is none that has everything. */
  async document(name: string): Promise<Uint8Array | null> {
    const copy = await this.whole(name);
    const found = copy && (await this.ports.objects?.get(`${copy.key}/document`));
    return found ? found.body : null;
  }

  /** The history behind the row `after`, whole for 0; null when there is nothing. */
  async history(name: string, after: number): Promise<HistoryFile | null> {
    const { table, objects } = this.ports;
    const size = await table.size(name);
    if (size.head + size.late <= after) return null;
    const etag = `"${size.head}-${size.late}-${after}"`;
    const read = async (): Promise<Uint8Array> => {
      const copy = after === 0 ? await this.whole(name, size) : null;
      const found = copy && (await objects?.get(`${copy.key}/history`));
      return found ? found.body : compress(encodeHistory(await this.rowsOf(name, size, after)));
    };
    return { etag, gzip: read };
  }

  async counts(name: string): Promise<readonly MinuteCount[]> {
    const copy = await this.whole(name);
    if (!copy) return this.ports.table.counts(name);
    const parsed: unknown = JSON.parse(copy.counts);
    return Array.isArray(parsed) ? parsed.flatMap((one: unknown) => countOf(one) ?? []) : [];
  }

  private async whole(name: string, size?: Size): Promise<{ key: string; counts: string } | null> {
    const { table } = this.ports;
    const [copy, now] = await Promise.all([table.copyOf(name), size ?? table.size(name)]);
    return copy && copy.head === now.head && copy.late === now.late ? copy : null;
  }

  private async rowsOf(name: string, { head, late }: Size, after: number): Promise<HistoryRow[]> {
    const { table } = this.ports;
    const rows: HistoryRow[] = [];
    for (let at = after; at < head;) {
      const page = (await table.page(name, at)).filter(({ seq }) => seq <= head);
      const last = page.at(-1);
      if (!last) break;
      for (const row of page) rows.push(row);
      at = last.seq;
    }
    const more = await table.late(name, head);
    return [...rows, ...more.filter(({ seq }) => seq > after && seq <= head + late)];
  }

  /** States that no room kept: it was killed, or never came to rest. Off and on, so that nobody waits for it. */
  private async fillCheckpoints(name: string, head: number): Promise<void> {
    const { table, checkpointEvery, log } = this.ports;
    const there = [0, ...(await table.checkpoints(name)), head];
    for (const [i, seq] of there.entries()) {
      const next = there[i + 1];
      if (next === undefined || next - seq < checkpointEvery * 2) continue;
      const doc = await table.stateAt(name, seq);
      for (let at = seq; next - at >= checkpointEvery * 2;) {
        const page = await table.page(name, at, checkpointEvery);
        const last = page.at(-1);
        if (!last) break;
        const broken = applyAll(
          doc,
          page.map(({ body }) => body),
        );
        if (broken > 0) log.error({ document: name, broken }, 'stored updates cannot be read');
        at = last.seq;
        await table.keepCheckpoint(name, at, Y.encodeStateAsUpdate(doc));
      }
      doc.destroy();
    }
  }
}

function countOf(value: unknown): MinuteCount | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!('personId' in value) || !('minute' in value) || !('count' in value)) return null;
  const { personId, minute, count } = value;
  return typeof personId === 'string' && typeof minute === 'number' && typeof count === 'number'
    ? { personId, minute, count }
    : null;
}
