import { eventOf, type ChainRecord } from './chain.ts';
import type { AllFilter, Position, RecordedEvent } from './event-store.ts';
import { BEFORE_ALL, numberOf } from './position.ts';

export interface RecentLimits {
  readonly records?: number;
  /** Of their data and meta, as characters. */
  readonly characters?: number;
}

/** Whether a subscriber with this filter gets an event of this stream and type. */
export function passes(filter: AllFilter | undefined, { stream, type }: { stream: string; type: string }): boolean {
  const category = stream.slice(0, stream.indexOf('-'));
  if (filter?.categories !== undefined && !filter.categories.includes(category)) return false;
  return filter?.types === undefined || filter.types.includes(type);
}

/**
 * The newest events that this process itself wrote, once they are durable, so that its own subscribers need not read
 * them back. Only for stores whose positions are dense: an event of another process shows as a gap.
 */
export class RecentRecords {
  readonly #limits: Required<RecentLimits>;
  readonly #records = new Map<number, ChainRecord>();
  #characters = 0;

  constructor(limits: RecentLimits = {}) {
    this.#limits = { records: 4_096, characters: 8 * 1024 * 1024, ...limits };
  }

  add(records: readonly ChainRecord[]): void {
    for (const record of records) {
      this.#records.set(numberOf(record.position), record);
      this.#characters += record.data.length + record.meta.length;
    }
    // The map is asked for its oldest only when one must go: finding it steps over all that were deleted before.
    while (this.#records.size > this.#limits.records || this.#characters > this.#limits.characters)
      this.#forgetOldest();
  }

  #forgetOldest(): void {
    const least = this.#records.size >> 3;
    let gone = 0;
    for (const [position, record] of this.#records) {
      this.#records.delete(position);
      this.#characters -= record.data.length + record.meta.length;
      if ((gone += 1) > least) return;
    }
  }

  /**
   * Up to `limit` events after `after`, of those up to `upTo` that pass; null when one of the positions in between is
   * not here, so that only the log can tell.
   */
  between(
    after: Position | null,
    upTo: Position,
    limit: number,
    filter: AllFilter | undefined,
  ): readonly RecordedEvent[] | null {
    const found: ChainRecord[] = [];
    const end = numberOf(upTo);
    for (let position = numberOf(after ?? BEFORE_ALL) + 1; position <= end && found.length < limit; position += 1) {
      const record = this.#records.get(position);
      if (record === undefined) return null;
      if (passes(filter, record)) found.push(record);
    }
    return found.map(eventOf);
  }
}
