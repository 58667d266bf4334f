import { describe, expect, it } from 'vitest';
import { paymentFee, transferFee } from './fees.ts';

describe('fees in paise', () => {
  it.each([
    [100, 2, 0],
    [1000, 24, 4],
    [2100, 50, 8],
    [5000, 118, 18],
    [100_000, 2360, 360],
    [250_000, 5900, 900],
    [500_000, 11_800, 1800],
  ])('a payment of %i costs %i, of which %i is tax', (amount, fee, tax) => {
    expect(paymentFee(amount)).toEqual({ fee, tax });
  });

  it.each([
    [100, 1],
    [300, 1],
    [500, 1],
    [1000, 3],
    [30_000, 89],
    [70_000, 207],
    [90_000, 266],
  ])('a transfer of %i costs %i on top', (amount, fee) => {
    expect(transferFee(amount).fee).toBe(fee);
  });
});
