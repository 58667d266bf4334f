/** A set of whole numbers, kept as sorted ranges that do not touch. */
export class Ranges {
  /** start, end (exclusive), start, end … */
  private readonly edges: number[] = [];

  /** The first index of an edge beyond `value`. */
  private beyond(value: number): number {
    let low = 0;
    let high = this.edges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.edges[middle] ?? 0) > value) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Whether all of [from, to) is in it. */
  covers(from: number, to: number): boolean {
    const i = this.beyond(from);
    return i % 2 === 1 && (this.edges[i] ?? from) >= to;
  }

  /** Adds [from, to) and gives the parts of it that were not there before. */
  add(from: number, to: number): [number, number][] {
    const fresh: [number, number][] = [];
    let at = from;
    let i = this.beyond(from);
    if (i % 2 === 1) {
      at = Math.min(to, this.edges[i] ?? to);
      i += 1;
    }
    while (at < to) {
      const nextStart = this.edges[i] ?? Infinity;
      const end = Math.min(to, nextStart);
      if (end > at) fresh.push([at, end]);
      at = Math.max(end, Math.min(to, this.edges[i + 1] ?? to));
      i += 2;
    }
    if (fresh.length > 0) this.merge(from, to);
    return fresh;
  }

  private merge(from: number, to: number): void {
    // Ranges that touch [from, to) at either end become one with it.
    let first = this.beyond(from - 1);
    if (first % 2 === 1) first -= 1;
    let last = first;
    let start = from;
    let end = to;
    while (last < this.edges.length && (this.edges[last] ?? 0) <= to) {
      start = Math.min(start, this.edges[last] ?? start);
      end = Math.max(end, this.edges[last + 1] ?? end);
      last += 2;
    }
    this.edges.splice(first, last - first, start, end);
  }

  *[Symbol.iterator](): Generator<readonly [number, number]> {
    for (let i = 0; i + 1 < this.edges.length; i += 2) yield [this.edges[i] ?? 0, this.edges[i + 1] ?? 0];
  }

  get size(): number {
    return this.edges.length / 2;
  }
}
