/** Times in buckets that grow with the time: every percentile is true within a hundredth of itself. */
export interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly count: number;
}

const FINEST_MS = 0.01;
const GROWTH = Math.log(1.01);
const BUCKETS = 1_800;

export const bucketOf = (ms: number): number =>
  ms <= FINEST_MS ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(ms / FINEST_MS) / GROWTH));

export class Histogram {
  private readonly counts = new Float64Array(BUCKETS);
  private count = 0;
  private max = 0;

  record(ms: number): void {
    this.add(bucketOf(ms), ms);
  }

  /** The same where the bucket is known already. */
  add(bucket: number, ms: number): void {
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.count += 1;
    if (ms > this.max) this.max = ms;
  }

  percentile(part: number): number {
    let left = this.count * part;
    for (const [bucket, count] of this.counts.entries()) {
      left -= count;
      if (left <= 0) return Math.min(this.max, FINEST_MS * Math.exp(bucket * GROWTH));
    }
    return this.max;
  }

  times(): Times {
    const at = (part: number): number => (this.count === 0 ? 0 : Number(this.percentile(part).toFixed(2)));
    return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: Number(this.max.toFixed(2)), count: this.count };
  }
}
