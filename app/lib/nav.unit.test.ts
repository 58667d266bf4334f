import { describe, expect, it } from 'vitest';
import { en } from './messages/en/index.ts';
import { currentItem, navFor } from './nav.ts';
import type { Role } from '#events/access/roles.ts';

const at = (path: string, ...roles: Role[]): string | undefined =>
  currentItem(navFor(roles, en.common.nav), path)?.href;

describe('where somebody is', () => {
  it('is the item that holds the page', () => {
    expect(at('/bookings/b1/move', 'student')).toBe('/bookings');
    expect(at('/tutor/earnings/b1', 'tutor')).toBe('/tutor/earnings');
    expect(at('/bookingsale', 'student')).toBeUndefined();
  });

  it('is, for a page that has no item of its own, the one that leads to it', () => {
    expect(at('/bookings/b1', 'tutor')).toBe('/tutor/calendar');
    expect(at('/bookings/b1', 'student', 'tutor')).toBe('/bookings');
    expect(at('/tutor/payouts', 'tutor')).toBe('/tutor/earnings');
    expect(at('/bookings/b1', 'ops')).toBeUndefined();
  });
});
