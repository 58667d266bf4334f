import type { Offer } from '#events/tutor/events.ts';
import type { Queries, Slot, TutorCard } from '#projections/queries.ts';
import { DAY } from '../ui/time.ts';

/** How far ahead slots are offered. */
export const SLOTS_AHEAD_MS = 28 * DAY;
const SHOWN_ON_CARD = 3;

/** The address where this very slot stands chosen on the tutor's page. */
export function slotHref(slug: string, slot: Pick<Slot, 'offerId' | 'startsAt'>): string {
  return `/tutors/${slug}?offer=${encodeURIComponent(slot.offerId)}&start=${slot.startsAt}`;
}

export function bookHref(slug: string, slot: Pick<Slot, 'offerId' | 'startsAt'>): string {
  return `/book/${slug}?offer=${encodeURIComponent(slot.offerId)}&start=${slot.startsAt}`;
}

/** The lesson that gives a tutor's lowest price. */
export function cheapest(offers: readonly Offer[]): Offer | undefined {
  return offers.toSorted((one, other) => one.price - other.price)[0];
}

export interface CardData {
  readonly tutor: TutorCard;
  readonly slots: readonly Slot[];
}

/** Each tutor with their next free slots in the window; one a start, the least dear. */
export async function cardsOf(
  queries: Pick<Queries, 'freeSlots'>,
  tutors: readonly TutorCard[],
  from: number,
  to: number,
): Promise<readonly CardData[]> {
  return Promise.all(
    tutors.map(async (tutor) => {
      if (!tutor.bookable || tutor.nextFreeAt === null || tutor.nextFreeAt >= to) return { tutor, slots: [] };
      const slots = await queries.freeSlots(tutor.tutorId, from, to);
      const byStart = new Map<number, Slot>();
      for (const slot of slots) {
        const other = byStart.get(slot.startsAt);
        if (other === undefined || slot.price < other.price) byStart.set(slot.startsAt, slot);
      }
      const next = [...byStart.values()].toSorted((one, other) => one.startsAt - other.startsAt);
      return { tutor, slots: next.slice(0, SHOWN_ON_CARD) };
    }),
  );
}
