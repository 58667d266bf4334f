/** The lessons and prices of a tutor as a form has them. Pure; money in paise. */
import type { Offer } from '#events/tutor/events.ts';
import type { Messages } from '../messages/index.ts';

export interface OfferRow {
  /** Empty for a new one. */
  readonly offerId: string;
  readonly title: string;
  readonly minutes: string;
  readonly seats: string;
  /** Rupees as typed, such as `800` or `799.50`. */
  readonly price: string;
}

export const LENGTHS = [30, 45, 60, 90] as const satisfies readonly Offer['minutes'][];

/** The tutor's complement of the commission: the same half-up rounding as the ledger. */
export function shareOfPrice(price: number): number {
  return price - Math.floor((price * 1_000 + 5_000) / 10_000);
}

/** Rupees as typed, with or without a comma or ₹, as paise; null when it is no price. */
export function paiseOf(typed: string): number | null {
  const plain = typed.replace(/[₹,\s]/g, '');
  const match = /^(\d{1,6})(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match) return null;
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

/** Paise as a person types rupees. */
export function rupeesOf(paise: number): string {
  return paise % 100 === 0 ? String(paise / 100) : (paise / 100).toFixed(2);
}

export type CheckedOffers =
  | { readonly kind: 'offers'; readonly offers: readonly Offer[] }
  | { readonly kind: 'problem'; readonly row: number; readonly code: string; readonly message: string };

const LOWEST = 200;
const HIGHEST = 10_000_000;

/** Rows as offers, or the first one that cannot stand and why. `newId` names those that have no id yet. */
export function checkOffers(
  rows: readonly OfferRow[],
  newId: () => string,
  m: Messages['profile']['problems'],
): CheckedOffers {
  const offers: Offer[] = [];
  for (const [row, typed] of rows.entries()) {
    const problem = (code: string, message: string): CheckedOffers => ({ kind: 'problem', row, code, message });
    const minutes = LENGTHS.find((length) => String(length) === typed.minutes);
    const seats = Number(typed.seats);
    const price = paiseOf(typed.price);
    const title = typed.title.trim();
    if (title === '') return problem('title-invalid', m.title(row + 1));
    if (minutes === undefined) return problem('minutes-invalid', m.minutes(row + 1));
    if (!Number.isInteger(seats) || seats < 1 || seats > 50) return problem('seats-invalid', m.seats(row + 1));
    if (price === null || price < LOWEST || price > HIGHEST) return problem('price-invalid', m.price(row + 1));
    offers.push({ offerId: typed.offerId === '' ? newId() : typed.offerId, title, minutes, seats, price });
  }
  return { kind: 'offers', offers };
}
