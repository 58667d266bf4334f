/**
 * The hash chain: h(n) = SHA-256( h(n-1) ‖ canonical(n) ), over bytes; h(0) is 32 zero bytes. `canonical(n)` is the
 * canonical JSON of { data, id, meta, position, recordedAt, revision, stream, type }.
 *
 * A chain alone proves only that the log agrees with itself: whoever can rewrite all of it can also rewrite the chain.
 * It is worth something against a head that was published elsewhere, which is what `expected` is for.
 */
import { createHash } from 'node:crypto';
import type { EventMeta, Position, RecordedEvent } from './event-store.ts';

/** An event with its data and meta as the stored bytes, which are what the chain covers. */
export interface ChainRecord {
  readonly position: Position;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly meta: string;
  readonly recordedAt: number;
  /** Hex. */
  readonly chain: string;
}

export interface ChainHead {
  readonly position: Position;
  readonly chain: string;
}

/** Stores that keep a chain also give the bytes it covers, so that anyone can check it. */
export interface ChainedStore {
  /** Records after `after` in log order, at most `limit`. */
  chainRecords(options?: { after?: Position; limit?: number }): Promise<readonly ChainRecord[]>;
  /** What the store holds to be its last position and chain value; null for an empty log. */
  chainHead(): Promise<ChainHead | null>;
}

export const GENESIS = '0'.repeat(64);

/** The bytes of one record, as text. Stream and type hold no character that JSON would escape (check.ts). */
export function canonicalRecord(record: Omit<ChainRecord, 'chain'>): string {
  return (
    `{"data":${record.data},"id":"${record.id}","meta":${record.meta},"position":"${record.position}",` +
    `"recordedAt":${record.recordedAt},"revision":${record.revision},"stream":"${record.stream}","type":"${record.type}"}`
  );
}

/** The chain value after `record`, hex. */
export function link(previous: string, record: Omit<ChainRecord, 'chain'>): string {
  return createHash('sha256').update(Buffer.from(previous, 'hex')).update(canonicalRecord(record)).digest('hex');
}

/** The event behind a record. */
export function eventOf(record: ChainRecord): RecordedEvent {
  const data: Record<string, unknown> = JSON.parse(record.data);
  const meta: EventMeta = JSON.parse(record.meta);
  return {
    id: record.id,
    type: record.type,
    data,
    meta,
    stream: record.stream,
    category: record.stream.slice(0, record.stream.indexOf('-')),
    revision: record.revision,
    position: record.position,
    recordedAt: record.recordedAt,
    chain: record.chain,
  };
}

export type ChainVerdict =
  | { readonly kind: 'whole'; readonly records: number; readonly head: ChainHead | null }
  | { readonly kind: 'broken'; readonly position: Position | null; readonly reason: string };

/**
 * Recomputes the whole chain and names the first place that does not hold. With `expected` (heads published earlier)
 * it also finds a log that was cut short or rewritten as a whole. `onRead` is told how many records were read, and awaited.
 */
export async function verifyChain(
  store: ChainedStore,
  expected: readonly ChainHead[] = [],
  onRead?: (records: number) => Promise<void>,
): Promise<ChainVerdict> {
  // Read before the records: appends go on meanwhile, and what comes after this head is checked too.
  const own = await store.chainHead();
  const anchors = new Map<Position, string>();
  if (own !== null) anchors.set(own.position, own.chain);
  for (const { position, chain } of expected) {
    const known = anchors.get(position) ?? chain;
    if (known !== chain) {
      const two = 'two published heads of this position differ';
      return {
        kind: 'broken',
        position,
        reason: position === own?.position ? 'the head is not the published one' : two,
      };
    }
    anchors.set(position, chain);
  }
  const revisions = new Map<string, number>();
  let head: ChainHead | null = null;
  let records = 0;
  for (;;) {
    const batch: readonly ChainRecord[] = await store.chainRecords({
      ...(head !== null && { after: head.position }),
      limit: 1_000,
    });
    if (batch.length === 0) break;
    for (const record of batch) {
      const reason = flaw(record, head, revisions, anchors);
      if (reason !== null) return { kind: 'broken', position: record.position, reason };
      revisions.set(record.stream, record.revision);
      anchors.delete(record.position);
      head = { position: record.position, chain: record.chain };
      records += 1;
    }
    await onRead?.(records);
  }
  const missing = [...anchors.keys()].sort()[0];
  if (missing !== undefined) {
    const ends = head === null || missing > head.position;
    const reason = ends ? 'the log ends before a known head' : 'there is no record at the position of a known head';
    return { kind: 'broken', position: missing, reason };
  }
  return { kind: 'whole', records, head };
}

function flaw(
  record: ChainRecord,
  previous: ChainHead | null,
  revisions: ReadonlyMap<string, number>,
  anchors: ReadonlyMap<Position, string>,
): string | null {
  const last = revisions.get(record.stream) ?? -1;
  if (record.revision !== last + 1) return `${record.stream} goes from revision ${last} to ${record.revision}`;
  if (link(previous?.chain ?? GENESIS, record) !== record.chain) return 'the chain value does not fit the record';
  const anchor = anchors.get(record.position);
  return anchor !== undefined && anchor !== record.chain ? 'the chain value is not that of a known head' : null;
}
