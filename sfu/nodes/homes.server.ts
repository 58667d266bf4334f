/**
 * The rooms that this node is the home of: one lease a lesson (rule N1). While it holds, no other node lets anybody into
 * that lesson; when this node dies it runs out, and the next one takes it.
 */
import type { Bus } from '#platform/bus/bus.ts';
import type { Log } from '../log.ts';
import { Serial } from '../rooms/serial.ts';

/** How long a lease lives without being renewed, wall ms: so long a lesson waits for another node when its own died. */
export const LEASE_MS = 1_600;
/** How often leases are renewed, wall ms. */
export const RENEW_EVERY_MS = 400;

export const leaseOf = (lessonId: string): string => `sfu-room:${lessonId}`;

/** A node as the holder of a lease: whoever reads it knows where to go. */
export const holderOf = ({ node, url }: { readonly node: string; readonly url: string | null }): string =>
  `${node} ${url ?? ''}`;

export function readHolder(holder: string): { readonly node: string; readonly url: string | null } {
  const [node = '', url = ''] = holder.split(' ');
  return { node, url: url === '' ? null : url };
}

/** `unknown`: nobody can say now. */
export type Taken = 'ours' | 'elsewhere' | 'unknown';

export class Homes {
  /** Told when another node has the lesson: this one stood still, or the leases were lost. */
  onLost: (lessonId: string) => void = () => undefined;
  /** Told when a lease had run out and is ours again: somebody may have had the lesson meanwhile. `fence` is the one before. */
  onRegained: (lessonId: string, fence: number) => void = () => undefined;
  readonly #bus: Pick<Bus, 'lease' | 'release'>;
  readonly #holder: string;
  readonly #log: Log;
  /** Lesson → the fence of its lease. */
  readonly #held = new Map<string, number>();
  /** A room that closes and opens again lets go of its lease before it takes it. */
  readonly #turns = new Serial();
  readonly #leaving = new Set<Promise<void>>();
  #renewing = false;
  #unreachable = false;

  constructor(bus: Pick<Bus, 'lease' | 'release'>, holder: string, log: Log) {
    this.#bus = bus;
    this.#holder = holder;
    this.#log = log;
  }

  /** Rises each time a lesson changes hands; 0 for one that is not ours. */
  fenceOf(lessonId: string): number {
    return this.#held.get(lessonId) ?? 0;
  }

  take(lessonId: string): Promise<Taken> {
    return this.#turns.run(lessonId, async () => {
      try {
        const lease = await this.#bus.lease(leaseOf(lessonId), this.#holder, LEASE_MS);
        if (lease === null) return 'elsewhere';
        this.#held.set(lessonId, lease.fence);
        return 'ours';
      } catch (error) {
        this.#log.error({ err: error, lesson: lessonId }, 'Nobody can say which node has a lesson');
        return 'unknown';
      }
    });
  }

  /** @param settled resolves when the next home may begin. */
  leave(lessonId: string, settled: Promise<void>): void {
    const leaving = this.#turns.run(lessonId, async () => {
      await settled;
      if (!this.#held.delete(lessonId)) return;
      try {
        await this.#bus.release(leaseOf(lessonId), this.#holder);
      } catch (error) {
        this.#log.warn({ err: error, lesson: lessonId }, 'A lease could not be given back, and runs out by itself');
      }
    });
    const mine = leaving.finally(() => this.#leaving.delete(mine));
    this.#leaving.add(mine);
  }

  /** Resolves when all that were let go of are. */
  async close(): Promise<void> {
    await Promise.all(this.#leaving);
  }

  /**
   * Renews all of them. One that somebody else has is lost. While nobody answers they stay ours: a Redis that is away
   * must not end lessons, and without it no other node can take them either (N3).
   */
  async renew(): Promise<void> {
    if (this.#renewing) return;
    this.#renewing = true;
    try {
      const answers = await Promise.allSettled([...this.#held.keys()].map((lessonId) => this.#renewOne(lessonId)));
      const failed = answers.find((answer) => answer.status === 'rejected');
      if (failed !== undefined && !this.#unreachable)
        this.#log.error({ err: failed.reason, lessons: this.#held.size }, 'Leases of rooms cannot be renewed');
      this.#unreachable = failed !== undefined;
    } finally {
      this.#renewing = false;
    }
  }

  async #renewOne(lessonId: string): Promise<void> {
    const lease = await this.#bus.lease(leaseOf(lessonId), this.#holder, LEASE_MS);
    if (!this.#held.has(lessonId)) {
      // Let go of while it was renewed.
      if (lease !== null) await this.#bus.release(leaseOf(lessonId), this.#holder);
      return;
    }
    if (lease !== null) {
      const before = this.fenceOf(lessonId);
      this.#held.set(lessonId, lease.fence);
      if (lease.fence !== before) this.onRegained(lessonId, before);
      return;
    }
    this.#held.delete(lessonId);
    this.#log.warn({ lesson: lessonId }, 'Another node has a lesson of ours');
    this.onLost(lessonId);
  }
}
