import { describe, expect, it } from 'vitest';
import { splitGross } from '#events/shared/money.ts';
import { profile } from '../messages/en/profile.ts';
import { checkOffers, paiseOf, rupeesOf, shareOfPrice, type OfferRow } from './offers.ts';

const row = (over: Partial<OfferRow> = {}): OfferRow => ({
  offerId: 'o1',
  title: 'One-to-one',
  minutes: '60',
  seats: '1',
  price: '800',
  ...over,
});
const check = (...rows: readonly OfferRow[]) => checkOffers(rows, () => 'new', profile.problems);

describe('a price', () => {
  it('is read as people type it', () => {
    expect(['800', '₹1,200', '799.5', '799.05', ' 50 '].map(paiseOf)).toEqual([80_000, 120_000, 79_950, 79_905, 5_000]);
    expect(['', 'free', '8.001', '-5', '1e3', '99999999'].map(paiseOf)).toEqual([null, null, null, null, null, null]);
  });

  it('goes back into the form as it came', () => {
    for (const paise of [80_000, 79_905, 100]) expect(paiseOf(rupeesOf(paise))).toBe(paise);
  });

  it('shows the share that the ledger will post', () => {
    for (let price = 200; price < 10_000; price += 7) expect(shareOfPrice(price)).toBe(splitGross(price, 1_000).share);
    expect(shareOfPrice(80_000)).toBe(72_000);
  });
});

describe('lessons and prices', () => {
  it('keep their ids, and new ones get one', () => {
    const checked = check(row(), row({ offerId: '', minutes: '90', seats: '3', price: '400' }));
    expect(checked).toMatchObject({
      kind: 'offers',
      offers: [
        { offerId: 'o1', price: 80_000 },
        { offerId: 'new', minutes: 90, seats: 3, price: 40_000 },
      ],
    });
  });

  it.each([
    ['title-invalid', { title: '  ' }],
    ['minutes-invalid', { minutes: '55' }],
    ['seats-invalid', { seats: '0' }],
    ['seats-invalid', { seats: '2.5' }],
    ['price-invalid', { price: '1' }],
    ['price-invalid', { price: '200000' }],
  ])('are refused with %s', (code, over) => {
    expect(check(row(), row(over))).toMatchObject({ kind: 'problem', code, row: 1 });
  });
});
