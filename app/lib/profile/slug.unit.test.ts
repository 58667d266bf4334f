import { expect, it } from 'vitest';
import { listOf, slugOf } from './slug.ts';

it('makes an address that the tutor’s stream accepts', () => {
  for (const name of ['Ananya Krishnan', '  José  Thomás! ', 'अनन्या', 'A–B—C', 'x'.repeat(90), '---']) {
    expect(slugOf(name)).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
  }
  expect(slugOf('José Thomás')).toBe('jose-thomas');
});

it('reads a list, each word once', () => {
  expect(listOf(' JEE maths,  Olympiad   maths,, JEE maths ')).toEqual(['JEE maths', 'Olympiad maths']);
  expect(listOf('')).toEqual([]);
});
