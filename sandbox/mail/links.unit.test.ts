import { expect, it } from 'vitest';
import { findLinks } from './links.ts';

it('finds each link once, in text and in HTML, without the full stop behind it', () => {
  expect(
    findLinks(
      'Confirm at http://localhost:3000/confirm?token=a&b=c. Or not.',
      '<a class="x" href="http://localhost:3000/confirm?token=a&amp;b=c">Confirm</a> <a href="mailto:a@b">Mail</a>',
    ),
  ).toEqual(['http://localhost:3000/confirm?token=a&b=c']);
});
