import { isPaise, isText } from '../shared/check.ts';
import type { Command } from '../shared/command.ts';
import { splitGross } from '../shared/money.ts';
import { never } from '../shared/never.ts';
import { POLICY_2026_11 } from '../shared/policy.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { same } from '../shared/same.ts';
import type { Offer, TutorEvent, TutorProfile, TutorState } from './events.ts';
import { decideAccount, type AccountCommand } from './onboard.ts';

export type TutorCommand =
  | Command<'PublishTutorProfile', { tutorId: string; profile: TutorProfile }>
  | Command<'SetOffers', { tutorId: string; offers: readonly Offer[] }>
  | Command<'SetBookingMode', { tutorId: string; mode: 'instant' | 'accept' }>
  | AccountCommand;

export const LESSON_MINUTES: readonly number[] = [30, 45, 60, 90];
export const MAX_SEATS = 50;
/** ₹1,00,000 a seat, in paise. */
export const MAX_PRICE = 10_000_000;
/** The provider moves nothing below ₹1, so the tutor's share must reach that (paise). */
const MIN_SHARE = 100;
const MAX_OFFERS = 50;

/** Rules TU1–TU18. That a slug belongs to one tutor only is not this stream's matter. */
export function decide(command: TutorCommand, state: TutorState): readonly TutorEvent[] | Refusal {
  switch (command.type) {
    case 'PublishTutorProfile': {
      const { tutorId, profile } = command.data;
      if (state.kind === 'listed' && same(state.profile, profile)) return [];
      return profileProblem(profile) ?? [{ type: 'TutorProfilePublished', data: { tutorId, profile } }];
    }
    case 'SetOffers': {
      const { tutorId, offers } = command.data;
      if (same(state.offers, offers)) return [];
      return offersProblem(offers) ?? [{ type: 'OffersSet', data: { tutorId, offers } }];
    }
    case 'SetBookingMode': {
      const { tutorId, mode } = command.data;
      return state.mode === mode ? [] : [{ type: 'BookingModeSet', data: { tutorId, mode } }];
    }
    case 'SubmitPayoutDetails':
    case 'RequestLinkedAccount':
    case 'RecordLinkedAccount':
    case 'ObserveLinkedAccount':
    case 'RecordLinkedAccountFailure':
    case 'ApplyBankChange':
    case 'ActivateLinkedAccount':
      return decideAccount(command, state.account);
    default:
      return never(command, 'tutor command');
  }
}

function profileProblem(profile: TutorProfile): Refusal | null {
  if (profile.slug.length > 80 || !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(profile.slug))
    return refuse('slug-invalid', 'The address may hold small letters, digits and single dashes only.');
  if (!isText(profile.name, 1, 80)) return refuse('name-invalid', 'Give a name of up to 80 characters.');
  if (!isText(profile.headline, 0, 200)) return refuse('text-too-long', 'Keep the headline under 200 characters.');
  if (!isText(profile.about, 0, 5_000)) return refuse('text-too-long', 'Keep the description under 5,000 characters.');
  if (!isText(profile.city, 0, 100) || !isText(profile.education, 0, 500))
    return refuse('text-too-long', 'Keep the city under 100 and the education under 500 characters.');
  if (profile.subjects.length === 0) return refuse('subject-missing', 'Name at least one subject that you teach.');
  for (const list of [profile.subjects, profile.levels, profile.languages]) {
    if (list.length > 20 || !list.every((word) => isText(word, 1, 60)) || new Set(list).size !== list.length)
      return refuse('list-invalid', 'Name each subject, level and language once, 20 at most, 60 characters each.');
  }
  if (!Number.isInteger(profile.yearsTeaching) || profile.yearsTeaching < 0 || profile.yearsTeaching > 80)
    return refuse('years-invalid', 'Give the years of teaching as a whole number.');
  return null;
}

function offersProblem(offers: readonly Offer[]): Refusal | null {
  if (offers.length > MAX_OFFERS) return refuse('too-many-offers', `Keep to ${MAX_OFFERS} offers.`);
  if (new Set(offers.map((offer) => offer.offerId)).size !== offers.length)
    return refuse('offer-twice', 'Two of these offers have the same id.');
  for (const offer of offers) {
    if (!isText(offer.title, 1, 120))
      return refuse('title-invalid', 'Give each offer a title of up to 120 characters.');
    if (!LESSON_MINUTES.includes(offer.minutes))
      return refuse('minutes-invalid', 'A lesson takes 30, 45, 60 or 90 minutes.');
    if (!Number.isInteger(offer.seats) || offer.seats < 1 || offer.seats > MAX_SEATS)
      return refuse('seats-invalid', `A lesson has 1 to ${MAX_SEATS} seats.`);
    if (!isPaise(offer.price) || offer.price > MAX_PRICE)
      return refuse('price-invalid', 'A price is in whole paise, up to ₹1,00,000 a seat.');
    if (splitGross(offer.price, POLICY_2026_11.commissionBps).share < MIN_SHARE)
      return refuse('price-too-low', 'At this price less than ₹1 would reach you, which cannot be paid out.');
  }
  return null;
}
