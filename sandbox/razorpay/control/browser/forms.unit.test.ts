import { describe, expect, it } from 'vitest';
import { paiseOf } from './forms.ts';

describe('an amount as it is typed', () => {
  it.each([
    ['800', 80_000],
    ['800.5', 80_050],
    ['800.05', 80_005],
    ['1,00,000.00', 10_000_000],
    ['₹ 12.30', 1_230],
    ['-5', -500],
    ['0.1', 10],
    ['', null],
    ['8.005', null],
    ['1e3', null],
    ['eight', null],
  ])('%j → %j paise', (text, paise) => {
    expect(paiseOf(text)).toBe(paise);
  });
});
