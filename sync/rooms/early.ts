/**
 * What other processes said before they had stored it. It is in the document and on every screen at once, but as long as
 * its process has not said that it is stored, nothing that came after it is acknowledged here; and when that takes too
 * long, because the process is gone, somebody here stores it.
 */
import type { Said } from '../fanout/fanout.ts';
import type { Scan } from '../wire/scan.ts';
import { Ranges } from '../wire/ranges.ts';
import type { Ruled } from './admit.ts';

/** What of it is worth telling the lesson, once it is stored here. */
export interface Heard {
  readonly said: readonly Said[];
  /** Wall and business ms. */
  readonly at: number;
  readonly businessAt: number;
  /** Client ids under which there is work in it, and what a host said of rights. */
  readonly workers: Set<number>;
  readonly ruled: Ruled[];
}

interface Entry extends Heard {
  /** In the order in which this process heard it. */
  readonly mark: number;
  /** The number that its process gave it. */
  readonly n: number;
  /** It waits for its process: it said something new, and nobody has stored it. */
  open: boolean;
}

/** Whoever said it counts from 1, and anew in each life: a process that opens the document again is somebody else. */
const speaker = (node: string, life: number): string => `${node} ${life}`;

export class Early {
  /** The mark of the latest. */
  mark = 0;
  private readonly speakers = new Map<string, Entry[]>();

  /** @param news whether it said anything that was not here; what was here is durable, or waited for elsewhere. */
  hear(node: string, life: number, n: number, heard: Heard, news: boolean): void {
    this.mark += 1;
    const entry = { ...heard, mark: this.mark, n, open: news };
    const key = speaker(node, life);
    const entries = this.speakers.get(key);
    if (entries) entries.push(entry);
    else this.speakers.set(key, [entry]);
  }

  /** The process stored what it said as `from` to `to`. Whether all of that was heard. */
  stored(node: string, life: number, from: number, to: number): boolean {
    const key = speaker(node, life);
    const entries = this.speakers.get(key) ?? [];
    const heard = new Set(entries.filter(({ n }) => n >= from && n <= to).map(({ n }) => n));
    const left = entries.filter(({ n }) => n > to);
    if (left.length > 0) this.speakers.set(key, left);
    else this.speakers.delete(key);
    return heard.size === to - from + 1;
  }

  /** Whether everything up to this mark is stored. */
  isStored(mark: number): boolean {
    return this.speakers.size === 0 || this.each((entry) => !entry.open || entry.mark > mark);
  }

  get empty(): boolean {
    return this.isStored(this.mark);
  }

  /** These rows are in the database: whatever of it they hold is stored. */
  sawRows(rows: readonly Scan[], scan: (update: Uint8Array) => Scan): void {
    const structs = rangesOf(rows.flatMap(({ blocks }) => blocks.map(spanOf)));
    const deletes = rangesOf(rows.flatMap((row) => row.deletes));
    const holds = (all: ReadonlyMap<number, Ranges>, { client, clock, length }: Span): boolean =>
      all.get(client)?.covers(clock, clock + length) ?? false;
    for (const entries of this.speakers.values())
      for (const entry of entries) {
        if (!entry.open) continue;
        entry.open = !entry.said.every(({ update }) => {
          const { blocks, deletes: deleted } = scan(update);
          return (
            blocks.every((block) => holds(structs, spanOf(block))) && deleted.every((range) => holds(deletes, range))
          );
        });
      }
  }

  /** What waits since before this wall time, in the order in which it was heard. */
  old(before: number): readonly Heard[] {
    const old: Entry[] = [];
    for (const entries of this.speakers.values())
      for (const entry of entries) if (entry.open && entry.at <= before) old.push(entry);
    return old.sort((a, b) => a.mark - b.mark);
  }

  /** All of `heard` is stored. */
  done(heard: readonly Heard[]): void {
    const all = new Set(heard);
    for (const entries of this.speakers.values()) for (const entry of entries) if (all.has(entry)) entry.open = false;
  }

  /** What nobody waits for any more and nobody came back to since this wall time. */
  forget(before: number): void {
    for (const [key, entries] of this.speakers) {
      const left = entries.filter(({ open, at }) => open || at > before);
      if (left.length === 0) this.speakers.delete(key);
      else if (left.length < entries.length) this.speakers.set(key, left);
    }
  }

  /** Whether it holds for all. */
  private each(holds: (entry: Entry) => boolean): boolean {
    for (const entries of this.speakers.values()) if (!entries.every(holds)) return false;
    return true;
  }
}

interface Span {
  readonly client: number;
  readonly clock: number;
  readonly length: number;
}

function spanOf({ client, structs }: Scan['blocks'][number]): Span {
  const [first, last] = [structs[0], structs.at(-1)];
  const clock = first?.clock ?? 0;
  return { client, clock, length: last ? last.clock + last.length - clock : 0 };
}

function rangesOf(spans: readonly Span[]): Map<number, Ranges> {
  const all = new Map<number, Ranges>();
  for (const { client, clock, length } of spans) {
    let ranges = all.get(client);
    if (!ranges) all.set(client, (ranges = new Ranges()));
    ranges.add(clock, clock + length);
  }
  return all;
}
