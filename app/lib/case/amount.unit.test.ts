import { describe, expect, it } from 'vitest';
import { paiseOf, percentOf } from './amount.ts';

describe('an amount as typed', () => {
  it('is whole paise, with or without separators and sign', () => {
    expect(['320', '320.5', '320.05', '₹ 1,250.50', '0'].map((text) => paiseOf(text, 200_000))).toEqual([
      32_000, 32_050, 32_005, 125_050, 0,
    ]);
  });

  it('is none when it is no amount or more than there is', () => {
    for (const text of ['', '-1', '1.234', '1e3', 'all', '.5', '800.01', '１２'])
      expect(paiseOf(text, 80_000), text).toBeNull();
    expect(paiseOf('800', 80_000)).toBe(80_000);
  });
});

describe('a percentage as typed', () => {
  it('is cut to the whole paisa', () => {
    expect(percentOf('100', 79_999)).toBe(79_999);
    expect(percentOf('0', 79_999)).toBe(0);
    expect(percentOf('33.33', 80_000)).toBe(26_664);
    expect(percentOf('50 %', 79_999)).toBe(39_999);
  });

  it('lies between 0 and 100', () => {
    for (const text of ['', '-1', '100.01', '101', '1/3', '50.125']) expect(percentOf(text, 80_000), text).toBeNull();
  });
});
