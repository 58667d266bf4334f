import { describe, it } from 'vitest';
import { specFor } from '../shared/given.ts';
import { decide } from './decide.ts';
import { evolve, initial, type Offer, type TutorEvent, type TutorProfile } from './events.ts';

const given = specFor({ initial, evolve, decide });
const now = 1;
const profile: TutorProfile = {
  slug: 'meera-iyer',
  name: 'Meera Iyer',
  headline: 'Physics that you can see',
  about: 'Fifteen years of teaching.',
  subjects: ['Physics'],
  levels: ['Class 11'],
  languages: ['English', 'Tamil'],
  city: 'Chennai',
  yearsTeaching: 15,
  education: 'M.Sc., IIT Madras',
};
const offer: Offer = { offerId: 'o1', minutes: 60, seats: 1, price: 80_000, title: 'One-to-one' };
const publish = (change: Partial<TutorProfile> = {}) =>
  ({ type: 'PublishTutorProfile', data: { tutorId: 't1', profile: { ...profile, ...change } }, now }) as const;
const setOffers = (...offers: readonly Offer[]) =>
  ({ type: 'SetOffers', data: { tutorId: 't1', offers }, now }) as const;
const published: TutorEvent = { type: 'TutorProfilePublished', data: { tutorId: 't1', profile } };
const offersSet: TutorEvent = { type: 'OffersSet', data: { tutorId: 't1', offers: [offer] } };

describe('profile', () => {
  it('TU1: is published, and again without a change nothing happens', () => {
    given([]).when(publish()).then([published]);
    given([published]).when(publish()).then([]);
    given([published])
      .when(publish({ city: 'Madurai' }))
      .then([{ type: 'TutorProfilePublished', data: { tutorId: 't1', profile: { ...profile, city: 'Madurai' } } }]);
  });
  it.each([
    ['slug-invalid', { slug: 'Meera Iyer' }],
    ['slug-invalid', { slug: 'meera--iyer' }],
    ['name-invalid', { name: ' ' }],
    ['text-too-long', { headline: 'x'.repeat(201) }],
    ['text-too-long', { about: 'x'.repeat(5_001) }],
    ['text-too-long', { city: 'x'.repeat(101) }],
    ['subject-missing', { subjects: [] }],
    ['list-invalid', { levels: ['Class 11', 'Class 11'] }],
    ['list-invalid', { languages: [''] }],
    ['years-invalid', { yearsTeaching: 1.5 }],
    ['years-invalid', { yearsTeaching: -1 }],
  ] as const)('TU1: refuses with %s: %j', (code, change) => given([]).when(publish(change)).then(code));
});

describe('offers, mode, account', () => {
  it('TU2: offers come before or after the profile', () => {
    given([]).when(setOffers(offer)).then([offersSet]);
    given([published]).when(setOffers(offer)).then([offersSet]);
    given([offersSet]).when(setOffers(offer)).then([]);
    given([offersSet])
      .when(setOffers())
      .then([{ type: 'OffersSet', data: { tutorId: 't1', offers: [] } }]);
  });
  it('TU3: a group of 50 is the largest', () => {
    given([])
      .when(setOffers({ ...offer, seats: 50 }))
      .then([{ type: 'OffersSet', data: { tutorId: 't1', offers: [{ ...offer, seats: 50 }] } }]);
    given([])
      .when(setOffers({ ...offer, seats: 51 }))
      .then('seats-invalid');
    given([])
      .when(setOffers({ ...offer, seats: 0 }))
      .then('seats-invalid');
  });
  it('TU3: lengths other than 30, 45, 60, 90 are refused', () => {
    const odd: Offer = JSON.parse(JSON.stringify({ ...offer, minutes: 50 }));
    given([]).when(setOffers(odd)).then('minutes-invalid');
  });
  it('TU3: an offer id is used once', () => given([]).when(setOffers(offer, offer)).then('offer-twice'));
  it('TU3: a title is needed, and 50 offers are enough', () => {
    given([])
      .when(setOffers({ ...offer, title: '' }))
      .then('title-invalid');
    const many = Array.from({ length: 51 }, (_, index) => ({ ...offer, offerId: `o${index}` }));
    given([])
      .when(setOffers(...many))
      .then('too-many-offers');
  });
  it.each([
    ['price-invalid', 10.5],
    ['price-invalid', 0],
    ['price-invalid', 10_000_001],
    ['price-too-low', 110],
  ] as const)('TU4: refuses with %s at %d paise', (code, price) =>
    given([])
      .when(setOffers({ ...offer, price }))
      .then(code),
  );
  it('TU4: 111 paise leave the tutor 100', () =>
    given([])
      .when(setOffers({ ...offer, price: 111 }))
      .then([{ type: 'OffersSet', data: { tutorId: 't1', offers: [{ ...offer, price: 111 }] } }]));
  it('TU5: is instant until the tutor asks to accept', () => {
    const mode = (to: 'instant' | 'accept') =>
      ({ type: 'SetBookingMode', data: { tutorId: 't1', mode: to }, now }) as const;
    given([]).when(mode('instant')).then([]);
    given([])
      .when(mode('accept'))
      .then([{ type: 'BookingModeSet', data: { tutorId: 't1', mode: 'accept' } }]);
  });
  it('TU6: the payment account may be replaced', () => {
    const activate = (accountId: string) =>
      ({ type: 'ActivateLinkedAccount', data: { tutorId: 't1', accountId }, now }) as const;
    const first: TutorEvent = {
      type: 'LinkedAccountActivated',
      data: { tutorId: 't1', accountId: 'acc_1', usableFrom: now },
    };
    given([]).when(activate('acc_1')).then([first]);
    given([first]).when(activate('acc_1')).then([]);
    given([first])
      .when(activate('acc_2'))
      .then([{ type: 'LinkedAccountActivated', data: { tutorId: 't1', accountId: 'acc_2', usableFrom: now } }]);
    given([]).when(activate('')).then('account-invalid');
  });
});
