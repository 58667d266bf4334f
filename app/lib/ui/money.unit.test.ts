import { expect, test } from 'vitest';
import { formatMoney } from './money.ts';

test.each([
  [0, '₹0'],
  [80_000, '₹800'],
  [80_050, '₹800.50'],
  [80_005, '₹800.05'],
  [99_999_00, '₹99,999'],
  [1_00_000_00, '₹1,00,000'],
  [12_34_567_00, '₹12,34,567'],
  [1_23_45_67_890_00, '₹1,23,45,67,890'],
  [-40_000, '\u2212₹400'],
])('%i paise are %s', (paise, words) => {
  expect(formatMoney(paise)).toBe(words);
});

test('paise are always there where books are kept', () => {
  expect(formatMoney(80_000, { paise: 'always' })).toBe('₹800.00');
});

test('a gain shows its sign on request, nothing has none', () => {
  expect(formatMoney(100, { signed: true })).toBe('+₹1');
  expect(formatMoney(0, { signed: true })).toBe('₹0');
});
