import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { splitGross } from '#events/shared/money.ts';
import { cardsOf } from '$lib/tutors/slots.ts';
import { DAY } from '$lib/ui/time.ts';
import type { PageServerLoad } from './$types';

const SHOWN = 3;
const QUICK = 6;

export const load: PageServerLoad = async ({ locals }) => {
  const { queries } = locals.services;
  const now = locals.services.now();
  const [facets, soonest] = await Promise.all([
    queries.searchFacets(),
    queries.searchTutors({ sort: 'soonest', limit: SHOWN }),
  ]);
  const cards = await cardsOf(queries, soonest.tutors, now, now + 7 * DAY);
  // The example of the way of the money is the first card's real slot, so that every figure on the page is true.
  const example = cards.flatMap(({ slots }) => slots)[0] ?? { price: 80_000, startsAt: now + DAY, minutes: 60 };
  const { commissionBps, holdMs } = POLICY_2026_11;
  return {
    facets,
    quick: facets.subjects.slice(0, QUICK),
    cards,
    total: soonest.total,
    example: {
      price: example.price,
      share: splitGross(example.price, commissionBps).share,
      paidAt: now,
      startsAt: example.startsAt,
      releaseAt: example.startsAt + example.minutes * 60_000 + holdMs,
    },
  };
};
