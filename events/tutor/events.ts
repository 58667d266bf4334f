import { never } from '../shared/never.ts';
import { evolveAccount, NO_ACCOUNT, type Account, type AccountEvent } from './account.ts';

/** One thing a tutor sells: a lesson of so many minutes, for so many seats, at a price a seat. */
export interface Offer {
  readonly offerId: string;
  readonly minutes: 30 | 45 | 60 | 90;
  /** 1 = one-to-one, 2–50 = group lesson. */
  readonly seats: number;
  /** Price a seat, paise. */
  readonly price: number;
  readonly title: string;
}

/** The public profile. */
export interface TutorProfile {
  readonly slug: string;
  readonly name: string;
  readonly headline: string;
  readonly about: string;
  readonly subjects: readonly string[];
  readonly levels: readonly string[];
  readonly languages: readonly string[];
  readonly city: string;
  readonly yearsTeaching: number;
  readonly education: string;
}

/** Stream `tutor-<personId>`. */
export type TutorEvent =
  | {
      readonly type: 'TutorProfilePublished';
      readonly data: { readonly tutorId: string; readonly profile: TutorProfile };
    }
  | { readonly type: 'OffersSet'; readonly data: { readonly tutorId: string; readonly offers: readonly Offer[] } }
  | {
      readonly type: 'BookingModeSet';
      readonly data: { readonly tutorId: string; readonly mode: 'instant' | 'accept' };
    }
  | {
      /** The tutor's account at the payment provider is ready to be paid. */
      readonly type: 'LinkedAccountActivated';
      readonly data: {
        readonly tutorId: string;
        readonly accountId: string;
        /** Money goes there from this instant on, business ms. */
        readonly usableFrom: number;
      };
    }
  | AccountEvent;

/** What a tutor can set before and after the profile is public. */
interface Terms {
  readonly offers: readonly Offer[];
  readonly mode: 'instant' | 'accept';
  readonly account: Account;
}

export type TutorState =
  ({ readonly kind: 'unlisted' } & Terms) | ({ readonly kind: 'listed'; readonly profile: TutorProfile } & Terms);

export const initial: TutorState = { kind: 'unlisted', offers: [], mode: 'instant', account: NO_ACCOUNT };

export function evolve(state: TutorState, event: TutorEvent): TutorState {
  switch (event.type) {
    case 'TutorProfilePublished':
      return { ...state, kind: 'listed', profile: event.data.profile };
    case 'OffersSet':
      return { ...state, offers: event.data.offers };
    case 'BookingModeSet':
      return { ...state, mode: event.data.mode };
    case 'LinkedAccountActivated':
    case 'PayoutDetailsSubmitted':
    case 'LinkedAccountRequested':
    case 'LinkedAccountCreated':
    case 'LinkedAccountUnderReview':
    case 'LinkedAccountNeedsClarification':
    case 'LinkedAccountSuspended':
    case 'LinkedAccountFailed':
    case 'BankDetailsChanged':
    case 'BankChangeApplied':
      return { ...state, account: evolveAccount(state.account, event) };
    default:
      return never(event, 'tutor event');
  }
}
