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
/** So long a page waits for them; what takes longer is there at its next load, wall ms. */
const WITHIN_MS = 800;
const MOST_KEPT = 500;

export interface VerdictServices {
  /** By booking id, of the first of these bookings. One that cannot be worked out, or not soon, is left out. */
  proposedVerdicts(bookingIds: readonly string[]): Promise<Readonly<Record<string, ProposedVerdict>>>;
}

type Parts = Pick<BookingParts, 'store' | 'queries' | 'now'>;

/** @param wall ms */
export function verdictServices(parts: Parts, wall: () => number = Date.now): VerdictServices {
  const kept = new Map<string, { readonly at: number; readonly verdict: Promise<ProposedVerdict | null> }>();

  async function build(bookingId: string): Promise<ProposedVerdict | null> {
    const built = await buildEvidence(parts, bookingId);
    return built && { verdict: built.evidence.verdict, terms: built.evidence.terms };
  }

  function verdictOf(bookingId: string): Promise<ProposedVerdict | null> {
    const known = kept.get(bookingId);
    if (known && wall() - known.at < GOOD_FOR_MS) return known.verdict;
    if (kept.size >= MOST_KEPT) kept.clear();
    // A log that does not answer takes the verdict from its row, and is asked again at the next look.
    const verdict = build(bookingId).catch(() => {
      kept.delete(bookingId);
      return null;
    });
    kept.set(bookingId, { at: wall(), verdict });
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
      const late = new Promise<void>((done) => (timer = setTimeout(done, WITHIN_MS)));
      await Promise.race([Promise.all(Array.from({ length: AT_ONCE }, work)), late]);
      clearTimeout(timer);
      return Object.fromEntries(found);
    },
  };
}
