import { randomUUID } from 'node:crypto';
import { decideAppend } from '../decision.ts';
import type { ExpectedRevision } from '../event-store.ts';

/** A record of the test server's log, as EventStoreDB keeps one. */
export interface LogRecord {
  /** Positions have gaps, and the events of one append share their commit position. */
  readonly commit: bigint;
  readonly prepare: bigint;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly json: boolean;
  readonly data: Uint8Array;
  readonly meta: Uint8Array;
  /** Wall ms. */
  readonly created: number;
}

export type Proposed = Pick<LogRecord, 'id' | 'type' | 'json' | 'data' | 'meta'>;

export type Written =
  | { readonly kind: 'written'; readonly revision: number; readonly last: LogRecord | undefined }
  | { readonly kind: 'wrong'; readonly actual: number };

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

export const before = (a: LogRecord, b: { commit: bigint; prepare: bigint }): boolean =>
  a.commit < b.commit || (a.commit === b.commit && a.prepare < b.prepare);

/** The log outlives the server in front of it, so that a test can stop one and start the next. */
export class EsdbLog {
  readonly records: LogRecord[] = [];
  /** `$tb` of a stream: what is below it is no longer given out. */
  readonly truncateBefore = new Map<string, number>();
  readonly tombstones = new Set<string>();
  readonly #streams = new Map<string, LogRecord[]>();
  readonly #watchers = new Set<() => void>();
  #end = 0n;
  #appends = 0;

  constructor() {
    this.#write('$settings', [{ id: randomUUID(), type: '$settings', json: true, data: bytes({}), meta: bytes({}) }]);
  }

  stream(name: string): readonly LogRecord[] {
    const from = this.truncateBefore.get(name) ?? 0;
    return (this.#streams.get(name) ?? []).filter((record) => record.revision >= from);
  }

  append(stream: string, expected: ExpectedRevision, proposed: readonly Proposed[]): Written {
    const existing = this.#streams.get(stream) ?? [];
    const decision = decideAppend(
      {
        last: existing.length - 1,
        idAt: (revision) => existing[revision]?.id,
        revisionOf: (id) => existing.findLast((record) => record.id === id)?.revision,
      },
      expected,
      proposed.map(({ id }) => id),
    );
    if (decision.kind === 'wrong') return { kind: 'wrong', actual: existing.length - 1 };
    if (decision.kind === 'duplicate') {
      return { kind: 'written', revision: decision.revision, last: existing[decision.revision] };
    }
    this.#write(stream, proposed);
    // A server writes between our events: statistics, metadata of streams, checkpoints of its subscriptions.
    this.#appends += 1;
    if (this.#appends % 3 === 0) this.#write('$stats-127.0.0.1:2113', [this.#system('$statsCollected')]);
    const last = this.#streams.get(stream)?.at(-1);
    return { kind: 'written', revision: last?.revision ?? -1, last };
  }

  /** A system event, or one of another program. */
  write(stream: string, event: Partial<Proposed> & { readonly type: string }): LogRecord | undefined {
    this.#write(stream, [{ ...this.#system(event.type), ...event }]);
    return this.#streams.get(stream)?.at(-1);
  }

  /** Calls `onWrite` after each write; gives the way to end that. */
  watch(onWrite: () => void): () => void {
    this.#watchers.add(onWrite);
    return () => this.#watchers.delete(onWrite);
  }

  #system(type: string): Proposed {
    return { id: randomUUID(), type, json: true, data: bytes({}), meta: bytes({}) };
  }

  #write(stream: string, proposed: readonly Proposed[]): void {
    const existing = this.#streams.get(stream) ?? [];
    this.#streams.set(stream, existing);
    const created = Math.max(Date.now(), this.records.at(-1)?.created ?? 0);
    const sizes = proposed.map((event) => BigInt(100 + event.data.length + event.meta.length));
    const commit = sizes.reduce((sum, size) => sum + size, this.#end + 1n);
    for (const [index, event] of proposed.entries()) {
      this.#end += sizes[index] ?? 0n;
      const record: LogRecord = { ...event, stream, revision: existing.length, commit, prepare: this.#end, created };
      existing.push(record);
      this.records.push(record);
    }
    this.#end = commit;
    for (const wake of [...this.#watchers]) wake();
  }
}
