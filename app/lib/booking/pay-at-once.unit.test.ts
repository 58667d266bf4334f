import { describe, expect, it } from 'vitest';
import { payOnArrival, takePayOnArrival } from './pay-at-once.ts';

describe('paying at once after booking', () => {
  it('opens the checkout of that booking, once', () => {
    payOnArrival('/bookings/b1');
    expect(takePayOnArrival('/bookings/b2')).toBe(false);
    expect(takePayOnArrival('/bookings/b1')).toBe(true);
    expect(takePayOnArrival('/bookings/b1')).toBe(false);
  });
});
