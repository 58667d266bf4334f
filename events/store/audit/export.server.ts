/**
 * Writes an audit export (format.ts): the whole log, one stream, or what concerns one booking. A part is proven against
 * the signed head with Merkle proofs, so that nothing of the other records leaves the house but hashes.
 */
import { canonicalJson } from '../canonical.ts';
import { canonicalRecord, GENESIS, type ChainedStore, type ChainRecord } from '../chain.ts';
import type { EventStore, Position } from '../event-store.ts';
import {
  closingBytes,
  FORMAT,
  FORMAT_VERSION,
  hex,
  unhex,
  type Header,
  type Scope,
  type SignedHead,
} from './format.ts';
import type { AuditKey } from './key.server.ts';
import { NO_HASH } from './lines.ts';
import { leafOf, sha256Of, WholeTree, type Hash } from './merkle.ts';
import { selectionFor, type Selection } from './part.ts';

export interface ExportSettings {
  readonly store: ChainedStore & Pick<EventStore, 'read'>;
  readonly key: AuditKey;
  /** The line of heads; records after the newest are left out. */
  readonly heads: readonly SignedHead[];
  readonly scope: Scope;
  /** Takes the text of some lines; awaited before the next ones. */
  readonly write: (text: string) => Promise<void>;
  /** Wall time, ms. */
  readonly now?: () => number;
}

export interface Exported {
  readonly records: number;
  /** Characters written; the text is UTF-8. */
  readonly lines: number;
}

/** There is nothing to export: no head was signed yet, or no record belongs to the scope. */
export class NothingToExport extends Error {}

const BATCH = 1_000;

export async function exportLog(settings: ExportSettings): Promise<Exported> {
  const newest = settings.heads.at(-1);
  if (newest === undefined) throw new NothingToExport('No head of the log is signed yet.');
  const sheet = new Sheet(settings.write);
  const records =
    settings.scope.kind === 'whole' ? await writeWhole(settings, sheet) : await writePart(settings, newest, sheet);
  const closing = {
    lines: sheet.lines,
    records,
    sum: hex(sheet.sum),
    keyId: settings.key.keyId,
    publicKey: settings.key.publicKey,
  };
  await sheet.line(canonicalJson({ closing, signature: settings.key.sign(closingBytes(closing)) }));
  await sheet.flush();
  return { records, lines: sheet.lines };
}

async function writeWhole({ store, heads, scope, now = Date.now }: ExportSettings, sheet: Sheet): Promise<number> {
  const header: Header = { format: FORMAT, version: FORMAT_VERSION, scope, exportedAt: now() };
  await sheet.line(canonicalJson(header));
  let next = 0;
  let records = 0;
  for await (const record of recordsUpTo(store, heads.at(-1)?.head.position)) {
    await sheet.line(`{"chain":"${record.chain}","record":${canonicalRecord(record)}}`);
    records += 1;
    // Several heads may stand at one record: days without anything new.
    for (; heads[next]?.head.position === record.position; next += 1) await sheet.line(canonicalJson(heads[next]));
  }
  // A head whose record is gone is written all the same: the reader must see that it does not fit.
  for (; next < heads.length; next += 1) await sheet.line(canonicalJson(heads[next]));
  return records;
}

interface Picked {
  readonly record: ChainRecord;
  readonly index: number;
  readonly previous: string;
}

async function writePart(
  { store, scope, now = Date.now }: ExportSettings,
  newest: SignedHead,
  sheet: Sheet,
): Promise<number> {
  const selection = await selectionFor(scope, store);
  const { picked, tree } = await pick(store, newest, selection);
  if (picked.length === 0) throw new NothingToExport('The signed log holds no record of this.');
  const counts = new Map<string, number>();
  for (const { record } of picked) counts.set(record.stream, (counts.get(record.stream) ?? 0) + 1);
  const streams = [...counts].map(([name, records]) => ({ name, records, all: selection.isWhole(name) }));
  const part = { streams, size: tree.size, root: hex(tree.root()) };
  const header: Header = { format: FORMAT, version: FORMAT_VERSION, scope, exportedAt: now(), part };
  await sheet.line(canonicalJson(header));
  for (const { record, index, previous } of picked) {
    const proof = tree.proof(index).map((step) => `"${hex(step)}"`);
    await sheet.line(
      `{"chain":"${record.chain}","index":${index},"previous":"${previous}","proof":[${proof.join(',')}],` +
        `"record":${canonicalRecord(record)}}`,
    );
  }
  await sheet.line(canonicalJson(newest));
  return picked.length;
}

/** One pass over the log: the records that belong here, and the tree of all. */
async function pick(
  store: ChainedStore,
  newest: SignedHead,
  selection: Selection,
): Promise<{ picked: Picked[]; tree: WholeTree }> {
  const leaves = new Uint8Array(newest.head.records * 32);
  const picked: Picked[] = [];
  let previous = GENESIS;
  let index = 0;
  for await (const record of recordsUpTo(store, newest.head.position)) {
    // More records than were signed cannot be proven; the root then shows it.
    if (index < newest.head.records) leaves.set(leafOf(unhex(record.chain, 32) ?? NO_HASH), index * 32);
    if (selection.takes(record)) picked.push({ record, index, previous });
    previous = record.chain;
    index += 1;
  }
  return { picked, tree: new WholeTree(leaves) };
}

async function* recordsUpTo(store: ChainedStore, end: Position | undefined): AsyncGenerator<ChainRecord> {
  let after: Position | undefined;
  for (;;) {
    const batch: readonly ChainRecord[] = await store.chainRecords({
      ...(after !== undefined && { after }),
      limit: BATCH,
    });
    for (const record of batch) {
      if (end === undefined || record.position > end) return;
      yield record;
    }
    after = batch.at(-1)?.position;
    if (after === undefined) return;
  }
}

/** Lines on their way out, with their running sum. */
class Sheet {
  lines = 0;
  sum: Hash = NO_HASH;
  #waiting = '';
  readonly #write: (text: string) => Promise<void>;
  readonly #encoder = new TextEncoder();

  constructor(write: (text: string) => Promise<void>) {
    this.#write = write;
  }

  async line(text: string): Promise<void> {
    const line = `${text}\n`;
    this.sum = sha256Of(this.sum, this.#encoder.encode(line));
    this.lines += 1;
    this.#waiting += line;
    if (this.#waiting.length > 256 * 1024) await this.flush();
  }

  async flush(): Promise<void> {
    const text = this.#waiting;
    this.#waiting = '';
    if (text.length > 0) await this.#write(text);
  }
}
