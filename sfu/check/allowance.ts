/** How much a test may take: so many at once, so often, so long and so many bytes. Pure; wall ms. */
import type { CheckTicket } from '#events/access/check-ticket.server.ts';

export interface CheckLimits {
  /** Tests at once on this node; a lesson must never wait for them. */
  readonly atOnce: number;
  /** How often one ticket may begin. */
  readonly begins: number;
  readonly sessionMs: number;
  /** What one ticket may send to us in all. As much comes back. */
  readonly bytes: number;
}

export const CHECK_LIMITS: CheckLimits = { atOnce: 16, begins: 6, sessionMs: 75_000, bytes: 32_000_000 };

interface Spent {
  begun: number;
  bytes: number;
  readonly expiresAt: number;
}

export class Allowance {
  readonly #limits: CheckLimits;
  readonly #spent = new Map<string, Spent>();
  #running = 0;

  constructor(limits: CheckLimits) {
    this.#limits = limits;
  }

  /** Takes a place, or says why there is none. Give it back with `end`. */
  begin({ code, expiresAt }: CheckTicket, now: number): 'busy' | 'used-up' | null {
    for (const [known, { expiresAt: until }] of this.#spent) if (until <= now) this.#spent.delete(known);
    const spent = this.#spent.get(code) ?? { begun: 0, bytes: 0, expiresAt };
    if (spent.begun >= this.#limits.begins || spent.bytes >= this.#limits.bytes) return 'used-up';
    if (this.#running >= this.#limits.atOnce) return 'busy';
    spent.begun += 1;
    this.#spent.set(code, spent);
    this.#running += 1;
    return null;
  }

  /** Counts bytes that came; false once they are too many. */
  take({ code }: CheckTicket, bytes: number): boolean {
    const spent = this.#spent.get(code);
    if (spent === undefined) return false;
    spent.bytes += bytes;
    return spent.bytes < this.#limits.bytes;
  }

  end(): void {
    this.#running -= 1;
  }
}
