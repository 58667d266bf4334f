import { expect, it } from 'vitest';
import { csv, instant, rupees } from './csv.ts';

it('quotes what needs it, and disarms what a spreadsheet would run', () => {
  expect(csv(['a', 'b'], [['=1+1', 'x, "y"']])).toBe(`a,b\r\n'=1+1,"x, ""y"""\r\n`);
  expect(csv(['a'], [['-cmd'], ['+1']])).toBe(`a\r\n'-cmd\r\n'+1\r\n`);
});

it('leaves our own negative amounts numbers', () => {
  expect(csv(['a'], [[rupees(-40_050)]])).toBe('a\r\n-400.50\r\n');
  expect(rupees(72_000)).toBe('720.00');
  expect(instant(null)).toBe('');
});
