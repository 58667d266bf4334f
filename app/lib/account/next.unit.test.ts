import { expect, test } from 'vitest';
import { safeNext } from './next.ts';

test.each(['/book/ananya-krishnan?offer=o-1&start=1795179600000', '/bookings', '/tutors?q=limits%20and%20sets#pick'])(
  'a path of our own stays: %s',
  (path) => {
    expect(safeNext(path)).toBe(path);
  },
);

test.each([
  null,
  '',
  'home',
  'https://evil.example/',
  '//evil.example/x',
  '/\\evil.example',
  '/\t/evil.example',
  '/ok\\..\\x',
  'javascript:alert(1)',
  '/sign-in?next=/sign-in',
  '/sign-up',
])('anything else leads home: %s', (value) => {
  expect(safeNext(value)).toBe('/home');
});

test.each(['/../..//evil.example', '/./%2e%2e//evil.example', '/a/..//evil.example'])(
  'dots in a path do not leave the site: %s',
  (path) => expect(safeNext(path)).not.toMatch(/^\/[/\\]/),
);
