/**
 * What the facts speak for, for the rows of a queue. Each is worked out from the log, so only so many are, a few at a time,
 * and none again within a minute: the page loads anew with everything that happens to anybody.
 */
import type { Evidence } from '#events/evidence/evidence.ts';
import { buildEvidence } from './evidence-services.server.ts';
import type { BookingParts } from './booking-services.server.ts';

/** What a row shows of it. */
export type ProposedVerdict = Pick<Evidence, 'verdict' | 'terms'>;

const MOST = 40;
const AT_ONCE = 4;
/** Wall ms. */
const GOOD_FOR_MS = 60_000;
const WITHIN_MS = 800;
const MOST_KEPT = 500;

export interface ProposedVerdicts {
  /** By booking id. */
  readonly found: Readonly<Record<string, ProposedVerdict>>;
  /** Some are still being worked out, and are there when it is asked again. */
  readonly late: boolean;
}

export interface VerdictServices {
  /** Of the first of these bookings. One that cannot be worked out, or not soon, is left out. */
  proposedVerdicts(bookingIds: readonly string[]): Promise<ProposedVerdicts>;
}

type Parts = Pick<BookingParts, 'store' | 'queries' | 'now'> & {
  readonly log: { error(details: Readonly<Record<string, unknown>>, message: string): void };
};

/** @param withinMs a page waits so long for them, wall ms. What takes longer is there when it asks again. */
export function verdictServices(
  parts: Parts,
  { wall = Date.now, withinMs = WITHIN_MS }: { readonly wall?: () => number; readonly withinMs?: number } = {},
): VerdictServices {
  interface Kept {
    readonly at: number;
    readonly verdict: Promise<ProposedVerdict | null>;
  }
  const kept = new Map<string, Kept>();

  async function build(bookingId: string): Promise<ProposedVerdict | null> {
    const built = await buildEvidence(parts, bookingId);
    return built && { verdict: built.evidence.verdict, terms: built.evidence.terms };
  }

  function verdictOf(bookingId: string): Promise<ProposedVerdict | null> {
    const known = kept.get(bookingId);
    if (known && wall() - known.at < GOOD_FOR_MS) return known.verdict;
    if (kept.size >= MOST_KEPT) kept.clear();
    // A log that does not answer takes the verdict from its row, and is asked again at the next look.
    const verdict = build(bookingId).catch((err: unknown) => {
      parts.log.error({ err, bookingId }, 'what the facts speak for could not be worked out');
      if (kept.get(bookingId) === entry) kept.delete(bookingId);
      return null;
    });
    const entry: Kept = { at: wall(), verdict };
    kept.set(bookingId, entry);
    return verdict;
  }

  return {
    async proposedVerdicts(bookingIds) {
      const found = new Map<string, ProposedVerdict>();
      const waiting = [...new Set(bookingIds)].slice(0, MOST);
      const work = async (): Promise<void> => {
        for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
          const verdict = await verdictOf(id);
          if (verdict) found.set(id, verdict);
        }
      };
      let timer: NodeJS.Timeout | undefined;
      const tooLong = new Promise<'late'>((done) => (timer = setTimeout(() => done('late'), withinMs)));
      const all = Promise.all(Array.from({ length: AT_ONCE }, work));
      const late = (await Promise.race([all, tooLong])) === 'late';
      clearTimeout(timer);
      return { found: Object.fromEntries(found), late };
    },
  };
}
